"""Which day a sentence tells of, and what stands in a timeline once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import BlockKind
from index.ports import Window
from index.timeline import distinct, event, timeline
from index.topic import Sentence

APRIL_9: Final = date(2025, 4, 9)
DAY: Final = timedelta(days=1)
ALWAYS: Final = Window()


def sentence(
    text: str = "Ferries rest.",
    *days: tuple[date, date],
    published: date | None = APRIL_9,
    report: str = "a",
    kind: BlockKind = BlockKind.PARAGRAPH,
) -> Sentence:
    return Sentence(
        start=0,
        end=len(text),
        text=text,
        report_id=report,
        revision=1,
        published=published,
        kind=kind,
        statements=(),
        days=days,
    )


def day(number: int, month: int = 4) -> tuple[date, date]:
    return date(2025, month, number), date(2025, month, number)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([], None),
        ([day(7)], day(7)),
        ([(date(2022, 2, 24), APRIL_9), day(8)], day(8)),
        ([(date(2022, 1, 1), date(2022, 12, 31))], None),
        ([day(1, 6), day(8)], day(8)),
        ([day(1, 6)], day(1, 6)),
        ([(date(2025, 4, 1), date(2025, 4, 5)), day(3), day(2)], day(3)),
    ],
)
def test_the_day_told_of(days: list[tuple[date, date]], told: tuple[date, date] | None) -> None:
    assert event(sentence("x", *days)) == told


def test_an_undated_report_dates_no_event() -> None:
    assert event(sentence("x", day(7), published=None)) is None


def test_oldest_first_by_the_day_told_of_and_undated_last() -> None:
    told = sentence("Ferries stopped on April 2.", day(2), published=date(2025, 4, 12))
    plain = sentence("Ferries rest.", published=date(2025, 4, 5))
    undated = sentence("Ferries matter.", published=None)
    entries = timeline([undated, plain, told], ALWAYS)
    assert [one.sentence for one in entries] == [told, plain, undated]
    assert [one.named for one in entries] == [True, False, False]
    assert [one.first for one in entries] == [date(2025, 4, 2), date(2025, 4, 5), None]


def test_a_window_holds_the_days_told_of_not_those_of_the_reports() -> None:
    march = Window(first=date(2025, 3, 1), last=date(2025, 3, 31))
    told = sentence("Ferries stopped on March 30.", day(30, 3), published=APRIL_9)
    other = sentence("Ferries rest.", published=APRIL_9)
    assert [one.sentence for one in timeline([told, other], march)] == [told]


def test_near_copies_stand_once_unless_they_tell_of_another_day_or_figure() -> None:
    text = "The port authority counted 12 ferries on the northern route that morning"
    first = sentence(f"{text}.", published=APRIL_9)
    copy = sentence(f"{text}, too.", published=APRIL_9 + DAY, report="b")
    figure = sentence(f"{text.replace('12', '13')}.", published=APRIL_9, report="c")
    later = sentence(f"{text}.", published=APRIL_9 + 5 * DAY, report="d")
    kept = timeline([first, copy, figure, later], ALWAYS)
    assert [one.sentence for one in kept] == [first, figure, later]
    assert [one.copies for one in kept] == [1, 0, 0]


@given(st.lists(st.tuples(st.integers(1, 28), st.sampled_from(["one ferry", "two", "three"]))))
def test_no_sentence_is_lost_uncounted(drawn: list[tuple[int, str]]) -> None:
    given_ = [sentence(text, published=date(2025, 4, n)) for n, text in sorted(drawn)]
    kept = distinct(given_)
    assert len(kept) + sum(copies for _, copies in kept) == len(given_)
