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
    """Records outcomes in the order in which they are written.

    While the database can't be written, writing waits and is tried again: an acceptance that is
    known must not be forgotten.
    """

    def __init__(self, record: Callable[[Sequence[Outcome]], None], retry: float = 1.0) -> None:
        self._record = record
        self._retry = retry
        self._gathering: list[Outcome] | None = None
        self._last: asyncio.Task[None] | None = None

    async def write(self, *outcomes: Outcome) -> None:
        """Return when these are stored, with all that was handed over before or meanwhile."""
        await asyncio.shield(self.post(*outcomes))

    def post(self, *outcomes: Outcome) -> asyncio.Task[None]:
        """Hand these over to be stored before anything that is handed over later."""
        if self._gathering is None or self._last is None:
            self._gathering = []
            self._last = asyncio.create_task(self._store_after(self._last))
        self._gathering += outcomes
        return self._last

    async def settle(self) -> None:
        """Wait until all that was handed over is stored."""
        if self._last is not None:
            await asyncio.shield(self._last)

    async def _store_after(self, previous: asyncio.Task[None] | None) -> None:
        if previous is not None:
            await asyncio.wait([previous])
        outcomes, self._gathering = self._gathering or [], None
        while True:
            try:
                return await asyncio.to_thread(self._record, outcomes)
            except StoreError as error:
                log.error("outcomes can't be stored yet: %s", error)  # noqa: TRY400
                await asyncio.sleep(self._retry)
