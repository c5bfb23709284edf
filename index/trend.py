"""How often and how prominently the reports of a time speak of something."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from index.keysentences import key_sentences
from index.model import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.ports import Window
    from index.topic import Sentence

_PROMINENT: Final = frozenset({BlockKind.TAKEAWAY, BlockKind.HEADING})
_DAYS_SHOWN: Final = 62
_WEEKS_SHOWN: Final = 80
_WEEK: Final = 7
_PEAKS: Final = 3
_LEAST_SHARE: Final = 3  # a peak is at least a third as high as the highest
_MENTIONED: Final = 2  # sentences; a single one is no peak where there is a higher one


class Unit(StrEnum):
    """What a bar of the chart stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Sentences of the reports published from ``first`` on, before the next bar.

    Args:
        prominent: those in a takeaway or a heading; ``body`` all others.
        stored: reports of that time, whether they speak of it or not.
    """

    first: date
    prominent: int
    body: int
    stored: int

    @property
    def total(self) -> int:
        """Sentences in all."""
        return self.prominent + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A bar higher than those beside it, and the sentence that says most of what it is about."""

    bar: int
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Bars without a gap in time, and up to three peaks in their order.

    Args:
        first: the day of the oldest report counted; ``last`` of the newest.
        reports: how many speak of it.
    """

    first: date
    last: date
    unit: Unit
    bars: tuple[Bar, ...]
    peaks: tuple[Peak, ...]
    reports: int

    @property
    def total(self) -> int:
        """Sentences in all."""
        return sum(bar.total for bar in self.bars)


def trend(sentences: Sequence[Sentence], stored: Sequence[date], window: Window) -> Trend | None:
    """Count sentences over the days of a window for which reports are stored.

    Args:
        sentences: that speak of something; undated ones do not count.
        stored: the day of every report, whether it speaks of it or not.
        window: the days asked for.

    Returns:
        None where no sentence is of those days.
    """
    held = sorted(day for day in stored if window.holds(day))
    dated = {
        one: one.published for one in sentences if one.published and window.holds(one.published)
    }
    if not held or not dated:
        return None
    unit, firsts = _starts(held[0], held[-1])
    places = {one: bisect_right(firsts, day) - 1 for one, day in dated.items()}
    prominent = Counter(place for one, place in places.items() if one.kind in _PROMINENT)
    body = Counter(place for one, place in places.items() if one.kind not in _PROMINENT)
    reports = Counter(bisect_right(firsts, day) - 1 for day in held)
    bars = tuple(
        Bar(first=first, prominent=prominent[n], body=body[n], stored=reports[n])
        for n, first in enumerate(firsts)
    )
    return Trend(
        first=held[0],
        last=held[-1],
        unit=unit,
        bars=bars,
        peaks=tuple(
            Peak(bar=n, sentence=_top([one for one, place in places.items() if place == n]))
            for n in _peaks(bars)
        ),
        reports=len({one.report_id for one in dated}),
    )


def _starts(first: date, last: date) -> tuple[Unit, list[date]]:
    """Choose bars that are neither too many nor too few, and return their first days."""
    days = (last - first).days + 1
    if days <= _DAYS_SHOWN:
        return Unit.DAY, [first + timedelta(days=n) for n in range(days)]
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // _WEEK + 1
    if weeks <= _WEEKS_SHOWN:
        return Unit.WEEK, [monday + timedelta(weeks=n) for n in range(weeks)]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    numbers = [first.year * 12 + first.month - 1 + n for n in range(months)]
    return Unit.MONTH, [date(n // 12, n % 12 + 1, 1) for n in numbers]


def _peaks(bars: Sequence[Bar]) -> list[int]:
    """Return the highest bars, none beside another, in their order."""
    highest = max(bar.total for bar in bars)
    least = max(highest / _LEAST_SHARE, min(highest, _MENTIONED))
    chosen: list[int] = []
    for n in sorted(range(len(bars)), key=lambda n: (-bars[n].total, n)):
        if len(chosen) == _PEAKS or bars[n].total < least:
            break
        beside = [bars[m].total for m in (n - 1, n + 1) if 0 <= m < len(bars)]
        if bars[n].total >= max(beside, default=0) and all(abs(n - m) > 1 for m in chosen):
            chosen.append(n)
    return sorted(chosen)


def _top(sentences: Sequence[Sentence]) -> Sentence:
    """Return the sentence that shares most words with all, a takeaway where there is one."""
    takeaways = [one for one in sentences if one.kind is BlockKind.TAKEAWAY]
    whole = [one for one in sentences if one.kind is not BlockKind.HEADING]
    among = takeaways or whole or sentences
    return among[key_sentences([one.text for one in among], 1)[0]]
