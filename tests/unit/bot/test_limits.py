"""How much one person may ask: one kind sentence, then silence, then room again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import Bucket, Limiter, Once, Verdict, seconds_closed, take

NOON = datetime(2025, 4, 10, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def verdicts(times: list[float], per_minute: int) -> list[Verdict]:
    bucket: Bucket | None = None
    found = []
    for seconds in times:
        bucket, verdict = take(bucket, after(seconds), per_minute=per_minute)
        found.append(verdict)
    return found


def test_a_flood_is_told_once_and_then_ignored_until_there_is_room() -> None:
    flood = verdicts([n / 10 for n in range(100)], 12)
    assert flood[:12] == [Verdict.ADMIT] * 12
    assert [n for n, one in enumerate(flood) if one is Verdict.TELL] == [12]
    assert set(flood[13:]) == {Verdict.IGNORE}
    assert verdicts([*([0.0] * 13), 29.9, 30.1], 12)[-2:] == [Verdict.IGNORE, Verdict.ADMIT]


def test_the_seconds_told_are_those_it_takes() -> None:
    bucket: Bucket | None = None
    for _ in range(7):
        bucket, _ = take(bucket, NOON, per_minute=6)
    assert bucket is not None
    wait = seconds_closed(bucket, per_minute=6)
    assert wait == pytest.approx(30)
    assert take(bucket, after(wait - 0.1), per_minute=6)[1] is Verdict.IGNORE
    assert take(bucket, after(wait), per_minute=6)[1] is Verdict.ADMIT


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    bucket, _ = take(None, after(100), per_minute=6)
    again, verdict = take(bucket, NOON, per_minute=6)
    assert verdict is Verdict.ADMIT
    assert again.left == pytest.approx(4)


@given(
    st.lists(st.floats(min_value=0, max_value=20), min_size=1, max_size=80),
    st.integers(min_value=1, max_value=60),
)
def test_no_more_than_the_bucket_and_its_refill_is_ever_admitted(
    gaps: list[float], per_minute: int
) -> None:
    times = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    found = verdicts(times, per_minute)
    most = per_minute + (times[-1] - times[0]) * per_minute / 60
    assert found.count(Verdict.ADMIT) <= most + 1e-6
    for one, following in pairwise(found):
        if one is not Verdict.ADMIT:
            assert following is not Verdict.TELL  # never told twice in a row


def test_memory_is_bounded() -> None:
    limiter = Limiter(6, most=50)
    for person in range(500):
        limiter.take(person, NOON)
    assert len(limiter) == 50
    limiter.take(1, after(61))
    assert len(limiter) == 1


def test_the_smallest_limit_is_told_once_a_minute() -> None:
    assert verdicts([0, 10, 30, 50, 61], 1) == [
        Verdict.ADMIT,
        Verdict.TELL,
        Verdict.IGNORE,
        Verdict.IGNORE,
        Verdict.ADMIT,
    ]


def test_people_do_not_take_from_each_other() -> None:
    limiter = Limiter(2)
    assert [limiter.take(1, NOON)[0] for _ in range(3)][-1] is Verdict.TELL
    assert limiter.take(2, NOON)[0] is Verdict.ADMIT
    assert limiter.take(3, NOON, cost=0.25)[0] is Verdict.ADMIT


def test_something_is_said_once_in_a_while() -> None:
    once = Once(timedelta(hours=1), most=2)
    assert once.is_first(1, NOON)
    assert not once.is_first(1, after(3599))
    assert once.is_first(1, after(3600))
    assert once.is_first(2, NOON)
    once.forget(2)
    assert once.is_first(2, NOON)
    once.is_first(3, NOON)
    once.is_first(4, NOON)
    assert once.is_first(2, NOON)  # the oldest went for the newest
