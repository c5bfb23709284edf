from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.subscriptions import (
    EVERY_DAY,
    MAX_LINE,
    MAX_NAME,
    MAX_TIMES,
    MAX_TOPICS,
    WEEKEND,
    WORK_DAYS,
    Subscription,
    SubscriptionError,
    parse,
    parse_names,
    parse_times,
    render,
)
from bot.zones import ZoneError

BASE = Subscription(zone="UTC", times=(time(12),))

_NO_NAMES = {"any", "all", "everything", "none", "no", "off", "-", "*"}


def _is_name(text: str) -> bool:
    return any(map(str.isalnum, text)) and text.casefold() not in _NO_NAMES


names = (
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(_is_name)
)
name_lists = st.lists(names, max_size=4, unique_by=str.casefold).map(tuple)
subscriptions = st.builds(
    Subscription,
    zone=st.sampled_from(["Europe/Kyiv", "America/New_York", "Asia/Kathmandu", "UTC", "Etc/GMT-2"]),
    times=st.sets(
        st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=4
    )
    .map(sorted)
    .map(tuple),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    publishers=name_lists,
    topics=name_lists,
    always=st.booleans(),
    quiet=st.booleans(),
    paused_until=st.none() | st.dates(date(2020, 1, 1), date(2100, 1, 1)),
)


@given(wanted=subscriptions, base=subscriptions)
@example(
    wanted=Subscription(zone="UTC", times=(time(0),), topics=('a "quoted", one', "topics: x")),
    base=BASE,
)
@example(wanted=Subscription(zone="UTC", times=(time(0),), topics=('x","y',)), base=BASE)
def test_a_rendered_subscription_reads_back_the_same_over_any_other(
    wanted: Subscription, base: Subscription
) -> None:
    assert parse(render(wanted), base) == wanted


@given(st.text(max_size=200))
def test_any_line_is_read_or_refused_with_a_sentence(line: str) -> None:
    try:
        parse(line, BASE)
    except (SubscriptionError, ZoneError) as refusal:
        assert str(refusal).endswith((".", "?"))  # noqa: PT017


def test_the_whole_line() -> None:
    read = parse("07:30 Europe/Kyiv topics: peacekeepers, air defense", BASE)
    assert read == Subscription(
        zone="Europe/Kyiv", times=(time(7, 30),), topics=("peacekeepers", "air defense")
    )


def test_nothing_said_changes_nothing() -> None:
    assert parse("", BASE) == BASE
    assert parse("   ", BASE) == BASE


@pytest.mark.parametrize(
    ("line", "times"),
    [
        ("7am", (time(7),)),
        ("7:30 pm", (time(19, 30),)),
        ("12am and 12pm", (time(0), time(12))),
        ("18.15, 06:00", (time(6), time(18, 15))),
        ("at 9:05 daily", (time(9, 5),)),
    ],
)
def test_times_as_people_write_them(line: str, times: tuple[time, ...]) -> None:
    assert parse(line, BASE).times == times


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("mon", {0}),
        ("Mondays and fri", {0, 4}),
        ("mon-wed", {0, 1, 2}),
        ("sat-mon", {5, 6, 0}),
        ("weekdays", set(WORK_DAYS)),
        ("weekends", set(WEEKEND)),
        ("daily", set(EVERY_DAY)),
        ("weekly", {0}),
        ("weekly thu", {3}),
    ],
)
def test_days_as_people_write_them(line: str, days: set[int]) -> None:
    assert parse(line, BASE).weekdays == days


@pytest.mark.parametrize(
    "line",
    [
        "25:00",
        "07:60",
        "13pm",
        "0am",
        "weekly mon tue",
        "Atlantis",
        "topics: " + "x" * 1000,
        "topics: " + ", ".join(f"t{n}" for n in range(MAX_TOPICS + 1)),
        " ".join(f"{n:02}:00" for n in range(MAX_TIMES + 1)),
        "x" * (MAX_LINE + 1),
        'topics: "never closed',
        "paused: someday",
        "topics: !!!",
    ],
)
def test_what_cannot_be_is_refused(line: str) -> None:
    with pytest.raises((SubscriptionError, ZoneError)) as refused:
        parse(line, BASE)
    assert len(str(refused.value)) < 400


def test_flags_and_sections_change_only_themselves() -> None:
    base = parse(
        "08:00 Kyiv quiet always topics: grain publishers: Harbour; paused: 2025-06-01", BASE
    )
    assert base.quiet
    assert base.always
    assert base.publishers == ("Harbour",)
    assert base.paused_until == date(2025, 6, 1)
    assert parse("topics: any", base).topics == ()
    assert parse("loud", base).topics == ("grain",)
    assert not parse("only-new", base).always
    assert parse("paused: none", base).paused_until is None


def test_topics_are_tidied_and_named_once() -> None:
    assert parse_names("  air\tdefense , Grain,grain,, ") == ("air defense", "Grain")
    assert parse_names("all") == ()
    assert parse_times("6:00 5:00") == (time(5), time(6))
    with pytest.raises(SubscriptionError):
        parse_times("soon")
    with pytest.raises(SubscriptionError):
        parse_names("y" * (MAX_NAME + 1))


@pytest.mark.parametrize(
    "values",
    [
        {"zone": "Mars/Olympus"},
        {"times": ()},
        {"times": (time(8), time(7))},
        {"times": (time(8, 0, 1),)},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({7})},
        {"topics": ("a", "A")},
        {"topics": ("any",)},
        {"topics": (" a",)},
        {"publishers": ("x" * 101,)},
    ],
)
def test_an_impossible_subscription_cannot_be_built(values: dict[str, object]) -> None:
    fine: dict[str, object] = {"zone": "UTC", "times": (time(7),)}
    with pytest.raises(SubscriptionError):
        Subscription(**(fine | values))  # type: ignore[arg-type]
