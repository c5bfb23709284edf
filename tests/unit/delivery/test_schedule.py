from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.schedule import Job, Schedule
from index.errors import StoreError

if TYPE_CHECKING:
    import pytest


class RealClock:
    """The present, moved by ``off``."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off


def run(jobs: list[Job], seconds: float, clock: RealClock | None = None) -> None:
    async def main() -> None:
        schedule = Schedule(jobs, clock or RealClock())
        schedule.start()
        await asyncio.sleep(seconds)
        schedule.stop()
        schedule.stop()
        await asyncio.sleep(0)

    asyncio.run(main())


def test_jobs_begin_at_once_and_go_on() -> None:
    runs: list[str] = []

    async def note() -> None:
        runs.append("x")

    run([Job(name="a", every=timedelta(seconds=0.05), run=note)], 0.3)
    assert 3 <= len(runs) <= 8


def test_a_job_that_still_runs_is_not_started_again(caplog: pytest.LogCaptureFixture) -> None:
    running = most = 0

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.12)
        running -= 1

    with caplog.at_level(logging.CRITICAL, logger="apscheduler"):
        run([Job(name="a", every=timedelta(seconds=0.03), run=slow)], 0.4)
    assert most == 1


def test_an_error_ends_one_run_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    runs = 0

    async def failing() -> None:
        nonlocal runs
        runs += 1
        raise StoreError("the database is locked")

    run([Job(name="fill", every=timedelta(seconds=0.05), run=failing)], 0.2)
    assert runs >= 2
    assert "fill failed and is tried again: the database is locked" in caplog.text


def test_a_clock_set_back_stalls_nothing() -> None:
    runs: list[datetime] = []
    clock = RealClock()

    async def note() -> None:
        runs.append(clock.now())

    async def main() -> None:
        clock.off = timedelta(days=400)
        schedule = Schedule([Job(name="a", every=timedelta(hours=1), run=note)], clock)
        schedule.start()  # its first run is due in four hundred days
        await asyncio.sleep(0.05)
        assert not runs
        clock.off = timedelta(0)
        schedule.bring_forward()
        await asyncio.sleep(0.1)
        schedule.stop()

    asyncio.run(main())
    assert len(runs) == 1
