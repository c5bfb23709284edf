"""Digests through the real library to the strict server, judged by the server's own log."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Bot

from bot.deliveries import State
from bot.delivery_policy import Policy
from bot.gate import Gate
from bot.lanes import Lanes
from bot.model import Button, Message, Place
from bot.outbox import Outbox, OutboxSettings
from bot.pacing import Limits
from bot.ports import (
    BlockedError,
    ChannelError,
    GoneError,
    MigratedError,
    Priority,
    RejectedError,
    RetryAfterError,
    UnavailableError,
    UnknownOutcomeError,
)
from bot.sender import PacedChannel
from tests.fakes.channel import DigestBench, day_report, sqlite_bench
from tests.fakes.telegram import FakeTelegram, Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SLOT = datetime(2025, 4, 10, 4, 30, tzinfo=UTC)
SECOND_COPY = "You may have this already"
HELLO = Message(html="<b>hello</b>", keyboard=((Button(label="1", data="dg:x:1"),),))


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        yield running


@asynccontextmanager
async def channel_to(
    server: FakeTelegram, limits: Limits | None = None
) -> AsyncIterator[PacedChannel]:
    request = Lanes(read_timeout=0.5, connect_timeout=5.0)
    async with Bot("1:TEST", base_url=f"{server.url}/bot", request=request) as bot:
        yield PacedChannel(bot, Gate(limits or Limits()))


@pytest.mark.parametrize(
    ("fault", "expected", "accepted"),
    [
        ({"kind": "429", "retry_after": 7}, RetryAfterError, 0),
        ({"kind": "403", "description": "Forbidden: bot was blocked by the user"}, BlockedError, 0),
        ({"kind": "400", "description": "Bad Request: chat not found"}, GoneError, 0),
        ({"kind": "400", "description": "Bad Request: can't parse entities"}, RejectedError, 0),
        ({"kind": "500"}, UnknownOutcomeError, 0),
        ({"kind": "502"}, UnavailableError, 0),
        ({"kind": "drop_before"}, UnknownOutcomeError, 0),
        ({"kind": "drop_after"}, UnknownOutcomeError, 1),
        ({"kind": "hang", "seconds": 2.0}, UnknownOutcomeError, 0),
        ({"kind": "hang", "seconds": 2.0, "accepted": True}, UnknownOutcomeError, 1),
    ],
)
def test_each_fault_is_told_by_its_name(
    server: FakeTelegram, fault: dict[str, Any], expected: type[ChannelError], accepted: int
) -> None:
    async def main() -> None:
        server.private(7)
        server.faults.put(Fault(method="sendMessage", **fault))
        async with channel_to(server) as channel:
            with pytest.raises(expected) as told:
                await channel.send(Place(chat_id=7), HELLO, priority=Priority.DIGEST)
        if isinstance(told.value, RetryAfterError):
            assert told.value.seconds == 7.0

    asyncio.run(main())
    assert len(server.sent(7)) == accepted


def test_refusals_of_chats_and_topics(server: FakeTelegram) -> None:
    async def outcome(channel: PacedChannel, chat_id: int, thread: int | None = None) -> object:
        try:
            place = Place(chat_id=chat_id, thread_id=thread)
            await channel.send(place, HELLO, priority=Priority.DIGEST)
        except ChannelError as error:
            return error
        return None

    async def main() -> None:
        async with channel_to(server) as channel:
            server.user_blocks(server.private(1))
            assert isinstance(await outcome(channel, 1), BlockedError)
            assert isinstance(await outcome(channel, 999), GoneError)
            server.kick_bot(server.group(-2, members=[50]))
            assert isinstance(await outcome(channel, -2), BlockedError)
            forum = server.supergroup(-1003, members=[50], forum=True)
            topic = server.topic(forum, "Digests")
            assert await outcome(channel, forum, topic) is None
            assert await outcome(channel, forum, 1) is None  # the general topic
            assert isinstance(await outcome(channel, forum, topic + 99), GoneError)
            server.migrate(server.group(-4, members=[50]), -1004)
            moved = await outcome(channel, -4)
            assert isinstance(moved, MigratedError)
            assert moved.chat_id == -1004
            await outcome(channel, server.channel(-1005, admin=True))

    asyncio.run(main())
    assert [record.thread_id for record in server.sent(-1003)] == [
        server.sent(-1003)[0].thread_id,
        None,
    ]


def test_nobody_listening_means_nothing_was_sent(server: FakeTelegram) -> None:
    async def main() -> None:
        async with channel_to(server) as channel:
            server.stop()
            with pytest.raises(UnavailableError):
                await channel.send(Place(chat_id=7), HELLO, priority=Priority.DIGEST)

    asyncio.run(main())


def test_edits_reach_the_message_and_unchanged_ones_are_fine(server: FakeTelegram) -> None:
    async def main() -> None:
        place = Place(chat_id=server.private(7))
        async with channel_to(server) as channel:
            sent = await channel.send(place, HELLO, priority=Priority.CHAT)
            (message_id,) = sent.message_ids
            await channel.edit(place, message_id, Message(html="<i>other</i>"))
            await channel.edit(place, message_id, Message(html="<i>other</i>"))
            with pytest.raises(ChannelError):
                await channel.edit(place, 999, HELLO)
        assert server.text_of(7, message_id) == "other"

    asyncio.run(main())


def bench_over(folder: Path, channel: PacedChannel, policy: Policy) -> DigestBench:
    bench = sqlite_bench(folder)
    bench.outbox = Outbox(
        bench.stores,
        bench.filler,
        channel,
        bench.presence,
        bench.clock,
        bench.renderer,
        OutboxSettings(policy=policy, workers=16, breath=timedelta(0)),
    )
    return bench


IMPATIENT = Policy(
    repeat_after=(timedelta(0), timedelta(0), timedelta(0)),
    retry_first=timedelta(0),
    trouble=1000,
)


def test_a_hundred_subscribers_in_time_with_no_429_and_chats_first(
    server: FakeTelegram, tmp_path: Path
) -> None:
    answered: list[float] = []

    async def main() -> None:
        async with channel_to(server) as channel:
            bench = bench_over(tmp_path, channel, Policy())
            for chat_id in range(1, 101):
                bench.subscribe(server.private(chat_id))
            for chat_id in range(1, 101, 20):
                server.user_blocks(chat_id)
            server.private(500)
            bench.add(day_report(date(2025, 4, 9), "Grain <exports> & prices rose."))
            bench.clock.moment = SLOT
            await bench.outbox.open()

            async def chat() -> None:
                loop = asyncio.get_running_loop()
                for _ in range(3):
                    await asyncio.sleep(0.8)
                    begun = loop.time()
                    await channel.send(Place(chat_id=500), HELLO, priority=Priority.CHAT)
                    answered.append(loop.time() - begun)

            chatting = asyncio.create_task(chat())
            await bench.tick()
            await chatting
            overview = bench.stores.deliveries.overview()
            assert overview.states[State.SENT] == 95
            assert overview.states[State.SKIPPED] == 5
            assert overview.active == 95

    asyncio.run(main())
    digests = [record for record in server.log if record.chat_id != 500]
    assert sorted(record.chat_id or 0 for record in digests) == [
        n for n in range(1, 101) if n % 20 != 1
    ]
    assert all("Grain <exports> & prices rose." in (record.text or "") for record in digests)
    assert not [call for call in server.calls if call.status == 429]
    times = [call.at for call in server.calls if call.method == "sendMessage"]
    assert len(times) / (times[-1] - times[0]) >= 26
    assert max(answered) < 0.5
    server.assert_clean()


def test_faults_of_every_kind_cost_nobody_an_edition(server: FakeTelegram, tmp_path: Path) -> None:
    faults: list[dict[str, Any]] = [
        {"kind": "429", "retry_after": 1, "chat_id": 2},
        {"kind": "502", "chat_id": 3},
        {"kind": "drop_before", "chat_id": 4},
        {"kind": "drop_after", "chat_id": 5},
        {"kind": "hang", "seconds": 1.0, "chat_id": 6},
        {"kind": "hang", "seconds": 1.0, "accepted": True, "chat_id": 7},
        {"kind": "migrate", "migrate_to": -1008, "chat_id": -8},
        {"kind": "500", "chat_id": 9},
    ]

    async def main() -> None:
        async with channel_to(server) as channel:
            bench = bench_over(tmp_path, channel, IMPATIENT)
            server.group(-8, members=[1])
            for chat_id in [1, 2, 3, 4, 5, 6, 7, -8, 9]:
                bench.subscribe(chat_id if chat_id < 0 else server.private(chat_id))
            bench.add(day_report(date(2025, 4, 9), "Grain exports rose."))
            bench.clock.moment = SLOT
            for fault in faults:
                server.faults.put(Fault(**fault))
            await bench.outbox.open()
            await bench.tick()
            bench.clock.pass_(seconds=2)
            await asyncio.sleep(1.1)
            await bench.tick()
            states = bench.stores.deliveries.overview()
            assert states.states[State.SENT] == 9
            assert states.repeats == 5

    asyncio.run(main())
    copies = {
        chat: [SECOND_COPY in (r.text or "") for r in server.sent(chat)] for chat in range(1, 10)
    }
    assert copies == {
        1: [False],
        2: [False],
        3: [False],
        4: [True],
        5: [False, True],
        6: [True],
        7: [False, True],
        8: [],
        9: [True],
    }
    assert [SECOND_COPY in (r.text or "") for r in server.sent(-1008)] == [False]
    assert not server.early_retries
    assert not server.violations


def test_a_429_for_everyone_stops_everything_until_it_is_over(
    server: FakeTelegram, tmp_path: Path
) -> None:
    async def main() -> None:
        async with channel_to(server) as channel:
            bench = bench_over(tmp_path, channel, Policy())
            for chat_id in range(1, 40):
                bench.subscribe(server.private(chat_id))
            bench.add(day_report(date(2025, 4, 9), "Grain exports rose."))
            bench.clock.moment = SLOT
            server.faults.put(Fault(kind="429", retry_after=1, everywhere=True, after=10))
            await bench.outbox.open()
            await bench.tick()
            bench.clock.pass_(seconds=2)
            await bench.tick()
            assert bench.stores.deliveries.overview().states[State.SENT] == 39

    asyncio.run(main())
    refused = [call for call in server.calls if call.status == 429]
    assert 1 <= len(refused) <= 4  # the one, and what was on its way or told it apart
    assert len(server.log) == 39
