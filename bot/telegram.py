"""The dialogue in Telegram: reads updates, hands them on off the event loop, sends the replies.

Text reaches people through the channel alone. What is done to the bot itself (typing, answers to
button presses, the command menu) goes to Telegram directly.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from telegram import BotCommand, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError
from telegram.ext import (
    ApplicationHandlerStop,
    CallbackQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.dialogue import Reply, Request
from bot.markup import escape
from bot.model import Message
from bot.ports import (
    BlockedError,
    ChannelError,
    GoneError,
    MigratedError,
    Priority,
    RejectedError,
    UnavailableError,
)
from bot.redaction import outline
from bot.telegram_updates import addressed, asker_of, heard_in, place_of
from bot.views import Asker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
    from datetime import datetime

    import telegram

    from bot.dialogue import Dialogue
    from bot.model import Place
    from bot.polling import App, Context
    from bot.ports import Channel
    from bot.texts import Texts
    from index.ports import Clock

log = logging.getLogger(__name__)

_TYPING_SECONDS = 4.0  # Telegram shows it for five
_ATTEMPTS = 4
_FIRST_OF_ALL = -1


class Updates(Protocol):
    """The memory of updates: it survives a restart."""

    def first_time(self, update_id: int, seen_at: datetime) -> bool:
        """Tell whether an update was never seen before, and remember it from now on."""
        ...


class TelegramChat:
    """Puts a dialogue before the people of a bot.

    Args:
        channel: sends and edits messages.
        migrated: told the old and the new id when a group becomes a supergroup.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        channel: Channel,
        updates: Updates,
        clock: Clock,
        texts: Texts,
        *,
        migrated: Sequence[Callable[[int, int], None]] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._dialogue = dialogue
        self._channel = channel
        self._updates = updates
        self._clock = clock
        self._texts = texts
        self._migrated = migrated
        self._sleep = sleep

    def attach(self, application: App) -> None:
        """Let an application hand its updates to this dialogue."""
        application.add_handler(TypeHandler(Update, self._once), group=_FIRST_OF_ALL)
        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, self._on_message))
        application.add_handler(CallbackQueryHandler(self._on_press))
        application.add_error_handler(self._on_error)

    async def publish_menu(self, bot: telegram.Bot) -> None:
        """Set the bot's command menu."""
        await bot.set_my_commands([BotCommand(name, about) for name, about in self._dialogue.menu])

    async def _once(self, update: Update, context: Context) -> None:
        del context
        seen_at = self._clock.now()
        if not await asyncio.to_thread(self._updates.first_time, update.update_id, seen_at):
            raise ApplicationHandlerStop

    async def _on_message(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None or (asker := asker_of(message)) is None:
            return
        if message.migrate_to_chat_id:
            for follow in self._migrated:
                await asyncio.to_thread(follow, message.chat.id, message.migrate_to_chat_id)
        elif message.text:
            heard = heard_in(message, context.bot)
            text = addressed(heard, context.bot.username, self._dialogue.knows)
            if text is not None:
                await self._reply(Request(asker=asker, text=text), context.bot)
        elif message.chat.type == ChatType.PRIVATE and message.effective_attachment:
            await self._say(asker.place, self._texts("notice.only_text"))

    async def _reply(self, request: Request, bot: telegram.Bot) -> None:
        async with _typing(bot, request.asker.place):
            reply = await asyncio.to_thread(self._dialogue.hear, request)
        await self._send(request.asker.place, reply)

    async def _on_press(self, update: Update, context: Context) -> None:
        del context
        query = update.callback_query
        if query is None:
            return
        toast: str | None = self._unexpected(update)
        try:
            toast = await self._pressed(query)
        finally:
            try:
                await query.answer(toast, show_alert=bool(toast))
            except TelegramError as error:
                log.info("a button press stays unanswered: %s", outline(error))

    async def _pressed(self, query: telegram.CallbackQuery) -> str | None:
        """Act on a button and return what to show over the chat."""
        if query.message is None or query.data is None:
            return self._texts.plain("notice.old_button")
        place, message_id = place_of(query.message), query.message.message_id
        request = Request(asker=Asker(person=query.from_user.id, place=place), text=query.data)
        reply = await asyncio.to_thread(self._dialogue.press, request)
        if not (reply.edit and len(reply.messages) == 1):
            await self._send(place, reply)
            return reply.toast
        try:
            edit = partial(self._channel.edit, message_id=message_id, message=reply.messages[0])
            await self._patiently(edit, place)
        except (RejectedError, GoneError):  # that message can't be edited any more
            await self._send(place, reply)
        return reply.toast

    async def _on_error(self, update: object, context: Context) -> None:
        error = context.error
        if error is None:
            return
        reference = update.update_id if isinstance(update, Update) else "?"
        if isinstance(error, BlockedError | GoneError):
            log.info("update %s: nobody is there to read the reply", reference)
            return
        log.error("update %s failed: %s", reference, outline(error))
        if not isinstance(update, Update) or update.message is None:
            return  # a button's presser was told over the chat
        if (asker := asker_of(update.message)) is not None:
            with suppress(ChannelError):
                await self._say(asker.place, self._unexpected(update))

    def _unexpected(self, update: Update) -> str:
        return self._texts.plain("notice.unexpected", reference=update.update_id)

    async def _say(self, place: Place, text: str) -> None:
        await self._send(place, Reply(messages=(Message(html=escape(text)),)))

    async def _send(self, place: Place, reply: Reply) -> None:
        for message in reply.messages:
            send = partial(self._channel.send, message=message, priority=Priority.CHAT)
            await self._patiently(send, place)

    async def _patiently(
        self, act: Callable[[Place], Coroutine[None, None, object]], place: Place
    ) -> None:
        """Act, and again after errors that promise nothing was sent; the last one is raised."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await act(place)
            except MigratedError as error:
                if attempt == _ATTEMPTS:
                    raise
                place = replace(place, chat_id=error.chat_id)
            except UnavailableError:
                if attempt == _ATTEMPTS:
                    raise
                await self._sleep(2.0 ** (attempt - 1))
            else:
                return


@asynccontextmanager
async def _typing(bot: telegram.Bot, place: Place) -> AsyncIterator[None]:
    """Show that the bot is typing while the context is open."""

    async def keep_typing() -> None:
        while True:
            with suppress(TelegramError):  # a reply matters, this does not
                await bot.send_chat_action(
                    place.chat_id, ChatAction.TYPING, message_thread_id=place.thread_id
                )
            await asyncio.sleep(_TYPING_SECONDS)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
