"""Which days a text names: in a question seen from the day it is asked, in a report from its date.

Days without a year are the latest such days on or before the day of asking; a question about plans
("will", "scheduled for") looks ahead first, and a report looks both ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from index.dateforms import CALENDAR, Named, PeriodKind
from index.datewords import Line, line_of
from index.days import Anchor, Days, Outlook, in_year, shift, week_of
from index.model import Span
from index.relativedates import RELATIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "EARLIEST",
    "DaysNamed",
    "Period",
    "PeriodKind",
    "days_named",
    "periods",
    "periods_in_report",
]

EARLIEST: Final = date(1900, 1, 1)
"""Where a period without a beginning ("before March 5") begins."""


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


_RULES: Final = (*CALENDAR, *RELATIVE)
_PLANS: Final = re.compile(
    r"\b(?:will|going to|plan(?:s|ned|ning)?|schedul\w+|upcoming|supposed to|expect\w*|intend\w*"
    r"|due|set for|when (?:is|are|does|do))\b",
    re.IGNORECASE,
)
# Nearly all sentences of a report end here: none of these, no date.
_DATED: Final = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]*\b"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\b(?:19|20)\d\d\b"
    r"|[a-z] (?:hour|day|week|month|year|weekend)s?\b|night|[Ss]pring|[Ss]ummer|autumn|winter"
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
    found = _together(line.text, [_narrowed(line.text, one) for one in _matches(line, anchor)])
    found = [_opened(line.text, one, anchor) for one in found]
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


def _third(number: int) -> Callable[[Days], Days]:
    def part(days: Days) -> Days:
        step = days.count / 3
        first, last = round(number * step), round((number + 1) * step) - 1
        return Days(shift(days.first, first), shift(days.first, last))

    return part


_PARTS: Final = {
    **dict.fromkeys(("early", "earlier", "beginning", "start"), 0),
    **dict.fromkeys(("mid", "middle"), 1),
    **dict.fromkeys(("late", "end", "close"), 2),
}
_SOME: Final = re.compile(
    r"(?<![^ ])(?:the )?(?P<part>early|earlier|beginning|start|mid|middle|late|end|close)(?: -)?"
    r"(?: (?:of|in))?(?: the)? $"
)
_COUNTED_PART: Final = re.compile(
    r"(?<![^ ])(?:the )?(?P<which>first|opening|second|third|fourth|last|final|closing)"
    r"(?: (?P<few>few|couple of|two|three|2|3))? (?P<unit>days?|weeks?|half)(?P<rough> or so)?"
    r" (?:of|in)(?: the)? $"
)
_NTH: Final = {"first": 0, "opening": 0, "second": 1, "third": 2, "fourth": 3}
_NARROWEST: Final = 7


def _narrowed(line: str, named: Named) -> Named:
    """Take "late" or "the first week of" into the days that follow it."""
    days = named.days
    before = line[max(0, named.start - 48) : named.start]
    if days and days.count == 1 and before.endswith(" week of "):
        return replace(named, days=week_of(days.first), kind=PeriodKind.VAGUE)
    if days is None or days.count < _NARROWEST:
        return named
    offset = named.start - len(before)
    if some := _SOME.search(before):
        if some["part"] == "earlier" and line.startswith("this", named.start):
            return replace(named, start=offset + some.start())
        part = _third(_PARTS[some["part"]])(days)
        return replace(named, days=part, start=offset + some.start(), kind=PeriodKind.VAGUE)
    if counted := _COUNTED_PART.search(before):
        part = _counted(counted, days)
        return replace(named, days=part, start=offset + counted.start(), kind=PeriodKind.VAGUE)
    return named


def _counted(found: re.Match[str], days: Days) -> Days:
    many = {"two": 2, "2": 2, "couple of": 2, "three": 3, "3": 3, "few": 5}.get(found["few"] or "")
    if found["unit"].startswith("half"):
        length = (days.count + 1) // 2
    elif found["unit"].startswith("week"):
        length = 7 * (many or 1)
    else:
        length = many or (7 if found["unit"] == "days" else 1)
    place = _NTH.get(found["which"])
    if place is None:
        return Days(max(days.first, shift(days.last, 1 - length)), days.last)
    first = min(shift(days.first, place * length), days.last)
    rough = 3 if found["rough"] else 0
    return Days(first, min(shift(first, length - 1 + rough), days.last))


_TO: Final = frozenset({"to", "-", "until", "till", "through", "up to", "and"})
_NIGHT_OF: Final = re.compile(r"(?<![^ ])(?:over)?night (?:of|on) $")


def _together(line: str, found: Sequence[Named]) -> list[Named]:
    """Join "from A to B" and "between A and B", and give a neighbour's year to what lacks one."""
    joined: list[Named] = []
    for named in found:
        last = joined[-1] if joined else None
        if last is None or last.days is None or named.days is None:
            joined.append(_with_night(line, named))
            continue
        link = line[last.end : named.start].strip()
        one, other = _agreeing(last, named, link)
        lead = line[: last.start].rsplit(" ", 2)[-2:-1]
        if link in _TO and (link != "and" or lead == ["between"]):
            joined[-1] = _range(one, other)
        else:
            joined[-1:] = [one, _with_night(line, other)]
    return joined


