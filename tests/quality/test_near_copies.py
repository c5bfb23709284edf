"""Near-copies among real daily reports: none where there is none, and every one that is made."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from index.catalogue import Catalogue
from index.errors import InputError
from index.model import BlockKind, Document
from index.parse import layouts, parse
from index.sql import open_engine
from tests.fakes.drafts import draft
from tests.fakes.prose import edited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from index.model import ParsedReport

ROOT: Final = Path(__file__).parents[2]
DATA: Final = Path(os.environ.get("BRIEFING_SHARED_DATA", ROOT.parent / "shared" / "data"))
EVERY: Final = 20
NOTE: Final = "We print this report with the permission of those who wrote it; the errors are ours."
NOON: Final = datetime(2025, 4, 9, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not (DATA / "isw" / "html").is_dir(), reason=f"real pages are not at {DATA}"
)


def read(folder: str) -> Iterator[ParsedReport]:
    """Read the reports of a folder; the error page among them is none."""
    known = layouts.load()
    for path in sorted((DATA / folder).iterdir()):
        try:
            yield from parse(Document(name=path.name, content=path.read_bytes()), layouts=known)
        except InputError:
            assert path.name == "2023-01-01.html"


class Shelf:
    """A catalogue of every real report."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = Catalogue(open_engine(f"sqlite:///{folder / 'briefing.sqlite'}"))
        self.catalogue.create()
        self._number = count()
        self.pages = [*read("isw/html"), *read("seed")]
        self.ids = [self.put(one) for one in self.pages]
        self.pairs = [self.put(one) for one in read("isw/new_layout")]

    def put(self, one: ParsedReport) -> str:
        name = f"{next(self._number)}.html"
        return self.catalogue.store(one, source=name, arrived=NOON)[1]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("near"))


def original_of(shelf: Shelf, id_: str) -> str | None:
    links = {one.copy: one.original for one in shelf.catalogue.near_copies()}
    return links.get(id_)


def test_only_the_report_that_two_sites_carry_is_a_near_copy(shelf: Shelf) -> None:
    """Daily reports share formulas and recaps, and are reports of their own all the same."""
    assert len(set(shelf.ids)) > 150
    (link,) = [one for one in shelf.catalogue.near_copies() if one.copy in shelf.ids + shelf.pairs]
    assert {link.copy, link.original} == set(shelf.pairs)


def rescraped(one: ParsedReport) -> ParsedReport:
    return draft(*((block.kind, edited(block.of(one.text), 60)) for block in one.blocks))


def syndicated(one: ParsedReport) -> ParsedReport:
    return draft(NOTE, *((block.kind, block.of(one.text)) for block in one.blocks))


def shortened(one: ParsedReport) -> ParsedReport:
    paragraphs = [block for block in one.blocks if block.kind is BlockKind.PARAGRAPH]
    kept = [block for block in one.blocks if block is not paragraphs[len(paragraphs) // 2]]
    return draft(*((block.kind, block.of(one.text)) for block in kept))


def as_markdown(one: ParsedReport) -> ParsedReport:
    """Write a report as Markdown, as a scraper would, and read that."""
    marks = {BlockKind.HEADING: "## ", BlockKind.TAKEAWAY: "- ", BlockKind.LIST_ITEM: "- "}
    lines = [f"# {one.title}", *(marks.get(b.kind, "") + b.of(one.text) for b in one.blocks)]
    content = "\n\n".join(lines).encode()
    (found,) = parse(Document(name="page.md", content=content), layouts=layouts.load())
    return found


MADE: Final[dict[str, Callable[[ParsedReport], ParsedReport]]] = {
    made.__name__: made for made in (rescraped, syndicated, shortened, as_markdown)
}


@pytest.mark.parametrize("name", MADE)
def test_a_copy_that_is_made_is_linked_to_its_original(shelf: Shelf, name: str) -> None:
    for place in range(0, len(shelf.pages), EVERY):
        original = shelf.pages[place]
        copy = replace(
            MADE[name](original),
            publisher="Eastern Desk",
            published=original.published,
            url=f"https://mirror.example/{name}/{place}",
        )
        assert original_of(shelf, shelf.put(copy)) == shelf.ids[place], original.title
