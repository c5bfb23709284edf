"""Watched folders: real files, real SQL, a clock of the test's own."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from index.folder_store import FolderStore
from index.model import IngestResult, IngestStatus
from index.sql import open_engine, writing
from index.tables import METADATA
from index.watch import FolderLook, FolderWatch

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET: Final = timedelta(seconds=10)
LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC).timestamp()


class Hand:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) + timedelta(seconds=1)

    def now(self) -> datetime:
        return self.at


class Desk:
    """A watched folder, and what was read of it."""

    def __init__(self, base: Path) -> None:
        self.folder = base / "in"
        self.folder.mkdir()
        self.clock = Hand()
        self.read: list[str] = []
        self.engine = open_engine(f"sqlite:///{base / 'data' / 'briefing.sqlite'}")
        with writing(self.engine) as connection:
            METADATA.create_all(connection)
        self.store = FolderStore(self.engine, folders=[str(self.folder)])

    def take(self, name: str) -> Iterator[IngestResult]:
        self.read.append(Path(name).name)
        if Path(name).read_text().startswith("bad"):
            yield IngestResult(input=name, status=IngestStatus.FAILED, error=f"{name}: is bad")
        else:
            yield IngestResult(input=name, status=IngestStatus.ADDED, reports=(Path(name).stem,))

    def write(self, name: str, text: str = "a report", *, old: bool = True) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        if old:
            os.utime(path, (LONG_AGO, LONG_AGO))
        return path

    def look(self, *, later: float = 0.0) -> list[str]:
        """Look, in a process of its own, and return the names that were read."""
        self.clock.at += timedelta(seconds=later)
        self.read.clear()
        self.last(FolderWatch(self.store, self.take, quiet=QUIET, clock=self.clock))
        return self.read

    def last(self, watch: FolderWatch) -> FolderLook:
        (self.found,) = watch.look()
        return self.found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_new_and_changed_files_are_read_once(desk: Desk) -> None:
    desk.write("a.html")
    desk.write("b/c.pdf")
    desk.write(".hidden")
    desk.write("d.html.part")
    assert desk.look() == ["a.html", "c.pdf"]
    assert desk.look() == []
    desk.write("a.html", "another report")
    assert desk.look() == ["a.html"]
    assert desk.look(later=1_000) == []


def test_a_file_that_is_being_written_is_not_read_until_it_is_left_alone(desk: Desk) -> None:
    path = desk.write("a.html", "the first ha", old=False)
    assert desk.look() == []
    assert desk.found.waiting == 1
    for part in ("lf, ", "then m", "ore"):
        with path.open("a") as file:
            file.write(part)
        moment = (desk.clock.at + timedelta(seconds=8)).timestamp()
        os.utime(path, (moment, moment))
        assert desk.look(later=8) == []
    assert desk.look(later=10) == ["a.html"]
    assert desk.found.waiting == 0


def test_a_file_from_the_future_is_read_when_it_has_been_seen_unchanged(desk: Desk) -> None:
    path = desk.write("a.html")
    moment = (desk.clock.at + timedelta(days=400)).timestamp()
    os.utime(path, (moment, moment))
    assert desk.look() == []
    assert desk.look(later=9) == []
    assert desk.look(later=1) == ["a.html"]


def test_a_change_that_keeps_date_and_size_is_seen(desk: Desk) -> None:
    desk.write("a.html", "report one")
    assert desk.look() == ["a.html"]
    desk.write("a.html", "report two")
    assert desk.look() == ["a.html"]


def test_a_bad_file_fails_alone_and_is_not_tried_again(desk: Desk) -> None:
    desk.write("a.html", "bad")
    desk.write("b.html")
    assert desk.look() == ["a.html", "b.html"]
    assert [result.error is None for result in desk.found.results] == [False, True]
    assert desk.look() == []
    desk.write("a.html", "mended")
    assert desk.look() == ["a.html"]


def test_a_file_that_changes_while_it_is_read_is_read_again(desk: Desk) -> None:
    path = desk.write("a.html")
    reads = desk.take

    def take(name: str) -> Iterator[IngestResult]:
        desk.write("a.html", "a report that goes on")
        yield from reads(name)

    desk.last(FolderWatch(desk.store, take, quiet=QUIET, clock=desk.clock))
    assert desk.look() == ["a.html"]
    assert path.read_text() == "a report that goes on"


def test_a_file_that_comes_back_is_read_again(desk: Desk) -> None:
    path = desk.write("a.html")
    assert desk.look() == ["a.html"]
    path.unlink()
    assert desk.look() == []
    desk.write("a.html")
    assert desk.look() == ["a.html"]


def test_a_folder_that_goes_away_is_said_and_remembered(desk: Desk) -> None:
    desk.write("a.html")
    desk.look()
    away = desk.folder.rename(desk.folder.with_name("away"))
    assert desk.look() == []
    assert desk.found.error is not None
    assert "folders.paths" in desk.found.error
    (health,) = desk.store.health()
    assert health.last_error == desk.found.error
    assert health.last_success is not None
    away.rename(desk.folder)
    assert desk.look() == []
    (health,) = desk.store.health()
    assert (health.name, health.reports, health.last_error) == (str(desk.folder), 1, None)


def test_links_to_nowhere_are_passed_over(desk: Desk) -> None:
    (desk.folder / "a.html").symlink_to(desk.folder / "absent")
    desk.write("b.html")
    assert desk.look() == ["b.html"]


def test_a_file_whose_name_is_no_text_is_read_once(desk: Desk) -> None:
    name = os.fsdecode(b"a\xff.html")
    desk.write(name)
    assert desk.look() == [name]
    assert desk.look() == []
