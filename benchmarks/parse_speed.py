"""How fast pages are read, against lxml alone, and whether memory stays flat.

    python -m benchmarks.parse_speed ../shared/data [--pages 10000]

Prints milliseconds of processor time a page, on one core: what lxml takes to parse the pages into
trees, what it takes to parse them and give out their bare text, and what reading them into reports
takes. Then memory while that many pages are read, and the speed of splitting into sentences.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lxml import html

from benchmarks.measure import Figure, peak_mib, report
from index.errors import InputError
from index.model import Document, Span
from index.parse import parse
from index.parse.layouts import load
from index.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUNDS: Final = 5
_GOAL: Final = 4.0
_FLAT: Final = 1.1
_SAMPLES: Final = 10


def main() -> int:
    """Measure and print."""
    asked = _arguments()
    layouts = load()
    files = sorted((asked.folder / "isw" / "html").glob("*.html"))
    documents = [Document(name=path.name, content=path.read_bytes()) for path in files]
    kept = [document for document in documents if _is_readable(document)]

    floor = _milliseconds(kept, lambda one: html.document_fromstring(one.content))
    text = _milliseconds(kept, lambda one: html.document_fromstring(one.content).text_content())
    whole = _milliseconds(kept, lambda one: parse(one, layouts))
    print(f"{len(kept)} pages of {sum(len(one.content) for one in kept) // len(kept):,} bytes")
    print(f"lxml, tree alone     {floor:6.2f} ms a page")
    print(f"lxml, tree and text  {text:6.2f} ms a page")
    print(f"read into reports    {whole:6.2f} ms a page, {whole / floor:.1f} times the tree alone")

    reports = [parse(one, layouts)[0] for one in kept]
    begun = time.process_time()
    count = sum(len(sentences(one.text, Span(start=0, end=len(one.text)))) for one in reports)
    print(f"{count} sentences of {len(reports)} reports in {time.process_time() - begun:.2f} s")

    grown = _growth(kept, asked.pages)
    print(f"memory after each tenth of {asked.pages} pages: {' '.join(map(str, grown))} MB at most")
    return report(
        [
            Figure(
                what="reading a page into a report, against lxml parsing it",
                value=whole / floor,
                detail=f"{whole:.1f} ms against {floor:.1f} ms of processor time",
                at_most=_GOAL,
            ),
            Figure(
                what=f"memory after {asked.pages:,} pages, against after a tenth of them",
                value=grown[-1] / grown[0],
                detail=f"{grown[-1]} MiB against {grown[0]} MiB",
                at_most=_FLAT,
            ),
        ]
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast pages are read.")
    parser.add_argument("folder", type=Path, help="a folder that holds isw/html")
    parser.add_argument("--pages", type=int, default=10_000, help="pages to read for the memory")
    return parser.parse_args()


def _is_readable(document: Document) -> bool:
    try:
        parse(document, load())
    except InputError:
        return False
    return True


def _milliseconds(documents: list[Document], read: Callable[[Document], object]) -> float:
    """Return the best of some rounds, in milliseconds of processor time a document."""
    best = float("inf")
    for _ in range(_ROUNDS):
        begun = time.process_time()
        for document in documents:
            read(document)
        best = min(best, time.process_time() - begun)
    return best / len(documents) * 1000


def _growth(documents: list[Document], pages: int) -> list[int]:
    """Return the most memory this process has held after each tenth of the pages, in MB."""
    layouts = load()
    endless = cycle(documents)
    grown = []
    for _ in range(_SAMPLES):
        for document in islice(endless, pages // _SAMPLES):
            parse(document, layouts)
        grown.append(round(peak_mib()))
    return grown


if __name__ == "__main__":
    sys.exit(main())
