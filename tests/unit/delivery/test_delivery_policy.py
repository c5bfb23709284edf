from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.deliveries import Claim, Doubtful, Outcome, Postponed, Refused, Started
from bot.delivery_policy import Breaker, Policy, verdict
from bot.ledger import Ledger
from bot.model import Place
from bot.ports import (
    BlockedError,
    ChannelError,
    GoneError,
    RejectedError,
    RetryAfterError,
    UnavailableError,
    UnknownOutcomeError,
)
from index.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = Policy()
CLAIM = Claim(
    id=1,
    place=Place(chat_id=-5, thread_id=3),
    edition_id=1,
    silent=False,
    parts_sent=0,
    message_ids=(),
    doubtful=False,
    attempts=0,
    repeats=0,
)


def decided(error: ChannelError, claim: Claim = CLAIM) -> Outcome:
    return verdict(error, claim, POLICY)


def test_a_429_waits_as_long_as_it_says() -> None:
    outcome = decided(RetryAfterError(17.0), replace(CLAIM, attempts=3))
    assert isinstance(outcome, Postponed)
    assert outcome.wait == timedelta(seconds=17)
    assert outcome.attempts == 3


def test_where_nothing_was_accepted_it_is_tried_again_ever_more_rarely() -> None:
    waits = []
    for attempts in range(12):
        outcome = decided(UnavailableError("x"), replace(CLAIM, attempts=attempts))
        assert isinstance(outcome, Postponed)
        assert outcome.attempts == attempts + 1
        waits.append(outcome.wait)
    assert waits[:3] == [timedelta(seconds=n) for n in (5, 10, 20)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=5)


def test_doubts_are_repeated_a_few_times_then_left_alone() -> None:
    again = []
    for repeats in range(6):
        claim = replace(CLAIM, doubtful=repeats > 0, repeats=max(0, repeats - 1))
        outcome = decided(UnknownOutcomeError("x"), claim)
        assert isinstance(outcome, Doubtful)
        assert outcome.repeat == (repeats > 0)
        again.append(outcome.wait)
    assert again == [*POLICY.repeat_after, None]
    assert again[0] == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("error", "thread", "ends", "whole_chat"),
    [
        (BlockedError("blocked"), 3, True, True),
        (GoneError("no topic"), 3, True, False),
        (GoneError("no chat"), None, True, True),
        (RejectedError("bad"), 3, False, False),
    ],
)
def test_refusals_end_what_they_must_and_no_more(
    error: ChannelError, thread: int | None, *, ends: bool, whole_chat: bool
) -> None:
    claim = replace(CLAIM, place=Place(chat_id=-5, thread_id=thread))
    assert decided(error, claim) == Refused(
        delivery_id=1, reason=str(error), ends=ends, whole_chat=whole_chat
    )


def test_failures_in_a_row_end_a_round_and_rests_grow() -> None:
    breaker = Breaker(POLICY)
    for _ in range(POLICY.trouble - 1):
        breaker.failed(0.0)
        assert breaker.may_try(0.0)
    breaker.failed(0.0)
    assert not breaker.may_try(4.9)
    assert breaker.may_try(5.0)
    breaker.failed(5.0)
    assert not breaker.may_try(14.9)
    breaker.succeeded()
    breaker.failed(15.0)
    assert breaker.may_try(15.0)


def test_outcomes_of_many_are_stored_together_and_in_order() -> None:
    stored: list[list[int]] = []

    def record(outcomes: Sequence[Outcome]) -> None:
        stored.append([outcome.delivery_id for outcome in outcomes])

    async def main() -> None:
        ledger = Ledger(record)
        await asyncio.gather(*(ledger.write(Started(delivery_id=n)) for n in range(50)))
        await ledger.write(Started(delivery_id=50))
        await ledger.settle()

    asyncio.run(main())
    assert [n for batch in stored for n in batch] == list(range(51))
    assert len(stored) < 10


def test_a_locked_database_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    refusals = [StoreError("locked"), StoreError("locked"), None]
    stored: list[Outcome] = []

    def record(outcomes: Sequence[Outcome]) -> None:
        refusal = refusals.pop(0)
        if refusal:
            raise refusal
        stored.extend(outcomes)

    with caplog.at_level(logging.ERROR):
        asyncio.run(Ledger(record, retry=0.001).write(Started(delivery_id=1)))
    assert [outcome.delivery_id for outcome in stored] == [1]
    assert caplog.text.count("can't be stored yet") == 2


def test_a_defect_in_recording_reaches_whoever_wrote() -> None:
    def record(outcomes: Sequence[Outcome]) -> None:
        raise LookupError(outcomes)

    async def main() -> None:
        ledger = Ledger(record)
        with pytest.raises(LookupError):
            await ledger.write(Started(delivery_id=1))

    asyncio.run(main())
