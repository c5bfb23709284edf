"""Feeds polled from a site on loopback into a real database, and `briefing feeds`."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from index.catalogue import Catalogue
from index.errors import InputError
from index.feed_polling import FeedPolling, Poll
from index.feed_store import FeedStore
from index.fetch import Fetcher, FetchSettings
from index.intake import Intake
from index.model import IngestStatus
from index.parse import layouts, parse
from index.polling import PollPolicy, claimed
from index.robots import Manners, MannerSettings, StoppedError
from index.sql import open_engine
from tests.fakes.command_line import Ran, run, served_by
from tests.fakes.embedder import WordEmbedder
from tests.fakes.site import WrittenSite, writing_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POLICY: Final = PollPolicy(every=timedelta(minutes=30), longest=timedelta(hours=24), pages=5)
STORIES: Final = {
    "ferry": "The ferry left Oldtown at noon and did not come back before the storm broke.",
    "bridge": "Engineers closed the northern bridge after cracks had been found in two pillars.",
    "mayor": "The mayor told reporters on Tuesday that no money was left for the new library.",
    "grain": "Farmers in the valley sold their grain abroad because the mill had burnt down.",
    "radio": "A radio mast on the eastern hill fell in the night, and villages lost their signal.",
    "tunnel": "Divers inspected the flooded tunnel and reported that its doors had held firm.",
    "market": "Traders moved their stalls to the castle yard while the square was being paved.",
}


def page(name: str, *, more: str = "") -> str:
    text = f"{STORIES[name]} {more}"
    return (
        f'<html lang="en"><head><title>About the {name}</title></head><body><article>'
        f"<h1>About the {name}</h1><p>{text}</p></article></body></html>"
    )


def rss(*items: str, title: str = "Oldtown News") -> str:
    return f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def item(link: str, *, text: str = "", title: str = "A story", date: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate>"
        f"<description><![CDATA[{text}]]></description></item>"
    )


class Hand:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2025, 4, 14, 18, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Desk:
    """Feeds over a database; ``poll`` is the clock's turn."""

    def __init__(self, folder: Path, site: WrittenSite) -> None:
        self.site = site
        self.clock = Hand()
        engine = open_engine(f"sqlite:///{folder / 'briefing.sqlite'}")
        self.catalogue = Catalogue(engine)
        self.catalogue.create()
        self.store = FeedStore(engine, listed=[f"{site.address}/feed"])
        self.fetcher = Fetcher(FetchSettings(private_addresses=True, timeout=5.0))
        self.manners = Manners(self.fetcher.ask, MannerSettings(spacing=0.0))
        intake = Intake(
            catalogue=self.catalogue,
            fetcher=self.fetcher,
            manners=self.manners,
            read=partial(parse, layouts=layouts.load()),
            most_bytes=1_000_000,
            clock=self.clock,
        )
        self.polling = FeedPolling(self.store, intake, policy=POLICY, clock=self.clock)

    def close(self) -> None:
        self.fetcher.close()

    def put(self, *names: str, etag: str = '"0"') -> None:
        """Write pages and the feed that links to them."""
        for name in names:
            self.site.put(f"/{name}", page(name))
        links = [item(f"{self.site.address}/{name}") for name in names]
        self.site.put("/feed", rss(*links), ETag=etag)

    def poll(self, *, later: timedelta = timedelta(0)) -> Poll:
        self.clock.at += later
        (found,) = self.polling.due()
        return found

    def texts(self) -> set[str]:
        return {self.catalogue.report(one.id).text for one in self.catalogue.summaries()}


HOUR: Final = timedelta(hours=1)


@pytest.fixture
def site() -> Iterator[WrittenSite]:
    with writing_site() as site:
        yield site


@pytest.fixture
def desk(tmp_path: Path, site: WrittenSite) -> Iterator[Desk]:
    with closing(Desk(tmp_path, site)) as desk:
        yield desk


