"""What the words around days do to them: "late", "the first week of", "from … to", "since".

Works on a line of plain words (see ``datewords``) and the days already found in it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from index.dateforms import Named, PeriodKind
from index.days import WEEK, Anchor, Days, Outlook, in_year, shift, week_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EARLIEST: Final = date(1900, 1, 1)
"""Where a period without a beginning ("before March 5") begins."""


def _third(number: int) -> Callable[[Days], Days]:
    def part(days: Days) -> Days:
        step = days.length / 3
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


def narrowed(line: str, named: Named) -> Named:
    """Take "late" or "the first week of" into the days that follow it."""
    days = named.days
    before = line[max(0, named.start - 48) : named.start]
    if days and days.length == 1 and before.endswith(" week of "):
        return replace(named, days=week_of(days.first), kind=PeriodKind.VAGUE)
    if days is None or days.length < WEEK:
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
        length = (days.length + 1) // 2
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


def together(line: str, found: Sequence[Named]) -> list[Named]:
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
    before = line[max(0, named.start - 20) : named.start]
    found = _NIGHT_OF.search(before)
    if days is None or days.length > 1 or found is None:
        return named
    night = Days(days.first, shift(days.first, 1))
    return replace(named, days=night, start=named.start - len(before) + found.start())


_BOUND: Final = re.compile(
    r"(?<![^ ])(?P<near>just |right |shortly |days )?"
    r"(?P<word>since|from|starting|before|prior to|until|till|up to|after|following|around"
    r"|circa|between)(?: the| its| his| their| last)? $"
)
_WIDER: Final = 4
_ROUGHLY: Final = frozenset({"around", "circa"})
_FROM: Final = frozenset({"since", "from", "starting", "after", "following", "between"})


def opened(line: str, named: Named, anchor: Anchor) -> Named:
    """Read "since", "before", "until", "after", "around" in front of days."""
    bound = _BOUND.search(line[: named.start][-40:])
    if named.days is None or bound is None or not _binds(bound, line, named):
        return named
    start = max(0, named.start - 40) + bound.start()
    rough = bound["word"] in _ROUGHLY or bound["near"]
    run = _about(bound, named.days) if rough else _bounded(bound, named.days, anchor)
    kind = PeriodKind.VAGUE if rough else PeriodKind.OPEN
    return replace(named, days=run, start=start, kind=kind)


def _binds(bound: re.Match[str], line: str, named: Named) -> bool:
    """Tell "from April on" from a mere "from April", and half of a "between" from the whole."""
    after = line[named.end :]
    if bound["word"] == "from":
        return after.startswith(" on")
    joined = " and " in line[named.start : named.end]
    return bound["word"] != "between" or (after.startswith(" and ") and not joined)


def _about(bound: re.Match[str], days: Days) -> Days:
    if bound["near"]:
        if bound["word"] in _FROM:
            return Days(days.last, shift(days.last, WEEK))
        return Days(shift(days.first, -WEEK), days.first)
    wider = _WIDER if days.length <= WEEK else 2 * _WIDER
    return Days(shift(days.first, -wider), shift(days.last, wider))


def _bounded(bound: re.Match[str], days: Days, anchor: Anchor) -> Days:
    if bound["word"] in _FROM:
        return Days(days.first, max(days.last, anchor.today))
    if anchor.outlook is Outlook.REPORT:
        return days
    last = shift(days.first, -1) if bound["word"] in {"before", "prior to"} else days.last
    return Days(min(EARLIEST, last), last)
