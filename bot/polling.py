"""The bot's application: updates in order, long polling, a start that outlasts a bad network."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakValueDictionary

from telegram import Update
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, BaseUpdateProcessor, CallbackContext, ExtBot

from bot.redaction import outline
from index.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.telegram import TelegramChat

_Data: TypeAlias = dict[Any, Any]
Context: TypeAlias = CallbackContext[ExtBot[None], _Data, _Data, _Data]
App: TypeAlias = Application[ExtBot[None], Context, _Data, _Data, _Data, None]

log = logging.getLogger(__name__)

API_URL = "https://api.telegram.org"
UPDATES = ("message", "callback_query", "inline_query")

_CONCURRENT_UPDATES = 256
_READ_SECONDS = 20.0
_LONGEST_PAUSE = 30.0


class InOrder(BaseUpdateProcessor):
    """Handles the updates of one person at one place in order, all others at the same time."""

    def __init__(self, concurrent: int = _CONCURRENT_UPDATES) -> None:
        super().__init__(concurrent)
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Await the handling when its turn has come."""
        chat = update.effective_chat if isinstance(update, Update) else None
        user = update.effective_user if isinstance(update, Update) else None
        key = (chat.id if chat else 0, user.id if user else 0)
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def build_application(token: str, api_url: str = API_URL) -> App:
    """Make the application; nothing connects yet.

    Args:
        token: the bot's token. The request library logs it with every address: see ``HideSecret``.
        api_url: what stands before ``/bot<token>`` in every address.
    """
    base = api_url.rstrip("/")
    return (
        Application.builder()
        .token(token)
        .base_url(f"{base}/bot")
        .base_file_url(f"{base}/file/bot")
        .read_timeout(_READ_SECONDS)
        .concurrent_updates(InOrder())
        .job_queue(None)
        .build()
    )


@asynccontextmanager
async def polling(application: App) -> AsyncIterator[None]:
    """Fetch updates while the context is open, for an application that is connected."""
    updater = application.updater
    if updater is None:
        raise ValueError("the application was built without an updater")
    try:
        await updater.start_polling(
            bootstrap_retries=-1, allowed_updates=UPDATES, error_callback=_on_polling_error
        )
        await application.start()
        yield
    finally:
        if updater.running:
            await updater.stop()


@asynccontextmanager
async def connected(application: App, chat: TelegramChat) -> AsyncIterator[None]:
    """Know the bot and show its menu; updates at work are finished before the context closes.

    Raises:
        SettingsError: Telegram refuses the token.
    """
    chat.attach(application)

    async def connect() -> None:
        await application.initialize()
        await chat.publish_menu(application.bot)

    try:
        await patiently(connect)
        yield
    finally:
        if application.running:
            await application.stop()
        await application.shutdown()
        # A bot that never got to know itself leaves this open.
        await application.bot.request.shutdown()


async def patiently(act: Callable[[], Awaitable[object]]) -> None:
    """Ask Telegram for something, again and again where the network is to blame.

    Raises:
        SettingsError: Telegram refuses the token.
    """
    pause = 1.0
    while True:
        try:
            await act()
        except InvalidToken:
            raise SettingsError(
                "Telegram refuses TELEGRAM_BOT_TOKEN; copy it again from @BotFather"
            ) from None  # the library's own text holds the token
        except BadRequest:  # a kind of network error in the library, but none that passes
            raise
        except (NetworkError, RetryAfter) as error:
            log.warning("Telegram is not reached, next try in %d s: %s", pause, outline(error))
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return


def _on_polling_error(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        log.error("another program receives this bot's updates: end it, or this one")
    else:
        log.warning("updates are not received for the moment: %s", outline(error))