def _range(one: Named, other: Named) -> Named:
    ends = [*(one.days or ()), *(other.days or ())]
    return replace(
        other,
        days=Days(min(ends), max(ends)),
        start=one.start,
        confidence=min(one.confidence, other.confidence),
    )


def _agreeing(one: Named, other: Named, link: str) -> tuple[Named, Named]:
    """Move guessed years (and weeks) so that ``one`` comes before ``other``."""
    if one.days is None or other.days is None or link not in _TO | {"or", ","}:
        return one, other
    if one.floats == "year" and other.floats is None:
        days = in_year(one.days, other.days.first.year)
        if days.first > other.days.last:
            days = in_year(days, days.first.year - 1)
        return replace(one, days=days, floats=None), other
    if other.floats == "year" and one.floats is None:
        days = in_year(other.days, one.days.first.year)
        if days.last < one.days.first:
            days = in_year(days, days.first.year + 1)
        return one, replace(other, days=days, floats=None)
    if one.days.first > other.days.first and link != "and":
        if one.floats == "week":
            back = Days(shift(one.days.first, -7), shift(one.days.last, -7))
            return replace(one, days=back), other
        if one.floats == "year":
            return replace(one, days=in_year(one.days, one.days.first.year - 1)), other
    return one, other


def _with_night(line: str, named: Named) -> Named:
    """Let the night of a day reach into the next."""
    days = named.days
    if days is None or days.count > 1 or not _NIGHT_OF.search(line[: named.start][-20:]):
        return named
    return replace(named, days=Days(days.first, shift(days.first, 1)))


_BOUND: Final = re.compile(
    r"(?<![^ ])(?P<near>just |right |shortly |days )?"
    r"(?P<word>since|from|starting|before|prior to|until|till|up to|after|following|around|about"
    r"|circa)(?: the| its| his| their| last)? $"
)
_WIDER: Final = 4


def _opened(line: str, named: Named, anchor: Anchor) -> Named:
    """Read "since", "before", "until", "after", "around" in front of days."""
    days = named.days
    bound = _BOUND.search(line[: named.start][-40:])
    if days is None or bound is None:
        return named
    run = _bounded(bound, days, anchor, onwards=line[named.end :].startswith(" on"))
    if run is None:
        return named
    rough = bound["word"] in {"around", "about", "circa"} or bound["near"]
    start = max(0, named.start - 40) + bound.start()
    return replace(
        named, days=run, start=start, kind=PeriodKind.VAGUE if rough else PeriodKind.OPEN
    )


def _bounded(bound: re.Match[str], days: Days, anchor: Anchor, *, onwards: bool) -> Days | None:
    word, today = bound["word"], anchor.today
    wider = _WIDER if days.count <= _NARROWEST else 2 * _WIDER
    if word in {"around", "about", "circa"}:
        return Days(shift(days.first, -wider), shift(days.last, wider))
    if bound["near"]:
        ahead = word in {"after", "following"}
        return (
            Days(days.last, shift(days.last, 7))
            if ahead
            else Days(shift(days.first, -7), days.first)
        )
    if word == "from" and not onwards:
        return None
    if word in {"since", "from", "starting", "after", "following"}:
        return Days(days.first, max(days.last, today))
    if anchor.outlook is Outlook.REPORT:
        return days
    last = shift(days.first, -1) if word in {"before", "prior to"} else days.last
    return Days(min(EARLIEST, last), last)
