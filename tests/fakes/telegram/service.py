"""The backend on an event loop: waits, hangs, drops connections, delivers to webhooks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.fakes.telegram.calls import Reply, Request
from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.updates import MAX_BATCH
from tests.fakes.telegram.webhook import WebhookSender

if TYPE_CHECKING:
    from tests.fakes.telegram.backend import Backend
    from tests.fakes.telegram.params import Raw

# an ASGI event; its values are of every type
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]

_METHOD_FAULTS = frozenset({"429", "403", "400", "500", "migrate"})


class Service:
    """Answers calls on the loop that `start` is called on; None means: close, say nothing."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.ready = threading.Event()
        self._closing = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._webhook = WebhookSender(
            backend.updates,
            lambda: backend.hook,
            retry=backend.settings.webhook_retry,
            wall=backend.settings.wall,
        )
        self._delivery: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver updates; on the loop."""
        self._loop = asyncio.get_running_loop()
        self._delivery = self._loop.create_task(self._webhook.run())
        self.backend.updates.attach(self._wake)
        self.ready.set()

    async def stop(self) -> None:
        """Stop delivering; on the loop."""
        self.release()
        if self._delivery is not None:
            self._delivery.cancel()
            with suppress(asyncio.CancelledError):
                await self._delivery

    def close_soon(self) -> None:
        """Let every call that waits come to its end; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.release)

    def release(self) -> None:
        """Let every call that waits come to its end; on the loop."""
        self._closing.set()
        self.backend.updates.interrupt("closing")

    async def call(self, method: str, raw: Raw, receive: Receive) -> Reply | None:
        """Answer one call."""
        request = self.backend.understand(method, raw)
        if isinstance(request, Reply):
            return request
        kind = request.fault.kind if request.fault else None
        if kind is None or kind in _METHOD_FAULTS:
            return await self._carry_out(request, receive)
        return await self._disturbed(request, receive)

    async def _carry_out(self, request: Request, receive: Receive) -> Reply | None:
        if request.method == "getUpdates":
            return await self._poll(request, receive)
        reply = self.backend.perform(request)
        if request.method in {"setWebhook", "deleteWebhook"}:
            self._webhook.notify()
        return reply

    async def _disturbed(self, request: Request, receive: Receive) -> Reply | None:
        fault = request.fault
        assert fault is not None
        if fault.kind == "502":
            return self.backend.gateway_error(request)
        if fault.kind == "delay":
            await self._hold(fault.seconds, receive)
            return await self._carry_out(request, receive)
        if fault.kind == "drop_after" or (fault.kind == "hang" and fault.accepted):
            await self._carry_out(request, receive)
        else:
            self.backend.unanswered(request)
        if fault.kind == "hang":
            await self._hold(fault.seconds, receive)
        return None

    async def _hold(self, seconds: float, receive: Receive) -> None:
        """Wait, no longer than the client and the server do."""
        waits = {
            asyncio.ensure_future(gone(receive)),
            asyncio.ensure_future(self._closing.wait()),
        }
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    async def _poll(self, request: Request, receive: Receive) -> Reply | None:
        backend, values = self.backend, request.params
        with backend.lock:
            backend.method = request.method
            for unknown in backend.updates.allow(values.array("allowed_updates")):
                backend.complain(f"unknown update kind {unknown!r} in allowed_updates")
        poll = asyncio.ensure_future(self._updates(request))
        left = asyncio.ensure_future(gone(receive))
        await asyncio.wait({poll, left}, return_when=asyncio.FIRST_COMPLETED)
        left.cancel()
        if not poll.done():
            poll.cancel()
            backend.unanswered(request)
            return None
        return poll.result()

    async def _updates(self, request: Request) -> Reply:
        values = request.params
        limit = values.integer("limit")
        try:
            self.backend.suffer(request)
            batch = await self.backend.updates.poll(
                values.integer("offset") or 0,
                MAX_BATCH if limit is None else limit,
                0 if self._closing.is_set() else values.integer("timeout") or 0,
            )
        except ApiError as error:
            return self.backend.refuse(request, error)
        return self.backend.answer(request, [update.to_json() for update in batch])

    def _wake(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news)

    def _news(self) -> None:
        self.backend.updates.interrupt("update")
        self._webhook.notify()


async def gone(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
