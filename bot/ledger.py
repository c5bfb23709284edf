"""Recording outcomes: those of many deliveries in one transaction, and none given up."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from index.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.deliveries import Outcome

log = logging.getLogger(__name__)


class Ledger:
    """Records outcomes in the order in which they are handed over.

    A transaction begins when the whole crew waits for it, at the latest after ``linger`` seconds:
    few large transactions cost a fraction of many small ones. While the database can't be written,
    writing waits and is tried again: an acceptance that is known must not be forgotten.

    Args:
        record: stores outcomes, all or none; blocks.
        linger: seconds an outcome may wait for others.
        retry: seconds between tries while the database can't be written.
    """

    def __init__(
        self,
        record: Callable[[Sequence[Outcome]], None],
        *,
        linger: float = 0.01,
        retry: float = 1.0,
    ) -> None:
        self._record = record
        self._linger = linger
        self._retry = retry
        self._crew = 0
        self._waiting = 0
        self._gathering: list[Outcome] | None = None
        self._complete = asyncio.Event()
        self._last: asyncio.Task[None] | None = None

    def join(self) -> None:
        """Count one more who will write: transactions wait for them too."""
        self._crew += 1

    def leave(self) -> None:
        """Count one less."""
        self._crew -= 1
        self._begin_if_complete()

    async def write(self, *outcomes: Outcome) -> None:
        """Return when these are stored, with all that was handed over before or meanwhile."""
        stored = self.post(*outcomes)
        self._waiting += 1
        self._begin_if_complete()
        await asyncio.shield(stored)

    def post(self, *outcomes: Outcome) -> asyncio.Task[None]:
        """Hand these over to be stored before anything that is handed over later."""
        if self._gathering is None or self._last is None:
            self._gathering = []
            self._waiting = 0
            self._complete.clear()
            self._last = asyncio.create_task(self._store_after(self._last))
        self._gathering += outcomes
        return self._last

    async def settle(self) -> None:
        """Wait until all that was handed over is stored."""
        self._complete.set()
        if self._last is not None:
            await asyncio.shield(self._last)

    def _begin_if_complete(self) -> None:
        if self._waiting >= self._crew:
            self._complete.set()

    async def _store_after(self, previous: asyncio.Task[None] | None) -> None:
        if previous is not None and not previous.done():
            await asyncio.wait([previous])
        timer = asyncio.get_running_loop().call_later(self._linger, self._complete.set)
        await self._complete.wait()
        timer.cancel()
        outcomes, self._gathering = self._gathering or [], None
        while True:
            try:
                return await asyncio.to_thread(self._record, outcomes)
            except StoreError as error:
                log.error("outcomes can't be stored yet: %s", error)  # noqa: TRY400
                await asyncio.sleep(self._retry)
