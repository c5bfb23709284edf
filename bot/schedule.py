"""The clockwork: APScheduler calls a few jobs again and again; what is due stands in SQL.

Jobs live in memory only. One that still runs is not started a second time, and calls missed while
the machine slept are made up by one. APScheduler goes by the wall clock; where that is set back,
the next calls would come as much later, so a timer that knows no wall clock brings them forward.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from index.errors import BriefingError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from index.ports import Clock

_WATCH = timedelta(seconds=10)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do every so often. ``run`` is awaited on the event loop; heavy work leaves it.

    An error of this project ends one run, is logged, and the next run tries again.
    """

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]]


class Schedule:
    """Runs jobs on the running event loop between ``start`` and ``stop``.

    Args:
        jobs: what to do; each begins at once.
        clock: the present, for when the first runs are due.
    """

    def __init__(self, jobs: Sequence[Job], clock: Clock) -> None:
        self._clock = clock
        self._every = {job.name: job.every for job in jobs}
        self._watching: asyncio.TimerHandle | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in jobs:
            self._scheduler.add_job(
                _guarded(job),
                IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC),
                id=job.name,
                name=job.name,
                next_run_time=clock.now(),
            )

    def start(self) -> None:
        """Begin; the event loop must be running."""
        self._scheduler.start()
        self._watch()

    def stop(self) -> None:
        """Start no further run; runs under way are left to their owners to end."""
        if self._watching is not None:
            self._watching.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def bring_forward(self) -> None:
        """Call at once what is due later than one interval from now: the clock was set back."""
        now = self._clock.now()
        for job in self._scheduler.get_jobs():
            if job.next_run_time is not None and job.next_run_time - now > self._every[job.id]:
                job.modify(next_run_time=now)

    def _watch(self) -> None:
        self.bring_forward()
        shortest = min(self._every.values(), default=_WATCH).total_seconds()
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(max(shortest, 1.0), self._watch)


def _guarded(job: Job) -> Callable[[], Awaitable[None]]:
    async def whole() -> None:
        try:
            await job.run()
        except BriefingError as error:
            log.error("%s failed and is tried again: %s", job.name, error)  # noqa: TRY400

    async def run() -> None:
        under_way = asyncio.ensure_future(whole())
        try:
            await asyncio.shield(under_way)
        except asyncio.CancelledError:
            # The schedule stops; who owns the run waits for it or ends it.
            if under_way.cancelled():
                raise

    return run
