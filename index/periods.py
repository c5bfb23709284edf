"""Which days a text names: in a question seen from the day it is asked, in a report from its date.

Days without a year are the latest such days on or before the day of asking; a question about plans
("will", "scheduled for") looks ahead first, and a report looks both ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date  # noqa: TC003  (resolved at run time by readers of the annotations)
from typing import Final

from index.datecontext import EARLIEST, narrowed, opened, together
from index.dateforms import CALENDAR, YEAR, Named, PeriodKind
from index.datewords import Line, line_of
from index.days import Anchor, Outlook
from index.model import Span
from index.relativedates import RELATIVE

__all__ = [
    "EARLIEST",
    "DaysNamed",
    "Period",
    "PeriodKind",
    "days_named",
    "periods",
    "periods_in_report",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Span):
    """Days, both ends included, and the words ``text[start:end]`` that name them.

    ``confidence`` is a rough probability that these are the days meant. Days after the day of the
    text appear only where the words point ahead ("next week").
    """

    first: date
    last: date
    kind: PeriodKind
    confidence: float

    def __post_init__(self) -> None:
        Span.__post_init__(self)
        if self.first > self.last:
            raise ValueError(f"a period can't end before it begins: {self.first} {self.last}")

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysNamed:
    """The periods of a text in reading order, and the words that name days that don't exist."""

    periods: tuple[Period, ...] = ()
    impossible: tuple[Span, ...] = ()


_RULES: Final = (*CALENDAR, *RELATIVE, YEAR)
_PLANS: Final = re.compile(
    r"\b(?:will|going to|plan(?:s|ned|ning)?|schedul\w+|upcoming|supposed to|expect\w*|intend\w*"
    r"|due|set for|when (?:is|are|does|do))\b",
    re.IGNORECASE,
)
# Nearly all sentences of a report end here: none of these, no date.
_DATED: Final = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]*\b"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\b(?:19|20)\d\d\b"
    r"|[a-z0-9] (?:hour|day|week|month|year|weekend)s?\b|night|[Ss]pring|[Ss]ummer|autumn|winter"
    r"|today|tomorrow|morning|yesterday|Christmas|Easter|New Year|Day\b"
)


def periods(text: str, today: date) -> list[Period]:
    """Return the periods a question names when asked on ``today``, in reading order."""
    return list(days_named(text, today).periods)


def days_named(text: str, today: date) -> DaysNamed:
    """Read the days a question names when asked on ``today``; never raises for odd text."""
    outlook = Outlook.PLANS if _PLANS.search(text) else Outlook.PAST
    return _read(text, Anchor(today, outlook))


def periods_in_report(text: str, published: date) -> list[Period]:
    """Return the periods a sentence names in a report published on ``published``.

    "Until" and "before" keep only the day they name here, with kind OPEN: a sentence tells of that
    day, not of all time before it.
    """
    if _DATED.search(text) is None:
        return []
    return list(_read(text, Anchor(published, Outlook.REPORT)).periods)


def _read(text: str, anchor: Anchor) -> DaysNamed:
    line = line_of(text, edited=anchor.outlook is Outlook.REPORT)
    found = together(line.text, [narrowed(line.text, one) for one in _matches(line, anchor)])
    found = [opened(line.text, one, anchor) for one in found]
    kept: list[Period] = []
    impossible: list[Span] = []
    for named in found:
        start, end = line.span(named.start, named.end)
        if named.days is None:
            impossible.append(Span(start=start, end=end))
            continue
        kept.append(
            Period(
                start=start,
                end=end,
                first=named.days.first,
                last=_no_later(named, anchor),
                kind=named.kind,
                confidence=named.confidence,
            )
        )
    return DaysNamed(periods=tuple(kept), impossible=tuple(impossible))


def _no_later(named: Named, anchor: Anchor) -> date:
    """End a period that holds the day of asking there: nothing is known of later."""
    first, last = named.days or (anchor.today, anchor.today)
    if anchor.outlook is Outlook.PAST and first <= anchor.today < last:
        return anchor.today
    return last


def _matches(line: Line, anchor: Anchor) -> list[Named]:
    found: list[Named] = []
    for rule in _RULES:
        if rule.needs and not any(needed in line.text for needed in rule.needs):
            continue
        for match in rule.pattern.finditer(line.text):
            taken = [one for one in found if one.start < match.end() and match.start() < one.end]
            if not taken:
                found.extend(rule.read(match, anchor))
    return sorted(found, key=lambda one: one.start)
