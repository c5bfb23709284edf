"""The queue of updates and its two ways out: long polling here, a webhook in `webhook.py`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.telegram.errors import (
    CONFLICT_POLL,
    CONFLICT_SET_WEBHOOK,
    CONFLICT_WEBHOOK,
    ApiError,
    JsonObject,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

UPDATE_KINDS = frozenset({
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "managed_bot", "guest_message",
})  # fmt: skip
# what a bot must ask for by name
OPT_IN = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MAX_BATCH = 100
MAX_TIMEOUT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update; `chat_id` is whose queue it is in, `payload` the object of its kind."""

    id: int
    kind: str
    chat_id: int
    payload: JsonObject = field(repr=False)

    def to_json(self) -> JsonObject:
        """An Update object."""
        return {"update_id": self.id, self.kind: self.payload}


class UpdateQueue:
    """Updates not yet confirmed, in order; one poller at a time.

    Updates are put in from any thread, under `lock`; polling belongs to the server's loop.
    """

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self.pending: list[Update] = []
        self.webhook_url = ""
        self.allowed = UPDATE_KINDS - OPT_IN
        self.is_duplicated: Callable[[Update], bool] = lambda _: False
        self._next_id = 1
        self._again: list[Update] = []
        self._repeated: set[int] = set()
        self._waiting: asyncio.Future[str] | None = None
        self._wake: Callable[[], None] = lambda: None

    def attach(self, wake: Callable[[], None]) -> None:
        """Set what runs whenever an update arrives, on whichever thread."""
        self._wake = wake

    def put(self, kind: str, payload: JsonObject, chat_id: int) -> int | None:
        """Queue an update; None when the bot hasn't asked for its kind."""
        if kind not in UPDATE_KINDS:
            raise ValueError(f"no update kind {kind!r} in the Bot API")
        if kind not in self.allowed:
            return None
        with self.lock:
            update = Update(id=self._next_id, kind=kind, chat_id=chat_id, payload=payload)
            self._next_id += 1
            self.pending.append(update)
        self._wake()
        return update.id

    def allow(self, kinds: list[object] | None) -> list[str]:
        """Keep to these kinds from now on (empty: the default ones); returns unknown names."""
        if kinds is None:
            return []
        names = frozenset(str(kind) for kind in kinds)
        self.allowed = (names & UPDATE_KINDS) or UPDATE_KINDS - OPT_IN
        return sorted(names - UPDATE_KINDS)

    def drop_pending(self) -> None:
        """Forget everything that waits."""
        with self.lock:
            self.pending.clear()
            self._again.clear()

    def confirm(self, done: Iterable[int]) -> None:
        """Forget updates that a webhook has taken."""
        gone = set(done)
        with self.lock:
            self.pending = [update for update in self.pending if update.id not in gone]

    def interrupt(self, reason: str) -> None:
        """End the poll that waits; on the loop's thread."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(reason)

    def set_webhook(self, url: str) -> None:
        """Switch between polling (empty) and a webhook; ends a poll that waits."""
        self.webhook_url = url
        if url:
            self.interrupt("webhook")

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Update]:  # noqa: ASYNC109
        """The answer of getUpdates, after at most `timeout` seconds.

        Raises:
            ApiError: 409, because of a webhook or of a later poll.
        """
        if self.webhook_url:
            raise ApiError(409, CONFLICT_WEBHOOK)
        self.interrupt("poll")
        self._confirm_below(offset)
        batch = self._batch(limit)
        deadline = asyncio.get_running_loop().time() + min(timeout, MAX_TIMEOUT)
        while not batch:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or not await self._wait(left):
                break
            batch = self._batch(limit)
        return batch

    async def _wait(self, seconds: float) -> bool:
        waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        try:
            reason = await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return False
        finally:
            if self._waiting is waiting:
                self._waiting = None
        if reason == "poll":
            raise ApiError(409, CONFLICT_POLL)
        if reason == "webhook":
            raise ApiError(409, CONFLICT_SET_WEBHOOK)
        return reason == "update"

    def _confirm_below(self, offset: int) -> None:
        with self.lock:
            if offset < 0:
                offset = self.pending[offset:][0].id if self.pending else 0
            self.pending = [update for update in self.pending if update.id >= offset]

    def _batch(self, limit: int) -> list[Update]:
        repeated, self._again = self._again, []
        batch = [*repeated, *self.pending][: min(max(limit, 1), MAX_BATCH)]
        for update in batch:
            if update.id not in self._repeated and self.is_duplicated(update):
                self._repeated.add(update.id)
                self._again.append(update)
        return batch
