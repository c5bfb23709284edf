"""One worker does what must not be done twice: polls feeds, looks at folders, composes digests.

Whoever has the lock leads. PostgreSQL frees it when the leader's connection ends, and the worker
that asks next leads. A leader whose connection broke may do some of it beside its successor for a
moment; the stores take the second of two results for what it is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from threading import Lock
from typing import TYPE_CHECKING, Final

from index.advisory import LEADING, SessionLock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Engine

SETTLED: Final = 15.0
"""Seconds within which every living worker has told the database again that it lives."""

log = logging.getLogger(__name__)


class Leadership:
    """Whether this process leads.

    Args:
        engine: the database that all workers share; on SQLite the one process leads.
        seconds: a clock for lengths of time.
    """

    def __init__(self, engine: Engine, seconds: Callable[[], float] = time.monotonic) -> None:
        self._lock = SessionLock(engine, LEADING)
        self._seconds = seconds
        self._guard = Lock()
        self._since: float | None = None

    def leads(self) -> bool:
        """Tell whether this process leads now; it begins to where nobody does. Blocks.

        Raises:
            StoreError: the database can't be used.
        """
        with self._guard:  # jobs ask from several threads
            before, self._since = self._since, None  # stays so where the database can't say
            if self._lock.take():
                self._since = self._seconds() if before is None else before
            if (before is None) != (self._since is None):
                log.info("this worker %s", "leads no more" if self._since is None else "leads")
            return self._since is not None

    def is_settled(self) -> bool:
        """Tell whether it has led for so long that who is not heard of by now is gone."""
        with self._guard:
            return self._since is not None and self._seconds() - self._since >= SETTLED

    def resign(self) -> None:
        """Lead no more."""
        with self._guard:
            self._since = None
            self._lock.release()

    def only(self, run: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """Return ``run`` as a job that does nothing on a worker that doesn't lead."""

        async def led() -> None:
            if await asyncio.to_thread(self.leads):
                await run()

        return led
