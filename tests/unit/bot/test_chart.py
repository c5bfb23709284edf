"""The chart: drawn for any trend and any words, without a screen and without a warning."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chart import Words, draw
from index.trend import Bar, Peak, Trend, Unit
from tests.fakes.telegram import images
from tests.unit.index.test_timeline import sentence

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def words(title: str = "How often the reports speak of ferries") -> Words:
    return Words(
        title=title,
        axis="Sentences a day",
        prominent="in takeaways",
        body="in the body",
        nothing="no report stored",
        months=MONTHS,
    )


def trend(*bars: tuple[int, int, int]) -> Trend:
    first = date(2024, 12, 30)
    made = tuple(
        Bar(first=first + timedelta(days=n), prominent=prominent, body=body, stored=stored)
        for n, (prominent, body, stored) in enumerate(bars)
    )
    highest = max(range(len(made)), key=lambda n: made[n].total)
    peaks = (Peak(bar=highest, sentence=sentence()),)
    return Trend(first=first, last=made[-1].first, unit=Unit.DAY, bars=made, peaks=peaks, reports=1)


@pytest.mark.parametrize(
    "bars",
    [[(1, 0, 1)], [(0, 3, 1), (0, 0, 0), (0, 0, 0), (2, 1, 1)], [(n % 3, n, 1) for n in range(80)]],
)
def test_any_trend_is_a_picture_telegram_takes(bars: list[tuple[int, int, int]]) -> None:
    assert images.size(draw(trend(*bars), words())) == (1300, 728)


@pytest.mark.parametrize("title", ["", "$x_1$ \\frac{", "日本 🚢 ferry", "long " * 80, "a\nb"])
def test_any_title_is_drawn(title: str) -> None:
    assert images.size(draw(trend((1, 2, 1)), words(title))) == (1300, 728)


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_typed_titles_are_drawn(title: str) -> None:
    assert draw(trend((1, 2, 1)), words(title))


def test_same_trend_same_picture() -> None:
    assert draw(trend((1, 2, 1)), words()) == draw(trend((1, 2, 1)), words())
    assert draw(trend((1, 2, 1)), words()) != draw(trend((2, 1, 1)), words())


def test_the_library_is_loaded_with_the_first_chart_only() -> None:
    code = "import sys, bot.research_commands; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
