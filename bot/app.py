"""The bot's process: its chat, its messenger, and what it does at its hours, wired and run."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.build import SystemClock, watching_for
from bot.gate import Gate
from bot.outbox import Outbox
from bot.pacing import Limits
from bot.polling import build_application, polling
from bot.presence import NUMBERS, Presence
from bot.privacy import UPDATES_KEPT
from bot.redaction import HideSecret
from bot.schedule import Job, Schedule
from bot.sender import PacedChannel
from bot.telegram import TelegramChat
from bot.telegram_admins import Admins
from bot.telegram_inline import TelegramInline
from bot.telegram_uploads import TelegramUploads
from bot.web_wiring import serving
from bot.wiring import chat_parts
from index.robots import StoppedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from bot.build import Watching
    from bot.examples import Examples
    from bot.settings import Settings
    from bot.web_wiring import Web
    from index.library import Library
    from index.model import IngestResult

_HOUSEKEEPING: Final = timedelta(hours=6)

log = logging.getLogger(__name__)


def run_bot(
    settings: Settings,
    engine: Engine,
    library: Library,
    *,
    token: str,
    api_url: str,
    web: Web | None = None,
) -> None:
    """Run the bot until SIGINT or SIGTERM; updates and messages at work are finished first.

    Raises:
        SettingsError: Telegram refuses the token.
    """
    for handler in logging.getLogger().handlers:
        handler.addFilter(HideSecret(token))
    asyncio.run(_run(settings, engine, library, token, api_url, web))


async def _run(
    settings: Settings,
    engine: Engine,
    library: Library,
    token: str,
    api_url: str,
    web: Web | None,
) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    application = build_application(token, api_url)
    admins = Admins(application.bot, asyncio.get_running_loop())
    parts = await asyncio.to_thread(
        chat_parts, settings, engine, library, may_change=admins.includes, web=web
    )
    clock = SystemClock()
    channel = PacedChannel(application.bot, Gate(Limits()))
    chat = TelegramChat(
        parts.dialogue,
        channel,
        parts.conversations,
        clock,
        parts.texts,
        door=parts.manners.door,
        migrated=[
            parts.conversations.move_chat,
            parts.commands.migrated,
            parts.manners.groups.move_chat,
        ],
    )
    uploads = TelegramUploads(
        parts.manners.uploads, channel, parts.manners.guests.operators, parts.texts
    )
    inline = TelegramInline(parts.manners.inline, parts.manners.door, parts.texts)
    for handlers in (uploads, inline):  # before the chat's own: the first that fits is taken
        handlers.attach(application)
    outbox = Outbox(
        parts.stores,
        parts.filler,
        channel,
        Presence(engine, secrets.randbelow(NUMBERS)),
        clock,
        parts.digests,
    )
    # The model loads while Telegram is being reached: the first question need not wait for it.
    warming = asyncio.create_task(asyncio.to_thread(_warm, library, parts.examples))

    async def digests() -> None:
        await outbox.fill()
        await outbox.deliver()

    async def housekeeping() -> None:
        now = clock.now()
        await asyncio.to_thread(parts.conversations.prune_updates, now - UPDATES_KEPT)
        kept = timedelta(days=settings.chat.answers_kept_days)
        for prune in (parts.conversations.prune_turns, *parts.manners.prune):
            await asyncio.to_thread(prune, now - kept)

    async def follow() -> None:
        if await asyncio.to_thread(library.follow, _log_progress):
            await asyncio.to_thread(parts.examples.look)

    watching = watching_for(settings, engine, library)

    async def feeds() -> None:
        await asyncio.to_thread(_poll, watching)

    async def folders() -> None:
        await asyncio.to_thread(_look, watching)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(web, library))
        await stack.enter_async_context(polling(application, chat))
        await outbox.open()
        stack.push_async_callback(outbox.close)
        schedule = Schedule(
            [
                Job(
                    name="digests",
                    every=timedelta(seconds=settings.digest.tick_seconds),
                    run=digests,
                ),
                Job(
                    name="index",
                    every=timedelta(seconds=settings.index.follow_seconds),
                    run=follow,
                ),
                Job(
                    name="feeds",
                    every=timedelta(seconds=settings.feeds.tick_seconds),
                    run=feeds,
                ),
                Job(
                    name="folders",
                    every=timedelta(seconds=settings.folders.tick_seconds),
                    run=folders,
                ),
                Job(name="housekeeping", every=_HOUSEKEEPING, run=housekeeping),
            ],
            clock,
        )
        schedule.start()
        stack.callback(schedule.stop)
        stack.callback(library.stop_fetching)
        log.warning("the bot is running; stop it with Ctrl-C")
        await stopped.wait()
        log.warning("stopping: what is at work is finished first")
    await warming


def _warm(library: Library, examples: Examples) -> None:
    library.follow(_log_progress)
    library.warm()
    examples.look()


def _poll(watching: Watching) -> None:
    """Poll what is due; a poll that the stopping bot ends stays due."""
    with suppress(StoppedError):
        for poll in watching.feeds.due():
            if poll.error:
                log.warning("feed %s: %s", poll.status, poll.error)
            _log_failures(poll.results)


def _look(watching: Watching) -> None:
    for look in watching.folders.look():
        if look.error:
            log.warning("folder: %s", look.error)
        _log_failures(look.results)


def _log_failures(results: Sequence[IngestResult]) -> None:
    for result in results:
        if result.error:
            log.warning("not read: %s", result.error)


def _log_progress(stage: str, done: int, total: int) -> None:
    log.info("%s: %d of %d", stage, done, total)
