"""When a subscription's local times come round, as moments in UTC.

A local time that doesn't exist (clocks go forward) falls on the next minute that does; one that
happens twice (clocks go back) counts the first time only. All moments are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.zones import zone_info

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.subscriptions import Subscription

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_COUNTED = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The latest slot that has come, and what it makes up for.

    Args:
        slot: when it was to be sent.
        missed: slots since the last settled one, this one included; about a year is counted.
        resumed: a pause ended since the last settled one.
    """

    slot: datetime
    missed: int
    resumed: bool

    @property
    def is_catching_up(self) -> bool:
        """Tell whether this makes up for more than its own slot."""
        return self.missed > 1 or self.resumed


def due(wanted: Subscription, *, settled: datetime, now: datetime) -> Due | None:
    """Return what is due at ``now`` for a subscription whose slots up to ``settled`` are done with.

    However many slots have passed they make one, the latest: an outage ends in one message.
    """
    start = max(settled, now - _COUNTED)
    passed = list(takewhile(lambda slot: slot <= now, _slots(wanted, after=start)))
    if not passed:
        return None
    return Due(
        slot=passed[-1], missed=len(passed), resumed=_pause_ended(wanted, settled, passed[-1])
    )


def next_slot(wanted: Subscription, *, after: datetime) -> datetime:
    """Return the first slot later than ``after``."""
    return next(_slots(wanted, after=after))


@lru_cache(maxsize=8192)
def moment(day: date, at: time, zone: str) -> datetime:
    """Return when a local date and time comes: the module says what clock changes do to it."""
    local = datetime.combine(day, at, tzinfo=zone_info(zone))
    first = local.astimezone(UTC)
    shown = first.astimezone(local.tzinfo).replace(tzinfo=None)
    gap = shown - local.replace(tzinfo=None)
    return _end_of_gap(first, gap, zone) if gap else first


def _slots(wanted: Subscription, *, after: datetime) -> Iterator[datetime]:
    """Yield the slots later than ``after``, ascending, each moment once, without end."""
    # A day early: a time that doesn't exist may fall on the day after its own.
    day = after.astimezone(zone_info(wanted.zone)).date() - _DAY
    if wanted.paused_until is not None:
        day = max(day, wanted.paused_until)
    last = after
    while True:
        if day.weekday() in wanted.weekdays:
            for at in wanted.times:
                slot = moment(day, at, wanted.zone)
                if slot > last:
                    last = slot
                    yield slot
        day += _DAY


def _end_of_gap(inside: datetime, gap: timedelta, zone: str) -> datetime:
    """Return the moment the clocks went forward by ``gap``, not later than ``inside``."""
    rules = zone_info(zone)
    before, behind = inside - gap, inside
    offset = before.astimezone(rules).utcoffset()
    while behind - before > _MINUTE:
        middle = before + max((behind - before) // (2 * _MINUTE), 1) * _MINUTE
        if middle.astimezone(rules).utcoffset() == offset:
            before = middle
        else:
            behind = middle
    return behind


def _pause_ended(wanted: Subscription, settled: datetime, slot: datetime) -> bool:
    if wanted.paused_until is None:
        return False
    return settled < moment(wanted.paused_until, time(0), wanted.zone) <= slot
