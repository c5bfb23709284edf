"""The bot with its manners over fakes, run on a thread of its own before the strict fake server."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from bot import schema
from bot.chat import Chat
from bot.deeplinks import DeepLinks
from bot.gate import Gate
from bot.manners import Around, Manners
from bot.polling import build_application, connected, polling
from bot.sender import PacedChannel
from bot.settings import Settings, load
from bot.suggestions import Voices
from bot.telegram import TelegramChat
from bot.telegram_admins import Admins
from bot.telegram_inline import TelegramInline
from bot.telegram_uploads import TelegramUploads
from bot.work_queue import WorkQueue
from tests.fakes.chat import Bench
from tests.fakes.libraries import Desk
from tests.fakes.reports import FakeReports

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from bot.dialogue import Dialogue

SIDES = {"russia": "Russia", "ukraine": "Ukraine"}


def settings(
    *,
    admins: tuple[int, ...] = (),
    allowed: tuple[int, ...] = (),
    groups: tuple[int, ...] = (),
    per_minute: int = 1_000,
) -> Settings:
    """Return the settings as they come, but for who is let in and how often."""
    values = load().model_dump()
    values["telegram"] |= {"admins": list(admins), "allowed": list(allowed), "groups": list(groups)}
    values["chat"] |= {"questions_per_minute": per_minute}
    return Settings.model_validate(values)


@dataclass
class GuestHouse:
    """A bot over one folder: questions are asked of ``reports``, uploads go to a real library."""

    folder: Path
    url: str
    token: str
    settings: Settings = field(default_factory=settings)
    reports: FakeReports = field(default_factory=FakeReports)
    most_bytes: int = 1_000_000
    patience: float = 8.0

    def __post_init__(self) -> None:
        self.desk = Desk(self.folder, most_bytes=self.most_bytes)
        engine = self.desk.catalogue._engine
        schema.prepare(engine)
        self.engine = engine
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._ready = threading.Event()

    def dialogue(self, bench: Bench, manners: Manners) -> Dialogue:
        """Return the whole dialogue, wired as the application wires it."""
        links = DeepLinks(bench.conversation, self.reports, bench.renderer, bench.wording)
        chat = Chat(
            bench.conversation,
            bench.renderer,
            bench.texts,
            also_forget=manners.forget,
            follow=links.open,
            beneath=manners.beneath,
        )
        return chat.dialogue(manners.commands, manners.actions)

    async def _run(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        application = build_application(self.token, self.url)
        self.bench = bench = Bench(engine=self.engine, reports=self.reports)
        self.manners = manners = Manners.over(
            self.engine,
            self.settings,
            Around(
                reports=self.reports,
                shelf=self.desk.library,
                turns=bench.store,
                wording=bench.wording,
                clock=bench.clock,
                administers=Admins(application.bot, self._loop).includes,
                voices=Voices(sides=SIDES, is_person=bool),
            ),
        )
        channel = PacedChannel(application.bot, Gate(None))
        chat = TelegramChat(
            self.dialogue(bench, manners),
            channel,
            bench.store,
            bench.clock,
            bench.texts,
            WorkQueue(at_once=4, waiting=100),
            door=manners.door,
            migrated=[bench.store.move_chat, manners.groups.move_chat],
            sleep=lambda _: asyncio.sleep(0),
        )
        operators = manners.guests.operators
        TelegramUploads(manners.uploads, channel, operators, bench.texts).attach(application)
        inline = TelegramInline(
            manners.inline, manners.door, bench.texts, pause=0.05, patience=self.patience
        )
        inline.attach(application)
        async with connected(application, chat), polling(application):
            self._ready.set()
            await self._end.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        assert not self._thread.is_alive()
        self.desk.library.close()
        self.engine.dispose()
