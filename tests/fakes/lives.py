"""Random schedules of faults lived through by real processes against the strict server's process.

A schedule has a few chats and a few days. Each evening a report comes in; each morning the outbox
runs in a process of its own while the server misbehaves, the clock jumps, and SIGKILL strikes. In
the end everybody must have every report, and no second copy may come unmarked. The judge is the
server's log, not what the sender believes.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import random
import re
import signal
import subprocess
import sys
import time as real_time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import httpx
from telegram import Bot

from bot.deliveries import State
from bot.delivery_policy import Policy
from bot.digest_render import DigestRenderer
from bot.digest_stores import Stores, create
from bot.filling import Filler
from bot.gate import Gate
from bot.lanes import Lanes
from bot.model import Place
from bot.outbox import Outbox, OutboxSettings
from bot.pacing import Limits
from bot.presence import NUMBERS, Presence
from bot.sender import PacedChannel
from bot.texts import load_texts
from bot.topics import TopicMatcher
from bot.wording import Wording
from index.sql import open_engine
from tests.fakes.channel import KYIV_MORNING, day_report
from tests.fakes.reports import FakeReports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

SECOND_COPY = "You may have this already"
FIRST_DAY = date(2025, 4, 9)
KINDS = ("429", "403", "502", "drop_before", "drop_after", "hang", "hang_accepted", "migrate")
_NEWS = re.compile(r"News of \d{4}-\d\d-\d\d\.")
_PATIENT = 60.0
_MOVED_BY = 10**9
_READ_TIMEOUT = 0.4
_HASTY = Policy(
    repeat_after=tuple(timedelta(milliseconds=n) for n in (50, 100, 200, 200, 200, 200)),
    retry_first=timedelta(milliseconds=20),
    retry_most=timedelta(milliseconds=200),
    rest_first=timedelta(milliseconds=50),
    rest_most=timedelta(milliseconds=200),
)


class Server:
    """The strict server as a process, with its levers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.telegram", "--keep-calls", "200000"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self._client = httpx.Client(base_url=self.url, timeout=30.0)

    def act(self, action: str, **args: object) -> None:
        """Do something in the server's world."""
        self._client.post("/control/act", json={"action": action, "args": args}).raise_for_status()

    def fault(self, **fault: object) -> None:
        """Let something go wrong."""
        self._client.post("/control/faults", json=fault).raise_for_status()

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._client.delete("/control/faults").raise_for_status()

    def log(self, after: int) -> list[dict[str, Any]]:
        """Return the accepted calls past a sequence number."""
        answer = self._client.get("/control/log", params={"after": after}).json()
        records: list[dict[str, Any]] = answer["log"]
        return records

    def calls(self) -> list[dict[str, Any]]:
        """Return every remembered call, refused ones too."""
        calls: list[dict[str, Any]] = self._client.get("/control/calls").json()["calls"]
        return calls

    def limits(self, limits: dict[str, object] | None) -> None:
        """Set flood control, or switch it off."""
        self._client.post("/control/limits", json={"limits": limits}).raise_for_status()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What one process is told: where it lives, what has come in, what time it believes it is."""

    url: str
    database: str
    days: tuple[date, ...]
    start: datetime
    steps: tuple[tuple[float, float], ...] = ()  # after so many seconds the clock jumps by so many


@dataclass
class Tally:
    """What came out of schedules.

    ``editions`` are one a chat and report; ``missed`` never came; ``second_copies`` are messages
    that brought something the chat had already, ``unmarked_copies`` of them without saying so;
    ``repeats`` is how often the outbox knows to have sent a message again after an unknown outcome,
    and no chat may get more second copies than that; ``left_in_doubt`` are deliveries it gave up.
    """

    schedules: int = 0
    editions: int = 0
    missed: int = 0
    unmarked_copies: int = 0
    second_copies: int = 0
    repeats: int = 0
    left_in_doubt: int = 0
    lives: int = 0
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    trouble: list[str] = field(default_factory=list)


def live(life: Life) -> None:
    """Be a process that sends digests until nothing is left to do."""
    logging.disable(logging.CRITICAL)
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    engine = open_engine(life.database)
    stores = Stores.over(engine)
    clock = _JumpingClock(life.start, life.steps)
    reports = _reports(life.days)
    renderer = DigestRenderer(Wording(load_texts(), {}, {}))
    filler = Filler(stores, reports, TopicMatcher(), renderer)
    request = Lanes(read_timeout=_READ_TIMEOUT, connect_timeout=5.0)
    bot = Bot("1:TEST", base_url=f"{life.url}/bot", request=request)
    sender = random.randrange(NUMBERS)  # noqa: S311
    settings = OutboxSettings(policy=_HASTY, workers=8, breath=timedelta(0))
    channel = PacedChannel(bot, Gate(Limits()))
    presence = Presence(engine, sender)
    outbox = Outbox(stores, filler, channel, presence, clock, renderer, settings)
    await outbox.open()
    while (  # noqa: ASYNC110  (what it waits for is in the database)
        await outbox.fill() or await outbox.deliver() or stores.deliveries.waiting()
    ):
        await asyncio.sleep(0.01)
    await outbox.close()
    await request.shutdown()
    engine.dispose()


class _JumpingClock:
    def __init__(self, start: datetime, steps: Sequence[tuple[float, float]]) -> None:
        self._start = start
        self._steps = steps
        self._begun = real_time.monotonic()

    def now(self) -> datetime:
        lived = real_time.monotonic() - self._begun
        jumps = sum(by for after, by in self._steps if after <= lived)
        return self._start + timedelta(seconds=lived + jumps)


def _reports(days: Sequence[date]) -> FakeReports:
    reports = FakeReports([])
    for day in days:
        evening = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        reports.add(day_report(day, f"News of {day}."), arrived=evening)
    return reports


class Soak:
    """Lives through schedules one after another."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.fakes.lives"])
        self._seen = -1
        self.tally = Tally()

    def run(self, seed: int) -> None:
        """Live through the schedule of this seed and judge it."""
        chance = random.Random(seed)  # noqa: S311
        first = 10_000 + seed * 20
        privates, group = range(first, first + 6), -first
        self._server.act("privates", first_id=first, count=6)
        self._server.act("group", chat_id=group, members=[first])
        database = f"sqlite:///{self._folder / f'{seed}.sqlite'}"
        engine = open_engine(database)
        create(engine)
        stores = Stores.over(engine)
        start = datetime(2025, 4, 9, 5, 0, tzinfo=UTC)
        for chat_id in (*privates, group):
            stores.subscribers.subscribe(Place(chat_id=chat_id), KYIV_MORNING, now=start, head=0)
        life = Life(url=self._server.url, database=database, days=(), start=start)
        for n in range(chance.randint(1, 3)):
            life = self._morning(life, n)
            if chance.random() < 0.15:
                continue  # an outage: nobody runs this morning
            self._misbehave(chance, [*privates, group], n)
            for _ in range(chance.randint(1, 3)):
                self._one_life(seed, replace(life, steps=_steps(chance)), chance)
        self._server.heal()
        for chat_id in (*privates, group, group - _MOVED_BY):
            stores.subscribers.revive(chat_id, now=life.start + timedelta(hours=1))
        life = self._morning(life, len(life.days))
        self._last_life(life, seed)
        self._judge(seed, stores, life, [*privates, group])
        engine.dispose()

    def _morning(self, life: Life, n: int) -> Life:
        """Let an evening's report come in and the next morning begin."""
        day = FIRST_DAY + timedelta(days=n)
        slot = datetime(day.year, day.month, day.day, 4, 30, 1, tzinfo=UTC) + timedelta(days=1)
        return replace(life, days=(*life.days, day), start=slot)

    def _misbehave(self, chance: random.Random, chats: Sequence[int], n: int) -> None:
        for chat_id in chance.sample(chats, chance.randint(0, 4)):
            kind = chance.choice(KINDS)
            if kind == "migrate" and (chat_id > 0 or n > 0):
                kind = "502"
            self.tally.faults[kind] += 1
            more: dict[str, object] = {"hang": {"seconds": 1.0}}.get(kind, {})  # type: ignore[assignment]
            if kind == "hang_accepted":
                more = {"seconds": 1.0, "accepted": True}
            if kind == "migrate":
                more = {"migrate_to": chat_id - _MOVED_BY}
            name = kind.removesuffix("_accepted")
            self._server.fault(kind=name, method="sendMessage", chat_id=chat_id, **more)

    def _one_life(self, seed: int, life: Life, chance: random.Random) -> None:
        """Live until there is nothing to do, or until killed."""
        self.tally.lives += 1
        process = self._context.Process(target=live, args=(life,))
        process.start()
        if chance.random() < 0.6:
            process.join(chance.uniform(0.02, 0.4))
            process.kill()  # nothing happens to one that has ended
        process.join(_PATIENT)
        self.tally.kills += process.exitcode == -signal.SIGKILL
        self._end(process, f"schedule {seed}: a life did not end, {life.steps}")

    def _last_life(self, life: Life, seed: int) -> None:
        process = self._context.Process(target=live, args=(life,))
        process.start()
        process.join(_PATIENT)
        self._end(process, f"schedule {seed}: the last life did not end")

    def _end(self, process: Any, complaint: str) -> None:
        if process.is_alive():
            self.tally.trouble.append(complaint)
            process.kill()
            process.join()
        elif process.exitcode not in {0, -signal.SIGKILL}:
            self.tally.trouble.append(f"a life ended with {process.exitcode}")
        process.close()

    def _judge(self, seed: int, stores: Stores, life: Life, chats: Sequence[int]) -> None:
        """Compare what the server accepted with what was to come, chat by chat."""
        tally = self.tally
        records = self._server.log(self._seen)
        self._seen = max([self._seen, *(record["seq"] for record in records)])
        texts: dict[int, list[str]] = {}
        for record in records:
            if record["method"] == "sendMessage":
                texts.setdefault(_first_id(record["chat_id"]), []).append(record["text"])
        repeats: Counter[int] = Counter()
        for delivery in stores.deliveries.records(limit=1000):
            repeats[_first_id(delivery.place.chat_id)] += delivery.repeats
            tally.left_in_doubt += delivery.state is State.UNKNOWN
        expected = {f"News of {day}." for day in life.days}
        tally.schedules += 1
        for chat_id in chats:
            got = _Received.of(texts.get(chat_id, []))
            missed = expected - got.news
            tally.editions += len(expected)
            tally.missed += len(missed)
            tally.second_copies += got.second_copies
            tally.unmarked_copies += got.unmarked_copies
            tally.repeats += repeats[chat_id]
            if missed or got.unmarked_copies or got.second_copies > repeats[chat_id]:
                tally.trouble.append(
                    f"schedule {seed}, chat {chat_id}: missed {missed}, {got.second_copies} second"
                    f" copies of which {repeats[chat_id]} are known, {got.unmarked_copies} unmarked"
                )


@dataclass(kw_only=True)
class _Received:
    """What a chat got: the news, and the messages that brought news it had already."""

    news: set[str] = field(default_factory=set)
    second_copies: int = 0
    unmarked_copies: int = 0

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        got = cls()
        for text in texts:
            brought = set(_NEWS.findall(text))
            if brought & got.news:
                got.second_copies += 1
                got.unmarked_copies += SECOND_COPY not in text
            got.news |= brought
        return got


def _first_id(chat_id: int) -> int:
    """Return the id a chat had before it moved."""
    return chat_id + _MOVED_BY if chat_id <= -_MOVED_BY else chat_id


def _steps(chance: random.Random) -> tuple[tuple[float, float], ...]:
    """Let the clock jump in a third of the lives, by minutes or hours, there and back."""
    if chance.random() > 0.33:
        return ()
    by = chance.choice([-7200.0, -600.0, 600.0, 7200.0])
    return ((chance.uniform(0.0, 0.3), by), (chance.uniform(0.3, 0.6), -by))