def test_pages_are_read_once_and_a_known_feed_is_not_sent_again(desk: Desk) -> None:
    desk.put("ferry", "bridge", etag='"1"')
    found = desk.poll()
    assert (found.status, found.left) == ("read", 0)
    assert [one.status for one in found.results] == [IngestStatus.ADDED] * 2
    assert desk.site.asked() == ["/feed", "/ferry", "/bridge"]
    assert list(desk.polling.due()) == []
    assert desk.poll(later=HOUR).status == "unchanged"
    assert desk.site.asked() == ["/feed"]
    desk.put("mayor", "ferry", "bridge", etag='"2"')
    assert len(desk.poll(later=HOUR).results) == 1
    assert desk.site.asked() == ["/feed", "/mayor"]
    (feed,) = desk.store.feeds()
    assert (feed.title, feed.failures, feed.error) == ("Oldtown News", 0, None)
    (health,) = desk.store.health()
    assert (health.reports, health.last_success) == (3, desk.clock.at)


def test_an_entry_that_changes_is_a_new_revision(desk: Desk) -> None:
    link = desk.site.put("/ferry", page("ferry"))
    desk.site.put("/feed", rss(item(link, date="Mon, 14 Apr 2025 10:00:00 GMT")))
    (first,) = desk.poll().results
    desk.site.put("/ferry", page("ferry", more="It was seen again at dawn, far out."))
    desk.site.put("/feed", rss(item(link, date="Mon, 14 Apr 2025 11:00:00 GMT")))
    (second,) = desk.poll(later=HOUR).results
    assert (second.status, second.reports) == (IngestStatus.UPDATED, first.reports)
    (id_,) = second.reports
    assert desk.catalogue.report(id_).revision == 2
    assert "at dawn" not in desk.catalogue.report(id_, 1).text
    (health,) = desk.store.health()
    assert health.reports == 1


def test_a_page_that_cant_be_had_is_read_from_a_feed_that_holds_all_of_it(desk: Desk) -> None:
    whole = f"<p>{STORIES['ferry']}</p>" * 40
    desk.site.put("/robots.txt", "User-agent: *\nDisallow: /private")
    desk.site.put(
        "/feed",
        rss(
            item(f"{desk.site.address}/absent", text=whole, title="About the ferry"),
            item(f"{desk.site.address}/private/1", text="A teaser."),
            item(f"{desk.site.address}/absent-too", text="Another teaser."),
        ),
    )
    found = desk.poll()
    assert [one.error is None for one in found.results] == [True, False, False]
    assert "robots.txt" in (found.results[1].error or "")
    assert "404" in (found.results[2].error or "")
    assert "/private/1" not in desk.site.asked()
    (summary,) = desk.catalogue.summaries()
    assert (summary.title, summary.url) == ("About the ferry", f"{desk.site.address}/absent")
    assert summary.publisher == "Oldtown News"
    failing = dict(desk.catalogue.failures())
    assert set(failing) == {f"{desk.site.address}/private/1", f"{desk.site.address}/absent-too"}


def test_a_page_that_comes_back_is_read_though_the_feed_stays(desk: Desk) -> None:
    desk.put("ferry", etag='"1"')
    desk.site.put("/ferry", status=503)
    assert desk.poll().left == 1
    assert desk.poll(later=timedelta(minutes=30)).left == 1
    desk.site.put("/ferry", page("ferry"))
    assert desk.poll(later=timedelta(minutes=30)).results == ()  # its wait has doubled
    (result,) = desk.poll(later=timedelta(minutes=30)).results
    assert result.status is IngestStatus.ADDED
    assert desk.catalogue.failures() == []
    assert desk.poll(later=timedelta(minutes=30)).status == "unchanged"


def test_a_long_feed_is_read_in_portions(desk: Desk) -> None:
    desk.put(*STORIES, etag='"1"')
    assert (desk.poll().left, len(desk.texts())) == (2, 5)
    assert (desk.poll(later=HOUR).left, len(desk.texts())) == (0, 7)


