"""Weeks of simulated subscribers in which the clocks change."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.weeks import week

if TYPE_CHECKING:
    from pathlib import Path

KYIV, NEW_YORK = ZoneInfo("Europe/Kyiv"), ZoneInfo("America/New_York")


WEEKS = [
    (KYIV, date(2025, 3, 27), time(3, 30), date(2025, 3, 30), time(4, 0)),
    (KYIV, date(2025, 10, 23), time(3, 30), date(2025, 10, 26), time(3, 30)),
    (NEW_YORK, date(2025, 3, 6), time(2, 30), date(2025, 3, 9), time(3, 0)),
    (NEW_YORK, date(2025, 10, 30), time(1, 30), date(2025, 11, 2), time(1, 30)),
]


@pytest.mark.parametrize(("zone", "first", "at", "changes", "then"), WEEKS)
@pytest.mark.parametrize("restarts", [False, True])
def test_one_edition_a_day_at_the_local_time(
    tmp_path: Path,
    zone: ZoneInfo,
    first: date,
    at: time,
    changes: date,
    then: time,
    *,
    restarts: bool,
) -> None:
    times = (at, time(7, 30))
    arrived = asyncio.run(week(tmp_path, zone, first, times, restarts=restarts))
    sent = [one.at for one in arrived]
    days = [first + timedelta(days=n) for n in range(7)]
    nightly = [moment for moment in sent if moment.time() < time(7, 0)]
    mornings = [moment for moment in sent if moment.time() >= time(7, 0)]
    assert [moment.date() for moment in nightly] == [moment.date() for moment in mornings] == days
    for moment in nightly:
        planned = then if moment.date() == changes else at
        assert moment.replace(tzinfo=None) == datetime.combine(moment.date(), planned)
        assert moment.fold == 0
    assert all(moment.time() == time(7, 30) for moment in mornings)
    reports = [one for one in arrived if "Assessment of" in one.text]
    assert [one.at.time() for one in reports] == [one.time() for one in nightly[1:]]
    assert len({one.text for one in reports}) == len(reports) == 6
    quiet = [one.text for one in arrived if one not in reports]
    assert all(text.startswith("Nothing new (") for text in quiet)
