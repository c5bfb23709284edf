"""How long `briefing ask` takes from nothing, against importing sentence_transformers alone.

    python -m benchmarks.cold_start [--rounds 5]

Both are processes of their own, started in turn, after a round that brings their files into memory.
The reports asked are the samples that come with the package.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from statistics import median
from typing import Final

from benchmarks.measure import Figure, report, timed

_FLOOR: Final = ("-c", "import sentence_transformers")
_QUESTION: Final = ("--asked-on", "2025-06-01", "what did Russia say about peacekeepers?")


def main() -> int:
    """Start both in turn and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold_start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        briefing = ("-m", "bot.cli", "--data", folder)
        _run(*briefing, "samples")
        floors, asks = [], []
        for turn in range(rounds + 1):
            alone = _run(*_FLOOR)
            ask = _run(*briefing, "ask", *_QUESTION)
            if turn:
                floors.append(alone)
                asks.append(ask)
    floor, whole = median(floors), median(asks)
    return report(
        [
            Figure(
                what="`briefing ask` from start to answer, against importing sentence_transformers",
                value=whole / floor,
                detail=f"{whole:.1f} s against {floor:.1f} s, medians of {rounds}",
                at_most=1.3,
            )
        ]
    )


def _run(*arguments: str) -> float:
    """Return the seconds a Python takes for some work, start and end included."""
    return timed(
        subprocess.run,
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )[1]


if __name__ == "__main__":
    raise SystemExit(main())
