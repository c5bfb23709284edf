"""How fast messages may go: when each chat and all of them together have room for the next.

A message reaches the server at some time between its turn and its answer. Counting both what is
under way and what was answered within the last second keeps every second of the server's own clock
below its limit, however late messages arrive.

Pure: times are seconds of one monotonic clock, passed in.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_FORGET_FROM = 4096
_SECOND = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What Telegram asks senders to keep to, a little under it.

    Args:
        per_second: messages a second over all chats, evenly spaced.
        slack: seconds by which one message may come early, to make up for a late timer.
        window_count: messages that may reach the server within any one second.
        chat_gap: seconds between two messages in one chat.
        group_count: messages in one group (a negative chat id) in any ``group_window`` seconds.
    """

    per_second: float = 28.0
    slack: float = 0.02
    window_count: int = 30
    chat_gap: float = 1.0
    group_count: int = 20
    group_window: float = 60.5


@dataclass(slots=True)
class Pacer:
    """What was sent lately, and what it leaves room for."""

    limits: Limits | None
    _next: float = float("-inf")
    _held: float = float("-inf")
    _under_way: int = 0
    _landed: deque[float] = field(default_factory=deque)
    _chats: dict[int, float] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)
    _chat_holds: dict[int, float] = field(default_factory=dict)

    def wait_overall(self, now: float) -> float:
        """Return the seconds until any message may go, 0 for now; an answer may shorten them."""
        if self.limits is None:
            return max(self._held - now, 0.0)
        return max(
            self._next - self.limits.slack - now, self._wait_window(now), self._held - now, 0
        )

    def wait_chat(self, chat_id: int, now: float) -> float:
        """Return the seconds until a message to this chat may go, all others left aside."""
        ready = self._chat_holds.get(chat_id, now)
        if self.limits:
            ready = max(ready, self._chats.get(chat_id, now))
            sent = self._groups.get(chat_id)
            if sent and len(sent) >= self.limits.group_count:
                ready = max(ready, sent[0] + self.limits.group_window)
        return max(ready - now, 0.0)

    def took(self, chat_id: int, now: float) -> None:
        """Count a message that goes now."""
        if self.limits is None:
            return
        self._under_way += 1
        self._next = max(self._next, now) + 1.0 / self.limits.per_second
        self._chats[chat_id] = now + self.limits.chat_gap
        if chat_id < 0:
            sent = self._groups.setdefault(chat_id, deque(maxlen=self.limits.group_count))
            sent.append(now)
        if len(self._chats) > _FORGET_FROM:
            self._forget(now)

    def landed(self, now: float) -> None:
        """Count a message whose answer is in, whatever it says, or won't come any more."""
        if self.limits is not None:
            self._under_way -= 1
            self._landed.append(now)

    def _wait_window(self, now: float) -> float:
        assert self.limits is not None  # noqa: S101  (asked with limits alone)
        while self._landed and self._landed[0] <= now - _SECOND:
            self._landed.popleft()
        over = self._under_way + len(self._landed) - self.limits.window_count
        if over < 0:
            return 0.0
        # With all of them under way there is nothing to wait for but an answer.
        return self._landed[over] + _SECOND - now if over < len(self._landed) else _SECOND

    def hold_chat(self, chat_id: int, until: float) -> None:
        """Send nothing to a chat until then."""
        self._chat_holds[chat_id] = max(until, self._chat_holds.get(chat_id, until))

    def hold_all(self, until: float) -> None:
        """Send nothing at all until then."""
        self._held = max(until, self._held)

    def _forget(self, now: float) -> None:
        """Let go of chats that have room anyway."""
        self._chats = {chat: ready for chat, ready in self._chats.items() if ready > now}
        self._chat_holds = {chat: until for chat, until in self._chat_holds.items() if until > now}
        window = self.limits.group_window if self.limits else 0.0
        self._groups = {c: sent for c, sent in self._groups.items() if sent[-1] + window > now}


@dataclass(slots=True)
class FloodWatch:
    """Tells a refusal that concerns one chat from one that concerns all.

    Telegram does not say which it means. Two chats refused with nothing accepted of what was sent
    after the first refusal means all; anything else means the chat.
    """

    _chat: int | None = None
    _since: float = 0.0

    def refused(self, chat_id: int, now: float) -> bool:
        """Count a refusal (429) and return whether everything has to wait."""
        everywhere = self._chat is not None and self._chat != chat_id
        self._chat, self._since = chat_id, now
        return everywhere

    def accepted(self, sent_at: float) -> None:
        """Count the acceptance of a message that was sent at ``sent_at``."""
        if self._chat is not None and sent_at > self._since:
            self._chat = None
