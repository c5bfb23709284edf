"""The chat half of the bot put together over fakes: what a test of a dialogue starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from bot.chat import Chat
from bot.conversation_store import SqlConversationStore, create
from bot.model import Place
from bot.render import Renderer
from bot.service import Conversation, ConversationSettings
from bot.texts import Texts, load_texts
from bot.views import Asker
from bot.wording import Wording
from index.sql import open_engine
from tests.fakes.reports import HARBOUR, FakeReports

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.dialogue import Dialogue

ALICE = Asker(person=1001, place=Place(chat_id=1001))
BOB = Asker(person=1002, place=Place(chat_id=1002))
PEACEKEEPERS = "What did Russia say about peacekeepers?"


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    moment: datetime = datetime(2025, 4, 10, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


def memory() -> Engine:
    """Return a database in memory, for one thread at a time."""
    engine = open_engine("sqlite://")
    create(engine)
    return engine


@dataclass
class Bench:
    """A conversation and everything it stands on; ids are a1, a2 and so on."""

    engine: Engine = field(default_factory=memory)
    reports: FakeReports = field(default_factory=FakeReports)
    clock: SetClock = field(default_factory=SetClock)
    texts: Texts = field(default_factory=load_texts)
    settings: ConversationSettings = field(default_factory=ConversationSettings)
    first_id: int = 1

    def __post_init__(self) -> None:
        numbers = count(self.first_id)
        self.store = SqlConversationStore(self.engine)
        self.conversation = Conversation(
            self.reports, self.store, self.clock, lambda: f"a{next(numbers)}", self.settings
        )
        sides = {"russia": "Russia", "ukraine": "Ukraine"}
        self.wording = Wording(self.texts, {HARBOUR: "HISS"}, sides)
        self.renderer = Renderer(self.wording)
        self.chat = Chat(self.conversation, self.renderer, self.texts)

    @property
    def dialogue(self) -> Dialogue:
        return self.chat.dialogue()
