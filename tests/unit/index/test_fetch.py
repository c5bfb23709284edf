"""Fetching over HTTP: from servers on loopback that misbehave in every way they can."""

from __future__ import annotations

import itertools
import socket
import time
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import pytest

from index.errors import InputError, UnreachableError
from index.fetch import Fetcher, FetchSettings, Wish
from tests.fakes.site import PAGE, WrittenSite, serving, writing_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from index.model import Document

    Fetch = Callable[[str], Document]

MOST: Final = 100_000
TIMEOUT: Final = 5.0


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving() as address:
        yield address


@contextmanager
def fetching(
    *,
    private: bool = True,
    timeout: float = TIMEOUT,
    ticks: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[str], Document]]:
    settings = FetchSettings(timeout=timeout, most_bytes=MOST, private_addresses=private)
    fetcher = Fetcher(settings, ticks=ticks)
    try:
        yield fetcher.fetch
    finally:
        fetcher.close()


@pytest.fixture
def fetch() -> Iterator[Callable[[str], Document]]:
    with fetching() as fetch:
        yield fetch


def test_a_page_comes_with_what_its_server_says_of_it(site: str, fetch: Fetch) -> None:
    found = fetch(f"{site}/page")
    assert (found.content, found.media_type, found.encoding) == (PAGE, "text/html", "utf-8")
    assert found.name == found.url == f"{site}/page"
    plain = fetch(f"{site}/plain")
    assert (plain.media_type, plain.encoding) == (None, None)
    assert fetch(f"{site}/zipped").content == PAGE


def test_the_fetcher_names_itself_and_the_host_it_wants(site: str, fetch: Fetch) -> None:
    host = site.removeprefix("http://")
    assert fetch(f"{site}/echo").content.decode() == f"{host} briefing-bot"


def test_a_redirect_ends_at_another_address(site: str, fetch: Fetch) -> None:
    found = fetch(f"{site}/hops/3")
    assert (found.name, found.url) == (f"{site}/hops/3", f"{site}/page")
    assert found.content == PAGE


