"""Days named from the day of speaking, and by season and feast: "last tuesday", "this autumn"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from index.dateforms import Named, PeriodKind, rule
from index.days import (
    WEEK,
    Anchor,
    Days,
    Outlook,
    day_of,
    months_from,
    orthodox_easter,
    season_of,
    shift,
    week_of,
    year_of,
)
from index.wordlists import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_COUNTS: Final = {
    **dict.fromkeys(("a", "an", "one"), 1),
    **{
        word: number
        for number, word in enumerate(listed("two three four five six seven eight nine ten"), 2)
    },
    "couple": 2,
    "few": 4,
    "several": 7,
    "twelve": 12,
}
_UNITS: Final = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.5, "year": 365.25}
_SLACK: Final = {"hour": 0, "day": 0, "week": 3, "month": 10, "year": 30}
_ROUGH: Final = frozenset({"few", "several", "couple"})
_SATURDAY: Final = 5
_LAST_YEAR: Final = 9999
# A feast this near is the one meant, though it is still to come.
_FEAST_AHEAD: Final = 10
_FEAST_BACK: Final = 60

_AROUND_TODAY: Final = {
    **dict.fromkeys(
        ("today", "todays", "tonight", "this morning", "this afternoon", "this evening"), (0, 0)
    ),
    "yesterday": (-1, -1),
    "day before yesterday": (-2, -2),
    "last night": (-1, 0),
    "night before last": (-2, -1),
    "tomorrow": (1, 1),
    "day after tomorrow": (2, 2),
    "other day": (-7, -2),
    **dict.fromkeys(("recent days", "past days", "last days"), (-7, 0)),
    **dict.fromkeys(("recent weeks", "past weeks", "last weeks"), (-28, 0)),
    **dict.fromkeys(("recent months", "past months", "last months"), (-92, 0)),
    "coming days": (0, 7),
    "coming weeks": (0, 28),
    "coming months": (0, 92),
}
# Month, day and number of days of the feasts by which people date things.
_FEASTS: Final = {
    **dict.fromkeys(("new years eve", "new year eve"), (12, 31, 1)),
    **dict.fromkeys(("new years day", "new year day"), (1, 1, 1)),
    **dict.fromkeys(("new year", "new years"), (12, 31, 2)),
    "turn of the year": (12, 28, 8),
    "christmas eve": (12, 24, 1),
    "christmas day": (12, 25, 1),
    "orthodox christmas": (1, 6, 2),
    "christmas": (12, 24, 3),
    "victory day": (5, 9, 1),
    "independence day": (8, 24, 1),
    "easter": (0, 0, 4),
}


def _around_today(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    first, last = _AROUND_TODAY.get(found["what"], (-1, 0))
    rough = last - first > 1
    run = Days(shift(anchor.today, first), shift(anchor.today, last))
    kind = PeriodKind.VAGUE if rough else PeriodKind.RELATIVE
    yield Named(run, *found.span("what"), kind, 0.6 if rough else 1.0)


def _weekday(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "on thursday", "last tuesday", "sunday night", "the night to sunday"."""
    which, day = found["which"], anchor.weekday(int(found["weekday"]))
    if which in {"last", "past", "previous"} and day == anchor.today:
        day = shift(day, -WEEK)
    if which in {"next", "coming"} or (which == "this" and anchor.outlook is Outlook.PLANS):
        day = shift(day, WEEK)
    run = Days(shift(day, -1) if found["into"] else day, shift(day, 1) if found["night"] else day)
    place = (found.start("what"), found.end())
    yield Named(run, *place, PeriodKind.RELATIVE, 0.9, None if which else "week")


