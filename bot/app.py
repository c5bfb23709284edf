"""The composition root of the chat: every part is made here, and nothing runs at import."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Final

from bot import conversation_store, digest_stores
from bot.build import SystemClock, watching_for
from bot.chat import Chat
from bot.compare_commands import CompareCommands
from bot.conversation_store import SqlConversationStore
from bot.deeplinks import DeepLinks
from bot.delivery_status import DeliveryStatus
from bot.digest_commands import DigestCommands
from bot.digest_render import DigestRenderer
from bot.digest_stores import Stores
from bot.examples import Examples
from bot.filling import Filler
from bot.gate import Gate
from bot.manners import Around, Manners, voices_of
from bot.outbox import Outbox
from bot.pacing import Limits
from bot.passage_render import PassageRenderer
from bot.polling import build_application, polling
from bot.presence import NUMBERS, Presence
from bot.privacy import UPDATES_KEPT
from bot.redaction import HideSecret
from bot.render import Renderer
from bot.schedule import Job, Schedule
from bot.sender import PacedChannel
from bot.service import Conversation, ConversationSettings
from bot.subscription_render import SubscriptionWords
from bot.subscriptions import Subscription
from bot.telegram import TelegramChat
from bot.telegram_admins import Admins
from bot.telegram_inline import TelegramInline
from bot.telegram_uploads import TelegramUploads
from bot.texts import load_texts
from bot.topics import TopicMatcher
from bot.web_wiring import serving
from bot.wording import Wording
from bot.zones import zone_info
from index import lexicon
from index.parse import layouts
from index.robots import StoppedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from bot.build import Watching
    from bot.dialogue import Dialogue
    from bot.digest_commands import Permission
    from bot.settings import Settings
    from bot.texts import Texts
    from bot.topics import Meaning
    from bot.web_wiring import Web
    from index.library import Library
    from index.model import IngestResult

_HOUSEKEEPING: Final = timedelta(hours=6)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The chat without a messenger: its dialogue, and what digests need to be sent."""

    dialogue: Dialogue
    texts: Texts
    conversations: SqlConversationStore
    stores: Stores
    filler: Filler
    digests: DigestRenderer
    commands: DigestCommands
    manners: Manners
    examples: Examples


def chat_parts(
    settings: Settings,
    engine: Engine,
    library: Library,
    *,
    may_change: Permission,
    meaning: Meaning | None = None,
    web: Web | None = None,
) -> Parts:
    """Wire the dialogue over one library and database; ``meaning`` stands in for the library's."""
    conversation_store.create(engine)
    digest_stores.create(engine)
    clock, texts = SystemClock(), load_texts()
    names = lexicon.load()
    wording = Wording(
        texts,
        {one.name: min(one.names, key=len, default=one.name) for one in layouts.load().publishers},
        {side: names.side_name(side) for side in names.sides},
    )
    conversations, stores = SqlConversationStore(engine), Stores.over(engine)
    digests = DigestRenderer(wording)
    filler = Filler(
        stores,
        library,
        TopicMatcher(meaning=meaning or library.closeness),
        digests,
        max_age=settings.digest.max_age_days,
    )
    about = SubscriptionWords(texts)
    commands = DigestCommands(
        stores,
        library,
        filler,
        PassageRenderer(wording, digests),
        about,
        clock,
        defaults=Subscription(
            zone=settings.digest.zone, times=(time.fromisoformat(settings.digest.time),)
        ),
        may_change=may_change,
    )
    conversation = Conversation(
        library,
        conversations,
        clock,
        lambda: secrets.token_urlsafe(9),
        ConversationSettings(
            question_limit=settings.chat.question_chars,
            history_questions=settings.chat.history_questions,
            history=timedelta(minutes=settings.chat.history_minutes),
            latest=settings.chat.latest,
            zone=zone_info(settings.chat.zone),
        ),
    )
    around = Around(
        reports=library,
        shelf=library,
        turns=conversations,
        wording=wording,
        clock=clock,
        administers=may_change,
        voices=voices_of(names),
    )
    manners = Manners.over(engine, settings, around)
    examples = Examples(library, names, texts)
    compare = CompareCommands(library, wording, clock, zone_info(settings.chat.zone))
    status = DeliveryStatus(
        stores.deliveries, about, clock, settings.telegram.admins, manners.feedback.lines
    )
    renderer = Renderer(wording, web.links if web and web.in_chat else None)
    chat = Chat(
        conversation,
        renderer,
        texts,
        also_forget=manners.forget,
        greet=commands.start,
        follow=DeepLinks(conversation, library, renderer, wording).open,
        beneath=manners.beneath,
        examples=examples,
    )
    return Parts(
        dialogue=chat.dialogue(
            (*commands.commands, *compare.commands, *manners.commands, status.command),
            (*commands.actions, *manners.actions),
        ),
        texts=texts,
        conversations=conversations,
        stores=stores,
        filler=filler,
        digests=digests,
        commands=commands,
        manners=manners,
        examples=examples,
    )


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
