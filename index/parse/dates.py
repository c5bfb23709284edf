"""The day a report was published: what its title, byline and page say, never a guess."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_NAMES: Final = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
    "|september sept sep|october oct|november nov|december dec"
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(_NAMES.split("|"), start=1)
    for name in names.split()
}
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY: Final = r"(?P<day{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_WRITTEN: Final = re.compile(
    rf"\b(?:(?P<month1>{_MONTH})\.?\s+{_DAY.format(1)}\b(?!:)(?:,?\s+(?P<year1>(?:19|20)\d\d)\b)?"
    rf"|{_DAY.format(2)}\s+(?P<month2>{_MONTH})\.?,?(?:\s+(?P<year2>(?:19|20)\d\d))?\b)",
    re.IGNORECASE,
)
_NUMERIC: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/.]?)(?P<month>[01]\d)(?P=mark)(?P<day>[0-3]\d)(?!\d)"
)
_PATH: Final = re.compile(r"/((?:19|20)\d\d)[/-]([01]?\d)[/-]([0-3]?\d)(?:/|$)")
_NEAR: Final = 1


def published(
    title: str | None, byline: str | None, stamp: str | None, url: str | None = None
) -> date | None:
    """Return the report's own date, or None where nothing says it.

    Args:
        title: the report's title; its date counts where it is within a day of the stamp.
        byline: the lines above the body; they count likewise where the title has no date.
        stamp: the page's own date, in ISO 8601 or written out.
        url: the report's address, whose path may hold the date (/2022/08/20/) for want of a stamp.
    """
    stamped = written(stamp, None) or _in_path(url)
    year = stamped.year if stamped else None
    for text in (title, byline):
        said = written(text, year, near=stamped)
        if said and (stamped is None or abs((said - stamped).days) <= _NEAR):
            return said
    return stamped


def _in_path(url: str | None) -> date | None:
    found = _PATH.search(url) if url else None
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def written(text: str | None, year: int | None, *, near: date | None = None) -> date | None:
    """Return the first full date in ``text``; one without a year takes ``year``.

    Around New Year the neighbouring year counts where it brings the date within a day of ``near``.
    """
    if not text:
        return None
    numeric = _NUMERIC.search(text)
    spelled = _WRITTEN.search(text)
    if numeric and (spelled is None or numeric.start() < spelled.start()):
        return _day(int(numeric["year"]), int(numeric["month"]), int(numeric["day"]))
    while spelled:
        month = _MONTHS[(spelled["month1"] or spelled["month2"]).lower()]
        day = int(spelled["day1"] or spelled["day2"])
        own = spelled["year1"] or spelled["year2"]
        found = _nearest(int(own) if own else year, month, day, None if own else near)
        if found:
            return found
        spelled = _WRITTEN.search(text, spelled.end())
    return None


def _nearest(year: int | None, month: int, day: int, near: date | None) -> date | None:
    if year is None:
        return None
    if near is None:
        return _day(year, month, day)
    days = [found for one in (year - 1, year, year + 1) if (found := _day(one, month, day))]
    return min(days, key=lambda one: abs((one - near).days), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
