"""Polling feeds: asking for what is new, reading the pages it links to, noting how it went."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from index import polling, sources
from index.errors import InputError
from index.feeds import MOST_BYTES
from index.fetch import Wish
from index.parse.feed import read_feed
from index.robots import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.feed_store import FeedStore
    from index.feeds import Feed
    from index.fetch import Fetched
    from index.intake import Intake
    from index.model import IngestResult
    from index.polling import PollPolicy, WatchedFeed
    from index.ports import Clock

_GONE: Final = 410
_DOWN: Final = 3
"""After so many pages in a row that can't be had, the rest waits for the next poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How one poll ended.

    Args:
        status: ``resting`` where the server asked to be left alone, ``taken`` where another
            process polls at this moment.
        results: of the entries that were read.
        left: entries that wait for the next poll.
    """

    feed: str
    status: Literal["read", "unchanged", "failed", "gone", "resting", "taken"]
    results: tuple[IngestResult, ...] = ()
    left: int = 0
    error: str | None = None


class FeedPolling:
    """Polls the feeds of a store, one after the other."""

    def __init__(
        self,
        store: FeedStore,
        intake: Intake,
        *,
        policy: PollPolicy,
        clock: Clock,
    ) -> None:
        self._store = store
        self._intake = intake
        self._policy = policy
        self._clock = clock

    def due(self) -> Iterator[Poll]:
        """Poll what is due.

        Raises:
            StoppedError: the program is stopping; what was begun stays due.
        """
        self._store.enter_listed(now=self._clock.now())
        for feed in self._store.feeds():
            if feed.is_due(self._clock.now()):
                yield self._poll(feed)

    def now(self, addresses: Sequence[str] = ()) -> Iterator[Poll]:
        """Poll the feeds of some addresses, whatever was; or all but those that are gone.

        Raises:
            InputError: an address is no feed's.
        """
        self._store.enter_listed(now=self._clock.now())
        wanted = [self._named(address) for address in addresses]
        for feed in wanted or [one for one in self._store.feeds() if one.next_poll is not None]:
            yield self._poll(feed)

    def _named(self, address: str) -> WatchedFeed:
        found = self._store.find(address)
        if found is None:
            raise InputError(
                f"{address} is not among the feeds; `briefing feeds list` shows them and"
                " `briefing feeds add` adds one"
            )
        return found

    def _poll(self, feed: WatchedFeed) -> Poll:
        now = self._clock.now()
        if feed.rests(now):
            why = f"its server asked to be left alone until {feed.rest_until:%Y-%m-%d %H:%M} UTC"
            return Poll(feed=feed.address, status="resting", error=f"{feed.url}: {why}")
        mine = polling.claimed(feed, self._policy, now)
        if not self._store.claim(feed, mine):
            return Poll(feed=feed.address, status="taken")
        try:
            poll, after = self._polled(mine)
        except StoppedError:
            self._store.keep(feed)
            raise
        self._store.keep(after)
        return poll

    def _polled(self, feed: WatchedFeed) -> tuple[Poll, WatchedFeed]:
        """Poll one feed; return how it ended, and what to remember."""
        wish = Wish(etag=feed.etag, modified=feed.modified, most_bytes=MOST_BYTES)
        try:
            found = self._intake.ask(feed.url, wish)
            if found.status == _GONE:
                return self._gone(feed)
            if found.document is None and not found.is_unchanged:
                why = f"{feed.url}: the server answered {found.status}; it is asked again later"
                return self._failed(feed, why, found.retry_after)
            read = read_feed(found.document) if found.document else None
        except InputError as error:
            return self._failed(feed, sources.shown(str(error)), None)
        poll = self._read(feed, read) if read else Poll(feed=feed.address, status="unchanged")
        return poll, self._succeeded(feed, found, read, left=poll.left)

    def _gone(self, feed: WatchedFeed) -> tuple[Poll, WatchedFeed]:
        error = f"{feed.url} is gone for good, says its server (410); it is polled no more"
        return Poll(feed=feed.address, status="gone", error=error), polling.gone(feed, error=error)

    def _failed(
        self, feed: WatchedFeed, error: str, retry_after: str | None
    ) -> tuple[Poll, WatchedFeed]:
        after = polling.failed(
            feed, self._policy, self._clock.now(), error=error, retry_after=retry_after
        )
        return Poll(feed=feed.address, status="failed", error=error), after

    def _succeeded(
        self, feed: WatchedFeed, found: Fetched, read: Feed | None, *, left: int
    ) -> WatchedFeed:
        after = polling.succeeded(feed, self._policy, self._clock.now())
        after = replace(after, url=found.moved or feed.url)
        if read is None:
            return after
        # With entries left to read the whole feed is wanted again.
        return replace(
            after,
            title=read.title,
            etag=None if left else found.etag,
            modified=None if left else found.modified,
        )

    def _read(self, feed: WatchedFeed, read: Feed) -> Poll:
        """Read the entries that are new, have changed or are due for another try."""
        seen = self._store.seen(feed.address)
        now = self._clock.now()
        wanted = [
            one for one in read.entries if polling.is_wanted(one.state, seen.get(one.key), now)
        ]
        results: list[IngestResult] = []
        down = 0
        for one in wanted[: self._policy.pages]:
            result, again = self._intake.take_entry(one, read)
            before = seen.get(one.key)
            if result.error:
                entry = polling.entry_failed(
                    one.key, one.state, self._policy, now, before=before, again=again
                )
            else:
                entry = polling.entry_read(one.key, one.state, result.reports, before=before)
            self._store.remember(feed.address, entry)
            seen[one.key] = entry
            results.append(result)
            down = down + 1 if again else 0
            if down >= _DOWN:
                break
        left = sum(polling.is_open(one.state, seen.get(one.key)) for one in read.entries)
        return Poll(feed=feed.address, status="read", results=tuple(results), left=left)
