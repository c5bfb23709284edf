from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate import Gate
from bot.pacing import FloodWatch, Limits, Pacer
from bot.ports import Priority, RetryAfterError

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMITS = Limits()


def sent_times(chats: Sequence[int], limits: Limits = LIMITS) -> list[tuple[float, int]]:
    """Send one message to each chat in turn, as early as is allowed."""
    pacer, now, sent = Pacer(limits), 1000.0, []
    for chat in chats:
        while (wait := max(pacer.wait_overall(now), pacer.wait_chat(chat, now))) > 0:
            now += wait
        pacer.took(chat, now)
        pacer.landed(now)
        sent.append((now, chat))
    return sent


@given(st.lists(st.integers(-3, 40).filter(bool), min_size=1, max_size=300))
def test_no_window_ever_holds_too_many(chats: list[int]) -> None:
    sent = sent_times(chats)
    times = [at for at, _ in sent]
    for n, at in enumerate(times):
        assert sum(at <= other < at + 1.0 for other in times[n:]) <= 29
    for chat in set(chats):
        mine = [at for at, other in sent if other == chat]
        assert all(b - a >= LIMITS.chat_gap - 1e-6 for a, b in pairwise(mine))
        if chat < 0:
            spans = zip(mine, mine[LIMITS.group_count :], strict=False)
            assert all(b - a >= LIMITS.group_window - 1e-6 for a, b in spans)


@given(
    st.lists(st.floats(0.0, 3.0), min_size=40, max_size=200),
    st.lists(st.floats(0.0, 1.0), min_size=200, max_size=200),
)
def test_however_late_messages_arrive_no_second_of_the_server_is_too_full(
    flights: list[float], arrivals: list[float]
) -> None:
    pacer, now = Pacer(LIMITS), 0.0
    reached: list[float] = []
    answers: list[float] = []  # when the answers of what is under way come in
    for chat, (flight, part) in enumerate(zip(flights, arrivals, strict=False), 1):
        while True:
            for answer in sorted(answer for answer in answers if answer <= now):
                pacer.landed(answer)
                answers.remove(answer)
            wait = pacer.wait_overall(now)
            if wait <= 0:
                break
            now = min([now + wait, *answers])
        pacer.took(chat, now)
        reached.append(now + part * flight)
        answers.append(now + flight)
    reached.sort()
    for n, at in enumerate(reached):
        assert sum(at <= other < at + 1.0 - 1e-9 for other in reached[n:]) <= LIMITS.window_count


def test_different_chats_go_evenly_and_at_full_speed() -> None:
    times = [at for at, _ in sent_times(range(1, 281))]
    gaps = [b - a for a, b in pairwise(times)]
    assert times[-1] - times[0] == pytest.approx(279 / 28, abs=0.05)
    assert max(gaps) < 0.06


def test_a_late_timer_is_made_up_for_but_a_pause_is_not() -> None:
    pacer = Pacer(LIMITS)
    pacer.took(1, 0.0)
    pacer.landed(0.0)
    assert pacer.wait_overall(0.0) == pytest.approx(1 / 28 - 0.02)
    pacer.took(2, 1 / 28 + 0.01)
    assert pacer.wait_overall(1 / 28 + 0.01) > 0
    pacer.took(3, 100.0)
    pacer.took(4, 100.03)
    assert pacer.wait_overall(100.03) > 0.01


def test_holds_bind_even_without_limits_and_no_more_than_they_must() -> None:
    pacer = Pacer(None)
    pacer.hold_chat(1, 10.0)
    assert pacer.wait_chat(1, 4.0) == 6.0
    assert pacer.wait_chat(2, 4.0) == pacer.wait_overall(4.0) == 0.0
    pacer.hold_all(5.0)
    assert pacer.wait_overall(4.0) == 1.0


def test_what_is_remembered_stays_bounded() -> None:
    pacer = Pacer(Limits(per_second=1e9))
    for chat in range(1, 20_000):
        pacer.took(chat, chat * 0.01)
        pacer.took(-chat, chat * 0.01)
    assert len(pacer._chats) < 10_000
    assert len(pacer._groups) < 10_000


def test_two_chats_refused_in_a_row_mean_everybody() -> None:
    watch = FloodWatch()
    assert not watch.refused(1, 0.0)
    assert not watch.refused(1, 1.0)
    assert watch.refused(2, 2.0)


def test_refusals_with_an_acceptance_between_mean_single_chats() -> None:
    watch = FloodWatch()
    watch.refused(1, 10.0)
    watch.accepted(sent_at=9.0)  # was on its way before the refusal: proves nothing
    assert watch.refused(2, 11.0)
    watch.accepted(sent_at=12.0)
    assert not watch.refused(3, 13.0)


def run_gate(limits: Limits, wanted: Sequence[tuple[int, Priority]]) -> list[tuple[int, Priority]]:
    """Let all ask at once and return the order in which they went."""
    order: list[tuple[int, Priority]] = []

    async def one(gate: Gate, chat: int, priority: Priority) -> None:
        await gate.turn(chat, priority, patience=60.0)
        order.append((chat, priority))

    async def main() -> None:
        gate = Gate(limits)
        await asyncio.gather(*(one(gate, *each) for each in wanted))

    asyncio.run(main())
    return order


FAST = Limits(per_second=500.0, slack=0.0, chat_gap=0.05)


def test_answers_in_chats_go_before_digests() -> None:
    wanted = [(n, Priority.DIGEST) for n in range(1, 6)] + [(n, Priority.CHAT) for n in (8, 9)]
    order = run_gate(FAST, wanted)
    assert order[0] == (1, Priority.DIGEST)  # it was alone when it came
    assert order[1:3] == [(8, Priority.CHAT), (9, Priority.CHAT)]
    assert order[3:] == [(n, Priority.DIGEST) for n in range(2, 6)]


def test_a_chat_without_room_holds_up_nobody_else() -> None:
    order = run_gate(FAST, [(n, Priority.DIGEST) for n in (1, 1, 1, 2, 3)])
    assert [chat for chat, _ in order] == [1, 2, 3, 1, 1]


def test_impatience_is_told_how_long_it_would_have_been() -> None:
    async def main() -> None:
        gate = Gate(Limits(chat_gap=30.0))
        await gate.turn(1, Priority.DIGEST, patience=5.0)
        with pytest.raises(RetryAfterError) as told:
            await gate.turn(1, Priority.DIGEST, patience=5.0)
        assert 29 < told.value.seconds <= 30

    asyncio.run(main())


def test_who_waits_for_a_chat_that_is_refused_is_told_at_once() -> None:
    async def main() -> None:
        gate = Gate(Limits(chat_gap=0.2))
        await gate.turn(1, Priority.DIGEST, patience=5.0)
        waiting = asyncio.create_task(gate.turn(1, Priority.DIGEST, patience=5.0))
        await asyncio.sleep(0)
        gate.refused(1, 30.0)
        with pytest.raises(RetryAfterError):
            await waiting

    asyncio.run(main())


def test_a_cancelled_waiter_gives_up_its_place() -> None:
    async def main() -> None:
        gate = Gate(Limits(per_second=20.0, slack=0.0))
        await gate.turn(1, Priority.DIGEST, patience=5.0)
        first = asyncio.create_task(gate.turn(2, Priority.DIGEST, patience=5.0))
        second = asyncio.create_task(gate.turn(3, Priority.DIGEST, patience=5.0))
        await asyncio.sleep(0)
        first.cancel()
        loop = asyncio.get_running_loop()
        before = loop.time()
        await second
        assert loop.time() - before < 0.09

    asyncio.run(main())