def test_a_site_that_is_down_is_not_asked_for_page_after_page(desk: Desk) -> None:
    desk.put(*STORIES)
    for name in STORIES:
        desk.site.put(f"/{name}", status=503)
    assert len(desk.poll().results) == 3
    assert desk.site.asked() == ["/feed", "/ferry", "/bridge", "/mayor"]


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [("", 500, "500"), ("<p>a page</p>", 200, "neither RSS"), ("<rss>", 200, None)],
)
def test_a_feed_that_fails_backs_off_and_says_why(
    desk: Desk, body: str, status: int, why: str | None
) -> None:
    desk.site.put("/feed", body, status)
    found = desk.poll()
    (feed,) = desk.store.feeds()
    if why is None:
        assert (found.status, feed.error) == ("read", None)
        return
    assert found.status == "failed"
    assert why in (feed.error or "")
    assert feed.next_poll == desk.clock.at + HOUR
    desk.poll(later=HOUR)
    assert list(desk.polling.due()) == []
    desk.put("ferry")
    assert desk.poll(later=2 * HOUR).status == "read"
    (feed,) = desk.store.feeds()
    assert (feed.failures, feed.error) == (0, None)


def test_a_server_that_asks_to_be_left_alone_is(desk: Desk) -> None:
    desk.site.put("/feed", status=503, Retry_After="36000")
    desk.poll()
    desk.clock.at += 9 * HOUR
    assert list(desk.polling.due()) == []
    (found,) = desk.polling.now()
    assert found.status == "resting"
    assert "2025-04-15 04:00" in (found.error or "")
    assert desk.site.asked() == ["/feed"]
    assert desk.poll(later=HOUR).status == "failed"


def test_a_feed_that_moved_for_good_is_asked_for_where_it_is(desk: Desk) -> None:
    desk.put("ferry")
    desk.site.pages["/new"] = desk.site.pages.pop("/feed")
    desk.site.put("/feed", status=301, Location="/new")
    desk.poll()
    assert desk.site.asked() == ["/feed", "/new", "/ferry"]
    desk.poll(later=HOUR)
    assert desk.site.asked() == ["/new"]
    (feed,) = desk.store.feeds()
    assert (feed.address, feed.url) == (f"{desk.site.address}/feed", f"{desk.site.address}/new")
    assert desk.store.find(feed.url) == feed


def test_a_feed_that_moved_to_what_is_no_feed_stays_where_it_was(desk: Desk) -> None:
    desk.site.put("/feed", status=301, Location="/home")
    desk.site.put("/home", page("ferry"))
    assert desk.poll().status == "failed"
    (feed,) = desk.store.feeds()
    assert feed.url == f"{desk.site.address}/feed"


def test_a_feed_that_is_gone_is_polled_no_more_until_it_is_asked_for(desk: Desk) -> None:
    desk.site.put("/feed", status=410)
    assert desk.poll().status == "gone"
    desk.clock.at += 1_000 * HOUR
    assert list(desk.polling.due()) == []
    assert list(desk.polling.now()) == []
    desk.put("ferry")
    (found,) = desk.polling.now([f"{desk.site.address}/feed"])
    assert found.status == "read"
    assert desk.poll(later=HOUR).status == "unchanged"


def test_a_feed_that_another_process_polls_is_left_to_it(desk: Desk) -> None:
    desk.put("ferry")
    desk.store.enter_listed(now=desk.clock.at)
    (seen,) = desk.store.feeds()
    assert desk.store.claim(seen, claimed(seen, POLICY, desk.clock.at))
    assert not desk.store.claim(seen, claimed(seen, POLICY, desk.clock.at))
    assert desk.polling._poll(seen).status == "taken"
    assert desk.site.asked() == []


def test_a_poll_that_is_stopped_stays_due(desk: Desk) -> None:
    desk.put("ferry", "bridge")
    desk.manners.stop()
    with pytest.raises(StoppedError):
        desk.poll()
    (feed,) = desk.store.feeds()
    assert feed.is_due(desk.clock.at)
    assert desk.catalogue.failures() == []


