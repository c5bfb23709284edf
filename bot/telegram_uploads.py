"""Operators send files and addresses in Telegram; one message shows how far reading has come."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.error import TelegramError
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.model import Message
from bot.ports import ChannelError, Priority
from bot.redaction import outline
from bot.telegram_updates import place_of
from index.errors import BriefingError
from index.robots import StoppedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    import telegram
    from telegram import Update

    from bot.markup import Html
    from bot.model import Place
    from bot.polling import App, Context
    from bot.ports import Channel
    from bot.texts import Texts
    from bot.uploads import Uploads
    from index.model import IngestResult

log = logging.getLogger(__name__)


class _NotFetchedError(BriefingError):
    """Telegram did not hand a file over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    """The one message about an upload."""

    place: Place
    message_id: int


class TelegramUploads:
    """Handlers for the operators alone; others are answered by the dialogue.

    Args:
        operators: ids of those who may add reports.
    """

    def __init__(
        self, uploads: Uploads, channel: Channel, operators: Collection[int], texts: Texts
    ) -> None:
        self._uploads = uploads
        self._channel = channel
        self._operators = operators
        self._texts = texts
        self._one_at_a_time = asyncio.Lock()

    def attach(self, application: App) -> None:
        """Take the operators' files in their private chats, and /ingest anywhere."""
        theirs = filters.UpdateType.MESSAGE & filters.User(user_id=self._operators)
        files = theirs & filters.ChatType.PRIVATE & filters.Document.ALL
        application.add_handler(MessageHandler(files, self._on_file))
        application.add_handler(CommandHandler("ingest", self._on_command, filters=theirs))

    async def _on_file(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None or message.document is None:
            return
        document = message.document
        place, name = place_of(message), self._uploads.name_of(document.file_name)
        if refusal := self._uploads.refuse_size(name, document.file_size or 0):
            await self._say(place, refusal)
            return

        async def read(status: _Status) -> list[IngestResult]:
            content = await _fetched(document)
            await self._show(status, self._texts("upload.reading", name=name))
            return await asyncio.to_thread(self._uploads.read_file, name, content)

        context.application.create_task(self._run(place, name, read), update=update)

    async def _on_command(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None:
            return
        place, url = place_of(message), " ".join(context.args or ())
        if refusal := self._uploads.refuse_address(url):
            await self._say(place, refusal)
            return
        name = self._uploads.name_of(url)

        async def read(status: _Status) -> list[IngestResult]:
            await self._show(status, self._texts("upload.reading", name=name))
            return await asyncio.to_thread(self._uploads.read_address, url)

        context.application.create_task(self._run(place, name, read), update=update)

    async def _run(
        self, place: Place, name: str, read: Callable[[_Status], Awaitable[list[IngestResult]]]
    ) -> None:
        """Read one input after another, and show in one message how far it has come."""
        received = Message(html=self._texts("upload.received", name=name))
        sent = await self._channel.send(place, received, priority=Priority.CHAT)
        status = _Status(place=place, message_id=sent.message_ids[0])
        async with self._one_at_a_time:
            try:
                results = await read(status)
                searchable = None
                if self._uploads.is_news(results):
                    await self._show(status, self._texts("upload.indexing"))
                    searchable = await asyncio.to_thread(self._uploads.index)
                html = self._uploads.outcome(results, searchable=searchable)
            except StoppedError:
                html = self._texts("upload.stopping", name=name)
            except _NotFetchedError:
                html = self._texts("upload.no_download", name=name)
        await self._conclude(status, html)

    async def _show(self, status: _Status, html: Html) -> None:
        with suppress(ChannelError):  # what comes of it matters, this does not
            await self._channel.edit(status.place, status.message_id, Message(html=html))

    async def _conclude(self, status: _Status, html: Html) -> None:
        try:
            await self._channel.edit(status.place, status.message_id, Message(html=html))
        except ChannelError as error:
            log.info("an upload's message can't be edited: %s", outline(error))
            await self._say(status.place, html)

    async def _say(self, place: Place, html: Html) -> None:
        await self._channel.send(place, Message(html=html), priority=Priority.CHAT)


async def _fetched(document: telegram.Document) -> bytes:
    try:
        file = await document.get_file()
        return bytes(await file.download_as_bytearray())
    except TelegramError as error:
        log.warning("a file was not handed over: %s", outline(error))
        raise _NotFetchedError("Telegram did not hand a file over; send it again") from error