def _rolling(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "the past 3 days", "the last 24 hours", "the next two weeks"."""
    length = max(round(_count(found["amount"] or "one") * _UNITS[found["unit"]]), 1)
    ahead = found["which"] in {"next", "coming"}
    other = shift(anchor.today, length if ahead else -length)
    run = Days(min(anchor.today, other), max(anchor.today, other))
    yield Named(run, *found.span(), PeriodKind.RELATIVE, 0.9)


def _ago(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    amount, unit = found["amount"], found["unit"]
    day = shift(anchor.today, -round(_count(amount) * _UNITS[unit]))
    slack = max(_SLACK[unit], (2 if unit == "day" else WEEK) if amount in _ROUGH else 0)
    run = Days(shift(day, -slack), max(day, min(shift(day, slack), anchor.today)))
    yield Named(run, *found.span(), PeriodKind.VAGUE if slack else PeriodKind.RELATIVE, 0.8)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[word]


def _calendar(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    """Read "this week", "last month", "next year", "over the weekend"."""
    which, unit, today = found["which"], found["unit"], anchor.today
    step = {"last": -1, "previous": -1, "next": 1, "coming": 1}.get(which, 0)
    kind = PeriodKind.RELATIVE
    if unit == "weekend":
        saturday = anchor.weekday(_SATURDAY)
        if step > 0 or (which == "this" and anchor.outlook is Outlook.PLANS):
            saturday = shift(saturday, WEEK)
        if step < 0 and today <= shift(saturday, 1):
            saturday = shift(saturday, -WEEK)
        run = Days(saturday, shift(saturday, 1))
    elif unit == "week":
        run = week_of(shift(today, WEEK * step))
        if step == 0:  # said on a Monday it means the days just gone by, too
            run = Days(min(run.first, shift(today, -2)), run.last)
    elif unit == "month":
        run, kind = months_from(today, step), PeriodKind.MONTH
    else:
        run, kind = year_of(min(max(today.year + step, 1), _LAST_YEAR)), PeriodKind.YEAR
    yield Named(run, *found.span("what"), kind, 0.9)


_WINTER: Final = 3
_SEASON_LEAD: Final = re.compile(
    r"(?<![^ ])(?:in|during|since|by|through|until|of|early|late|mid|-|before|after|over|the) $"
)


def _season(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    season, which, year = int(found["season"]), found["which"], found["year"]
    days = season_of(int(year), season) if year else anchor.season(season)
    led = _SEASON_LEAD.search(found.string[: found.start("what")][-12:])
    if days is None or not (which or year or led):
        return  # "winter clothing"
    if year and season == _WINTER and days.first > anchor.today:
        days = season_of(days.first.year - 1, season)  # the one that began the year before
    if which in {"last", "previous"} and days.last >= anchor.today:
        days = season_of(days.first.year - 1, season)
    if which == "next" and days.first <= anchor.today:
        days = season_of(days.first.year + 1, season)
    yield Named(days, found.start("what"), found.end(), PeriodKind.VAGUE, 0.7)


def _feast(found: re.Match[str], anchor: Anchor) -> Iterator[Named]:
    name, year = found["name"], found["year"]
    month, day, length = _FEASTS[name]
    if name == "easter":
        years = (int(year),) if year else _years_about(anchor)
        days: list[date | None] = [shift(orthodox_easter(one), -2) for one in years]
    else:
        years = (int(year),) if year else _years_about(anchor)
        days = [day_of(one, month, day) for one in years]
    soon = shift(anchor.today, _FEAST_AHEAD)
    first = next((one for one in days if one is not None and (year or one <= soon)), None)
    if first is not None:
        run = Days(first, shift(first, length - 1))
        kind = PeriodKind.EXACT if length == 1 else PeriodKind.VAGUE
        yield Named(run, *found.span(), kind, 0.8, None if year else "year")
    if name == "christmas" and not year:  # half of those asked about keep it in January
        first = anchor.exact(*_FEASTS["orthodox christmas"][:2])
        if first is not None and shift(first, _FEAST_BACK) >= anchor.today:
            yield Named(Days(first, shift(first, 1)), *found.span(), PeriodKind.VAGUE, 0.4, "year")


def _years_about(anchor: Anchor) -> range:
    """Return next year, this one and the last."""
    return range(min(anchor.today.year + 1, _LAST_YEAR), max(anchor.today.year - 2, 0), -1)


_AMOUNT: Final = rf"(?:a )?(?P<amount>[0-9]{{1,3}}|{'|'.join(_COUNTS)})(?: of)?"
_IN_YEAR: Final = r"(?:(?: of)? (?P<year>20[0-9]{2}))?"
_CHOSEN: Final = r"(?:(?P<which>last|previous|next|this|past|coming) )?"
# "the first week of march" narrows a month and is no week of its own.
_NOT_OF: Final = r"(?! (?:or so )?(?:of|in) (?:M|S|the|this|last|next|20))"
# "Monday, January 2" is that day, whichever Monday it was.
_NO_DATE: Final = r"(?! ,? ?(?:the )?(?:M[0-9]|[0-9]+o? (?:of )?M))"
RELATIVE: Final = (
    rule("ago", rf"{_AMOUNT} (?P<unit>hour|day|week|month|year)s? ago", _ago),
    rule(
        "hour day week month year",
        rf"(?P<which>past|last|previous|next|coming) {_AMOUNT} (?P<unit>hour|day|week|month|year)s?"
        rf"{_NOT_OF}",
        _rolling,
    ),
    rule(
        "past",
        r"(?P<which>past)(?P<amount>) (?P<unit>day|week|month|year)",
        _rolling,
    ),
    rule(
        "W",
        r"(?P<into>night (?:to|into|before) )?(?P<what>"
        rf"{_CHOSEN}W(?P<weekday>[0-6]){_NO_DATE}"
        r"(?: (?:morning|afternoon|evening|(?P<night>night)))?)",
        _weekday,
    ),
    rule(
        "week month year",
        r"(?P<what>(?P<which>last|this|next|previous|coming)(?: whole)?"
        rf" (?P<unit>weekend|week|month|year)){_NOT_OF}",
        _calendar,
    ),
    rule(
        "weekend",
        r"(?:over|at|on|during|by|until|since) (?P<what>(?P<which>the) (?P<unit>weekend))",
        _calendar,
    ),
    rule(
        "the",
        r"(?:end|start|beginning|middle) of (?P<what>(?P<which>the) (?P<unit>week|month|year))",
        _calendar,
    ),
    rule("S", rf"(?P<what>{_CHOSEN}(?:the )?S(?P<season>[0-3]){_IN_YEAR})", _season),
    rule("new turn christmas day easter", rf"(?P<name>{'|'.join(_FEASTS)}){_IN_YEAR}", _feast),
    rule("", rf"(?:the )?(?P<what>{'|'.join(_AROUND_TODAY)})(?! of)", _around_today),
    rule(
        "overnight",
        r"(?P<what>overnight)(?! (?:on|from|of|into|to|between) (?:the )?[MW0-9])",
        _around_today,
    ),
)
