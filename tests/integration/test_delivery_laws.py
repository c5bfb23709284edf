"""The laws of delivery, whatever fails in between.

No due delivery is lost; a part is never sent a second time but where its first outcome was unknown,
and then says so; what was missed comes as one message.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.deliveries import State
from bot.dialogue import Request
from bot.model import Place
from bot.ports import (
    BlockedError,
    ChannelError,
    GoneError,
    MigratedError,
    RejectedError,
    RetryAfterError,
    UnavailableError,
    UnknownOutcomeError,
)
from bot.subscriptions import Subscription, parse
from bot.views import Asker
from index.errors import InputError, StoreError
from tests.fakes.channel import (
    KYIV_MORNING,
    DigestBench,
    Fate,
    day_report,
    sqlite_bench,
)
from tests.fakes.mortal import Death, Life, expect_deaths, mortal

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2025, 4, 9)
SLOT = datetime(2025, 4, 10, 4, 30, tzinfo=UTC)
SECOND_COPY = "You may have this already"
TITLE = re.compile(r"Assessment of \d{4}-\d\d-\d\d")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DigestBench]:
    made = sqlite_bench(tmp_path)
    yield made
    made.engine.dispose()


def texts(bench: DigestBench, chat_id: int = 7) -> list[str]:
    return bench.channel.to(chat_id)


async def ticks(bench: DigestBench, *waits: timedelta) -> None:
    """Tick now and after each wait."""
    await bench.tick()
    for wait in waits:
        bench.clock.moment += wait
        await bench.tick()


def prepared(bench: DigestBench, *chats: int, wanted: Subscription = KYIV_MORNING) -> None:
    for chat_id in chats or (7,):
        bench.subscribe(chat_id, wanted)
    bench.add(day_report(DAY, "Grain exports rose."))
    bench.clock.moment = SLOT


FATES: list[Fate] = [
    Fate(error=RetryAfterError(3.0), accepted=False),
    Fate(error=UnavailableError("502"), accepted=False),
    Fate(error=UnknownOutcomeError("dropped before"), accepted=False),
    Fate(error=UnknownOutcomeError("dropped after"), accepted=True),
    Fate(),
]
QUIET = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=2))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    days=st.lists(
        st.tuples(
            st.booleans(),  # a report comes in
            st.lists(st.sampled_from(FATES), max_size=6),
            st.none() | st.integers(0, 30),  # the process dies after so many steps
            st.sampled_from([0, 1, 26, 24 * 9]),  # and stays down for so many hours
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_edition_is_lost_and_none_knowingly_comes_twice(
    days: list[tuple[bool, list[Fate], int | None, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench, life = mortal(sqlite_bench(Path(folder)))
        expected = asyncio.run(_live_through(bench, life, days))
        overview = bench.stores.deliveries.overview()
        doubts = bench.stores.deliveries.records(states=[State.UNKNOWN])
        bench.engine.dispose()
    # The policy's own end: after that many repeats, each with an unknown outcome, no more.
    assert all(record.repeats == len(bench.policy.repeat_after) for record in doubts)
    given_up = {record.place.chat_id for record in doubts}
    for chat_id in (1, 2, 3):
        got = texts(bench, chat_id)
        copies = Counter(
            title for text in got for title in set(TITLE.findall(text)) if SECOND_COPY not in text
        )
        seen = {title for text in got for title in TITLE.findall(text)}
        assert expected <= seen or chat_id in given_up, f"chat {chat_id} missed an edition"
        assert all(n == 1 for n in copies.values()), f"chat {chat_id} got an unmarked second copy"
    marked = sum(SECOND_COPY in message.html for _, message in bench.channel.accepted)
    assert marked <= overview.repeats
    assert overview.states[State.DUE] == overview.states[State.CLAIMED] == 0


async def _live_through(
    bench: DigestBench, life: Life, days: list[tuple[bool, list[Fate], int | None, int]]
) -> set[str]:
    """Live through days of faults and deaths, then through quiet ones; return what was to come."""
    expect_deaths()
    expected: set[str] = set()
    for chat_id in (1, 2, 3):
        bench.subscribe(chat_id)
    await bench.outbox.open()
    for comes_in, fates, steps, down in days:
        today = bench.clock.moment.date()
        if comes_in:
            bench.add(day_report(today, f"News of {today}."))
            expected.add(f"Assessment of {today}")
        bench.channel.fates.extend(fates)
        life.steps = steps
        bench.clock.moment = datetime.combine(today + timedelta(days=1), SLOT.timetz())
        try:
            await ticks(bench, timedelta(seconds=10), timedelta(minutes=2))
        except Death:
            bench.clock.pass_(hours=down)
            await asyncio.sleep(0)
        life.renew()
        bench.restart()
        await bench.outbox.open()
    bench.channel.fates.clear()
    bench.clock.moment = datetime.combine(
        bench.clock.moment.date() + timedelta(days=1), SLOT.timetz()
    )
    await ticks(bench, *QUIET)
    return expected


def test_after_an_acceptance_nothing_is_sent_again_whoever_dies() -> None:
    """Die at every single step in turn, and look at each outcome."""
    outcomes = set()
    for steps in range(24):
        with tempfile.TemporaryDirectory() as folder:
            living, life = mortal(sqlite_bench(Path(folder)))
            outcomes.add(asyncio.run(_die_once(living, life, steps, "Grain exports rose.")))
            living.engine.dispose()
    # Either one copy, or two of which the second says so: where the answer was on its way.
    assert outcomes == {(False,), (False, True), (True,)}


def test_of_several_parts_none_comes_twice_unmarked_whoever_dies() -> None:
    claims = [f"Claim {n}: " + "word " * 100 for n in range(16)]
    died = 0
    for steps in range(40):
        with tempfile.TemporaryDirectory() as folder:
            living, life = mortal(sqlite_bench(Path(folder)))
            asyncio.run(_die_once(living, life, steps, *claims))
            living.engine.dispose()
        plain = [text for text in texts(living) if SECOND_COPY not in text]
        for n in range(16):
            assert any(f"Claim {n}:" in text for text in texts(living)), (steps, n)
            assert sum(f"Claim {n}:" in text for text in plain) <= 1, (steps, n)
        died += len(plain) < len(texts(living))
    assert died >= 3


async def _die_once(
    bench: DigestBench, life: Life, steps: int, *takeaways: str
) -> tuple[bool, ...]:
    expect_deaths()
    bench.subscribe(7)
    bench.add(day_report(DAY, *takeaways))
    bench.clock.moment = SLOT
    await bench.outbox.open()
    life.steps = steps
    try:
        await bench.tick()
    except Death:
        await asyncio.sleep(0)
    life.renew()
    bench.restart()
    await bench.outbox.open()
    await ticks(bench, *QUIET)
    return tuple(SECOND_COPY in text for text in texts(bench))


def test_a_part_that_was_accepted_is_not_repeated_with_the_others(bench: DigestBench) -> None:
    async def main() -> list[str]:
        bench.subscribe(7)
        bench.add(day_report(DAY, *(f"Claim {n}: " + "word " * 100 for n in range(20))))
        bench.clock.moment = SLOT
        bench.channel.fates.extend([Fate(), Fate(error=UnavailableError("502"), accepted=False)])
        await ticks(bench, timedelta(seconds=10))
        return texts(bench)

    parts = asyncio.run(main())
    assert len(parts) >= 3
    assert [n for n in range(20) if any(f"Claim {n}:" in part for part in parts)] == list(range(20))
    assert len(set(parts)) == len(parts)
    assert not any(SECOND_COPY in part for part in parts)


def test_doubts_end_after_three_repeats_and_are_counted(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench)
        bench.channel.fates.extend([Fate(error=UnknownOutcomeError("x"))] * 9)
        await ticks(bench, *QUIET, timedelta(hours=9))

    asyncio.run(main())
    assert [SECOND_COPY in text for text in texts(bench)] == [False, True, True, True]
    overview = bench.stores.deliveries.overview()
    assert overview.repeats == 3
    assert overview.states[State.UNKNOWN] == 1


def test_a_wait_that_began_while_the_clock_was_ahead_ends_in_time(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench)
        await bench.outbox.fill()
        bench.clock.pass_(hours=2)
        bench.channel.fates.append(Fate(error=UnavailableError("502"), accepted=False))
        await bench.outbox.deliver()
        bench.clock.pass_(hours=-2)
        await ticks(bench, timedelta(0), timedelta(seconds=10))
        assert len(texts(bench)) == 1

    asyncio.run(main())


def test_a_429_is_waited_out_and_costs_no_copy(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench)
        bench.channel.fates.append(Fate(error=RetryAfterError(30.0), accepted=False))
        await ticks(bench, timedelta(seconds=29))
        assert texts(bench) == []
        await ticks(bench, timedelta(seconds=2))

    asyncio.run(main())
    assert len(texts(bench)) == 1
    assert SECOND_COPY not in texts(bench)[0]


def test_whoever_blocks_the_bot_is_left_alone_until_they_come_back(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench, 7, 8)
        bench.channel.fate_of[7] = Fate(error=BlockedError("bot was blocked"), accepted=False)
        await ticks(bench, timedelta(days=1), timedelta(days=1))
        assert (texts(bench, 7), len(texts(bench, 8))) == ([], 1)
        bench.stores.subscribers.revive(7, now=bench.clock.now())
        await ticks(bench, timedelta(days=1))

    asyncio.run(main())
    (caught_up,) = texts(bench, 7)
    assert "What you missed since" in caught_up
    assert "Grain exports rose." in caught_up


def test_a_group_that_moves_while_it_is_sent_to_is_followed(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench, -5)
        bench.channel.fates.append(Fate(error=MigratedError(-1005), accepted=False))
        await bench.tick()

    asyncio.run(main())
    assert len(texts(bench, -1005)) == 1
    assert bench.stores.deliveries.overview().states[State.SENT] == 1
    assert [
        s.place.chat_id for s in bench.stores.subscribers.due(SLOT + timedelta(days=9), limit=9)
    ] == [-1005]


@pytest.mark.parametrize(
    ("error", "state", "active"),
    [
        (RejectedError("can't parse entities"), State.FAILED, 1),
        (GoneError("chat not found"), State.SKIPPED, 0),
    ],
)
def test_refusals_are_named_states(
    bench: DigestBench, error: ChannelError, state: State, active: int
) -> None:
    async def main() -> None:
        prepared(bench)
        bench.channel.fates.append(Fate(error=error, accepted=False))
        await ticks(bench, timedelta(hours=1))

    asyncio.run(main())
    (record,) = bench.stores.deliveries.records()
    assert (record.state, record.reason) == (state, str(error))
    assert bench.stores.deliveries.overview().active == active


@pytest.mark.parametrize("hours", [0.05, 5, 30, 24 * 15])
def test_an_outage_ends_in_one_message(bench: DigestBench, hours: float) -> None:
    async def main() -> None:
        prepared(bench)
        await bench.tick()
        end = SLOT + timedelta(days=1, hours=hours)
        while bench.clock.moment < end - timedelta(days=1):
            bench.clock.pass_(days=1)
            bench.add(day_report(bench.clock.moment.date(), f"News {bench.clock.moment:%j}."))
        bench.clock.moment = end
        bench.restart()
        await bench.outbox.open()
        await ticks(bench, timedelta(minutes=1))

    asyncio.run(main())
    first, *rest = texts(bench)
    assert "Grain exports rose." in first
    assert len(rest) == 1
    assert ("What you missed since 10 Apr 2025" in rest[0]) == (hours >= 24)


def test_while_telegram_is_away_later_editions_take_the_place_of_earlier(
    bench: DigestBench,
) -> None:
    async def main() -> None:
        prepared(bench)
        away = Fate(error=UnavailableError("connection refused"), accepted=False)
        bench.channel.fates.extend([away] * 3)
        for n in range(3):
            await bench.tick()
            bench.add(day_report(bench.clock.moment.date(), f"News {n}."))
            bench.clock.pass_(days=1)
        await ticks(bench, timedelta(minutes=9))

    asyncio.run(main())
    (only,) = texts(bench)
    assert "What you missed" in only
    assert all(line in only for line in ("Grain exports rose.", "News 0.", "News 1.", "News 2."))


def test_nothing_new_is_skipped_with_a_reason_unless_always(bench: DigestBench) -> None:
    async def main() -> None:
        bench.subscribe(8, parse("always", KYIV_MORNING))
        prepared(bench, 7)
        await ticks(bench, timedelta(days=1), timedelta(days=1))

    asyncio.run(main())
    assert len(texts(bench, 7)) == 1
    skipped = bench.stores.deliveries.records(chat_id=7, states=[State.SKIPPED])
    assert [record.reason for record in skipped] == ["nothing new"] * 2
    assert [("Nothing new" in text) for text in texts(bench, 8)][-2:] == [True, True]


def test_topics_and_publishers_narrow_and_say_why_nothing_came(bench: DigestBench) -> None:
    async def main() -> None:
        bench.subscribe(1, parse("topics: grain", KYIV_MORNING))
        bench.subscribe(2, parse("topics: whales", KYIV_MORNING))
        bench.subscribe(3, parse("publishers: Nobody", KYIV_MORNING))
        bench.subscribe(4, parse("topics: whales; always", KYIV_MORNING))
        bench.add(day_report(DAY, "Grain exports rose.", "Ferries stopped."))
        bench.clock.moment = SLOT
        await bench.tick()

    asyncio.run(main())
    (grain,) = texts(bench, 1)
    assert "Grain" in grain
    assert "Ferries" not in grain
    for chat_id in (2, 3):
        assert texts(bench, chat_id) == []
        (record,) = bench.stores.deliveries.records(chat_id=chat_id)
        assert record.reason == "nothing new on the topics and publishers chosen"


def test_quiet_deliveries_make_no_sound(bench: DigestBench) -> None:
    prepared(bench, wanted=parse("quiet", KYIV_MORNING))
    asyncio.run(bench.tick())
    assert bench.channel.silent == [True]


def test_one_correction_note_to_those_who_got_it(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench, 7)
        await bench.tick()
        bench.subscribe(8)
        bench.add(day_report(DAY, "Grain exports fell."))
        bench.clock.moment = SLOT + timedelta(days=1)
        await ticks(bench, timedelta(days=1))

    asyncio.run(main())
    first, note = texts(bench, 7)
    assert "Grain exports rose." in first
    assert "was revised after you got it" in note
    assert "Grain exports fell." in note
    (fresh,) = texts(bench, 8)
    assert "revised" not in fresh
    assert "Grain exports fell." in fresh


def test_editions_are_composed_once_for_all_who_get_the_same(bench: DigestBench) -> None:
    asked: list[str] = []
    original = bench.reports.digest_report

    def counted(report_id: str, revision: int | None = None) -> object:
        asked.append(report_id)
        return original(report_id, revision)

    bench.reports.digest_report = counted  # type: ignore[method-assign,assignment]
    prepared(bench, *range(1, 301))
    asyncio.run(bench.tick())
    assert len(bench.channel.accepted) == 300
    assert len(asked) == 1


def test_one_broken_report_keeps_nobody_else_waiting(
    bench: DigestBench, caplog: pytest.LogCaptureFixture
) -> None:
    original = bench.reports.digest_report

    def broken(report_id: str, revision: int | None = None) -> object:
        if report_id == "broken":
            raise InputError("this report can't be read")
        return original(report_id, revision)

    bench.reports.digest_report = broken  # type: ignore[method-assign,assignment]

    async def main() -> None:
        bench.subscribe(1)
        bench.add(day_report(DAY - timedelta(days=1), "x.", name="broken"))
        bench.subscribe(2)
        bench.add(day_report(DAY, "Grain exports rose.", name="fine"))
        bench.clock.moment = SLOT
        await bench.tick()
        assert (len(texts(bench, 1)), len(texts(bench, 2))) == (0, 1)
        assert "no edition for subscription 1 yet: this report can't be read" in caplog.text
        bench.reports.digest_report = original  # type: ignore[method-assign]
        await bench.tick()
        assert (len(texts(bench, 1)), len(texts(bench, 2))) == (1, 1)

    asyncio.run(main())


def test_a_locked_database_delays_and_loses_nothing(
    bench: DigestBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [StoreError("locked")]
    original = bench.stores.deliveries.fill

    def fill(*args: object, **more: object) -> int:
        if refusals:
            raise refusals.pop()
        return original(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.stores.deliveries, "fill", fill)
    prepared(bench)
    with pytest.raises(StoreError):
        asyncio.run(bench.tick())
    asyncio.run(bench.tick())
    assert len(texts(bench)) == 1


@pytest.mark.parametrize("back", [timedelta(minutes=90), timedelta(days=2), timedelta(days=3650)])
def test_a_clock_that_goes_back_sends_nothing_twice_and_goes_on(
    bench: DigestBench, back: timedelta
) -> None:
    async def main() -> None:
        prepared(bench, wanted=parse("always", KYIV_MORNING))
        await bench.tick()
        right = bench.clock.moment
        bench.clock.moment = right + back  # wrong for a while
        await bench.tick()
        bench.clock.moment = right + timedelta(minutes=1)
        await bench.tick()
        bench.add(day_report(SLOT.date(), "The day after."))
        bench.clock.moment = right + timedelta(days=1)
        await bench.tick()
        bench.clock.moment = right + timedelta(days=1, hours=-2)
        await ticks(bench, timedelta(hours=3))

    asyncio.run(main())
    got = texts(bench)
    assert sum("Grain exports rose." in text for text in got) == 1
    assert sum("The day after." in text for text in got) == 1
    empty = [text for text in got if "Nothing new" in text]
    assert len(empty) == len(set(empty)) == (0 if back < timedelta(days=1) else 1)


def test_closing_waits_for_what_is_in_flight(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench, *range(1, 30))
        await bench.outbox.open()
        await bench.outbox.fill()
        sending = asyncio.create_task(bench.outbox.deliver())
        await asyncio.sleep(0.01)
        await bench.outbox.close()
        await sending

    asyncio.run(main())
    overview = bench.stores.deliveries.overview()
    assert overview.states[State.CLAIMED] == overview.states[State.UNKNOWN] == 0
    assert overview.states[State.SENT] == len(bench.channel.accepted)


def test_a_message_seen_settles_the_doubt_about_it(bench: DigestBench) -> None:
    async def main() -> None:
        prepared(bench)
        bench.channel.fates.append(Fate(error=UnknownOutcomeError("timed out")))
        await bench.tick()
        data = bench.channel.accepted[0][1].keyboard[0][0].data or ""
        here = Asker(person=7, place=Place(chat_id=7))
        bench.commands.open(Request(asker=here, text=data.removeprefix("dg:")))
        await ticks(bench, *QUIET)

    asyncio.run(main())
    assert len(texts(bench)) == 1
    assert bench.stores.deliveries.overview().states[State.SENT] == 1