def test_feeds_without_end_end(desk: Desk) -> None:
    desk.site.put("/feed", status=301, Location="/feed")
    assert "redirected more than 5 times" in (desk.poll().error or "")
    link = desk.site.put("/loop", status=302, Location="/loop")
    desk.site.put("/feed", rss(item(link), item(f"{desk.site.address}/feed")))
    first, second = desk.poll(later=HOUR).results
    assert "redirected more than 5 times" in (first.error or "")
    assert second.error is not None  # a feed that links to itself is no page
    desk.site.put("/feed", rss() + " " * 8_000_000)
    assert "8,000,000 bytes" in (desk.poll(later=HOUR).error or "")


def test_what_is_no_feed_of_ours_is_said(desk: Desk) -> None:
    with pytest.raises(InputError, match="not among the feeds"):
        list(desk.polling.now(["https://x.example/"]))


def test_feeds_come_and_go_with_settings_and_persons(desk: Desk, tmp_path: Path) -> None:
    now, listed = desk.clock.at, f"{desk.site.address}/feed"
    desk.store.enter_listed(now=now)
    assert not desk.store.remove(listed)
    assert desk.store.add("https://x.example/f", now=now)
    assert not desk.store.add("https://x.example/f", now=now)
    engine = open_engine(f"sqlite:///{tmp_path / 'briefing.sqlite'}")
    unlisted = FeedStore(engine)
    assert [one.address for one in unlisted.feeds()] == ["https://x.example/f"]
    assert unlisted.add(listed, now=now)
    assert len(unlisted.feeds()) == 2
    assert unlisted.remove(listed)
    assert unlisted.remove("https://x.example/f")
    assert unlisted.feeds() == []


# --- the command line ---


@pytest.fixture(autouse=True, scope="module")
def _cheap_model() -> Iterator[None]:
    yield from served_by(WordEmbedder())


class Line:
    """The command line over one data folder."""

    def __init__(self, folder: Path, site: WrittenSite) -> None:
        self.site = site
        self.folder = folder
        self.watched = folder / "in"
        self.watched.mkdir()
        self.config = folder / "settings.toml"
        self.config.write_text(
            "[sources]\nprivate_addresses = true\n[feeds]\nspacing = 0.0\n"
            f'[folders]\npaths = ["{self.watched}"]\nquiet_seconds = 0.0\n'
        )

    def __call__(self, *argv: str) -> Ran:
        return run(*argv, "--data", str(self.folder / "data"), "--config", str(self.config))

    def json(self, *argv: str) -> Any:
        return self(*argv, "--json").any_document


@pytest.fixture
def line(tmp_path: Path, site: WrittenSite) -> Line:
    return Line(tmp_path, site)


def test_feeds_from_the_command_line(line: Line) -> None:
    good, bad = f"{line.site.address}/feed", f"{line.site.address}/broken"
    line.site.put("/ferry", page("ferry"))
    line.site.put("/feed", rss(item(f"{line.site.address}/ferry")), ETag='"1"')
    (line.watched / "bridge.html").write_text(page("bridge"))
    assert line.json("feeds", "add", good, bad, good) == {
        "feeds": [
            {"feed": good, "status": "added"},
            {"feed": bad, "status": "added"},
            {"feed": good, "status": "known"},
        ]
    }
    ran = line("feeds", "poll", "--json")
    assert ran.code == 1
    broken, read = ran.any_document["feeds"]
    assert (broken["feed"], broken["status"], broken["files"]) == (bad, "failed", [])
    assert "404" in broken["error"]
    assert (read["status"], read["error"], read["left"]) == ("read", None, 0)
    (file,) = read["files"]
    assert (file["input"], file["status"]) == (f"{line.site.address}/ferry", "added")
    (folder,) = ran.any_document["folders"]
    assert (folder["folder"], folder["status"]) == (str(line.watched), "read")
    assert [one["status"] for one in folder["files"]] == ["added"]

    again = line.json("feeds", "poll", good)
    assert [one["status"] for one in again["feeds"]] == ["unchanged"]
    assert again["folders"] == []

    listed = line.json("feeds", "list")
    assert [(one["feed"], one["reports"], one["failures"]) for one in listed["feeds"]] == [
        (bad, 0, 1),
        (good, 1, 0),
    ]
    assert [(one["name"], one["reports"]) for one in listed["folders"]] == [(str(line.watched), 1)]

    sources = {one["name"]: one for one in line.json("stats")["sources"]}
    assert "404" in sources[bad]["last_error"]
    assert sources[bad]["last_success"] is None
    assert sources[good]["last_success"] is not None
    assert sources[str(line.watched)]["reports"] == 1

    removed = line("feeds", "remove", bad, "https://x.example/", "--json")
    assert removed.code == 1
    assert [one["status"] for one in removed.any_document["feeds"]] == ["removed", "failed"]
    assert [one["feed"] for one in line.json("feeds", "list")["feeds"]] == [good]


