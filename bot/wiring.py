"""The chat's part of the composition root: a library and a database in, a dialogue out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING

from bot.build import SystemClock
from bot.chat import Chat
from bot.compare_commands import CompareCommands
from bot.conversation_store import SqlConversationStore
from bot.deeplinks import DeepLinks
from bot.delivery_status import DeliveryStatus
from bot.digest_commands import DigestCommands
from bot.digest_render import DigestRenderer
from bot.digest_stores import Stores
from bot.examples import Examples
from bot.export_commands import ExportCommands
from bot.filling import Filler
from bot.manners import Around, Manners, voices_of
from bot.passage_render import PassageRenderer
from bot.render import Renderer
from bot.research_commands import ResearchCommands
from bot.research_lookups import Lookups
from bot.research_render import ResearchRenderer
from bot.research_said import SaidCommands
from bot.service import Conversation, ConversationSettings
from bot.subscription_render import SubscriptionWords
from bot.subscriptions import Subscription
from bot.texts import load_texts
from bot.topics import TopicMatcher
from bot.wording import Wording
from bot.zones import zone_info
from index import lexicon
from index.parse import layouts

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.dialogue import Dialogue
    from bot.digest_commands import Permission
    from bot.settings import Settings
    from bot.texts import Texts
    from bot.topics import Meaning
    from bot.web_wiring import Web
    from index.library import Library


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
    links = web.links if web and web.in_chat else None
    research = Lookups(
        manners.lookups,
        clock,
        zone_info(settings.chat.zone),
        lambda: secrets.token_urlsafe(9),
        texts,
    )
    shown = ResearchRenderer(library, wording, links)
    topics = ResearchCommands(library, research, conversations, shown, texts)
    said = SaidCommands(library, research, shown, texts)
    export = ExportCommands(conversation, conversations, library, texts)
    status = DeliveryStatus(
        stores.deliveries, about, clock, settings.telegram.admins, manners.feedback.lines
    )
    renderer = Renderer(wording, links)
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
            (
                *topics.commands,
                said.command,
                export.command,
                *commands.commands,
                *compare.commands,
                *manners.commands,
                status.command,
            ),
            (*commands.actions, *manners.actions, *topics.actions, said.action, export.action),
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
