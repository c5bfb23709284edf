"""Weeks of simulated subscribers in which the clocks change."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.deliveries import State
from bot.subscriptions import Subscription
from tests.fakes.channel import day_report, sqlite_bench

if TYPE_CHECKING:
    from pathlib import Path

KYIV, NEW_YORK = ZoneInfo("Europe/Kyiv"), ZoneInfo("America/New_York")
STEP = timedelta(minutes=30)


async def _live(
    folder: Path, zone: ZoneInfo, first: date, times: tuple[time, ...], *, restarts: bool
) -> list[datetime]:
    """Live a week in which a report comes in each evening; return when each edition was sent."""
    bench = sqlite_bench(folder)
    start = datetime.combine(first, time(0, 0), tzinfo=zone).astimezone(UTC) - timedelta(hours=1)
    end = start + timedelta(days=7)
    bench.clock.moment = start
    bench.subscribe(7, Subscription(zone=str(zone), times=times, always=True))
    await bench.outbox.open()
    chance, sent, evening = random.Random(7), [], start + timedelta(hours=20)  # noqa: S311
    while bench.clock.moment < end:
        if bench.clock.moment >= evening:
            bench.add(day_report(evening.date()))
            evening += timedelta(days=1)
        before = len(bench.channel.accepted)
        await bench.tick()
        sent += [bench.clock.moment.astimezone(zone)] * (len(bench.channel.accepted) - before)
        if restarts and chance.random() < 0.05:
            bench.restart()
            await bench.outbox.open()
        bench.clock.moment += STEP
    states = bench.stores.deliveries.overview().states
    assert states[State.SENT] == len(bench.channel.accepted)
    assert states[State.DUE] == states[State.FAILED] == states[State.UNKNOWN] == 0
    bench.engine.dispose()
    return sent


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
    sent = asyncio.run(_live(tmp_path, zone, first, (at, time(7, 30)), restarts=restarts))
    days = [first + timedelta(days=n) for n in range(7)]
    nightly = [moment for moment in sent if moment.time() < time(7, 0)]
    mornings = [moment for moment in sent if moment.time() >= time(7, 0)]
    assert [moment.date() for moment in nightly] == [moment.date() for moment in mornings] == days
    for moment in nightly:
        planned = then if moment.date() == changes else at
        assert moment.replace(tzinfo=None) == datetime.combine(moment.date(), planned)
        assert moment.fold == 0
    assert all(moment.time() == time(7, 30) for moment in mornings)
