"""Days by arithmetic: spans of months, seasons and feasts, and the year a date without one means.

Nothing here raises for a date near the end of the calendar: results stop at its first or last day.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Final, NamedTuple

WEEK: Final = 7
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_LEAP_GAP: Final = 8
_DECEMBER: Final = 12
# A report looks back most of a year and ahead a season; what it names lies between.
_REPORT_BACK: Final = 300
_REPORT_AHEAD: Final = 91
_PLAN_AHEAD: Final = 183


class Days(NamedTuple):
    """A run of days, both ends included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """Number of days."""
        return self.last.toordinal() - self.first.toordinal() + 1


class Outlook(Enum):
    """Where a date without a year lies, seen from the day of the text."""

    PAST = auto()
    PLANS = auto()
    REPORT = auto()


def shift(day: date, days: int) -> date:
    """Return the day ``days`` later, within the calendar."""
    ordinal = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal)


def day_of(year: int, month: int, day: int) -> date | None:
    """Return the day if it exists and its year is one people write about."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_of(year: int, month: int) -> Days:
    """Return the days of a month."""
    first = date(year, month, 1)
    return Days(first, first.replace(day=monthrange(year, month)[1]))


def year_of(year: int) -> Days:
    """Return the days of a year."""
    return Days(date(year, 1, 1), date(year, _DECEMBER, 31))


def months_from(day: date, months: int) -> Days:
    """Return the month that lies ``months`` after the month of ``day``."""
    count = min(max(day.year * 12 + day.month - 1 + months, 12), 12 * date.max.year + 11)
    return month_of(count // 12, count % 12 + 1)


def week_of(day: date) -> Days:
    """Return the week of ``day``, Monday to Sunday."""
    monday = shift(day, -day.weekday())
    return Days(monday, shift(monday, WEEK - 1))


def season_of(year: int, season: int) -> Days:
    """Return spring (0), summer, autumn or winter (3, from December) of the northern half."""
    first = date(year, 3 * season + 3, 1)
    return Days(first, months_from(first, 2).last)


def in_year(days: Days, year: int) -> Days:
    """Move days to another year; a leap day becomes the day before it."""
    by = year - days.first.year
    return Days(_moved(days.first, by), _moved(days.last, by))


def _moved(day: date, years: int) -> date:
    year = min(max(day.year + years, date.min.year), date.max.year)
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def orthodox_easter(year: int) -> date:
    """Return Easter Sunday as Kyiv and Moscow keep it (Meeus, Astronomical Algorithms, ch. 8)."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return shift(date(year, month, day + 1), 13)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day a text was written, and where its dates without a year are to be looked for."""

    today: date
    outlook: Outlook

    def exact(self, month: int, day: int) -> date | None:
        """Return the day meant by a month and a day, or None where no such day exists."""
        years = range(self.today.year - _LEAP_GAP, self.today.year + 2)
        found = [one for year in years if (one := day_of(year, month, day)) is not None]
        return self._pick(found)

    def month(self, month: int) -> Days | None:
        """Return the month meant by its name."""
        first = self.exact(month, 1)
        return None if first is None else month_of(first.year, month)

    def season(self, season: int) -> Days | None:
        """Return the season meant by its name: the one that began last."""
        days = self.month(3 * season + 3)
        return None if days is None else season_of(days.first.year, season)

    def numbered(self, day: int) -> date | None:
        """Return the day meant by "the 21st"."""
        for back in range(0, -3, -1):
            start = months_from(self.today, back).first
            found = day_of(start.year, start.month, day)
            if found is not None and found <= self.today:
                return found
        return None

    def weekday(self, weekday: int) -> date:
        """Return the latest such weekday, today included."""
        return shift(self.today, -((self.today.weekday() - weekday) % WEEK))

    def _pick(self, found: list[date]) -> date | None:
        now = self.today.toordinal()
        if self.outlook is not Outlook.PAST:
            ahead = _PLAN_AHEAD if self.outlook is Outlook.PLANS else _REPORT_AHEAD
            soon = [one for one in found if 0 < one.toordinal() - now <= ahead]
            recent = [one for one in found if 0 <= now - one.toordinal() <= _REPORT_BACK]
            if soon and (self.outlook is Outlook.PLANS or not recent):
                return soon[0]
        past = [one for one in found if one.toordinal() <= now]
        return past[-1] if past else None
