"""Delivers updates to a webhook on loopback and tries again until it is taken."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.fakes.telegram.errors import JsonObject
    from tests.fakes.telegram.updates import Update, UpdateQueue

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
DEFAULT_CONNECTIONS = 40
_TIMEOUT = 10.0


@dataclass(slots=True, kw_only=True)
class Hook:
    """Where updates go, and how it went so far."""

    url: str
    secret_token: str = ""
    max_connections: int = DEFAULT_CONNECTIONS
    ip_address: str = ""
    last_error: str = ""
    last_error_date: int = 0


def on_loopback(url: str) -> bool:
    """Whether a URL points to this machine, the only place the server delivers to."""
    return urlsplit(url).hostname in LOOPBACK


class WebhookSender:
    """Posts pending updates, one at a time for each chat, up to `max_connections` at once."""

    def __init__(
        self,
        queue: UpdateQueue,
        hook: Callable[[], Hook],
        *,
        retry: float,
        wall: Callable[[], float],
    ) -> None:
        self.queue = queue
        self.hook = hook
        self.retry = retry
        self.wall = wall
        self._news = asyncio.Event()

    def notify(self) -> None:
        """Look for updates; on the loop's thread."""
        self._news.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            while True:
                await self._news.wait()
                self._news.clear()
                while self.hook().url and self.queue.pending:
                    if not await self._round(client, self.hook()):
                        await asyncio.sleep(self.retry)

    async def _round(self, client: httpx.AsyncClient, hook: Hook) -> bool:
        batch = list(_first_of_each_chat(self.queue.pending))[: hook.max_connections]
        taken = await asyncio.gather(*(self._deliver(client, hook, update) for update in batch))
        self.queue.confirm(update.id for update, done in zip(batch, taken, strict=True) if done)
        return all(taken)

    async def _deliver(self, client: httpx.AsyncClient, hook: Hook, update: Update) -> bool:
        done = await self._post(client, hook, update.to_json())
        if done and self.queue.is_duplicated(update):
            await self._post(client, hook, update.to_json())
        return done

    async def _post(self, client: httpx.AsyncClient, hook: Hook, body: JsonObject) -> bool:
        headers = {SECRET_HEADER: hook.secret_token} if hook.secret_token else {}
        try:
            answer = await client.post(hook.url, json=body, headers=headers)
        except httpx.HTTPError as error:
            self._failed(hook, f"Connection failed: {type(error).__name__}")
            return False
        if not answer.is_success:
            self._failed(hook, f"Wrong response from the webhook: {answer.status_code}")
        return answer.is_success

    def _failed(self, hook: Hook, why: str) -> None:
        hook.last_error = why
        hook.last_error_date = int(self.wall())


def _first_of_each_chat(updates: Iterable[Update]) -> Iterable[Update]:
    seen: set[int] = set()
    for update in updates:
        if update.chat_id not in seen:
            seen.add(update.chat_id)
            yield update
