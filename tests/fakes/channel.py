"""A messenger in memory, and the digest half of the bot put together over it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import event

from bot.delivery_policy import Policy
from bot.digest_commands import DigestCommands
from bot.digest_render import DigestRenderer
from bot.digest_stores import Stores, create
from bot.filling import Filler
from bot.model import Message, Place, Sent
from bot.outbox import Outbox, OutboxSettings
from bot.passage_render import PassageRenderer
from bot.ports import Priority
from bot.presence import Presence
from bot.subscription_render import SubscriptionWords
from bot.subscriptions import Subscription
from bot.texts import load_texts
from bot.topics import TopicMatcher
from bot.wording import Wording
from index.model import BlockKind
from index.sql import open_engine
from tests.fakes.reports import HARBOUR, FakeReports, make_report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.deliveries import Subscriber
    from bot.ports import ChannelError
    from index.model import Report

SHORT_WAITS = Policy(
    repeat_after=(timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)), trouble=1000
)
KYIV_MORNING = Subscription(zone="Europe/Kyiv", times=(time(7, 30),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of the next message: an error, and whether it is accepted nonetheless."""

    error: ChannelError | None = None
    accepted: bool = True


@dataclass
class FakeChannel:
    """Accepts messages and remembers them.

    ``fates`` decide over the next ones, in order; ``fate_of`` over the next one of a chat.
    """

    accepted: list[tuple[Place, Message]] = field(default_factory=list)
    silent: list[bool] = field(default_factory=list)
    fates: deque[Fate] = field(default_factory=deque)
    fate_of: dict[int, Fate] = field(default_factory=dict)
    edits: list[tuple[Place, int, Message]] = field(default_factory=list)
    _ids: count[int] = field(default_factory=lambda: count(1))

    async def send(
        self,
        place: Place,
        message: Message,
        *,
        priority: Priority,
        silent: bool = False,
        leaving: Callable[[], Awaitable[None]] | None = None,
    ) -> Sent:
        """Accept a message, or do to it what its fate says."""
        assert priority in Priority
        if leaving is not None:
            await leaving()
        fate = self.fate_of.pop(place.chat_id, None)
        if fate is None:
            fate = self.fates.popleft() if self.fates else Fate()
        if fate.accepted:
            self.accepted.append((place, message))
            self.silent.append(silent)
        if fate.error is not None:
            raise fate.error
        return Sent(message_ids=(next(self._ids),))

    async def edit(self, place: Place, message_id: int, message: Message) -> None:
        """Remember an edit."""
        self.edits.append((place, message_id, message))

    def to(self, chat_id: int) -> list[str]:
        """Return the texts a chat got."""
        return [message.html for place, message in self.accepted if place.chat_id == chat_id]


@dataclass
class HandClock:
    """A clock that is set by hand."""

    moment: datetime = datetime(2025, 4, 10, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return what it was set to."""
        return self.moment

    def pass_(self, **parts: float) -> None:
        """Let time go by."""
        self.moment += timedelta(**parts)


def day_report(
    day: date | None, *takeaways: str, name: str = "", publisher: str = HARBOUR
) -> Report:
    """Write a report of one day with these takeaways, each with a passage that supports it."""
    lines = takeaways or (f"The bridge at Novy Brid carried traffic again on day {day}.",)
    body = " ".join(f"{line.rstrip('.')} according to the port authority. [1]" for line in lines)
    return make_report(
        name or f"r-{day}",
        (BlockKind.HEADING, "Key Takeaways"),
        *((BlockKind.TAKEAWAY, line) for line in lines),
        (BlockKind.HEADING, "The day"),
        (BlockKind.PARAGRAPH, body),
        published=day,
        publisher=publisher,
        title=f"Assessment of {day}",
        url="https://harbour.example/a",
    )


@dataclass
class DigestBench:
    """Digests with everything they stand on; ``restart`` is a new process, same database."""

    engine: Engine
    reports: FakeReports = field(default_factory=lambda: FakeReports([]))
    clock: HandClock = field(default_factory=HandClock)
    channel: FakeChannel = field(default_factory=FakeChannel)
    policy: Policy = SHORT_WAITS
    workers: int = 4
    may_change: bool = True
    _senders: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        create(self.engine)
        texts = load_texts()
        wording = Wording(texts, {HARBOUR: "HISS"}, {})
        self.renderer = DigestRenderer(wording)
        self.stores = Stores.over(self.engine)
        self.filler = Filler(self.stores, self.reports, TopicMatcher(), self.renderer)
        self.commands = DigestCommands(
            self.stores,
            self.reports,
            self.filler,
            PassageRenderer(wording, self.renderer),
            SubscriptionWords(texts),
            self.clock,
            defaults=KYIV_MORNING,
            may_change=lambda _: self.may_change,
        )
        self.restart()

    def restart(self) -> None:
        """Forget all that is in memory."""
        self.presence = Presence(self.engine, next(self._senders))
        self.filler = Filler(self.stores, self.reports, TopicMatcher(), self.renderer)
        self.outbox = Outbox(
            self.stores,
            self.filler,
            self.channel,
            self.presence,
            self.clock,
            self.renderer,
            OutboxSettings(policy=self.policy, workers=self.workers, breath=timedelta(0)),
        )

    def subscribe(self, chat_id: int, wanted: Subscription = KYIV_MORNING) -> Subscriber:
        """Subscribe a chat at the end of the change log."""
        arrivals = self.reports.arrivals()
        return self.stores.subscribers.subscribe(
            Place(chat_id=chat_id),
            wanted,
            now=self.clock.now(),
            head=arrivals[-1].seq if arrivals else 0,
        )

    def add(self, report: Report) -> None:
        """Let a report come in now."""
        self.reports.add(report, arrived=self.clock.now())

    async def tick(self) -> None:
        """Fill and deliver once."""
        await self.outbox.fill()
        await self.outbox.deliver()


def sqlite_bench(folder: Path, **parts: object) -> DigestBench:
    """Return a bench over a database file."""
    engine = open_engine(f"sqlite:///{folder / 'digests.sqlite'}")
    # Processes die in these tests, machines don't: nothing need reach the disk.
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    bench = DigestBench(engine)
    return replace(bench, **parts) if parts else bench  # type: ignore[arg-type]
