"""How much one person may ask: a bucket that refills with time, and a memory of who was told."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, timedelta

MOST_PEOPLE: Final = 10_000
_MINUTE: Final = 60.0
_REOPENS: Final = 0.5  # how full a bucket must be again after it ran dry


class Verdict(Enum):
    """What to do with one more message."""

    ADMIT = "admit"
    TELL = "tell"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What one person has left at a moment; closed from when it ran dry until it is half full."""

    left: float
    at: datetime
    closed: bool = False


def take(
    bucket: Bucket | None, now: datetime, *, per_minute: int, cost: float = 1.0
) -> tuple[Bucket, Verdict]:
    """Take ``cost`` from a bucket that holds and refills ``per_minute``; None is a full one.

    The first message that finds too little is to be told so; those after it are ignored.
    """
    left, closed = float(per_minute), False
    if bucket is not None:
        passed = max((now - bucket.at).total_seconds(), 0.0)
        left = min(bucket.left + passed * per_minute / _MINUTE, float(per_minute))
        closed = bucket.closed and left < _reopens_at(per_minute)
    if closed or left < cost:
        verdict = Verdict.IGNORE if closed else Verdict.TELL
        return Bucket(left=left, at=now, closed=True), verdict
    return Bucket(left=left - cost, at=now), Verdict.ADMIT


def seconds_closed(bucket: Bucket, *, per_minute: int) -> float:
    """Return how long a closed bucket takes to open again; 0 for an open one."""
    if not bucket.closed:
        return 0.0
    return max(_reopens_at(per_minute) - bucket.left, 0.0) * _MINUTE / per_minute


def _reopens_at(per_minute: int) -> float:
    return max(per_minute * _REOPENS, 1.0)  # what opens has room for a message


class Limiter:
    """The buckets of all people, in memory alone; safe on any thread.

    A bucket that nobody touched for a minute is full and is dropped; of more than ``most`` the one
    touched longest ago is.
    """

    def __init__(self, per_minute: int, *, most: int = MOST_PEOPLE) -> None:
        self.per_minute = per_minute
        self._most = most
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, person: int, now: datetime, *, cost: float = 1.0) -> tuple[Verdict, float]:
        """Take from a person's bucket; return the verdict and the seconds until it opens again."""
        with self._lock:
            known = self._buckets.pop(person, None)
            bucket, verdict = take(known, now, per_minute=self.per_minute, cost=cost)
            self._buckets[person] = bucket
            while len(self._buckets) > self._most or self._is_idle(now):
                self._buckets.popitem(last=False)
        return verdict, seconds_closed(bucket, per_minute=self.per_minute)

    def __len__(self) -> int:
        """Count the people who are remembered."""
        return len(self._buckets)

    def _is_idle(self, now: datetime) -> bool:
        return (now - next(iter(self._buckets.values())).at).total_seconds() > _MINUTE


class Once:
    """Who was told something already within a while, in memory alone; safe on any thread."""

    def __init__(self, period: timedelta, *, most: int = MOST_PEOPLE) -> None:
        self._period = period
        self._most = most
        self._told: OrderedDict[int, datetime] = OrderedDict()
        self._lock = Lock()

    def is_first(self, key: int, now: datetime) -> bool:
        """Tell whether it is to be said now, and remember that it was."""
        with self._lock:
            told = self._told.get(key)
            if told is not None and now - told < self._period:
                return False
            self._told.pop(key, None)
            self._told[key] = now
            while len(self._told) > self._most:
                self._told.popitem(last=False)
            return True

    def forget(self, key: int) -> None:
        """Forget that it was said."""
        with self._lock:
            self._told.pop(key, None)
