"""Manners: robots.txt from a site on loopback, pauses on a clock of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from index.errors import InputError, UnreachableError
from index.fetch import Fetcher, FetchSettings
from index.robots import Manners, MannerSettings, StoppedError
from tests.fakes.site import WrittenSite, writing_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RULES: Final = """User-agent: *
Disallow: /private
Allow: /private/press

User-agent: briefing-bot
Disallow: /drafts
Crawl-delay: 4
"""


class Watch:
    """A clock that pauses move on."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> bool:
        self.pauses.append(round(seconds, 3))
        self.now += seconds
        return False


@pytest.fixture
def site() -> Iterator[WrittenSite]:
    with writing_site() as site:
        yield site


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def manners(watch: Watch) -> Iterator[Callable[..., Manners]]:
    fetcher = Fetcher(FetchSettings(private_addresses=True, timeout=5.0))

    def make(name: str = "briefing-bot", spacing: float = 1.0) -> Manners:
        settings = MannerSettings(spacing=spacing, name=name)
        return Manners(fetcher.ask, settings, ticks=lambda: watch.now, pause=watch.pause)

    yield make
    fetcher.close()


def test_what_robots_txt_disallows_is_refused(
    site: WrittenSite, manners: Callable[..., Manners]
) -> None:
    site.put("/robots.txt", RULES)
    polite = manners("somebody")
    polite.before(f"{site.address}/public")
    polite.before(f"{site.address}/private/press/1")
    with pytest.raises(InputError, match=r"robots\.txt disallows it to somebody") as refused:
        polite.before(f"{site.address}/private/1")
    assert not isinstance(refused.value, UnreachableError)
    with pytest.raises(InputError, match="disallows"):
        manners().before(f"{site.address}/drafts/1")
    manners().before(f"{site.address}/private/1")


def test_robots_txt_is_read_once_a_day(
    site: WrittenSite, manners: Callable[..., Manners], watch: Watch
) -> None:
    site.put("/robots.txt", RULES)
    polite = manners()
    for _ in range(3):
        polite.before(f"{site.address}/a")
    assert len(site.visits) == 1
    site.put("/robots.txt", "User-agent: *\nDisallow: /")
    watch.now += 25 * 3600
    with pytest.raises(InputError):
        polite.before(f"{site.address}/a")
    assert len(site.visits) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_txt_allows_everything(
    site: WrittenSite, manners: Callable[..., Manners], status: int
) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /", status=status)
    manners().before(f"{site.address}/a")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_site_whose_robots_txt_fails_is_left_alone_for_a_while(
    site: WrittenSite, manners: Callable[..., Manners], watch: Watch, status: int
) -> None:
    site.put("/robots.txt", status=status)
    polite = manners()
    for _ in range(2):
        with pytest.raises(UnreachableError, match=rf"robots\.txt can't be read.*{status}"):
            polite.before(f"{site.address}/a")
    assert len(site.visits) == 1
    site.put("/robots.txt", RULES)
    watch.now += 601
    polite.before(f"{site.address}/a")


def test_redirects_without_end_are_no_rules(
    site: WrittenSite, manners: Callable[..., Manners]
) -> None:
    site.put("/robots.txt", status=301, Location="/robots.txt")
    manners().before(f"{site.address}/a")


def test_a_robots_txt_without_end_is_read_as_far_as_must_be(
    site: WrittenSite, manners: Callable[..., Manners]
) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /a\n" + "Disallow: /*b*b*b*b*b$\n" * 100_000)
    with pytest.raises(InputError, match="disallows"):
        manners().before(f"{site.address}/a")
    manners().before(f"{site.address}/{'b' * 500}c")


def test_requests_to_one_host_are_spaced(
    site: WrittenSite, manners: Callable[..., Manners], watch: Watch
) -> None:
    polite = manners(spacing=1.5)
    polite.before(f"{site.address}/a")
    assert watch.pauses == [1.5]  # behind robots.txt itself
    watch.now += 1.0
    polite.before(f"{site.address}/b")
    watch.now += 9.0
    polite.before(f"{site.address}/c")
    assert watch.pauses == [1.5, 0.5]


def test_a_longer_pause_is_kept_where_robots_txt_asks_for_it(
    site: WrittenSite, manners: Callable[..., Manners], watch: Watch
) -> None:
    site.put("/robots.txt", RULES)
    polite = manners()
    polite.before(f"{site.address}/a")
    assert watch.pauses == [4.0]
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 86400")
    watch.now += 25 * 3600
    polite.before(f"{site.address}/a")
    assert watch.pauses[-1] == 60.0


def test_another_host_need_not_wait(manners: Callable[..., Manners], watch: Watch) -> None:
    with writing_site() as one, writing_site() as other:
        polite = manners()
        polite.before(f"{one.address}/a")
        pauses = len(watch.pauses)
        polite.before(f"{other.address}/a")
        assert watch.pauses[pauses:] == [1.0]


def test_who_stops_asks_for_nothing_more(
    site: WrittenSite, manners: Callable[..., Manners]
) -> None:
    polite = manners()
    polite.before(f"{site.address}/a")
    polite.stop()
    with pytest.raises(StoppedError):
        polite.before(f"{site.address}/b")


@pytest.mark.parametrize("address", ["http://[", "ftp://127.0.0.1/x", "nonsense", ""])
def test_what_is_no_address_is_left_to_the_fetcher(
    address: str, manners: Callable[..., Manners]
) -> None:
    manners().before(address)
