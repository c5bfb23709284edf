"""When a feed is polled and when an entry is read: decided here, carried out elsewhere.

After a failure the next poll comes twice as late as the one before, up to a longest wait; a server
that asks for more is given it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST_REST: Final = timedelta(days=7)  # a server that asks for years is asked again all the same
_MOST_DOUBLINGS: Final = 20
_MOST_TRIES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """How often, and how much at a time.

    Args:
        every: between two polls of a feed that answers.
        longest: between two polls of one that does not.
        pages: read of one feed in one poll, at most.
    """

    every: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=24)
    pages: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFeed:
    """A feed that is polled, and how it fares.

    Args:
        address: as it was given; names the feed.
        url: where it is now; ``title``, ``etag`` and ``modified`` as it said last.
        added: by a person; otherwise by the settings.
        next_poll: None where it is never polled again.
        rest_until: the server asked to be left alone until then.
        failures: polls that failed since the last that succeeded; ``error`` says why the last did.
    """

    address: str
    url: str
    added: bool
    next_poll: datetime | None
    title: str | None = None
    etag: str | None = None
    modified: str | None = None
    rest_until: datetime | None = None
    tried: datetime | None = None
    succeeded: datetime | None = None
    failures: int = 0
    error: str | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether the clock polls it now."""
        return self.next_poll is not None and self.next_poll <= now

    def rests(self, now: datetime) -> bool:
        """Tell whether its server has asked to be left alone until later."""
        return self.rest_until is not None and self.rest_until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """What is remembered of an entry; ``next_try`` is None where it is read, or given up."""

    key: str
    state: str
    failures: int = 0
    next_try: datetime | None = None
    reports: tuple[str, ...] = ()


def wait(policy: PollPolicy, failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row; after none, the usual time."""
    return min(policy.every * (1 << min(failures, _MOST_DOUBLINGS)), policy.longest)


def claimed(feed: WatchedFeed, policy: PollPolicy, now: datetime) -> WatchedFeed:
    """Put the next poll off before this one begins, so that no other process polls meanwhile."""
    return replace(feed, next_poll=now + wait(policy, feed.failures), tried=now)


def succeeded(feed: WatchedFeed, policy: PollPolicy, now: datetime) -> WatchedFeed:
    """Go back to the usual interval; a feed that had gone is polled again."""
    return replace(
        feed, next_poll=now + policy.every, rest_until=None, succeeded=now, failures=0, error=None
    )


def failed(
    feed: WatchedFeed,
    policy: PollPolicy,
    now: datetime,
    *,
    error: str,
    retry_after: str | None = None,
) -> WatchedFeed:
    """Back off, at least for as long as the server asks in ``Retry-After``."""
    failures = feed.failures + 1
    rest = rest_until(retry_after, now)
    due = now + wait(policy, failures)
    return replace(
        feed,
        next_poll=max(due, rest or due),
        rest_until=rest,
        failures=failures,
        error=error,
    )


def gone(feed: WatchedFeed, *, error: str) -> WatchedFeed:
    """Poll it no more."""
    return replace(feed, next_poll=None, failures=feed.failures + 1, error=error)


def rest_until(retry_after: str | None, now: datetime) -> datetime | None:
    """Read a ``Retry-After``, in seconds or as a date; None where it asks for nothing."""
    asked = (retry_after or "").strip()
    if asked.isdecimal():
        seconds = min(int(asked[:12]), int(_LONGEST_REST.total_seconds()))
        return now + timedelta(seconds=seconds) if seconds else None
    try:
        moment = parsedate_to_datetime(asked)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(moment, now + _LONGEST_REST) if moment > now else None


def is_open(state: str, seen: SeenEntry | None) -> bool:
    """Tell whether an entry is still to be read: it is new, has changed, or failed before."""
    return seen is None or seen.state != state or seen.next_try is not None


def is_wanted(state: str, seen: SeenEntry | None, now: datetime) -> bool:
    """Tell whether an entry is to be read now."""
    if seen is None or seen.state != state:
        return True
    return seen.next_try is not None and seen.next_try <= now


def entry_read(
    key: str, state: str, reports: tuple[str, ...], *, before: SeenEntry | None
) -> SeenEntry:
    """Remember an entry that was read; what came of its earlier states is kept."""
    known = before.reports if before else ()
    return SeenEntry(key=key, state=state, reports=tuple(dict.fromkeys((*known, *reports))))


def entry_failed(
    key: str,
    state: str,
    policy: PollPolicy,
    now: datetime,
    *,
    before: SeenEntry | None,
    again: bool,
) -> SeenEntry:
    """Remember an entry that failed: tried again ever later, and given up in the end."""
    earlier = before.failures if before and before.state == state else 0
    again = again and earlier + 1 < _MOST_TRIES
    return SeenEntry(
        key=key,
        state=state,
        failures=earlier + 1,
        next_try=now + wait(policy, earlier) if again else None,
        reports=before.reports if before else (),
    )
