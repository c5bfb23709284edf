"""Updates that Telegram brings: an address of this worker's, behind a proxy that speaks HTTPS.

The answer is 200 only once an update is served, by this worker or another. Telegram sends an update
again after any other answer and after none, so one whose worker was killed comes back, and
``bot.update_claims`` says who serves it then. A worker that dies after a reply may have left makes
the only second copies there are; they open with a line that says so.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.error import BadRequest

from bot.polling import UPDATES, patiently
from bot.update_claims import Begun
from bot.web import listening
from index.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from starlette.requests import Request

    from bot.model import Message, Place, Sent
    from bot.polling import App
    from bot.ports import Priority
    from bot.sender import PacedChannel
    from bot.settings import Settings
    from bot.update_claims import UpdateClaims
    from index.ports import Clock

_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_MOST_BYTES: Final = 1 << 20  # Telegram's own updates stay far below
_CONNECTIONS: Final = 100  # the most Telegram opens; an update holds one while it is served
_GRACE: Final = 25.0  # seconds an update may still take when the bot stops
_SERVED: Final = 200
_AGAIN: Final = 503

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Serving:
    """The update that is being served in this context."""

    update_id: int
    in_doubt: bool
    noted: bool = False


_SERVING: ContextVar[_Serving | None] = ContextVar("serving", default=None)


class NotedReplies:
    """A channel that notes when the reply to an update is about to leave, and marks second copies.

    Args:
        channel: sends.
        claims: where it is noted.
        repeated: returns a message with a line that says it may have come before.
    """

    def __init__(
        self,
        channel: PacedChannel,
        claims: UpdateClaims,
        repeated: Callable[[Message], Message],
    ) -> None:
        self._channel = channel
        self._claims = claims
        self._repeated = repeated

    async def send(
        self, place: Place, message: Message, *, priority: Priority, silent: bool = False
    ) -> Sent:
        """Send one message and return its id."""
        serving = _SERVING.get()
        if serving is None or serving.noted:
            return await self._channel.send(place, message, priority=priority, silent=silent)
        if serving.in_doubt:
            message = self._repeated(message)

        async def leaving() -> None:
            await asyncio.to_thread(self._claims.replying, serving.update_id)

        sent = await self._channel.send(
            place, message, priority=priority, silent=silent, leaving=leaving
        )
        serving.noted = True
        return sent

    async def edit(self, place: Place, message_id: int, message: Message) -> None:
        """Replace a message's text and buttons."""
        await self._channel.edit(place, message_id, message)


class NewToThisWorker:
    """The memory of updates a chat asks where a claim has answered already."""

    def first_time(self, update_id: int, seen_at: datetime) -> bool:
        """Tell that it is: claims let through nothing else."""
        del update_id, seen_at
        return True


class Receiver:
    """Takes updates from who knows the secret, and answers when they are served."""

    def __init__(self, application: App, claims: UpdateClaims, clock: Clock, secret: str) -> None:
        self._application = application
        self._claims = claims
        self._clock = clock
        self._secret = secret.encode()
        self._at_work: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def close(self) -> None:
        """Begin nothing more, and wait a while for what is at work."""
        self._closing = True
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=_GRACE)

    async def receive(self, request: Request) -> Response:
        """Answer one request: 200 when its update is served, 503 when it is to come again."""
        shown = request.headers.get(_HEADER, "").encode()
        if not hmac.compare_digest(shown, self._secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        values = _json_object(body)
        number = values.get("update_id")
        if not isinstance(number, int) or isinstance(number, bool):
            return Response(status_code=400)
        return Response(status_code=await self._take(number, values))

    async def _take(self, number: int, values: dict[str, Any]) -> int:
        """Serve an update unless that is done, or another's to do; return the answer's status."""
        if self._closing:
            return _AGAIN
        try:
            begun = await asyncio.to_thread(self._claims.begin, number, self._clock.now())
        except StoreError as error:
            log.error("update %d waits: %s", number, error)  # noqa: TRY400  (no defect here)
            return _AGAIN
        if begun is Begun.ELSEWHERE:
            return _AGAIN
        if begun is not Begun.DONE:
            await self._serve(number, values, in_doubt=begun is Begun.MINE_IN_DOUBT)
        return _SERVED

    async def _serve(self, number: int, values: dict[str, Any], *, in_doubt: bool) -> None:
        if (task := asyncio.current_task()) is not None:
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        try:
            update = _update(values, self._application)
            if update is not None:
                _SERVING.set(_Serving(number, in_doubt))
                handled = self._application.process_update(update)
                await self._application.update_processor.process_update(update, handled)
            await asyncio.to_thread(self._claims.finish, number)
        except StoreError as error:
            # Served it is: people were told of an outage. Sent again it would be told again.
            log.error("update %d is not noted as done: %s", number, error)  # noqa: TRY400
        finally:
            self._claims.let_go(number)


@asynccontextmanager
async def webhook(
    application: App,
    *,
    claims: UpdateClaims,
    clock: Clock,
    settings: Settings,
    secret: str,
) -> AsyncIterator[None]:
    """Take updates while the context is open, for an application that is connected.

    Raises:
        SettingsError: Telegram refuses the address, or the port can't be opened.
    """
    receiver = Receiver(application, claims, clock, secret)
    path = urlsplit(settings.webhook.url).path or "/"
    app = Starlette(routes=[Route(path, receiver.receive, methods=["POST"])])
    await application.start()
    async with listening(app, host=settings.webhook.host, port=settings.webhook.port) as port:
        await patiently(partial(_announce, application, settings.webhook.url, secret))
        log.warning("updates are taken on %s port %d", settings.webhook.host, port)
        try:
            yield
        finally:
            await receiver.close()


async def _announce(application: App, url: str, secret: str) -> None:
    """Tell Telegram where updates go; all workers tell the same."""
    try:
        await application.bot.set_webhook(
            url, secret_token=secret, allowed_updates=UPDATES, max_connections=_CONNECTIONS
        )
    except BadRequest as error:
        raise SettingsError(f"setting webhook.url: Telegram refuses {url!r}: {error}") from error


async def _body(request: Request) -> bytes | None:
    """Read a request's body; None where it is longer than any update, or breaks off."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BYTES:
                return None
    except ClientDisconnect:
        return None  # nobody is there to read the answer
    return bytes(body)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _update(values: dict[str, Any], application: App) -> Update | None:
    """Read an update; one that can't be read would come again for ever: it is logged and left."""
    try:
        return Update.de_json(values, application.bot)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        log.error("update %s can't be read (%s)", values["update_id"], type(error).__name__)  # noqa: TRY400
        return None
