"""Simulated weeks of a subscriber: a report comes in each evening, and time goes by in steps."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.deliveries import State
from bot.markup import Html, text_of
from bot.subscriptions import Subscription
from tests.fakes.channel import day_report, sqlite_bench

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

CHAT = 7
_STEP = timedelta(minutes=30)
_RESTART = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One message of a week: when it came, by the clock on the wall there, and what it said."""

    at: datetime
    text: str

    def __str__(self) -> str:
        lines = [line for line in self.text.splitlines() if line]
        return f"{self.at:%a %d %b %H:%M %Z}  {' | '.join(lines[:4])}"


async def week(
    folder: Path, zone: ZoneInfo, first: date, times: tuple[time, ...], *, restarts: bool = False
) -> list[Arrived]:
    """Live a week from local midnight before ``first`` and return what arrived."""
    bench = sqlite_bench(folder)
    start = datetime.combine(first, time(0, 0), tzinfo=zone).astimezone(UTC) - timedelta(hours=1)
    end = start + timedelta(days=7)
    bench.clock.moment = start
    bench.subscribe(CHAT, Subscription(zone=str(zone), times=times, always=True))
    await bench.outbox.open()
    chance, evening = random.Random(7), start + timedelta(hours=20)  # noqa: S311
    arrived: list[Arrived] = []
    while bench.clock.moment < end:
        if bench.clock.moment >= evening:
            bench.add(day_report(evening.date()))
            evening += timedelta(days=1)
        await bench.tick()
        at = bench.clock.moment.astimezone(zone)
        for _, message in bench.channel.accepted[len(arrived) :]:
            arrived.append(Arrived(at=at, text=text_of(Html(message.html))))
        if restarts and chance.random() < _RESTART:
            bench.restart()
            await bench.outbox.open()
        bench.clock.moment += _STEP
    states = bench.stores.deliveries.overview().states
    assert states[State.SENT] == len(arrived)
    assert states[State.DUE] == states[State.FAILED] == states[State.UNKNOWN] == 0
    bench.engine.dispose()
    return arrived