@pytest.mark.parametrize("path", ["loop", "hops/50"])
def test_a_redirect_without_end_is_refused(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(InputError, match="redirected more than 5 times"):
        fetch(f"{site}/{path}")


@pytest.mark.parametrize(
    "target",
    ["ftp://127.0.0.1/x", "file:///etc/passwd", "javascript:alert(1)", "http://[", "http://"],
)
def test_a_redirect_away_from_the_web_is_refused(site: str, fetch: Fetch, target: str) -> None:
    with pytest.raises(InputError) as refused:
        fetch(f"{site}/to?{target}")
    assert not isinstance(refused.value, UnreachableError)


@pytest.mark.parametrize("path", ["absent", "broken"])
def test_an_error_status_is_said(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(UnreachableError, match=r"answered (404|503)"):
        fetch(f"{site}/{path}")


@pytest.mark.parametrize("path", ["drops", "nonsense", "falsely-zipped"])
def test_half_an_answer_is_none(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(UnreachableError, match="no usable answer"):
        fetch(f"{site}/{path}")


@pytest.mark.parametrize("path", ["endless", "bomb"])
def test_a_body_without_end_is_cut_off(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(InputError, match=r"100,000 bytes.*sources\.most_bytes"):
        fetch(f"{site}/{path}")


def test_a_body_that_drips_is_not_waited_for(site: str) -> None:
    with (
        fetching(timeout=0.4) as fetch,
        pytest.raises(UnreachableError, match=r"not finished after 0\.4 s"),
    ):
        fetch(f"{site}/slow")


@pytest.mark.parametrize("path", ["drip-head", "drip-hints", "drip-chunk", "drip-nothing"])
def test_an_answer_that_drips_has_an_end(site: str, path: str) -> None:
    """The client's own timeout begins anew with every byte."""
    begun = time.monotonic()
    with (
        fetching(timeout=0.4) as fetch,
        pytest.raises(UnreachableError, match=r"not finished after 0\.4 s"),
    ):
        fetch(f"{site}/{path}")
    assert time.monotonic() - begun < 2


def test_redirects_count_against_the_time(site: str) -> None:
    with (
        fetching(ticks=itertools.count(step=3.0).__next__) as fetch,
        pytest.raises(UnreachableError, match="not finished"),
    ):
        fetch(f"{site}/hops/4")


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with closing(
        Fetcher(FetchSettings(timeout=TIMEOUT, most_bytes=MOST, private_addresses=True))
    ) as fetcher:
        yield fetcher


@pytest.fixture
def written() -> Iterator[WrittenSite]:
    with writing_site() as site:
        yield site


def test_what_is_known_is_not_sent_again(written: WrittenSite, fetcher: Fetcher) -> None:
    changed = "Wed, 09 Apr 2025 10:00:00 GMT"
    url = written.put("/a", "one", ETag='"v1"', Last_Modified=changed)
    first = fetcher.ask(url)
    assert first.document is not None
    assert (first.status, first.etag, first.modified) == (200, '"v1"', changed)
    again = fetcher.ask(url, Wish(etag=first.etag, modified=first.modified))
    assert (again.status, again.is_unchanged, again.document) == (304, True, None)
    assert written.visits[-1][1]["If-Modified-Since"] == changed
    written.put("/a", "two", ETag='"v2"')
    other = fetcher.ask(url, Wish(etag=first.etag))
    assert (other.etag, other.document and other.document.content) == ('"v2"', b"two")


def test_an_error_says_how_long_to_wait(written: WrittenSite, fetcher: Fetcher) -> None:
    found = fetcher.ask(written.put("/a", status=429, Retry_After="120"))
    assert (found.status, found.document, found.retry_after) == (429, None, "120")
    assert fetcher.ask(written.put("/b", status=410)).status == 410


def test_only_a_chain_of_permanent_redirects_moves_an_address(
    written: WrittenSite, fetcher: Fetcher
) -> None:
    end = written.put("/end", "here")
    forever = written.put("/forever", status=308, Location="/end")
    assert fetcher.ask(written.put("/a", status=301, Location="/forever")).moved == end
    found = fetcher.ask(written.put("/b", status=301, Location="/for-now"))
    assert (found.status, found.moved) == (404, f"{written.address}/for-now")
    written.put("/for-now", status=302, Location="/forever")
    assert fetcher.ask(f"{written.address}/b").moved == f"{written.address}/for-now"
    assert fetcher.ask(f"{written.address}/for-now").moved is None
    assert fetcher.ask(end).moved is None
    assert fetcher.ask(forever).moved == end


def test_a_wish_has_bounds_of_its_own(written: WrittenSite, fetcher: Fetcher) -> None:
    url = written.put("/a", "x" * 5_000)
    with pytest.raises(InputError, match="larger than 1,000 bytes"):
        fetcher.ask(url, Wish(most_bytes=1_000))
    cut = fetcher.ask(url, Wish(most_bytes=1_000, cut=True))
    assert cut.document is not None
    assert len(cut.document.content) == 1_000


def test_who_asks_sees_every_hop_first(written: WrittenSite, fetcher: Fetcher) -> None:
    written.put("/secret", "secret")
    url = written.put("/a", status=302, Location="/secret")
    seen: list[str] = []

    def before(address: str) -> None:
        seen.append(address)
        if address.endswith("/secret"):
            raise InputError(f"{address}: not to be asked for; leave it")

    with pytest.raises(InputError, match="not to be asked for"):
        fetcher.fetch(url, Wish(before=before))
    assert seen == [url, f"{written.address}/secret"]
    assert written.asked() == ["/a"]


def test_headers_that_are_no_headers_are_left_out(written: WrittenSite, fetcher: Fetcher) -> None:
    assert fetcher.ask(written.put("/a", ETag="x" * 5_000)).etag is None


def test_nobody_at_the_address(fetch: Fetch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(UnreachableError, match="no usable answer"):
        fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.1.2.3/",
        "http://192.168.0.1:8080/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://[fd00::1]/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "https://reader:pass@127.0.0.1/",
    ],
)
def test_private_addresses_are_refused(url: str) -> None:
    with (
        fetching(private=False) as fetch,
        pytest.raises(InputError, match=r"not a public address.*sources\.private_addresses"),
    ):
        fetch(url)


def answering(address: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every name lead to one address, and note what was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering("192.168.0.1", monkeypatch)
    with fetching(private=False) as fetch, pytest.raises(InputError, match=r"192\.168\.0\.1"):
        fetch("http://reports.example/")
    assert asked == ["reports.example"]


def test_a_redirect_that_leads_inside_is_refused(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is let through as public; the second is looked at as closely."""
    monkeypatch.setattr("index.fetch.ipaddress", SimpleNamespace(ip_address=Known))
    with (
        fetching(private=False) as fetch,
        pytest.raises(InputError, match=r"leads to 127\.0\.0\.2"),
    ):
        fetch(f"{site}/to?http://127.0.0.2/secret")


class Known:
    """An address of which one alone is public."""

    def __init__(self, text: str) -> None:
        self.is_global = text == "127.0.0.1"


def test_a_name_is_asked_for_once_and_goes_out_in_ascii(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering("127.0.0.1", monkeypatch)
    port = site.rpartition(":")[2]
    with fetching() as fetch:
        found = fetch(f"http://bücher.example:{port}/echo")
    assert found.content.decode() == f"xn--bcher-kva.example:{port} briefing-bot"
    assert asked[0] == "bücher.example"
    assert set(asked[1:]) <= {"127.0.0.1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http:///path",
        "http://[",
        "http://..",
        "http://a..b/",
        "http://" + "a" * 300 + "/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:port/",
        "http://x\x00/",
        "http://\\udcff/",
        "http://" + "x/" * 50_000,
        "ftp://127.0.0.1/",
    ],
)
def test_what_is_no_address_is_refused_in_words(
    url: str, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *rest: Any, **named: Any) -> list[Any]:
        if host != "127.0.0.1":
            host.encode("idna")  # as the real one does first
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return list(real(host, *rest, **named))

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(InputError):
        fetch(url)
