"""The chart of a trend as a picture; matplotlib is loaded when the first one is drawn."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from index.trend import Bar, Trend

# Okabe and Ito's blue and orange: told apart by everybody, and by lightness alone.
_PROMINENT: Final = "#0072B2"
_BODY: Final = "#E69F00"
_NOTHING: Final = "#D9D9D9"
_INK: Final = "#222222"
_SIZE: Final = (10.0, 5.6)  # inches
_DOTS: Final = 130  # an inch
_TICKS: Final = 8
_TITLE_WIDTH: Final = 62  # characters of a line
_TITLE: Final = 120
_WIDTH: Final = 0.86  # of a bar's place
_ROOM: Final = 1.16  # above the highest bar, for the peaks' numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands on the chart; ``months`` are twelve short names."""

    title: str
    axis: str
    prominent: str
    body: str
    nothing: str
    months: tuple[str, ...]


def draw(trend: Trend, words: Words) -> bytes:
    """Return the chart as a PNG of 1,300 by 728 pixels; peaks carry their numbers."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=_SIZE, dpi=_DOTS, layout="constrained")
    axes = figure.subplots()
    places = range(len(trend.bars))
    prominent = [bar.prominent for bar in trend.bars]
    body = [bar.body for bar in trend.bars]
    for first, last in _empty(trend.bars):
        axes.axvspan(first - 0.5, last + 0.5, color=_NOTHING, lw=0, label=words.nothing, zorder=0)
    axes.bar(places, prominent, _WIDTH, color=_PROMINENT, label=words.prominent, zorder=2)
    axes.bar(places, body, _WIDTH, prominent, color=_BODY, label=words.body, zorder=2)
    highest = max(bar.total for bar in trend.bars)
    for number, peak in enumerate(trend.peaks, 1):
        place = peak.bar, trend.bars[peak.bar].total + highest * 0.015
        axes.annotate(str(number), place, ha="center", va="bottom", weight="bold", color=_INK)
    axes.set_title(_shown(words.title), loc="left", weight="bold", color=_INK, parse_math=False)
    axes.set_ylabel(_shown(words.axis), color=_INK, parse_math=False)
    axes.set_ylim(0, highest * _ROOM)
    axes.set_xlim(-0.6, len(trend.bars) - 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.grid(axis="y", color="#BBBBBB", lw=0.5, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    _dates(axes, trend.bars, words.months)
    _legend(axes)
    written = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(written, format="png")
    return written.getvalue()


def _empty(bars: Sequence[Bar]) -> Iterator[tuple[int, int]]:
    """Yield the runs of bars for which no report is stored."""
    for stored, run in groupby(range(len(bars)), lambda n: bool(bars[n].stored)):
        if not stored:
            places = list(run)
            yield places[0], places[-1]


def _dates(axes: Axes, bars: Sequence[Bar], months: Sequence[str]) -> None:
    """Name a few bars by their first day, the year below where it is another."""
    step = -(-len(bars) // _TICKS)
    places = list(range(0, len(bars), step))
    labels, year = [], 0
    whole = len(bars) > 1 and all(bar.first.day == 1 for bar in bars)  # months
    for place in places:
        day = bars[place].first
        month = months[day.month - 1]
        labels.append(month if whole else f"{day.day} {month}")
        if day.year != year:
            labels[-1] += f"\n{day.year}"
        year = day.year
    axes.set_xticks(places, labels)


def _legend(axes: Axes) -> None:
    """Explain each colour once, below the chart, where it hides nothing."""
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    axes.legend(
        once.values(),
        once.keys(),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.12),
        ncols=len(once),
        frameon=False,
    )


def _shown(text: str) -> str:
    """Return text that the chart's font can show, on a few lines."""
    known = _characters()
    text = "".join(one if ord(one) in known else "?" for one in text[:_TITLE])
    return textwrap.fill(text, _TITLE_WIDTH)


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())
