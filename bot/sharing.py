"""What the workers of one bot share: Telegram's patience, which counts by bot, and the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.gate import Gate
from bot.subscriber_store import SubscriberStore

if TYPE_CHECKING:
    from datetime import datetime

    from bot.pacing import Limits

_APART: Final = timedelta(seconds=5)


class SharedGate(Gate):
    """A gate for one of several workers: each takes an equal part of what the bot may send.

    Args:
        limits: how fast the bot may send.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self._whole = limits
        self._workers = 1

    def share(self, workers: int) -> None:
        """Take the part of one of so many workers from now on."""
        if workers != self._workers:
            self._workers = workers
            self._pacer.limits = replace(
                self._whole,
                per_second=self._whole.per_second / workers,
                window_count=max(1, self._whole.window_count // workers),
            )


class SharedTime(SubscriberStore):
    """Subscribers and the time that all workers tell; theirs differ a little, without a step."""

    def tick(self, now: datetime) -> datetime | None:
        """Remember the present and return the one remembered before, None where it is about now."""
        last = super().tick(now)
        return None if last is not None and last - now < _APART else last
