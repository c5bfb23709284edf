"""How well speakers are found: own sentences with their answers, and counts over real pages.

The first figures are precision and recall over a page written for this purpose. The second are
taken from the shared pages: no sentence of theirs stands here, only what must hold of any of them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from index.attribution import attribute
from index.lexicon import load
from index.model import BlockKind, Document, ParsedReport, Span
from index.parse import parse
from index.parse.layouts import load as load_layouts
from index.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

LEXICON = load()
SHARED: Final = Path(
    os.environ.get("BRIEFING_SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data")
)
PAGES: Final = SHARED / "isw" / "html"

PAGE: Final = Path(__file__).with_name("attribution.txt")
LEAST_PRECISION: Final = 0.95
LEAST_RECALL: Final = 0.93


def page() -> Iterator[list[tuple[str, list[tuple[str, str]]]]]:
    """Yield the page's paragraphs as sentences with their speakers."""
    for block in PAGE.read_text("utf-8").strip().split("\n\n")[1:]:
        lines = [line.partition(" >") for line in block.splitlines()]
        yield [(sentence, list(speakers(answer))) for sentence, _, answer in lines]


def speakers(answer: str) -> Iterator[tuple[str, str]]:
    for one in answer.split(";"):
        name, _, side = (part.strip() for part in one.partition("|"))
        if name:
            yield ("", "publisher") if name == "P" else (name, side)


def same(found: tuple[str, str], wanted: tuple[str, str]) -> bool:
    """Tell whether a speaker is the wanted one: side exactly, name in all its wanted words."""
    words = set(re.findall(r"\w+", wanted[0].lower()))
    return found[1] == wanted[1] and words <= set(re.findall(r"\w+", found[0].lower()))


def test_speakers_and_sides_of_own_sentences() -> None:
    text, paragraphs, wanted = "", [], []
    for paragraph in page():
        spans = []
        for sentence, answer in paragraph:
            spans.append(Span(start=len(text), end=len(text) + len(sentence)))
            text += sentence + " "
            wanted.append(answer)
        paragraphs.append(spans)
        text += "\n"
    report = ParsedReport(
        publisher="Northgate Institute",
        publisher_confirmed=True,
        title=None,
        authors=(),
        published=None,
        url=None,
        language="en",
        text=text,
    )
    found = [one for paragraph in attribute(report, paragraphs, LEXICON) for one in paragraph]
    right = extra = missed = 0
    for statements, answer in zip(found, wanted, strict=True):
        pairs = {
            ("" if one.side == "publisher" else one.speaker or "", one.side or "-")
            for one in statements
        }
        right += sum(any(same(pair, one) for one in answer) for pair in pairs)
        extra += sum(not any(same(pair, one) for one in answer) for pair in pairs)
        missed += sum(not any(same(pair, one) for pair in pairs) for one in answer)
    assert right + missed > 40
    assert right / (right + extra) >= LEAST_PRECISION
    assert right / (right + missed) >= LEAST_RECALL


@pytest.fixture(scope="module")
def reports() -> list[ParsedReport]:
    if not PAGES.is_dir():
        pytest.skip(f"the shared pages are not at {PAGES}; set BRIEFING_SHARED_DATA")
    layouts = load_layouts()
    chosen = sorted(PAGES.glob("*.html"))[::16]
    return [
        parse(Document(name=path.name, content=path.read_bytes()), layouts)[0] for path in chosen
    ]


def body(report: ParsedReport) -> list[list[Span]]:
    kinds = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
    return [list(sentences(report.text, block)) for block in report.blocks if block.kind in kinds]


def test_real_pages_keep_to_the_rules(reports: list[ParsedReport]) -> None:
    opening = re.compile(r"The Ukrainian General Staff (?:also |additionally )?(?:reported|stated)")
    formulas = attributed = spoken = unsided = 0
    for report in reports:
        paragraphs = body(report)
        for spans, found in zip(paragraphs, attribute(report, paragraphs, LEXICON), strict=True):
            for span, statements in zip(spans, found, strict=True):
                sides = [one.side for one in statements]
                assert {side for side in sides if side} <= set(LEXICON.sides)
                assert len(set(statements)) == len(statements)
                spoken += len(sides)
                unsided += sides.count(None)
                if opening.match(span.of(report.text)):
                    formulas += 1
                    attributed += bool(sides) and sides[0] == "ukraine"
    assert formulas > 50
    assert attributed == formulas
    assert spoken > 300
    assert unsided / spoken < 0.05
