"""Flood control as the documentation describes it: overall, per chat, per group."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.telegram.settings import FloodLimits

EVERYWHERE = 0
_MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class _Silence:
    since: float
    until: float


class FloodControl:
    """Decides, for one bot, whether a message may be sent now. Times are monotonic seconds."""

    def __init__(self, limits: FloodLimits | None) -> None:
        self.limits = limits
        self._second: deque[float] = deque()
        self._buckets: dict[int, _Bucket] = {}
        self._minutes: dict[int, deque[float]] = {}
        self._silences: dict[int, _Silence] = {}

    def silence(self, chat_id: int, seconds: float, now: float) -> None:
        """Refuse a chat (or EVERYWHERE) for so long, as a 429 announces."""
        self._silences[chat_id] = _Silence(since=now, until=now + seconds)

    def silenced(self, chat_id: int, now: float) -> _Silence | None:
        """The announced silence that a call to this chat breaks, if any."""
        if not self._silences:
            return None
        for scope in (chat_id, EVERYWHERE):
            found = self._silences.get(scope)
            if found is None:
                continue
            if found.until > now:
                return found
            del self._silences[scope]
        return None

    def wait(self, chat_id: int, *, group: bool, now: float) -> tuple[int, float]:
        """The scope that is full and the seconds until it has room; 0 seconds: send now."""
        if self.limits is None:
            return chat_id, 0.0
        overall = self._window(self._second, self.limits.per_second, 1.0, now)
        if overall > 0:
            return EVERYWHERE, overall
        chat = self._bucket(chat_id, now, self.limits)
        if group:
            minute = self._minutes.setdefault(chat_id, deque())
            chat = max(chat, self._window(minute, self.limits.group_per_minute, _MINUTE, now))
        return chat_id, chat

    def sent(self, chat_id: int, *, group: bool, now: float) -> None:
        """Count one message."""
        if self.limits is None:
            return
        self._second.append(now)
        self._buckets[chat_id].tokens -= 1.0
        if group:
            self._minutes[chat_id].append(now)

    @staticmethod
    def _window(times: deque[float], allowed: int, span: float, now: float) -> float:
        while times and times[0] <= now - span:
            times.popleft()
        return times[0] + span - now if len(times) >= allowed else 0.0

    def _bucket(self, chat_id: int, now: float, limits: FloodLimits) -> float:
        bucket = self._buckets.get(chat_id)
        if bucket is None:
            bucket = self._buckets[chat_id] = _Bucket(tokens=float(limits.chat_burst), at=now)
        refilled = bucket.tokens + (now - bucket.at) * limits.chat_rate
        bucket.tokens = min(float(limits.chat_burst), refilled)
        bucket.at = now
        # a float's rounding must not refuse a sender that waited exactly long enough
        return 0.0 if bucket.tokens >= 1.0 - 1e-6 else (1.0 - bucket.tokens) / limits.chat_rate


def retry_after(seconds: float) -> int:
    """Whole seconds to announce for a wait."""
    return max(1, math.ceil(seconds))
