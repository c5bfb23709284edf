"""When a feed is polled and an entry read again: decisions over values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.polling import (
    PollPolicy,
    SeenEntry,
    WatchedFeed,
    claimed,
    entry_failed,
    entry_read,
    failed,
    gone,
    is_open,
    is_wanted,
    rest_until,
    succeeded,
    wait,
)

NOW: Final = datetime(2025, 4, 14, 18, 0, tzinfo=UTC)
POLICY: Final = PollPolicy(every=timedelta(minutes=30), longest=timedelta(hours=24))
FEED: Final = WatchedFeed(
    address="https://a.example/f", url="https://a.example/f", added=True, next_poll=NOW
)
HOUR: Final = timedelta(hours=1)


def test_each_failure_doubles_the_wait_up_to_the_longest() -> None:
    waits = [wait(POLICY, failures) / HOUR for failures in range(9)]
    assert waits == [0.5, 1, 2, 4, 8, 16, 24, 24, 24]
    assert wait(POLICY, 10_000) == POLICY.longest


def test_a_feed_backs_off_and_comes_back() -> None:
    feed = FEED
    for after in (1, 2, 4):
        feed = failed(feed, POLICY, NOW, error="the server answered 503")
        assert feed.next_poll == NOW + after * HOUR
    assert (feed.failures, feed.error) == (3, "the server answered 503")
    assert not feed.is_due(NOW)
    assert feed.is_due(NOW + 4 * HOUR)
    feed = succeeded(feed, POLICY, NOW)
    assert (feed.failures, feed.error, feed.succeeded) == (0, None, NOW)
    assert feed.next_poll == NOW + POLICY.every


def test_a_poll_is_put_off_before_it_begins() -> None:
    mine = claimed(FEED, POLICY, NOW)
    assert (mine.next_poll, mine.tried) == (NOW + POLICY.every, NOW)


def test_a_feed_that_is_gone_is_never_due_again() -> None:
    feed = gone(FEED, error="gone")
    assert not feed.is_due(NOW + 10_000 * HOUR)
    assert feed.error == "gone"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        (" 3600 ", 3_600),
        ("99999999999999999999", 7 * 86_400),
        ("Mon, 14 Apr 2025 18:10:00 GMT", 600),
        ("Mon, 14 Apr 2025 20:10:00 +0200", 600),
        ("Thu, 14 Apr 2095 18:10:00 GMT", 7 * 86_400),
    ],
)
def test_a_server_is_left_alone_for_as_long_as_it_asks(asked: str, seconds: int) -> None:
    until = NOW + timedelta(seconds=seconds)
    assert rest_until(asked, NOW) == until
    feed = failed(FEED, POLICY, NOW, error="busy", retry_after=asked)
    assert feed.rests(until - timedelta(seconds=1))
    assert not feed.rests(until)
    assert feed.next_poll == max(until, NOW + HOUR)


@pytest.mark.parametrize(
    "asked", [None, "", "0", "soon", "-5", "Mon, 14 Apr 2025 17:59:00 GMT", "²"]
)
def test_what_asks_for_nothing_is_no_rest(asked: str | None) -> None:
    assert rest_until(asked, NOW) is None


@given(st.text(max_size=60))
def test_no_header_is_an_error_or_a_rest_for_ever(asked: str) -> None:
    until = rest_until(asked, NOW)
    assert until is None or NOW < until <= NOW + timedelta(days=7)


def test_an_entry_is_read_once_and_again_when_it_changes() -> None:
    assert is_wanted("a", None, NOW)
    seen = entry_read("k", "a", ("r1",), before=None)
    assert not is_wanted("a", seen, NOW + 10_000 * HOUR)
    assert is_wanted("b", seen, NOW)
    assert entry_read("k", "b", ("r1", "r2"), before=seen).reports == ("r1", "r2")


def test_a_page_that_cant_be_had_is_tried_ever_later_and_given_up() -> None:
    seen: SeenEntry | None = None
    now, tries = NOW, 0
    while is_open("a", seen):
        assert is_wanted("a", seen, now)
        seen = entry_failed("k", "a", POLICY, now, before=seen, again=True)
        tries += 1
        if seen.next_try is not None:
            assert not is_wanted("a", seen, seen.next_try - timedelta(seconds=1))
            now = seen.next_try
    assert tries == 6
    assert now - NOW == timedelta(hours=15.5)
    assert is_wanted("b", seen, now)


def test_what_fails_for_good_is_left_until_it_changes() -> None:
    seen = entry_failed("k", "a", POLICY, NOW, before=None, again=False)
    assert not is_open("a", seen)
    again = entry_failed("k", "b", POLICY, NOW, before=seen, again=True)
    assert (again.failures, again.next_try) == (1, NOW + POLICY.every)
