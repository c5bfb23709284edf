"""/timeline, /trend, /said and /export over a library of a few reports, as a person uses them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date
from itertools import count
from typing import TYPE_CHECKING, Final

from bot import chat_tables
from bot.conversation_store import SqlConversationStore
from bot.dialogue import Dialogue, Reply, Request
from bot.research_commands import ResearchCommands
from bot.research_lookups import Lookups
from bot.research_render import ResearchRenderer
from bot.research_said import SaidCommands
from bot.research_store import LookupStore
from bot.texts import load_texts
from bot.wording import Wording
from tests.fakes.chat import ALICE, SetClock, memory
from tests.fakes.drafts import TAKEAWAY, draft
from tests.fakes.eye import seen
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.model import Message
    from bot.views import Asker
    from index.model import ParsedReport

SHORT_NAMES: Final = {"Harbour Institute": "HI"}


def ferry_reports(days: int = 12) -> list[ParsedReport]:
    """Write a report a day: each counts ferries, every third in a takeaway, too."""
    return [
        draft(
            *([(TAKEAWAY, f"Ferry traffic fell to {day} sailings.")] if day % 3 == 0 else []),
            f"The port counted {day} ferries on April {day - 1}. Nothing else happened at sea. [1]",
            f"Mayor Pavlo Hrynko said that ferry number {day} waits. Vladimir Putin denied it.",
            title=f"Day {day}",
            url=f"https://harbour.example/{day}",
            published=date(2025, 4, day),
        )
        for day in range(2, days + 2)
    ]


@dataclass
class Reading:
    """A person with the commands before them; ``restart`` is a new process, same stores."""

    folder: Path
    reports: list[ParsedReport] = field(default_factory=ferry_reports)
    engine: Engine = field(default_factory=memory)
    clock: SetClock = field(default_factory=SetClock)

    def __post_init__(self) -> None:
        chat_tables.create(self.engine)
        self.desk = Desk(self.folder)
        self.desk.put(*self.reports)
        self._ids = count(1)
        self.clock.moment = self.clock.moment.replace(day=20)
        self.restart()

    def restart(self) -> None:
        """Forget all that is in memory."""
        texts = load_texts()
        wording = Wording(texts, SHORT_NAMES, {"russia": "Russia", "ukraine": "Ukraine"})
        library = self.desk.library
        self.lookups = LookupStore(self.engine)
        self.turns = SqlConversationStore(self.engine)
        lookups = Lookups(self.lookups, self.clock, UTC, lambda: f"id{next(self._ids)}", texts)
        renderer = ResearchRenderer(library, wording)
        topics = ResearchCommands(library, lookups, self.turns, renderer, texts)
        said = SaidCommands(library, lookups, renderer, texts)
        self.dialogue = Dialogue(
            (*topics.commands, said.command),
            (*topics.actions, said.action),
            question=lambda _: Reply(),
            unknown_command=lambda _: Reply(),
            unknown_action=lambda _: Reply(),
        )

    def writes(self, text: str, asker: Asker = ALICE) -> Reply:
        """Send a command; its messages are ones that Telegram takes."""
        return self._checked(self.dialogue.hear(Request(asker=asker, text=text)))

    def presses(self, label: str, message: Message, asker: Asker = ALICE) -> Reply:
        """Press a button by its label."""
        data = {button.label: button.data for row in message.keyboard for button in row}[label]
        return self._checked(self.dialogue.press(Request(asker=asker, text=data or "")))

    def _checked(self, reply: Reply) -> Reply:
        for message in reply.messages:
            seen(message)
        return reply


def text(reply: Reply) -> str:
    """Return what the person reads."""
    return "\n".join(seen(message) for message in reply.messages)