def test_people_are_told_how_feeds_fare(line: Line) -> None:
    good, bad = f"{line.site.address}/feed", f"{line.site.address}/broken"
    assert "a folder" in line("feeds", "list").out
    line.site.put("/ferry", page("ferry"))
    links = item(f"{line.site.address}/ferry") + item(f"{line.site.address}/absent")
    line.site.put("/feed", rss(links))
    assert line("feeds", "add", good, bad).out == f"added: {good}\nadded: {bad}\n"
    polled = line("feeds", "poll").out
    assert f"{good}: read, 1 added, 1 failed, 1 left for later" in polled
    assert f"{bad}: failed" in polled
    shown = line("feeds", "list").out
    assert f"{good}: Oldtown News; next poll 20" in shown
    assert "last success never; last error: " in shown
    assert f"{bad}: 0 reports, no success yet; last error" in line("stats").out


def test_a_feed_listed_in_the_settings_is_removed_there(line: Line) -> None:
    address = f"{line.site.address}/feed"
    text = line.config.read_text().replace("[feeds]", f'[feeds]\naddresses = ["{address}"]')
    line.config.write_text(text)
    assert [one["listed"] for one in line.json("feeds", "list")["feeds"]] == [True]
    refused = line("feeds", "remove", address)
    assert refused.code == 1
    assert "feeds.addresses" in refused.out


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "ftp://x.example/",
        "http://",
        "http://[",
        "http://x.example/\udcff",
        "http://x y/",
    ],
)
def test_what_is_no_address_is_a_usage_error(line: Line, address: str) -> None:
    assert line("feeds", "add", address).code == 2


def test_a_feed_is_an_input_like_any_other(line: Line, tmp_path: Path) -> None:
    line.site.put("/robots.txt", "User-agent: *\nDisallow: /private")
    for name in ("ferry", "bridge"):
        line.site.put(f"/{name}", page(name))
    line.site.put("/private", page("mayor"))
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Oldtown",
        "items": [
            {"id": name, "url": f"{line.site.address}/{name}", "content_text": "A teaser."}
            for name in ("ferry", "bridge", "private")
        ],
    }
    address = line.site.put("/feed", json.dumps(content))
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(content))
    ran = line("ingest", address, "--json")
    assert ran.code == 1
    feed, private = ran.any_document["files"]
    assert (feed["input"], feed["status"], feed["error"]) == (address, "added", None)
    assert len(feed["reports"]) == 2
    assert "robots.txt" in private["error"]
    again = line.json("ingest", str(file))["files"][0]
    assert (again["status"], set(again["reports"])) == ("unchanged", set(feed["reports"]))


def test_a_feed_of_which_nothing_can_be_read_fails(line: Line) -> None:
    address = line.site.put("/feed", rss(item(f"{line.site.address}/a")))
    feed, entry = line.json("ingest", address)["files"]
    assert (feed["input"], feed["status"]) == (address, "failed")
    assert "none of the feed's 1 entries" in feed["error"]
    assert "404" in entry["error"]
    empty = line.site.put("/empty", rss())
    assert line.json("ingest", empty)["files"][0]["status"] == "unchanged"
