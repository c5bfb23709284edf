"""Takeaways and the passages found behind them, to be judged by eye.

    python -m benchmarks.takeaway_support DATA    a data folder with reports read into it

Draws takeaways with a fixed seed and prints each with its passage and, where none was found, with
the nearest sentence, so that a reader can tell what was missed.
"""

from __future__ import annotations

import argparse
import random
import textwrap
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot import settings
from bot.build import engine_for, library_for
from index.digest import nearest
from index.passages import PassageStore

if TYPE_CHECKING:
    from index.library import Library
    from index.model import DigestItem, DigestReport


def main() -> None:
    """Print a sample, and how many takeaways found what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=60)
    asked = parser.parse_args()
    loaded = settings.load(None)
    engine = engine_for(loaded, asked.data)
    with closing(library_for(loaded, asked.data, engine, command="benchmark")) as library:
        parts = [library.digest_report(one.id) for one in library.reports()]
        drawn = [(part, item) for part in parts for item in part.takeaways]
        drawn = [(part, item) for part, item in drawn if part.kind == "published"]
        counts = Counter(item.support for _, item in drawn)
        chance = random.Random(asked.seed)  # noqa: S311
        for number, (part, item) in enumerate(chance.sample(drawn, asked.count), start=1):
            print(_shown(number, part, item, library, PassageStore(engine)))
    print(f"{len(drawn)} takeaways of {len(parts)} reports: {dict(counts)}")
    engine.dispose()


def _shown(
    number: int, part: DigestReport, item: DigestItem, library: Library, passages: PassageStore
) -> str:
    report = library.report(part.id, part.revision)
    score, span = nearest(report, passages.of_report(report.id, report.revision), item)
    found = item.passage or span
    lines = [f"{number}. {part.published} {part.id}: {item.support}, {score:.3f}", item.text]
    lines.append(f"-> {found.of(report.text)}" if found else "-> (no body)")
    return "\n".join(textwrap.fill(line, 160) for line in lines) + "\n"


if __name__ == "__main__":
    main()
