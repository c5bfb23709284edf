"""Near-copies in the catalogue, on SQLite and on PostgreSQL: linked, shown once, readable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from index.catalogue import Catalogue
from index.model import IngestStatus
from index.near import Link
from index.sql import open_engine
from index.tables import METADATA
from tests.fakes.drafts import APRIL_9, draft
from tests.fakes.prose import edited, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from index.model import ParsedReport

NOON: Final = datetime(2025, 4, 9, 12, 0, tzinfo=UTC)
BODY: Final = paragraphs(1)
OTHER: Final = paragraphs(2)
EDITED: Final = [edited(one, 40) for one in BODY]


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    url = f"sqlite:///{tmp_path / 'briefing.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    engine = open_engine(url)
    METADATA.drop_all(engine)
    made = Catalogue(engine)
    made.create()
    yield made
    engine.dispose()


class Shelf:
    """A catalogue into which reports come by a short name, a minute apart."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._now = NOON

    def put(self, name: str, body: Sequence[str]) -> tuple[IngestStatus, str]:
        self._now += timedelta(minutes=1)
        return self.catalogue.store(page(name, body), source=f"{name}.html", arrived=self._now)

    def shown(self) -> set[str]:
        """The ids in every list, which agree."""
        listed = {one.id for one in self.catalogue.summaries()}
        assert listed == set(self.catalogue.on_day(APRIL_9))
        assert self.catalogue.searched(date.max).reports == len(listed)
        newest = {one.report_id: one.current for one in self.catalogue.changes()}
        assert {id_ for id_, current in newest.items() if current} == listed
        return listed

    def links(self) -> set[tuple[str, str]]:
        found = self.catalogue.near_copies()
        assert {one.original for one in found} <= self.shown()
        assert not {one.copy for one in found} & self.shown()
        return {(one.copy, one.original) for one in found}

    def changes(self) -> int:
        return len(self.catalogue.changes())


@pytest.fixture
def shelf(catalogue: Catalogue) -> Shelf:
    return Shelf(catalogue)


def page(name: str, body: Sequence[str]) -> ParsedReport:
    return draft(*body, url=f"https://reports.example/{name}", publisher=f"Desk of {name}")


def test_a_near_copy_is_added_linked_and_not_shown(shelf: Shelf) -> None:
    _, original = shelf.put("a", BODY)
    status, copy = shelf.put("b", EDITED)
    assert status is IngestStatus.ADDED
    assert copy != original
    assert shelf.shown() == {original}
    (link,) = shelf.catalogue.near_copies()
    assert link == Link(copy=copy, original=original, coverage=link.coverage)
    assert 0.8 <= link.coverage < 1
    assert shelf.catalogue.report(copy).text == page("b", EDITED).text
    assert shelf.catalogue.duplicates() == []
    assert shelf.catalogue.newest_day() == APRIL_9


def test_reading_a_near_copy_again_changes_nothing(shelf: Shelf) -> None:
    shelf.put("a", BODY)
    _, copy = shelf.put("b", EDITED)
    before = shelf.links(), shelf.changes()
    assert shelf.put("b", EDITED) == (IngestStatus.UNCHANGED, copy)
    assert (shelf.links(), shelf.changes()) == before


def test_reports_of_their_own_stay_apart(shelf: Shelf) -> None:
    ids = {shelf.put(f"{seed}", paragraphs(seed))[1] for seed in range(1, 6)}
    assert shelf.shown() == ids
    assert shelf.links() == set()


def test_a_near_copy_that_gets_a_text_of_its_own_is_shown(shelf: Shelf) -> None:
    _, original = shelf.put("a", BODY)
    _, copy = shelf.put("b", EDITED)
    assert shelf.put("b", OTHER) == (IngestStatus.UPDATED, copy)
    assert shelf.links() == set()
    assert shelf.shown() == {original, copy}
    shelf.put("b", EDITED[:19])
    assert shelf.links() == {(copy, original)}


def test_a_near_copy_is_shown_again_when_its_original_says_something_else(shelf: Shelf) -> None:
    _, original = shelf.put("a", BODY)
    _, copy = shelf.put("b", EDITED)
    _, third = shelf.put("c", BODY[:19])
    assert shelf.links() == {(copy, original), (third, original)}
    shelf.put("a", OTHER)
    # Those that are left are near-copies of each other.
    assert len(shelf.links()) == 1
    ((hidden, shown),) = shelf.links()
    assert {hidden, shown} == {copy, third}
    assert shelf.shown() == {original, shown}


def test_a_small_revision_of_the_original_keeps_its_near_copies(shelf: Shelf) -> None:
    _, original = shelf.put("a", BODY)
    _, copy = shelf.put("b", EDITED)
    shelf.put("a", [edited(one, 45) for one in BODY])
    assert shelf.links() == {(copy, original)}
    assert shelf.shown() == {original}


def test_a_fuller_text_takes_the_place_of_what_was_shown(shelf: Shelf) -> None:
    _, short = shelf.put("a", BODY[:17])
    _, shorter = shelf.put("b", BODY[:16])
    assert shelf.links() == {(shorter, short)}
    _, whole = shelf.put("c", BODY)
    assert shelf.links() == {(short, whole), (shorter, whole)}
    assert shelf.shown() == {whole}


def test_a_near_copy_of_an_original_that_becomes_a_duplicate_follows(shelf: Shelf) -> None:
    _, first = shelf.put("a", BODY)
    _, copy = shelf.put("b", EDITED)
    _, other = shelf.put("c", OTHER)
    assert shelf.put("a", OTHER) == (IngestStatus.DUPLICATE, other)
    assert shelf.catalogue.duplicates() == [(first, other)]
    assert shelf.links() == set()
    assert shelf.shown() == {other, copy}


def test_a_duplicate_of_a_near_copy_is_shown_no_more_than_it(shelf: Shelf) -> None:
    _, original = shelf.put("a", BODY)
    shelf.put("b", EDITED)
    shelf.put("c", EDITED)
    assert shelf.shown() == {original}


def test_links_outlive_another_start(shelf: Shelf) -> None:
    shelf.put("a", BODY)
    shelf.put("b", EDITED)
    before = shelf.links()
    shelf.catalogue.create()
    assert shelf.links() == before
