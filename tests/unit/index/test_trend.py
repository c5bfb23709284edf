"""How often and how prominently: bars, gaps and peaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import BlockKind
from index.ports import Window
from index.trend import Unit, trend
from tests.unit.index.test_timeline import sentence

if TYPE_CHECKING:
    from index.topic import Sentence
    from index.trend import Trend

FIRST: Final = date(2025, 1, 6)  # a Monday
ALWAYS: Final = Window()


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(count)]


def on(*counts: tuple[int, int]) -> list[Sentence]:
    """Return so many sentences for each day given by its number from the first."""
    return [
        replace(sentence(f"Ferry {k} of day {n}."), published=FIRST + timedelta(days=n), start=k,
                end=k + 1, report_id=f"r{n}")
        for n, count in counts
        for k in range(count)
    ]  # fmt: skip


def counted(sentences: list[Sentence], stored: list[date], window: Window = ALWAYS) -> Trend:
    found = trend(sentences, stored, window)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("span", "unit", "bars"),
    [(1, Unit.DAY, 1), (62, Unit.DAY, 62), (63, Unit.WEEK, 9), (560, Unit.WEEK, 80)],
)
def test_bars_are_neither_too_many_nor_too_few(span: int, unit: Unit, bars: int) -> None:
    found = counted(on((0, 1)), days(span))
    assert (found.unit, len(found.bars)) == (unit, bars)


def test_years_are_counted_by_months() -> None:
    found = counted(on((0, 1)), [FIRST, date(2027, 2, 3)])
    assert found.unit is Unit.MONTH
    assert [bar.first for bar in found.bars[::12]] == [date(y, 1, 1) for y in (2025, 2026, 2027)]
    assert len(found.bars) == 26


def test_takeaways_and_headings_are_prominent() -> None:
    kinds = (BlockKind.TAKEAWAY, BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    found = counted([sentence(published=FIRST, kind=kind) for kind in kinds], [FIRST])
    assert (found.bars[0].prominent, found.bars[0].body) == (2, 2)


def test_a_time_without_reports_is_no_silence() -> None:
    found = counted(on((0, 1), (2, 1)), [FIRST, FIRST + timedelta(days=2)])
    assert [bar.stored for bar in found.bars] == [1, 0, 1]


def test_nothing_in_the_window_and_undated_sentences_count_nowhere() -> None:
    later = Window(first=FIRST + timedelta(days=5))
    assert trend(on((0, 3)), days(9), later) is None
    assert trend([sentence(published=None)], days(9), ALWAYS) is None
    assert trend([], [], ALWAYS) is None


def test_peaks_stand_apart_in_time_and_a_small_one_is_none() -> None:
    found = counted(on((1, 9), (2, 8), (5, 4), (9, 1), (12, 6), (20, 5)), days(30))
    assert [peak.bar for peak in found.peaks] == [1, 12, 20]
    for peak in found.peaks:
        assert peak.sentence.published == FIRST + timedelta(days=peak.bar)


def test_a_peak_is_quoted_with_a_takeaway_where_there_is_one() -> None:
    body = [sentence(f"Ferries rest, {n}.", published=FIRST) for n in range(5)]
    takeaway = sentence("Ferries rest.", published=FIRST, kind=BlockKind.TAKEAWAY)
    assert counted([*body, takeaway], [FIRST]).peaks[0].sentence == takeaway


@given(st.dictionaries(st.integers(0, 900), st.integers(1, 3), min_size=1, max_size=12))
def test_every_dated_sentence_is_in_one_bar(drawn: dict[int, int]) -> None:
    found = counted(on(*drawn.items()), [FIRST + timedelta(days=n) for n in drawn])
    assert found.total == sum(drawn.values())
    assert found.reports == len(drawn)
    assert 1 <= len(found.peaks) <= 3
