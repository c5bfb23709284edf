"""How well confidence tells answerable search questions from unanswerable ones on ClapNQ.

    python -m benchmarks.clapnq QUESTIONS

QUESTIONS holds one JSON object a line, with "question", "answerable", "title" and "passage". Every
passage becomes a report; each question is asked of all of them. Prints the area under the curve of
the confidence against that of the best cosine.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.measure import Figure, report
from bot import settings
from bot.build import engine_for, library_for
from index.ports import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.library import Library

_ASKED_ON: Final = date(2025, 1, 1)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    lines = parser.parse_args().questions.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    answerable = [bool(row["answerable"]) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        library = _library(Path(folder), rows)
        sure = [library.ask(row["question"], asked_on=_ASKED_ON).confidence for row in rows]
        near = [_nearest(library, row["question"]) for row in rows]
    own, cosine = _area(sure, answerable), _area(near, answerable)
    return report(
        [
            Figure(
                what="area under the curve of the confidence, against that of the best cosine",
                value=own / cosine,
                detail=f"{own:.3f} against {cosine:.3f}, {len(rows)} questions,"
                f" {sum(answerable)} answerable, each asked of all passages",
            )
        ]
    )


def _library(folder: Path, rows: Sequence[dict[str, Any]]) -> Library:
    inputs = folder / "passages"
    inputs.mkdir()
    for number, row in enumerate(rows):
        (inputs / f"{number}.txt").write_text(f"{row['title']}\n\n{row['passage']}\n", "utf-8")
    chosen, data = settings.load(), folder / "data"
    data.mkdir()
    library = library_for(chosen, data, engine_for(chosen, data), command="clapnq")
    stored = list(library.ingest([str(inputs)], lambda *_: None))
    print(f"{sum(one.error is None for one in stored)} passages stored")
    return library


def _nearest(library: Library, question: str) -> float:
    found = library.search.nearest(question, top=1, window=Window())
    return found[0].score if found else 0.0


def _area(scores: Sequence[float], answerable: Sequence[bool]) -> float:
    yes = [score for score, is_so in zip(scores, answerable, strict=True) if is_so]
    no = [score for score, is_so in zip(scores, answerable, strict=True) if not is_so]
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / (len(yes) * len(no))


if __name__ == "__main__":
    raise SystemExit(main())
