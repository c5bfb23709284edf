"""The messenger's channel to Telegram: paced, and every outcome named.

A message leaves when all messages together, its chat and its group have room; answers in a chat go
before digests. A 429 holds the chat it concerns, or everything when it concerns everything, for as
long as it says. Nothing is ever sent a second time here but for answers refused with a 429, which
were not accepted for certain.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.model import Message, Place, Sent
from bot.ports import (
    BlockedError,
    ChannelError,
    GoneError,
    MigratedError,
    Priority,
    RejectedError,
    RetryAfterError,
    UnavailableError,
    UnknownOutcomeError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import telegram
    from telegram import Bot

    from bot.gate import Gate
    from bot.model import Button

DIGEST_PATIENCE: Final = 5.0
CHAT_PATIENCE: Final = 60.0
_GENERAL_TOPIC: Final = 1  # messages to it carry no topic
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_GONE = (
    "chat not found",
    "message thread not found",
    "topic_deleted",
    "topic_closed",
    "topic_id_invalid",
    "peer_id_invalid",
    "user not found",
    "chat_id_invalid",
)
_NO_RIGHTS = (
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "group is deactivated",
)
_UNCHANGED = "message is not modified"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class PacedChannel:
    """``bot.ports.Channel`` over Telegram's Bot API.

    Args:
        bot: initialised, and without a rate limiter or retries of its own.
        gate: shared by all channels of one token.
    """

    def __init__(self, bot: Bot, gate: Gate) -> None:
        # Without this the library warns whenever Telegram asks to wait.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._bot = bot
        self._gate = gate

    async def send(
        self,
        place: Place,
        message: Message,
        *,
        priority: Priority,
        silent: bool = False,
        leaving: Callable[[], Awaitable[None]] | None = None,
    ) -> Sent:
        """Send one message and return its id.

        Args:
            place: where to.
            message: what.
            priority: answers in a chat wait for their turn, and for the end of a 429, for up to a
                minute; digests come back with a RetryAfterError when their chat has no room soon.
            silent: without a sound.
            leaving: awaited when it is this message's turn, before its request leaves.

        Raises:
            ChannelError: which one tells what became of the message.
        """
        thread = None if place.thread_id == _GENERAL_TOPIC else place.thread_id

        async def request() -> Sent:
            sent = await self._sending(message)(
                chat_id=place.chat_id,
                parse_mode=ParseMode.HTML,
                message_thread_id=thread,
                disable_notification=silent or None,
                reply_markup=keyboard(message),
            )
            return Sent(message_ids=(sent.message_id,))

        return await self._paced(place.chat_id, priority, request, leaving)

    def _sending(self, message: Message) -> Callable[..., Awaitable[telegram.Message]]:
        """Return the request that sends a message's content; where to is still to be said."""
        file = message.attachment
        if file is None:
            return partial(
                self._bot.send_message, text=message.html, link_preview_options=_NO_PREVIEW
            )
        upload = InputFile(file.content, filename=file.name)
        if file.kind == "picture":
            return partial(self._bot.send_photo, photo=upload, caption=message.html)
        return partial(
            self._bot.send_document,
            document=upload,
            caption=message.html,
            disable_content_type_detection=True,
        )

    async def edit(self, place: Place, message_id: int, message: Message) -> None:
        """Replace a message's text and buttons; unchanged content is no error.

        Raises:
            ChannelError: which one tells what became of it.
        """

        async def request() -> Sent:
            await self._bot.edit_message_text(
                message.html,
                chat_id=place.chat_id,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(message),
                link_preview_options=_NO_PREVIEW,
            )
            return Sent(message_ids=(message_id,))

        try:
            await self._paced(place.chat_id, Priority.CHAT, request, None)
        except _UnchangedError:
            return

    async def _paced(
        self,
        chat_id: int,
        priority: Priority,
        request: Callable[[], Awaitable[Sent]],
        leaving: Callable[[], Awaitable[None]] | None,
    ) -> Sent:
        """Send in turn; an answer that was refused with a 429 waits it out while patience lasts."""
        loop = asyncio.get_running_loop()
        patient = priority is Priority.CHAT
        end = loop.time() + (CHAT_PATIENCE if patient else DIGEST_PATIENCE)
        while True:
            at = await self._gate.turn(chat_id, priority, patience=max(end - loop.time(), 0.0))
            try:
                if leaving is not None:
                    await leaving()
                sent = await request()
            except TelegramError as error:
                translated = translate(error)
                if not isinstance(translated, RetryAfterError):
                    raise translated from error
                self._gate.refused(chat_id, translated.seconds)
                if not patient or loop.time() + translated.seconds > end:
                    raise translated from error
            else:
                self._gate.accepted(at)
                return sent
            finally:
                self._gate.landed()


class _UnchangedError(ChannelError):
    """An edit that would change nothing."""


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Return a message's buttons as Telegram takes them."""
    return _keyboard(message.keyboard) if message.keyboard else None


@lru_cache(maxsize=256)
def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(b.label, callback_data=b.data, url=b.url) for b in row]
            for row in rows
        ]
    )


def translate(error: TelegramError) -> ChannelError:
    """Say what one of the library's errors means for the message that was to be sent."""
    said = _shown(error)
    meant: ChannelError
    match error:
        case RetryAfter():
            meant = RetryAfterError(_seconds(error))
        case ChatMigrated():
            meant = MigratedError(error.new_chat_id)
        case Forbidden():
            meant = BlockedError(said)
        case BadRequest():  # to the library a kind of NetworkError
            meant = _of_bad_request(said)
        case NetworkError():
            meant = _of_network(error, said)
        case InvalidToken():
            meant = UnavailableError(f"Telegram does not take the token: {said}")
        case _:
            meant = UnknownOutcomeError(f"Telegram's answer can't be read: {said}")
    return meant


def _of_bad_request(said: str) -> ChannelError:
    plain = said.casefold()
    if _UNCHANGED in plain:
        return _UnchangedError(said)
    if any(text in plain for text in _GONE):
        return GoneError(said)
    if any(text in plain for text in _NO_RIGHTS):
        return BlockedError(said)
    return RejectedError(said)


def _of_network(error: NetworkError, said: str) -> ChannelError:
    """Tell what certainly was not accepted from what may have been."""
    cause = error.__cause__
    if isinstance(cause, _NOT_SENT):
        return UnavailableError(f"Telegram can't be reached: {type(cause).__name__}")
    if isinstance(cause, httpx.HTTPError):
        return UnknownOutcomeError(f"the connection broke: {type(cause).__name__}")
    # A gateway's 502 means that the server behind it took nothing; other 5xx leave it open.
    if said.casefold().startswith("bad gateway"):
        return UnavailableError("Telegram's gateway answered 502")
    return UnknownOutcomeError(f"Telegram failed: {said}")


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _shown(error: TelegramError) -> str:
    """Return what Telegram said on one bounded line; addresses with the token never get in here."""
    return " ".join(error.message.split())[:200]
