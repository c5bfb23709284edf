"""Inline mode: ``@bot question`` in any chat, for people the bot answers."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Protocol

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import InlineQueryHandler

from bot.redaction import outline
from bot.sender import keyboard

if TYPE_CHECKING:
    import telegram
    from telegram import Update

    from bot.inline import InlineAnswers, InlineResult
    from bot.polling import App, Context
    from bot.texts import Texts

_CACHE: Final = 30  # seconds
_PAUSE: Final = 0.3  # seconds somebody must stop typing before they are answered
_PATIENCE: Final = 8.0  # seconds; Telegram takes no answer much later
_START: Final = "inline"

log = logging.getLogger(__name__)


class InlineDoor(Protocol):
    """Who is answered while they type."""

    def admit_inline(self, person: int) -> bool:
        """Tell whether a person is answered at all."""
        ...

    def has_room(self, person: int) -> bool:
        """Tell whether a person may be answered now, and count it."""
        ...


class TelegramInline:
    """Answers inline queries, of each person only the newest."""

    def __init__(
        self,
        answers: InlineAnswers,
        door: InlineDoor,
        texts: Texts,
        *,
        pause: float = _PAUSE,
        patience: float = _PATIENCE,
    ) -> None:
        self._answers = answers
        self._door = door
        self._texts = texts
        self._pause = pause
        self._patience = patience
        self._newest: dict[int, str] = {}

    def attach(self, application: App) -> None:
        """Let an application hand its inline queries on."""
        application.add_handler(InlineQueryHandler(self._on_query))

    async def _on_query(self, update: Update, context: Context) -> None:
        query = update.inline_query
        if query is not None:
            # Not awaited here: the next letter is to be heard while this one is looked up.
            self._newest[query.from_user.id] = query.id
            context.application.create_task(self._handle(query, context.bot), update=update)

    async def _handle(self, query: telegram.InlineQuery, bot: telegram.Bot) -> None:
        person = query.from_user.id
        try:
            await self._answer(query, bot)
        except TimeoutError:
            log.warning("an inline query was not answered in time")
        except TelegramError as error:
            log.info("an inline query stays unanswered: %s", outline(error))
        finally:
            if self._newest.get(person) == query.id:
                del self._newest[person]

    async def _answer(self, query: telegram.InlineQuery, bot: telegram.Bot) -> None:
        person = query.from_user.id
        if not self._door.admit_inline(person):
            await self._offer(query, (), "inline.private_button")
            return
        await asyncio.sleep(self._pause)
        if self._newest.get(person) != query.id:
            return  # they typed on; Telegram waits for the newer answer
        if not self._door.has_room(person):
            await self._offer(query, (), "inline.wait_button", cache=1)
            return
        async with asyncio.timeout(self._patience):
            found = await asyncio.to_thread(self._answers.find, query.query, bot.username)
        await self._offer(query, found, None if found else "inline.ask_button")

    async def _offer(
        self,
        query: telegram.InlineQuery,
        found: tuple[InlineResult, ...],
        button: str | None,
        *,
        cache: int = _CACHE,
    ) -> None:
        shown = None
        if button is not None:
            shown = InlineQueryResultsButton(self._texts.plain(button), start_parameter=_START)
        await query.answer(
            [_article(one) for one in found],
            cache_time=cache,
            is_personal=True,
            button=shown,
        )


def _article(one: InlineResult) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=one.id,
        title=one.title,
        input_message_content=InputTextMessageContent(
            one.message.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        description=one.about,
        reply_markup=keyboard(one.message),
    )
