"""What was measured, written into docs/performance.md: a table, and charts beside it.

The charts are SVG with a clear background and middle tones, so that they read on light and dark
pages. What stands outside the page's markers is written by hand and kept.
"""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from matplotlib import rc_context
from matplotlib.figure import Figure as Drawing

from benchmarks.measure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    # A title, and its result or why there is none.
    Measured = tuple[str, Mapping[str, Any] | None, str]

PAGE: Final = Path("docs/performance.md")
CHARTS: Final = Path("docs/performance")
BEGIN: Final = "<!-- measured: written by make bench -->"
END: Final = "<!-- end of measured -->"
_LIBRARIES: Final = ("torch", "sentence-transformers", "chromadb", "tantivy", "sqlalchemy")
_INK: Final = "#808890"
_GOOD: Final = "#3a8fb7"
_MISSED: Final = "#d2691e"
_STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "briefing",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "savefig.transparent": True,
}


def write(measured: Sequence[Measured]) -> None:
    """Draw the charts and put the table between the page's markers."""
    CHARTS.mkdir(exist_ok=True)
    charts = [chart for _, result, _ in measured for chart in (result or {}).get("charts", ())]
    with rc_context(_STYLE):
        shown = [_goals_chart(measured), *map(_bars_chart, charts)]
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = [BEGIN, _circumstances(), _table(measured), *filter(None, shown), END]
    PAGE.write_text(before + "\n\n".join(parts) + after, "utf-8")


def _circumstances() -> str:
    """Say where and when: figures are ratios, yet a busy machine blurs them."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    busy = os.getloadavg()[2]
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({_processor()},"
        f" {platform.system()}), Python {platform.python_version()}, {libraries}."
        f" Mean load of the last 15 minutes, this run included: {busy:.1f}."
    )


def _processor() -> str:
    """Return the processor's name, where Linux tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _figures(result: Mapping[str, Any] | None) -> list[Figure]:
    return [Figure(**one) for one in (result or {}).get("figures", ())]


def _table(measured: Sequence[Measured]) -> str:
    rows = ["| what | measured | goal | | in units |", "| --- | ---: | ---: | --- | --- |"]
    for title, result, missing in measured:
        if result is None:
            rows.append(f"| **{title}** | - | - | | {missing} |")
            continue
        rows.append(f"| **{title}** | | | | |")
        rows += [
            f"| {one.what} | {_number(one.value)} | {_goal(one)} | {_verdict(one)} | {one.detail} |"
            for one in _figures(result)
        ]
    return "\n".join(rows)


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 1 else f"{value:.4g}"


def _goal(one: Figure) -> str:
    if one.at_least is not None:
        return f"≥ {_number(one.at_least)}"
    return "-" if one.at_most is None else f"≤ {_number(one.at_most)}"


def _verdict(one: Figure) -> str:
    if one.at_least is None and one.at_most is None:
        return ""
    return "met" if one.met else "**missed**"


def _goals_chart(measured: Sequence[Measured]) -> str:
    """Draw how far each figure is past its goal: 1 is the goal, more is better."""
    margins: dict[str, float] = {}
    for title, result, _ in measured:
        for one in _figures(result):
            if one.at_least and one.value > 0:
                margins[f"{title}: {one.what}"] = one.value / one.at_least
            elif one.at_most and one.value > 0:
                margins[f"{title}: {one.what}"] = one.at_most / one.value
    if not margins:
        return ""
    drawing, axes = _drawing(len(margins))
    places = range(len(margins))
    colours = [_GOOD if margin >= 1 else _MISSED for margin in margins.values()]
    # From the goal to the left or to the right of it.
    axes.barh(places, [one - 1 for one in margins.values()], left=1, color=colours, height=0.65)
    axes.axvline(1, color=_INK, linewidth=1)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda at, _: f"{at:g}")
    axes.set_xlabel("times the goal (past 1: met)")
    return _saved(drawing, axes, "goals", "Each figure against its goal", list(margins))


def _bars_chart(chart: Mapping[str, Any]) -> str:
    bars = chart["bars"]
    drawing, axes = _drawing(len(bars))
    drawn = axes.barh(range(len(bars)), list(bars.values()), color=_GOOD, height=0.65)
    labels = [_number(value) for value in bars.values()]
    axes.bar_label(drawn, labels=labels, padding=3, color=_INK)
    axes.set_xlabel(chart["unit"])
    axes.margins(x=0.12)
    return _saved(drawing, axes, chart["name"], chart["title"], list(bars))


def _drawing(rows: int) -> tuple[Drawing, Axes]:
    drawing = Drawing(figsize=(9, 0.9 + 0.3 * rows))
    return drawing, drawing.add_subplot()


def _saved(drawing: Drawing, axes: Axes, name: str, title: str, labels: Sequence[str]) -> str:
    axes.set_title(title, color=_INK)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    drawing.savefig(CHARTS / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight")
    return f"![{title}](performance/{name}.svg)"
