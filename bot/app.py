"""The bot's process: its chat, its messenger, and what it does at its hours, wired and run."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import update_claims
from bot.build import SystemClock, watching_for
from bot.jobs import Jobs, log_progress
from bot.leadership import Leadership
from bot.outage import tell_of_outages
from bot.outbox import Outbox
from bot.pacing import Limits
from bot.polling import build_application, connected
from bot.presence import NUMBERS, Presence
from bot.receiving import receiving_for
from bot.redaction import HideSecret
from bot.schedule import Schedule
from bot.sender import PacedChannel
from bot.sharing import SharedGate, SharedTime
from bot.telegram import TelegramChat
from bot.telegram_admins import Admins
from bot.telegram_inline import TelegramInline
from bot.telegram_uploads import TelegramUploads
from bot.web_wiring import serving
from bot.webhook_secret import VARIABLE, secret_of
from bot.wiring import chat_parts
from bot.work_queue import WorkQueue
from index.advisory import CREATING, SessionLock, alone
from index.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.examples import Examples
    from bot.settings import Settings
    from bot.web_wiring import Web
    from bot.wiring import Parts
    from index.library import Library


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
    secret = secret_of(os.environ, token)
    os.environ.pop(VARIABLE, None)
    for handler in logging.getLogger().handlers:
        for hidden in (token, secret):
            handler.addFilter(HideSecret(hidden))
    asyncio.run(_run(settings, engine, library, token, secret, api_url, web))


async def _run(
    settings: Settings,
    engine: Engine,
    library: Library,
    token: str,
    secret: str,
    api_url: str,
    web: Web | None,
) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    application = build_application(token, api_url)
    admins = Admins(application.bot, asyncio.get_running_loop())
    parts = await asyncio.to_thread(_parts, settings, engine, library, admins, web)
    clock = SystemClock()
    gate = SharedGate(Limits())
    channel = PacedChannel(application.bot, gate)
    presence = Presence(engine, secrets.randbelow(NUMBERS))
    leadership = Leadership(engine)
    receiving = await asyncio.to_thread(
        receiving_for,
        settings,
        engine,
        parts,
        channel=channel,
        presence=presence,
        clock=clock,
        secret=secret,
    )
    tell_of_outages(application, channel, parts.texts)
    work = WorkQueue(at_once=settings.chat.at_once, waiting=settings.chat.waiting)
    chat = TelegramChat(
        parts.dialogue,
        receiving.channel,
        receiving.memory,
        clock,
        parts.texts,
        work,
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
    stores = replace(parts.stores, subscribers=SharedTime(engine))
    outbox = Outbox(stores, parts.filler, channel, presence, clock, parts.digests)
    # The model loads while Telegram is being reached: the first question need not wait for it.
    warming = asyncio.create_task(asyncio.to_thread(_warm, library, parts.examples))

    jobs = Jobs(
        settings=settings,
        library=library,
        parts=parts,
        watching=watching_for(settings, engine, library),
        outbox=outbox,
        presence=presence,
        leadership=leadership,
        gate=gate,
        prune_updates=receiving.prune,
        clock=clock,
    )
    async with AsyncExitStack() as stack:
        stack.callback(work.close)
        await stack.enter_async_context(serving(web, library))
        await stack.enter_async_context(connected(application, chat))
        await outbox.open()
        stack.push_async_callback(outbox.close)
        stack.callback(leadership.resign)
        await stack.enter_async_context(receiving.open(application))
        schedule = Schedule(jobs.all(), clock)
        schedule.start()
        stack.callback(schedule.stop)
        stack.callback(library.stop_fetching)
        log.warning("the bot is running; stop it with Ctrl-C")
        await stopped.wait()
        log.warning("stopping: what is at work is finished first")
    await warming


def _parts(
    settings: Settings, engine: Engine, library: Library, admins: Admins, web: Web | None
) -> Parts:
    # Two workers that start at once must not make the same tables.
    with alone(SessionLock(engine, CREATING)):
        update_claims.create(engine)
        return chat_parts(settings, engine, library, may_change=admins.includes, web=web)


def _warm(library: Library, examples: Examples) -> None:
    try:
        library.follow(log_progress)
        library.warm()
        examples.look()
    except StoreError as error:  # a server that is away; what comes later tries again
        log.error("not ready yet: %s", error)  # noqa: TRY400  (no defect here)
