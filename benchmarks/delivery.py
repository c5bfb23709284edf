"""How fast, how evenly and how frugally digests are delivered: python -m benchmarks.delivery.

    python -m benchmarks.delivery burst   10,000 subscribers due at once, strict server (6 minutes)
    python -m benchmarks.delivery bare    sends a second with limits off against a bare loop
    python -m benchmarks.delivery fill    composing and filling for 100,000 subscribers

What was sent is counted in the server's log, not in the sender's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from benchmarks.measure import Figure, report, resident_mib
from bot import conversation_store
from bot.conversation_store import SqlConversationStore
from bot.deliveries import State
from bot.delivery_tables import SUBSCRIPTIONS
from bot.gate import Gate
from bot.lanes import Lanes
from bot.model import Message, Place
from bot.outbox import Outbox, OutboxSettings
from bot.pacing import Limits
from bot.ports import Priority
from bot.sender import PacedChannel, keyboard
from bot.service import Conversation, ConversationSettings
from bot.subscriptions import Subscription, parse, render
from bot.views import Asker
from index.sql import open_engine, writing
from tests.fakes.channel import KYIV_MORNING, DigestBench, HandClock, day_report
from tests.fakes.lives import Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

SLOT = datetime(2025, 4, 10, 4, 30, tzinfo=UTC)
QUESTION = "What did Russia say about peacekeepers?"
TAKEAWAYS = (
    "Officials again rejected the deployment of foreign peacekeepers, reportedly without debate.",
    "Repair crews restored power to the northern districts after three days of work.",
    "Grain exports reached the highest weekly volume of the year, according to the port authority.",
    "Air defense units claimed to have shot down most of the drones launched overnight.",
    "The delegations met for four hours and published no joint statement.",
    "Ferry traffic across the strait stopped for a second day.",
)


class _RunningClock(HandClock):
    """Begins at a moment and runs."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """Return how late it is."""
        return self.moment + timedelta(seconds=time.monotonic() - self._begun)


@asynccontextmanager
async def telegram_bot(server: Server) -> AsyncIterator[Bot]:
    """Open the library's client as the bot does."""
    async with Bot("1:TEST", base_url=f"{server.url}/bot", request=Lanes()) as bot:
        yield bot


@asynccontextmanager
async def plain_bot(server: Server) -> AsyncIterator[Bot]:
    """Open the library's client as it comes."""
    async with Bot("1:TEST", base_url=f"{server.url}/bot", request=HTTPXRequest()) as bot:
        yield bot


def bench_in(folder: str, channel: PacedChannel | None, workers: int = 16) -> DigestBench:
    """Put the digest half of the bot together over a database file in a folder."""
    bench = DigestBench(open_engine(f"sqlite:///{Path(folder) / 'digests.sqlite'}"))
    bench.clock = _RunningClock(SLOT)
    if channel is not None:
        bench.outbox = Outbox(
            bench.stores,
            bench.filler,
            channel,
            bench.presence,
            bench.clock,
            bench.renderer,
            OutboxSettings(workers=workers),
        )
    bench.reports.add(day_report(date(2025, 4, 9), *TAKEAWAYS), arrived=SLOT - timedelta(hours=9))
    return bench


def subscribe_many(bench: DigestBench, chats: Sequence[int], lines: Sequence[Subscription]) -> None:
    """Subscribe chats in bulk, all due at the slot; the lines take turns."""
    rows = [
        {
            "chat_id": chat_id,
            "thread_id": 0,
            "line": render(lines[n % len(lines)]),
            "active": True,
            "cursor": 0,
            "first": True,
            "settled": SLOT - timedelta(days=1),
            "next_due": SLOT,
            "version": 1,
            "created": SLOT - timedelta(days=1),
        }
        for n, chat_id in enumerate(chats)
    ]
    with writing(bench.engine) as connection:
        connection.execute(insert(SUBSCRIPTIONS), rows)


