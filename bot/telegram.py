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
from itertools import count
from typing import TYPE_CHECKING, Protocol, TypeVar

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
from bot.work_queue import OverloadedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
    from datetime import datetime

    import telegram

    from bot.dialogue import Dialogue
    from bot.model import Place
    from bot.polling import App, Context
    from bot.ports import Channel
    from bot.texts import Texts
    from bot.work_queue import WorkQueue
    from index.ports import Clock

log = logging.getLogger(__name__)

_Done = TypeVar("_Done")
_TYPING_SECONDS = 4.0  # Telegram shows it for five
_ATTEMPTS = 4
_FIRST_OF_ALL = -1


class Updates(Protocol):
    """The memory of updates: it survives a restart."""

    def first_time(self, update_id: int, seen_at: datetime) -> bool:
        """Tell whether an update was never seen before, and remember it from now on."""
        ...


class Doorkeeper(Protocol):
    """Who is let in. Calls block."""

    def admit(self, request: Request) -> Reply | None:
        """Return None to who is let in, else what to reply instead, which may be nothing."""
        ...

    def admit_press(self, request: Request) -> str | None:
        """Return None to who may press a button, else what to show over the chat."""
        ...


class TelegramChat:
    """Puts a dialogue before the people of a bot.

    Args:
        channel: sends and edits messages.
        work: where the dialogue, which blocks, is run.
        door: decides who is answered; None answers everybody.
        migrated: told the old and the new id when a group becomes a supergroup.
        sleep: waits that many seconds.
    """

    def __init__(  # noqa: PLR0913  (one part each)
        self,
        dialogue: Dialogue,
        channel: Channel,
        updates: Updates,
        clock: Clock,
        texts: Texts,
        work: WorkQueue,
        *,
        door: Doorkeeper | None = None,
        migrated: Sequence[Callable[[int, int], None]] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._dialogue = dialogue
        self._channel = channel
        self._updates = updates
        self._clock = clock
        self._texts = texts
        self._work = work
        self._door = door
        self._migrated = migrated
        self._sleep = sleep
        self._untouched: set[tuple[int, int]] = set()

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
                await self._reply(Request(asker=asker, text=text), context)
        elif message.chat.type == ChatType.PRIVATE and message.effective_attachment:
            if (turned_away := await self._turned_away(Request(asker=asker, text=""))) is not None:
                await self._send(asker.place, turned_away)
                return
            key = "upload.operators_only" if message.document else "notice.only_text"
            await self._say(asker.place, self._texts(key))

    async def _turned_away(self, request: Request) -> Reply | None:
        return None if self._door is None else await asyncio.to_thread(self._door.admit, request)

    async def _reply(self, request: Request, context: Context) -> None:
        if (turned_away := await self._turned_away(request)) is not None:
            await self._send(request.asker.place, turned_away)
            return
        async with _typing(context.bot, request.asker.place):
            try:
                reply = await self._work.do(partial(self._dialogue.hear, request))
            except OverloadedError:
                reply = Reply(messages=(Message(html=self._texts("notice.overloaded")),))
        await self._answer(request.asker.place, reply, context)

    async def _on_press(self, update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        said = Reply(toast=self._unexpected(update))
        try:
            said = await self._pressed(query, context)
        finally:
            try:
                await query.answer(said.toast, show_alert=bool(said.toast) and said.alert)
            except TelegramError as error:
                log.info("a button press stays unanswered: %s", outline(error))

    async def _pressed(self, query: telegram.CallbackQuery, context: Context) -> Reply:
        """Act on a button and return what it said over the chat."""
        if query.message is None or query.data is None:
            return Reply(toast=self._texts.plain("notice.old_button"))
        place, message_id = place_of(query.message), query.message.message_id
        request = Request(asker=Asker(person=query.from_user.id, place=place), text=query.data)
        if self._door is not None:
            refusal = await asyncio.to_thread(self._door.admit_press, request)
            if refusal is not None:
                return Reply(toast=refusal)
        try:
            reply = await self._work.do(partial(self._dialogue.press, request))
        except OverloadedError:
            return Reply(toast=self._texts.plain("notice.overloaded"))
        if reply.messages:
            self._untouched.discard((place.chat_id, message_id))
        if not (reply.edit and len(reply.messages) == 1 and reply.messages[0].attachment is None):
            await self._answer(place, reply, context)
            return reply
        try:
            edit = partial(self._channel.edit, message_id=message_id, message=reply.messages[0])
            await self._patiently(edit, place)
        except (RejectedError, GoneError):  # that message can't be edited any more
            await self._send(place, reply)
        return reply

    async def _answer(self, place: Place, reply: Reply, context: Context) -> None:
        """Send a reply; what it becomes later is looked for while nobody waits for it."""
        message_id = await self._send(place, reply)
        if reply.later is not None and message_id is not None:
            self._untouched.add((place.chat_id, message_id))
            context.application.create_task(self._complete(place, message_id, reply.later))

    async def _complete(
        self, place: Place, message_id: int, later: Callable[[], Message | None]
    ) -> None:
        """Put a message in the place of a sent one, unless a button has changed that meanwhile."""
        key = (place.chat_id, message_id)
        try:
            message = await asyncio.to_thread(later)
            if message is not None and key in self._untouched:
                await self._channel.edit(place, message_id, message)
        except ChannelError as error:
            log.info("a message is not completed: %s", outline(error))
        finally:
            self._untouched.discard(key)

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

    async def _send(self, place: Place, reply: Reply) -> int | None:
        """Send a reply's messages and return the last one's id."""
        message_id = None
        for message in reply.messages:
            send = partial(self._channel.send, message=message, priority=Priority.CHAT)
            sent = await self._patiently(send, place)
            message_id = sent.message_ids[-1]
        return message_id

    async def _patiently(
        self, act: Callable[[Place], Coroutine[None, None, _Done]], place: Place
    ) -> _Done:
        """Act, and again after errors that promise nothing was sent; the last one is raised."""
        for attempt in count(1):
            try:
                return await act(place)
            except MigratedError as error:
                if attempt == _ATTEMPTS:
                    raise
                place = replace(place, chat_id=error.chat_id)
            except UnavailableError:
                if attempt == _ATTEMPTS:
                    raise
                await self._sleep(2.0 ** (attempt - 1))
        raise AssertionError("counting has no end")


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
