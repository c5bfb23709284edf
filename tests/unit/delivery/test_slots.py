from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slots import due, moment, next_slot
from bot.subscriptions import Subscription

KYIV, NEW_YORK = "Europe/Kyiv", "America/New_York"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (date(2025, 3, 30), time(7, 30), KYIV, utc(2025, 3, 30, 4, 30)),
        (date(2025, 3, 29), time(7, 30), KYIV, utc(2025, 3, 29, 5, 30)),
        # 03:00 to 04:00 does not exist: the next minute that does is 04:00.
        (date(2025, 3, 30), time(3, 0), KYIV, utc(2025, 3, 30, 1, 0)),
        (date(2025, 3, 30), time(3, 59), KYIV, utc(2025, 3, 30, 1, 0)),
        (date(2025, 3, 9), time(2, 30), NEW_YORK, utc(2025, 3, 9, 7, 0)),
        # 03:30 and 01:30 happen twice: the first counts.
        (date(2025, 10, 26), time(3, 30), KYIV, utc(2025, 10, 26, 0, 30)),
        (date(2025, 11, 2), time(1, 30), NEW_YORK, utc(2025, 11, 2, 5, 30)),
        # Half an hour's change, and a day that was left out altogether.
        (date(2025, 10, 5), time(2, 15), "Australia/Lord_Howe", utc(2025, 10, 4, 15, 30)),
        (date(2011, 12, 30), time(7, 30), "Pacific/Apia", utc(2011, 12, 30, 10, 0)),
    ],
)
def test_local_times_around_clock_changes(
    day: date, at: time, zone: str, expected: datetime
) -> None:
    assert moment(day, at, zone) == expected


ZONES = [KYIV, NEW_YORK, "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran"]


@given(
    day=st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
)
def test_a_moment_is_the_first_valid_minute_from_the_wanted_one_on(
    day: date, at: time, zone: str
) -> None:
    found = moment(day, at, zone).astimezone(ZoneInfo(zone))
    wanted = datetime.combine(day, at)
    shown = found.replace(tzinfo=None)
    assert shown >= wanted
    assert found.fold == 0 or shown == wanted
    if shown > wanted:
        # Nothing valid lies in between: the minute before shows a time before the wanted one.
        before = (found.astimezone(UTC) - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
        assert before.replace(tzinfo=None) < wanted


@pytest.mark.parametrize("zone", [KYIV, NEW_YORK])
@pytest.mark.parametrize("month", [3, 10, 11])
@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2, 30), time(3, 30), time(7, 30)])
def test_each_day_of_a_month_with_a_clock_change_has_one_slot(
    zone: str, month: int, at: time
) -> None:
    wanted = Subscription(zone=zone, times=(at,))
    after = datetime(2025, month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(minutes=1)
    days = []
    for _ in range(30):
        after = next_slot(wanted, after=after)
        days.append(after.astimezone(ZoneInfo(zone)).date())
    assert days == [date(2025, month, n) for n in range(1, 31)]


def test_times_that_fall_together_in_a_gap_make_one_slot() -> None:
    wanted = Subscription(zone=KYIV, times=(time(3, 15), time(3, 45), time(4, 0)))
    day = [utc(2025, 3, 30, 1, 0), utc(2025, 3, 31, 0, 15)]
    assert next_slot(wanted, after=utc(2025, 3, 30, 0, 0)) == day[0]
    assert next_slot(wanted, after=day[0]) == day[1]


def test_only_the_days_asked_for() -> None:
    wanted = Subscription(zone=KYIV, times=(time(7, 30),), weekdays=frozenset({0}))
    first = next_slot(wanted, after=utc(2025, 4, 9, 0, 0))
    assert first == utc(2025, 4, 14, 4, 30)
    assert next_slot(wanted, after=first) - first == timedelta(days=7)


def test_nothing_is_due_before_its_time_and_one_after() -> None:
    wanted = Subscription(zone=KYIV, times=(time(7, 30),))
    slot = utc(2025, 4, 10, 4, 30)
    settled = slot - timedelta(days=1)
    assert due(wanted, settled=settled, now=slot - timedelta(seconds=1)) is None
    found = due(wanted, settled=settled, now=slot)
    assert found is not None
    assert (found.slot, found.missed, found.is_catching_up) == (slot, 1, False)
    assert due(wanted, settled=slot, now=slot + timedelta(hours=23)) is None


def test_an_outage_makes_one_of_many_slots() -> None:
    wanted = Subscription(zone=KYIV, times=(time(7, 30), time(18, 0)))
    found = due(wanted, settled=utc(2025, 3, 20, 5, 30), now=utc(2025, 4, 10, 12, 0))
    assert found is not None
    assert found.slot == utc(2025, 4, 10, 4, 30)
    assert found.missed == 42
    assert found.is_catching_up


def test_an_outage_of_many_years_is_counted_as_one() -> None:
    wanted = Subscription(zone=KYIV, times=(time(7, 30),))
    found = due(wanted, settled=utc(1990, 1, 1, 0, 0), now=utc(2025, 4, 10, 12, 0))
    assert found is not None
    assert found.missed == 400


def test_a_pause_holds_everything_back_and_ends_in_catching_up() -> None:
    wanted = Subscription(zone=KYIV, times=(time(7, 30),), paused_until=date(2025, 4, 20))
    settled = utc(2025, 4, 9, 4, 30)
    assert next_slot(wanted, after=settled) == utc(2025, 4, 20, 4, 30)
    assert due(wanted, settled=settled, now=utc(2025, 4, 19, 23, 0)) is None
    first = due(wanted, settled=settled, now=utc(2025, 4, 20, 5, 0))
    assert first is not None
    assert first.resumed
    second = due(wanted, settled=first.slot, now=utc(2025, 4, 21, 5, 0))
    assert second is not None
    assert not second.is_catching_up


moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    times=st.sets(
        st.sampled_from([time(2, 30), time(3, 30), time(7, 30), time(23, 59)]), min_size=1
    ),
    zone=st.sampled_from(ZONES),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    start=moments,
    steps=st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), min_size=1, max_size=12),
)
def test_every_slot_is_counted_exactly_once_however_time_is_cut(
    times: set[time],
    zone: str,
    weekdays: frozenset[int],
    start: datetime,
    steps: list[timedelta],
) -> None:
    wanted = Subscription(zone=zone, times=tuple(sorted(times)), weekdays=weekdays)
    end = start + sum(steps, timedelta(0))
    expected, slot = 0, next_slot(wanted, after=start)
    while slot <= end:
        expected, slot = expected + 1, next_slot(wanted, after=slot)
    counted, settled, now = 0, start, start
    for step in steps:
        now += step
        found = due(wanted, settled=settled, now=now)
        if found is not None:
            assert settled < found.slot <= now
            counted, settled = counted + found.missed, found.slot
    assert counted == expected
