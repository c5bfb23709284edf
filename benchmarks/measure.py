"""What the benchmarks share: times, percentiles, memory, and the line each one ends with.

A benchmark is a module that runs alone (``python -m benchmarks.NAME``). It may print what it likes
for people, and ends with ``raise SystemExit(report(…))``, which prints one line of JSON: its
figures, its charts, and details. It never fails for being slow in seconds: a goal is a ratio to a
floor or a peer measured in the same run. A line in benchmarks/suite.py makes it part of the suite.
"""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing measured.

    Args:
        what: what was measured.
        value: the ratio to what it is measured against, or a share.
        detail: both sides in their units, such as "14.2 ms against 7.1 ms".
        at_least: the goal, where more is better.
        at_most: the goal, where less is better.
    """

    what: str
    value: float
    detail: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool:
        """Tell whether the goal is reached; without one it always is."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars of one unit; ``name`` is that of its file, without an ending."""

    name: str
    title: str
    unit: str
    bars: Mapping[str, float]


def report(figures: Sequence[Figure], charts: Sequence[Chart] = (), **details: Any) -> int:  # noqa: ANN401
    """Print the result as one line of JSON; returns 1 where a goal is missed, else 0."""
    result = {
        "figures": [asdict(one) for one in figures],
        "charts": [asdict(one) for one in charts],
        "details": details,
    }
    print(json.dumps(result, default=str), flush=True)
    return 0 if all(one.met for one in figures) else 1


def timed(
    work: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs
) -> tuple[Made, float]:
    """Return what some work made, and the seconds it took."""
    begun = time.perf_counter()
    made = work(*args, **kwargs)
    return made, time.perf_counter() - begun


def percentile(values: Sequence[float], percent: float) -> float:
    """Return a percentile, interpolated between neighbours."""
    return float(np.percentile(values, percent))


def peak_mib() -> float:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def resident_mib() -> float:
    """Return the memory this process holds, where Linux tells."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20