async def burst(subscribers: int) -> dict[str, Any]:
    """Deliver to many at once under the server's limits, one in twenty having blocked the bot."""
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        server.act("privates", first_id=1, count=subscribers)
        blocked = set(range(7, subscribers + 1, 20))
        for chat_id in blocked:
            server.act("user_blocks", chat_id=chat_id)
        async with telegram_bot(server) as bot:
            bench = bench_in(folder, PacedChannel(bot, Gate(Limits())))
            subscribe_many(bench, range(1, subscribers + 1), [KYIV_MORNING])
            await bench.outbox.open()
            filling = asyncio.create_task(bench.outbox.fill())
            await asyncio.sleep(0.3)
            while (  # noqa: ASYNC110  (what it waits for is in the database)
                await bench.outbox.deliver()
                or not filling.done()
                or bench.stores.deliveries.waiting()
            ):
                await asyncio.sleep(0.05)
        calls = [c for c in server.calls() if c["method"] == "sendMessage"]
        records = [r for r in server.log(-1) if r["method"] == "sendMessage"]
        seconds = calls[-1]["at"] - calls[0]["at"]
        copies = Counter(record["chat_id"] for record in records)
        reachable = set(range(1, subscribers + 1)) - blocked
        return {
            "subscribers": subscribers,
            "blocked": len(blocked),
            "reachable_with_exactly_one": sum(copies[chat] == 1 for chat in reachable),
            "reachable": len(reachable),
            "blocked_with_any": sum(copies[chat] > 0 for chat in blocked),
            "requests_a_second": round((len(calls) - 1) / seconds, 2),
            "slowest_ten_seconds": _slowest_window([call["at"] for call in calls]),
            "answers_429": sum(call["status"] == 429 for call in calls),
            "states": {s.value: n for s, n in bench.stores.deliveries.overview().states.items()},
        }


def _slowest_window(times: Sequence[float], width: float = 10.0) -> float:
    """Return the rate of the slowest stretch of that width."""
    slots = Counter(int((at - times[0]) / width) for at in times)
    whole = range(int((times[-1] - times[0]) / width))
    return round(min((slots[n] / width for n in whole), default=0.0), 2)


async def bare(messages: int, rounds: int) -> dict[str, Any]:
    """Alternate a bare loop of ``send_message`` with the whole outbox, the server's limits off."""
    walls: dict[str, list[float]] = {"bare": [], "outbox": []}
    processor: dict[str, list[float]] = {"bare": [], "outbox": []}
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        server.limits(None)
        async with telegram_bot(server) as bot, plain_bot(server) as plain:
            bench = bench_in(folder, PacedChannel(bot, Gate(None)))
            await bench.outbox.open()
            for number in range(rounds + 1):  # the first warms both up
                first = 1 + number * messages
                chats = range(first, first + messages)
                server.act("privates", first_id=first, count=messages)
                subscribe_many(bench, chats, [KYIV_MORNING])
                await bench.outbox.fill()
                message = bench.stores.editions.parts(1)[0]
                for name, work in (
                    ("bare", _bare(plain, chats, message)),
                    ("outbox", bench.outbox.deliver()),
                ):
                    wall, used = time.perf_counter(), time.process_time()
                    await work
                    walls[name].append(time.perf_counter() - wall)
                    processor[name].append(time.process_time() - used)
            states = bench.stores.deliveries.overview().states
        assert states[State.SENT] == messages * (rounds + 1)
    rates = {name: [messages / wall for wall in found[1:]] for name, found in walls.items()}
    each = {name: statistics.median(found[1:]) / messages for name, found in processor.items()}
    pairs = zip(rates["outbox"], rates["bare"], strict=True)
    return {
        "messages_a_round": messages,
        "bare_a_second": [round(rate) for rate in rates["bare"]],
        "outbox_a_second": [round(rate) for rate in rates["outbox"]],
        "ratio": round(statistics.median(outbox / alone for outbox, alone in pairs), 3),
        "processor_ms_a_message": {n: round(1000 * used, 2) for n, used in each.items()},
    }


async def _bare(bot: Bot, chats: Sequence[int], message: Message) -> None:
    markup, preview = keyboard(message), LinkPreviewOptions(is_disabled=True)
    for chat_id in chats:
        await bot.send_message(
            chat_id,
            message.html,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            link_preview_options=preview,
        )


@dataclass
class _Chat:
    """Someone who asks again and again and times the answers."""

    conversation: Conversation
    channel: PacedChannel

    async def answer(self) -> float:
        """Ask once; returns the seconds until the answer was accepted."""
        begun = time.perf_counter()
        asker = Asker(person=1, place=Place(chat_id=1))
        await asyncio.to_thread(self.conversation.ask, asker, QUESTION)
        await self.channel.send(asker.place, Message(html="answer"), priority=Priority.CHAT)
        return time.perf_counter() - begun


