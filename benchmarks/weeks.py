"""A subscriber's week in Kyiv over each change of the clocks: python -m benchmarks.weeks.

Prints when each edition of 03:30 and 07:30 arrived, by the clock on the wall, and how it began. At
03:30 the clocks go forward to 04:00 in March, and in October 03:30 comes twice.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.fakes.weeks import week

_FIRST = (date(2025, 3, 27), date(2025, 10, 23))


def main() -> None:
    """Live through both weeks."""
    for first in _FIRST:
        with tempfile.TemporaryDirectory() as folder:
            times = (time(3, 30), time(7, 30))
            arrived = asyncio.run(week(Path(folder), ZoneInfo("Europe/Kyiv"), first, times))
        print(f"Europe/Kyiv, the week from {first}")
        print(*arrived, sep="\n", end="\n\n")


if __name__ == "__main__":
    main()
