"""Days as people and reports name them."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.periods import EARLIEST, PeriodKind, days_named, periods, periods_in_report

WEDNESDAY = date(2024, 9, 18)
MONDAY = date(2024, 9, 16)


def spans(text: str, today: date = WEDNESDAY) -> list[tuple[str, str]]:
    return [(found.first.isoformat(), found.last.isoformat()) for found in periods(text, today)]


def day(text: str, month: int, number: int, year: int = 2024) -> object:
    iso = date(year, month, number).isoformat()
    return pytest.param(text, [(iso, iso)], id=text)


def run(text: str, first: str, last: str) -> object:
    return pytest.param(text, [(first, last)], id=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        day("what burned on 26 feb", 2, 26),
        day("what burned feb 26th", 2, 26),
        day("what burned on feb. 26", 2, 26),
        day("what burned on the 26th of february", 2, 26),
        day("first of march parade", 3, 1),
        day("on 26.02.2022", 2, 26, 2022),
        day("on 26.02.", 2, 26),
        day("on 2022-09-21", 9, 21, 2022),
        day("on 9/21/2022", 9, 21, 2022),
        day("on 21/9/22", 9, 21, 2022),
        day("September 17 strike", 9, 17),
        day("the december 2 raid", 12, 2, 2023),
        day("may 9 parade", 5, 9),
        day("on 9 may", 5, 9),
        day("was the depot hit on the 14th?", 9, 14),
        day("was the depot hit on the 30th?", 8, 30),
        day("october 3, 2022", 10, 3, 2022),
        day("3rd of october 2022", 10, 3, 2022),
        day("on feb 29", 2, 29),
        day("yesterday", 9, 17),
        day("yesterday's barrage", 9, 17),
        day("the day before yesterday", 9, 16),
        day("today", 9, 18),
        day("this morning", 9, 18),
        day("tonight", 9, 18),
        day("on thursday", 9, 12),
        day("last thursday", 9, 12),
        day("on wednesday", 9, 18),
        day("last wednesday", 9, 11),
        day("as of monday", 9, 16),
        day("on wensday", 9, 18),
        day("on sun", 9, 15),
        day("two days ago", 9, 16),
        day("on new year's eve", 12, 31, 2023),
        day("new years eve", 12, 31, 2023),
        day("on independence day", 8, 24),
    ],
)
def test_a_single_day(text: str, expected: list[tuple[str, str]]) -> None:
    assert spans(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        run("this week", "2024-09-16", "2024-09-18"),
        run("last week", "2024-09-09", "2024-09-15"),
        run("as of last week", "2024-09-09", "2024-09-15"),
        run("past 3 days", "2024-09-15", "2024-09-18"),
        run("in the last 24 hours", "2024-09-17", "2024-09-18"),
        run("over the past week", "2024-09-11", "2024-09-18"),
        run("overnight", "2024-09-17", "2024-09-18"),
        run("last night", "2024-09-17", "2024-09-18"),
        run("over the weekend", "2024-09-14", "2024-09-15"),
        run("two weeks ago", "2024-09-01", "2024-09-07"),
        run("last month", "2024-08-01", "2024-08-31"),
        run("earlier this month", "2024-09-01", "2024-09-18"),
        run("last year", "2023-01-01", "2023-12-31"),
        run("late october", "2023-10-22", "2023-10-31"),
        run("early june", "2024-06-01", "2024-06-10"),
        run("mid-march", "2024-03-11", "2024-03-21"),
        run("at the end of july", "2024-07-22", "2024-07-31"),
        run("in the first week of august", "2024-08-01", "2024-08-07"),
        run("in the last days of august", "2024-08-25", "2024-08-31"),
        run("the second half of may", "2024-05-17", "2024-05-31"),
        run("the week of september 2", "2024-09-02", "2024-09-08"),
        run("in febuary", "2024-02-01", "2024-02-29"),
        run("in september", "2024-09-01", "2024-09-18"),
        run("in may", "2024-05-01", "2024-05-31"),
        run("in march", "2024-03-01", "2024-03-31"),
        run("in his march speech", "2024-03-01", "2024-03-31"),
        run("in april 40 tanks burned", "2024-04-01", "2024-04-30"),
        run("in april 20 tanks burned", "2024-04-01", "2024-04-30"),
        run("between december 12 and 14", "2023-12-12", "2023-12-14"),
        run("between 12 and 14 december", "2023-12-12", "2023-12-14"),
        run("from 3 to 5 april", "2024-04-03", "2024-04-05"),
        run("august 20-21", "2024-08-20", "2024-08-21"),
        run("overnight on august 20\u201321", "2024-08-20", "2024-08-21"),
        run("26 feb - 2 mar", "2024-02-26", "2024-03-02"),
        run("from december 28 to january 3", "2023-12-28", "2024-01-03"),
        run("from march 3 to april 5, 2022", "2022-03-03", "2022-04-05"),
        run("between june and august", "2024-06-01", "2024-08-31"),
        run("raids from sunday to monday", "2024-09-15", "2024-09-16"),
        run("friday to sunday", "2024-09-13", "2024-09-15"),
        run("the night to sunday", "2024-09-14", "2024-09-15"),
        run("on the night of the 5th", "2024-09-05", "2024-09-06"),
        run("at the start of october until december 9", "2023-10-01", "2023-12-09"),
        run("around new year", "2023-12-27", "2024-01-05"),
        run("at christmas", "2023-12-24", "2023-12-26"),
        run("at easter", "2024-05-03", "2024-05-06"),
        run("this summer", "2024-06-01", "2024-08-31"),
        run("last autumn", "2023-09-01", "2023-11-30"),
        run("this autumn", "2024-09-01", "2024-09-18"),
        run("spring 2022", "2022-03-01", "2022-05-31"),
        run("last fall", "2023-09-01", "2023-11-30"),
        run("in 2023", "2023-01-01", "2023-12-31"),
        run("late 2023", "2023-09-01", "2023-12-31"),
        run("since april", "2024-04-01", "2024-09-18"),
        run("since its july pause", "2024-07-01", "2024-09-18"),
        run("after march 5", "2024-03-05", "2024-09-18"),
        run("from august onwards", "2024-08-01", "2024-09-18"),
        run("before march 5", EARLIEST.isoformat(), "2024-03-04"),
        run("until march 5", EARLIEST.isoformat(), "2024-03-05"),
        run("next week", "2024-09-23", "2024-09-29"),
    ],
)
def test_several_days(text: str, expected: list[tuple[str, str]]) -> None:
    assert spans(text) == expected


def test_several_periods_keep_their_order_and_words() -> None:
    text = "how many fell in july and then in september, and on april 3, 4 and 6, 2022?"
    found = periods(text, WEDNESDAY)
    assert [one.of(text) for one in found] == ["july", "september", "april 3", "4", "6, 2022"]
    assert [one.first for one in found][:2] == [date(2024, 7, 1), date(2024, 9, 1)]
    assert [one.first.day for one in found][2:] == [3, 4, 6]


def test_a_year_said_once_holds_for_its_neighbours() -> None:
    assert spans("in march and april 2022") == [
        ("2022-03-01", "2022-03-31"),
        ("2022-04-01", "2022-04-30"),
    ]
    assert spans("december 2021 and january 2022")[0] == ("2021-12-01", "2021-12-31")


@pytest.mark.parametrize(
    "text",
    [
        "may he resign",
        "it may fall",
        "this may help them",
        "did the columns march on the capital",
        "the long march",
        "who sat in the sun",
        "the second army retreated",
        "the 36th brigade held the 5th bridgehead",
        "since the fall of the town",
        "jan kowalski and april",
        "the M4 and M14 roads, W3 gate, S300",
        "24/7 shelling at 10.30",
        "2022 soldiers",
        "version 1.2.3",
        "who spoke at the monument",
        "",
        "...",
    ],
)
def test_what_only_looks_like_days(text: str) -> None:
    expected = ["april"] if text.endswith("and april") else []
    assert [found.of(text) for found in periods(text, WEDNESDAY)] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what happened on february 30", "february 30"),
        ("on 31 june", "31 june"),
        ("on 2022-13-45", "2022-13-45"),
        ("on 31.02.2022", "31.02.2022"),
        ("on feb 29, 2023", "feb 29, 2023"),
        ("on march 45", "march 45"),
    ],
)
def test_days_that_do_not_exist_are_reported(text: str, words: str) -> None:
    found = days_named(text, WEDNESDAY)
    assert [span.of(text) for span in found.impossible] == [words]
    assert found.periods == ()


def test_a_date_both_orders_of_which_exist_is_less_certain() -> None:
    (found,) = periods("on 3/4/2022", WEDNESDAY)
    assert found.confidence < 1.0
    assert found.first in {date(2022, 3, 4), date(2022, 4, 3)}


def test_plans_lie_ahead() -> None:
    assert spans("what happened on september 25") == [("2023-09-25", "2023-09-25")]
    assert spans("is the vote scheduled for september 25") == [("2024-09-25", "2024-09-25")]
    assert spans("will they vote this sunday") == [("2024-09-22", "2024-09-22")]


def test_said_on_a_monday_this_week_holds_the_days_just_gone() -> None:
    assert spans("this week", MONDAY) == [("2024-09-14", "2024-09-16")]


def test_a_feast_of_these_days_is_the_coming_one() -> None:
    assert spans("over christmas", date(2024, 12, 20)) == [("2024-12-24", "2024-12-26")]
    assert spans("over christmas", date(2024, 1, 9)) == [
        ("2023-12-24", "2023-12-26"),
        ("2024-01-06", "2024-01-07"),
    ]


def test_kinds_say_how_days_were_named() -> None:
    kinds = {
        "on april 9": PeriodKind.EXACT,
        "yesterday": PeriodKind.RELATIVE,
        "in april": PeriodKind.MONTH,
        "in 2023": PeriodKind.YEAR,
        "late april": PeriodKind.VAGUE,
        "since april": PeriodKind.OPEN,
    }
    assert {text: periods(text, WEDNESDAY)[0].kind for text in kinds} == kinds


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        run("Shells fell on December 19.", "2022-12-19", "2022-12-19"),
        run("The talks are to open on January 10.", "2023-01-10", "2023-01-10"),
        run("He signed the order on March 2.", "2022-03-02", "2022-03-02"),
        run("Crews worked overnight on August 20-21.", "2022-08-20", "2022-08-21"),
        run("They met between December 12 and 14.", "2022-12-12", "2022-12-14"),
        run("Since September 6 they gained little.", "2022-09-06", "2022-12-20"),
        run("It lost three boats in the past 24 hours.", "2022-12-19", "2022-12-20"),
        run("The bridge stood until December 3.", "2022-12-03", "2022-12-03"),
        run("It ran from February 20, 2023 to March 6, 2023.", "2023-02-20", "2023-03-06"),
        run("The pause began in late November.", "2022-11-21", "2022-11-30"),
        run("He spoke at 6:00 am local time on Dec. 15.", "2022-12-15", "2022-12-15"),
        run("They took it in fall 2021.", "2021-09-01", "2021-11-30"),
    ],
)
def test_a_report_is_read_from_its_own_date(sentence: str, expected: list[tuple[str, str]]) -> None:
    found = periods_in_report(sentence, date(2022, 12, 20))
    assert [(one.first.isoformat(), one.last.isoformat()) for one in found] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Forces may march on the town, and may succeed.",
        "Theresa May and Jan Nowak fall out over the Sun.",
        "The 2nd Army fell back on its second line.",
        "Nobody said when.",
    ],
)
def test_a_report_without_days(sentence: str) -> None:
    assert periods_in_report(sentence, date(2022, 12, 20)) == []


WORDS = (
    "on the in of since until from to between and or , - . ' early late mid first last week days"
    " half end jan february march may december 2022 31 30 29 12 1st 21st 99 monday sun sat this"
    " next past few couple ago yesterday overnight night new year christmas easter spring fall"
    " 26.02.2022 2022-13-45 1/2/3 13/12/22 99.99.9999 0000-00-00"
)
PIECES = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)
ANY_DAY = st.one_of(st.dates(), st.sampled_from([date.min, date.max]))


@given(text=st.one_of(PIECES, st.text(st.characters(codec=None), max_size=80)), today=ANY_DAY)
def test_no_text_breaks_it_and_every_period_is_a_slice(text: str, today: date) -> None:
    found = days_named(text, today)
    for one in (*found.periods, *found.impossible, *periods_in_report(text.title(), today)):
        assert 0 <= one.start < one.end <= len(text.title())
    for period in found.periods:
        assert period.first <= period.last
        assert 0.0 < period.confidence <= 1.0


@pytest.mark.parametrize(
    "piece", ["april 3, ", "from ", "may ", "the 21st ", "1 ", "first week of "]
)
def test_long_texts_take_bounded_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    began = time.perf_counter()
    days_named(text, WEDNESDAY)
    assert time.perf_counter() - began < 2.0
