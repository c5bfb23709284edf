"""What is remembered of feeds and folders: one contract on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from index.feed_store import FeedStore
from index.folder_store import FolderStore
from index.polling import PollPolicy, SeenEntry, claimed
from index.sql import open_engine
from index.tables import METADATA
from index.watch import SeenFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

NOON: Final = datetime(2025, 4, 9, 12, 0, 0, 123456, tzinfo=UTC)
FEED: Final = "https://reports.example/feed"
HOUR: Final = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'briefing.sqlite'}"
    engine = open_engine(
        url if request.param == "sqlite" else request.getfixturevalue("postgresql")
    )
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def feeds(engine: Engine) -> FeedStore:
    return FeedStore(engine)


def test_a_feed_is_kept_whole(feeds: FeedStore) -> None:
    assert feeds.add(FEED, now=NOON)
    (new,) = feeds.feeds()
    assert (new.address, new.url, new.added, new.next_poll) == (FEED, FEED, True, NOON)
    whole = replace(
        new,
        url="https://reports.example/new",
        title="Reports",
        etag='"1"',
        modified="today",
        next_poll=NOON + HOUR,
        rest_until=NOON + 2 * HOUR,
        tried=NOON,
        succeeded=NOON,
        failures=3,
        error="why",
    )
    feeds.keep(whole)
    assert feeds.feeds() == [whole]
    assert feeds.find(FEED) == feeds.find(whole.url) == whole
    assert feeds.find("https://elsewhere.example/") is None


def test_one_of_many_claims_a_feed(feeds: FeedStore) -> None:
    feeds.add(FEED, now=NOON)
    (before,) = feeds.feeds()
    after = claimed(before, PollPolicy(), NOON + HOUR)
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lambda _: feeds.claim(before, after), range(6)))
    assert sorted(won) == [False] * 5 + [True]


def test_entries_are_remembered_and_go_with_their_feed(feeds: FeedStore) -> None:
    feeds.add(FEED, now=NOON)
    first = SeenEntry(key="a", state="1", failures=1, next_try=NOON)
    feeds.remember(FEED, first)
    assert feeds.seen(FEED) == {"a": first}
    second = SeenEntry(key="a", state="2", reports=("r1", "r2"))
    feeds.remember(FEED, second)
    assert feeds.seen(FEED) == {"a": second}
    assert feeds.reports() == {FEED: {"r1", "r2"}}
    assert feeds.health()[0].reports == 2
    assert feeds.remove(FEED)
    assert not feeds.remove(FEED)
    assert feeds.seen(FEED) == {}
    feeds.remember(FEED, second)  # a poll that was under way
    assert feeds.seen(FEED) == {}


def test_files_are_remembered_and_forgotten(engine: Engine) -> None:
    folders = FolderStore(engine, folders=["/in", "/in"])
    assert folders.folders == ("/in",)
    folders.note_folder("/in", error=None, now=NOON)
    one = SeenFile(path="/in/a", stamp="1", since=NOON)
    other = SeenFile(path="/in/b", stamp="2", since=NOON, read=True, reports=("r1",))
    folders.remember_files("/in", [one, other], ())
    assert folders.files("/in") == {"/in/a": one, "/in/b": other}
    read = replace(one, read=True, reports=("r1", "r2"))
    folders.remember_files("/in", [read], ["/in/b"])
    assert folders.files("/in") == {"/in/a": read}
    folders.note_folder("/in", error="gone", now=NOON + HOUR)
    (health,) = folders.health()
    assert (health.reports, health.last_success, health.last_error) == (2, NOON, "gone")


def test_a_folder_never_looked_at_has_no_success(engine: Engine) -> None:
    (health,) = FolderStore(engine, folders=["/new"]).health()
    assert (health.reports, health.last_success, health.last_error) == (0, None, None)
