"""Dates as the calendar writes them: "feb 26th", "26.02.2022", "december 12 and 14", "in 2023".

A rule is a pattern over a line of plain words (see ``datewords``) and a reader of what it matched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

from index.days import Anchor, Days, day_of, in_year, month_of, year_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class PeriodKind(StrEnum):
    """How days were named."""

    EXACT = "exact"
    RELATIVE = "relative"
    MONTH = "month"
    YEAR = "year"
    VAGUE = "vague"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Named:
    """Days named at ``start:end`` of a line; ``days`` is None where no such day exists.

    ``floats`` says that the year (or the week) was guessed and may follow a neighbour's.
    """

    days: Days | None
    start: int
    end: int
    kind: PeriodKind
    confidence: float = 1.0
    floats: Literal["year", "week"] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One form: lines without any of ``needs`` can't hold it, so most lines skip most rules."""

    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], Anchor], Iterator[Named]]


def rule(
    needs: str, pattern: str, read: Callable[[re.Match[str], Anchor], Iterator[Named]]
) -> Rule:
    """Build a rule whose pattern matches whole words."""
    return Rule(tuple(needs.split()), re.compile(rf"(?<![^ ])(?:{pattern})(?![^ ])"), read)


# A number before these counts them and is no day: "in April 20 tanks".
_COUNTED: Final = (
    r"(?! (?:people|persons|civilians|children|kids|men|women|soldiers|servicemen|troops|fighters"
    r"|officers|prisoners|tanks|vehicles|aircraft|jets|planes|helicopters|drones|uavs|shaheds"
    r"|missiles|rockets|shells|others|more|km|kilometers|kilometres|miles|percent|%|hours?|days?"
    r"|weeks?|months?|years?|were|of the)(?![^ ]))"
)
_IN_YEAR: Final = rf"(?:(?: ,)?(?: of)? (?P<year>(?:19|20)[0-9]{{2}}){_COUNTED})?"
_LINK: Final = r"(?:, and|,|and|or|to|-|through|until|till)"
_MORE: Final = (
    rf"(?P<more>(?: {_LINK}(?: the)? [0-9]{{1,2}}o?(?! M| of M| [0-9]|[^ ]){_COUNTED}){{0,6}})"
)
_STEP: Final = re.compile(rf" ({_LINK})(?: the)? ([0-9]{{1,2}})o?")
_RANGES: Final = frozenset({"to", "-", "through", "until", "till"})
_LONGEST_MONTH: Final = 31
_CENTURY: Final = 2000
_SHORT_YEAR: Final = 2