async def fill(subscribers: int) -> dict[str, Any]:
    """Fill for many while someone asks questions."""
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        server.limits(None)
        server.act("privates", first_id=1, count=1)
        async with telegram_bot(server) as bot:
            channel = PacedChannel(bot, Gate(None))
            bench = bench_in(folder, channel)
            lines = [
                parse(f"{zone} topics: {topic}", KYIV_MORNING)
                for zone in ("Europe/Kyiv", "Europe/Riga", "Europe/Athens")
                for topic in ("any", "grain", "air defense", "peacekeepers, ferries", "power")
            ]
            subscribe_many(bench, range(1, subscribers + 1), lines)
            conversation_store.create(bench.engine)
            numbers = count()
            chat = _Chat(
                Conversation(
                    bench.reports,
                    SqlConversationStore(bench.engine),
                    bench.clock,
                    lambda: f"t{next(numbers)}",
                    ConversationSettings(),
                ),
                channel,
            )
            idle = await _latencies(chat, 100)
            await bench.outbox.open()
            memory, busy = [round(resident_mib(), 1)], []
            used, begun = time.process_time(), time.perf_counter()
            filling = asyncio.create_task(bench.outbox.fill())
            while not filling.done():
                busy.append(await chat.answer())
                memory.append(round(resident_mib(), 1))
                await asyncio.sleep(0.05)
            made, seconds = await filling, time.perf_counter() - begun
            used = time.process_time() - used
        tenth = len(memory) // 10
        return {
            "subscribers": subscribers,
            "deliveries": made,
            "milliseconds_each": round(1000 * seconds / subscribers, 3),
            "of_these_on_the_processor": round(1000 * used / subscribers, 3),
            "memory_mib_start_tenth_end": [memory[n] for n in (0, tenth, len(memory) - 1)],
            "idle_ms": _summary(idle),
            "while_filling_ms": _summary(busy),
            "ratio_of_medians": round(statistics.median(busy) / statistics.median(idle), 2),
            "ratio_of_p95": round(_p95(busy) / _p95(idle), 2),
        }


async def _latencies(chat: _Chat, times: int) -> list[float]:
    found = []
    for _ in range(times):
        found.append(await chat.answer())
        await asyncio.sleep(0.05)
    return found


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _summary(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(1000 * statistics.median(values), 2),
        "p95": round(1000 * _p95(values), 2),
        "count": len(values),
    }


def _figures(what: str, found: dict[str, Any]) -> list[Figure]:
    if what == "burst":
        return [
            Figure(
                what="sends a second, of the 28 that Telegram lets through",
                value=found["requests_a_second"] / 28,
                detail=f"{found['requests_a_second']:.1f}, {found['answers_429']} refused",
                at_least=27 / 28,
            ),
            Figure(
                what="subscribers in reach who got exactly one",
                value=found["reachable_with_exactly_one"] / found["reachable"],
                detail=f"{found['reachable_with_exactly_one']:,} of {found['reachable']:,}",
                at_least=1.0,
            ),
        ]
    if what == "bare":
        return [
            Figure(
                what="sends a second without limits, against a bare loop of send_message",
                value=found["ratio"],
                detail=f"medians {statistics.median(found['outbox_a_second']):.0f} against"
                f" {statistics.median(found['bare_a_second']):.0f} a second",
                at_least=0.8,
            )
        ]
    _, tenth, end = found["memory_mib_start_tenth_end"]
    return [
        Figure(
            what=f"composing and filling for {found['subscribers']:,}, of 1 ms each",
            value=found["milliseconds_each"],
            detail=f"{found['milliseconds_each']} ms each",
            at_most=1.0,
        ),
        Figure(
            what="memory at the end, against after a tenth",
            value=end / tenth,
            detail=f"{end:.0f} MiB against {tenth:.0f} MiB",
            at_most=1.1,
        ),
        Figure(
            what="an answer meanwhile, against when idle",
            value=found["ratio_of_medians"],
            detail=f"medians {found['while_filling_ms']['median']} ms against"
            f" {found['idle_ms']['median']} ms",
            at_most=2.0,
        ),
    ]


def main() -> int:
    """Run one of the measurements."""
    os.environ["PTB_TIMEDELTA"] = "true"
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivery")
    parser.add_argument("what", choices=["burst", "bare", "fill"])
    parser.add_argument("--subscribers", type=int)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=6)
    asked = parser.parse_args()
    if asked.what == "burst":
        found = asyncio.run(burst(asked.subscribers or 10_000))
    elif asked.what == "fill":
        found = asyncio.run(fill(asked.subscribers or 100_000))
    else:
        found = asyncio.run(bare(asked.messages, asked.rounds))
    return report(_figures(asked.what, found), **found)


if __name__ == "__main__":
    raise SystemExit(main())
