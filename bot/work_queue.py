"""Where what people ask is worked on: a few at once, some more wait, the rest come again later.

The updates of one person at one place are handled one after another (``bot.polling.InOrder``), so
nobody waits in it twice, and first come, first served is fair.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Done = TypeVar("_Done")


class OverloadedError(Exception):
    """So many are waiting that whoever comes now had better come again later."""


class WorkQueue:
    """Threads of its own: digests and housekeeping don't wait behind questions, nor these for them.

    Args:
        at_once: how many are worked on at once; their questions are encoded together.
        waiting: how many may wait beyond those.
    """

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._most = at_once + waiting
        self._inside = 0
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="work")

    async def do(self, act: Callable[[], _Done]) -> _Done:
        """Do blocking work and return its result.

        Raises:
            OverloadedError: at once, when the queue is full.
        """
        if self._inside >= self._most:
            raise OverloadedError
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, act)
        finally:
            self._inside -= 1

    def close(self) -> None:
        """Finish what is at work and what waits, and take nothing more. Blocks."""
        self._threads.shutdown()