def _month_first(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "feb 26", "august 20-21", "december 12, 13 and 14, 2022"."""
    month, year = int(found["month"]), found["year"]
    if int(found["day"]) > _LONGEST_MONTH and found["lead"] not in {"on", "between"}:
        return
    steps = list(_STEP.finditer(found["more"]))
    while steps and steps[-1][1] == ",":
        steps.pop()
    base = found.start("more")
    runs = [[int(found["day"]), int(found["day"]), found.start("month") - 1, found.end("day")]]
    for step in steps:
        end = base + step.end()
        if step[1] in _RANGES or (found["lead"] == "between" and step[1] == "and"):
            runs[-1][1], runs[-1][3] = int(step[2]), end
        else:
            runs.append([int(step[2]), int(step[2]), base + step.start(2), end])
    if year:
        runs[-1][3] = found.end()
    for first, last, start, end in runs:
        yield _exact(anchor, month, (first, last), year, (start, end))


def _day_first(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "26 feb", "the 26th of february", "3 to 5 april"."""
    month, year = int(found["month"]), found["year"]
    day, other = int(found["day"]), int(found["other"] or 0)
    if max(day, other) > _LONGEST_MONTH and found["lead"] != "on":
        return
    if other and (found["link"] in _RANGES or found["lead"] == "between"):
        place = (found.start("other"), found.end())
        yield _exact(anchor, month, (other, day), year, place)
        return
    if other:
        yield _exact(anchor, month, (other, other), year, found.span("other"))
    yield _exact(anchor, month, (day, day), year, (found.start("day"), found.end()))


def _exact(
    anchor: Anchor, month: int, ends: tuple[int, int], year: str | None, place: tuple[int, int]
) -> Named:
    last = day_of(int(year), month, ends[1]) if year else anchor.exact(month, ends[1])
    # The first day leans on the last, so that a range stays in one year.
    first = last and day_of(last.year, month, ends[0])
    run = Days(min(first, last), max(first, last)) if first and last else None
    return Named(run, *place, PeriodKind.EXACT, floats=None if year else "year")


def _numeric(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "2022-09-21", "26.02.2022", "2/26/22"; where two orders fit, the later past day."""
    parts = re.split(r"[-./]", found[0])
    first, middle, last = (int(part) for part in parts)
    if len(parts[0]) > _SHORT_YEAR:
        tries = [(first, middle, last)]
    elif len(parts[2]) in {_SHORT_YEAR, 2 * _SHORT_YEAR}:
        year = last + (_CENTURY if len(parts[2]) == _SHORT_YEAR else 0)
        tries = [(year, middle, first)]
        if "." not in found[0]:
            tries.append((year, first, middle))
    else:
        return
    days = sorted({day for one in tries if (day := day_of(*one)) is not None})
    past = [day for day in days if day <= anchor.today] or days[:1]
    run = Days(past[-1], past[-1]) if past else None
    yield Named(run, *found.span(), PeriodKind.EXACT, 1.0 if len(days) == 1 else 0.5)


def _short_numeric(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "on 26.02" and "on 2/26"."""
    first, last = (int(part) for part in re.split(r"[./]", found["date"].rstrip(".")))
    orders = [(last, first), (first, last)] if "/" in found["date"] else [(last, first)]
    days = {day for one in orders if (day := anchor.exact(*one)) is not None}
    if days:
        run = Days(max(days), max(days))
        confidence = 1.0 if len(days) == 1 else 0.5
        yield Named(run, *found.span("date"), PeriodKind.EXACT, confidence, "year")


def _numbered(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "on the 21st" and "from the 3rd to the 7th"."""
    last = anchor.numbered(int(found["last"] or found["day"]))
    first = last and day_of(last.year, last.month, int(found["day"]))
    if first and last:
        run = Days(min(first, last), max(first, last))
        yield Named(run, found.start("what"), found.end(), PeriodKind.EXACT, 0.9)


def _month(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    month, year, which = int(found["month"]), found["year"], found["which"]
    days = month_of(int(year), month) if year else anchor.month(month)
    if days is None:
        return
    if which == "next" and days.first <= anchor.today:
        days = in_year(days, days.first.year + 1)
    if which in {"last", "previous"} and days.last >= anchor.today:
        days = in_year(days, days.first.year - 1)
    floats: Literal["year"] | None = None if year or which else "year"
    yield Named(days, found.start("what"), found.end(), PeriodKind.MONTH, 0.9, floats)


def _year(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    del anchor
    yield Named(year_of(int(found["year"])), *found.span("year"), PeriodKind.YEAR, 0.9)


_LEAD: Final = r"(?:(?P<lead>between|from|on) (?:the )?)?"
_SCALE: Final = (
    "in since until till of during by before after from to year early late mid - and the"
)
_CLOSE: Final = (
    r"(?= (?:[^\w ]|and|or|to|in|at|by|from|did|was|were|when|what|how|who|where|of M)(?![^ ])|$)"
)
CALENDAR: Final = (
    rule("- / .", r"[0-9]{1,4}([-./])[0-9]{1,2}\1[0-9]{1,4}", _numeric),
    rule(
        "M",
        rf"{_LEAD}M(?P<month>[0-9]+) (?:the )?(?P<day>[0-9]{{1,2}})o?(?! M){_COUNTED}"
        rf"{_MORE}{_IN_YEAR}",
        _month_first,
    ),
    rule(
        "M",
        rf"{_LEAD}(?:(?P<other>[0-9]{{1,2}})o? (?P<link>to|-|and|or|until|till|through) (?:the )?)?"
        rf"(?P<day>[0-9]{{1,2}})o?(?: of)? M(?P<month>[0-9]+){_IN_YEAR}",
        _day_first,
    ),
    rule(
        ". /",
        r"(?:on|since|until|till|by|from|before|after|of) (?P<date>[0-9]{1,2}[./][0-9]{1,2}\.?)",
        _short_numeric,
    ),
    rule(
        "the",
        r"(?:(?:on|by|since|until|till|before|after|from|around|between|(?:night|morning|evening)"
        r" of) |^)(?P<what>the (?P<day>[0-9]{1,2})o(?: (?:to|until|till|and|-|through)(?: the)?"
        rf" (?P<last>[0-9]{{1,2}})o)?){_CLOSE}",
        _numbered,
    ),
    rule(
        "M", rf"(?P<what>(?:(?P<which>last|previous|next) )?M(?P<month>[0-9]+){_IN_YEAR})", _month
    ),
)
YEAR: Final = rule(
    "18 19 20",
    rf"(?:{'|'.join(_SCALE.split())}) (?P<year>(?:1[89]|20)[0-9]{{2}}){_COUNTED}",
    _year,
)
