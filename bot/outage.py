"""What people are told while a database or Chroma is away: to try again in a moment."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram import Update
from telegram.ext import ApplicationHandlerStop

from bot.markup import escape
from bot.model import Message
from bot.ports import ChannelError, Priority
from bot.telegram_updates import asker_of
from index.errors import StoreError

if TYPE_CHECKING:
    from bot.polling import App, Context
    from bot.ports import Channel
    from bot.texts import Texts

log = logging.getLogger(__name__)


def tell_of_outages(application: App, channel: Channel, texts: Texts) -> None:
    """Let an application say so, instead of what it says of defects; add it before others."""

    async def on_error(update: object, context: Context) -> None:
        if not isinstance(context.error, StoreError):
            return
        reference = update.update_id if isinstance(update, Update) else "?"
        log.error("update %s: %s", reference, context.error)
        message = update.message if isinstance(update, Update) else None
        if message is not None and (asker := asker_of(message)) is not None:
            sorry = Message(html=escape(texts.plain("outage.try_again")))
            with suppress(ChannelError):
                await channel.send(asker.place, sorry, priority=Priority.CHAT)
        raise ApplicationHandlerStop

    application.add_error_handler(on_error)
