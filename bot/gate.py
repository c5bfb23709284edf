"""Whose turn it is: messages go one by one, each when there is room, answers before digests."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from bot.pacing import FloodWatch, Pacer
from bot.ports import Priority, RetryAfterError

if TYPE_CHECKING:
    from bot.pacing import Limits


class Gate:
    """Lets messages through one by one, each when there is room for it.

    Args:
        limits: how fast, None for no limit of our own; a 429 is kept to in either case.
    """

    def __init__(self, limits: Limits | None) -> None:
        self._pacer = Pacer(limits)
        self._watch = FloodWatch()
        self._waiting: dict[Priority, deque[_Waiter]] = {p: deque() for p in sorted(Priority)}
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, chat_id: int, priority: Priority, *, patience: float) -> float:
        """Wait for this message's turn and return when it came, in the loop's time.

        Raises:
            RetryAfterError: the chat alone has no room for more than ``patience`` seconds.
        """
        loop = asyncio.get_running_loop()
        wait = self._pacer.wait_chat(chat_id, loop.time())
        if wait > patience:
            raise RetryAfterError(wait)
        waiter = _Waiter(chat_id, patience, loop.create_future())
        self._waiting[priority].append(waiter)
        self._let_through()
        try:
            return await waiter.granted
        except asyncio.CancelledError:
            if waiter.had_its_turn:
                self.landed()  # and will not use it
            raise
        finally:
            if waiter in self._waiting[priority]:
                self._waiting[priority].remove(waiter)

    def refused(self, chat_id: int, seconds: float) -> None:
        """Keep to a 429: nothing to this chat, or to none, for so long."""
        now = asyncio.get_running_loop().time()
        self._pacer.hold_chat(chat_id, now + seconds)
        if self._watch.refused(chat_id, now):
            self._pacer.hold_all(now + seconds)
        for queue in self._waiting.values():
            for waiter in [w for w in queue if w.chat_id == chat_id and w.patience < seconds]:
                queue.remove(waiter)
                if not waiter.granted.done():
                    waiter.granted.set_exception(RetryAfterError(seconds))

    def landed(self) -> None:
        """Count a message that had its turn and whose answer is in, or won't come any more."""
        self._pacer.landed(asyncio.get_running_loop().time())
        self._let_through()

    def accepted(self, sent_at: float) -> None:
        """Count a message that was accepted; ``sent_at`` is what ``turn`` returned."""
        self._watch.accepted(sent_at)

    def _let_through(self) -> None:
        """Grant all that have room now and come back when the next may have."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while (wait := self._pacer.wait_overall(now := loop.time())) <= 0:
            found = self._next_ready(now)
            if found is None:
                wait = self._shortest_chat_wait(now)
                break
            self._pacer.took(found.chat_id, now)
            found.granted.set_result(now)
        if any(self._waiting.values()):
            self._timer = loop.call_later(wait, self._let_through)

    def _next_ready(self, now: float) -> _Waiter | None:
        """Take out the first waiter, by priority and arrival, whose chat has room."""
        for queue in self._waiting.values():
            for waiter in queue:
                if not waiter.granted.done() and self._pacer.wait_chat(waiter.chat_id, now) <= 0:
                    queue.remove(waiter)
                    return waiter
        return None

    def _shortest_chat_wait(self, now: float) -> float:
        waits = [
            self._pacer.wait_chat(waiter.chat_id, now)
            for queue in self._waiting.values()
            for waiter in queue
        ]
        return min(waits, default=0.0)


class _Waiter:
    __slots__ = ("chat_id", "granted", "patience")

    def __init__(self, chat_id: int, patience: float, granted: asyncio.Future[float]) -> None:
        self.chat_id = chat_id
        self.patience = patience
        self.granted = granted

    @property
    def had_its_turn(self) -> bool:
        granted = self.granted
        return granted.done() and not granted.cancelled() and granted.exception() is None
