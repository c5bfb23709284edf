"""What surrounds the conversation, wired: who is let in, what is kept, votes, uploads, inline."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.beneath import Beneath
from bot.door import Door, GuestList
from bot.feedback import Feedback
from bot.feedback_store import FeedbackStore
from bot.group_commands import GroupCommands
from bot.group_store import GroupStore
from bot.inline import InlineAnswers
from bot.limits import Limiter
from bot.privacy import Privacy
from bot.research_store import LookupStore
from bot.suggestion_store import SuggestionStore
from bot.suggestions import Suggestions, Voices
from bot.uploads import IngestCommand, Uploads
from bot.zones import zone_info
from index.lexicon import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from bot.dialogue import Action, Command
    from bot.ports import Reports
    from bot.service import ConversationStore
    from bot.settings import Settings
    from bot.uploads import Shelf
    from bot.views import Asker
    from bot.wording import Wording
    from index.lexicon import Lexicon
    from index.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the parts stand on.

    Args:
        reports: what questions are asked of.
        shelf: where operators' reports go; the same library.
        administers: tells whether a person administers the group they write in.
        voices: who follow-up questions may be about.
    """

    reports: Reports
    shelf: Shelf
    turns: ConversationStore
    wording: Wording
    clock: Clock
    administers: Callable[[Asker], bool]
    voices: Voices


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The parts, over one database."""

    guests: GuestList
    door: Door
    groups: GroupStore
    lookups: LookupStore
    feedback: Feedback
    beneath: Beneath
    uploads: Uploads
    inline: InlineAnswers
    commands: tuple[Command, ...]
    actions: tuple[Action, ...]
    forget: tuple[Callable[[int], bool], ...]
    prune: tuple[Callable[[datetime], int], ...]

    @classmethod
    def over(cls, engine: Engine, settings: Settings, around: Around) -> Manners:
        """Make the parts and the tables they need."""
        clock, texts, telegram = around.clock, around.wording.texts, settings.telegram
        guests = GuestList(
            operators=frozenset(telegram.admins),
            allowed=frozenset(telegram.allowed),
            groups=frozenset(telegram.groups),
        )
        groups, votes, offered = GroupStore(engine), FeedbackStore(engine), SuggestionStore(engine)
        lookups = LookupStore(engine)
        door = Door(guests, Limiter(settings.chat.questions_per_minute), groups, clock, texts)
        feedback = Feedback(votes, around.turns, clock, texts)
        suggestions = Suggestions(
            around.reports, offered, around.turns, clock, _new_id, texts, around.voices
        )
        uploads = Uploads(around.shelf, texts)
        may_add = guests.operators.__contains__
        return cls(
            guests=guests,
            door=door,
            groups=groups,
            lookups=lookups,
            feedback=feedback,
            beneath=Beneath(feedback, suggestions),
            uploads=uploads,
            inline=InlineAnswers(
                around.reports, around.wording, clock, zone_info(settings.chat.zone)
            ),
            commands=(
                Privacy(settings.chat, texts).command,
                *GroupCommands(groups, guests, around.administers, clock, texts).commands,
                IngestCommand(uploads, may_add, texts).command,
            ),
            actions=(feedback.action,),
            forget=(door.forget, votes.forget, offered.forget, lookups.forget),
            prune=(votes.prune, offered.prune, lookups.prune),
        )


def voices_of(names: Lexicon) -> Voices:
    """Return who a lexicon knows."""

    def is_person(name: str) -> bool:
        given = name.split(maxsplit=1)[0] in names.given
        return given or any(one.kind is Kind.PERSON for one in names.find(name))

    return Voices(sides={side: names.side_name(side) for side in names.sides}, is_person=is_person)


def _new_id() -> str:
    return secrets.token_urlsafe(9)
