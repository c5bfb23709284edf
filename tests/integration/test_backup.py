"""A backup holds everything, an empty store gets all or nothing, and doctor says how it is."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.fakes.command_line import ingested, run, served_by
from tests.fakes.embedder import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED: Final = ("--json", "--asked-on", "2025-04-14", "what did Russia say about peacekeepers?")


@pytest.fixture(autouse=True, scope="module")
def _one_model() -> Iterator[None]:
    yield from served_by(bundled())


@pytest.fixture(scope="module")
def data() -> Path:
    return ingested()[0]


@pytest.fixture(scope="module")
def file(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("backup") / "one.zip"
    said = run("backup", "--json", "--data", str(data), str(written)).document
    assert said["rows"]["reports"] == len(run("reports", "--json", "--data", str(data)).document)
    return written


def quotes(data: Path) -> Any:
    return run("ask", "--data", str(data), *ASKED).document["quotes"]


def levels(data: Path) -> dict[str, str]:
    ran = run("doctor", "--json", "--data", str(data))
    return {one["about"]: one["level"] for one in ran.any_document["findings"]}


def test_a_restored_store_says_what_the_first_one_said(
    data: Path, file: Path, tmp_path: Path
) -> None:
    said = run("restore", "--json", "--data", str(tmp_path / "new"), str(file)).document
    again = tmp_path / "again.zip"
    backed = run("backup", "--json", "--data", str(tmp_path / "new"), str(again)).document
    assert backed["rows"] == said["rows"]
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(again) as new:
        tables = [name for name in old.namelist() if name.startswith("tables/")]
        assert [name for name in tables if old.read(name) != new.read(name)] == []
    found = quotes(tmp_path / "new")
    assert found
    assert found == quotes(data)
    assert "problem" not in levels(tmp_path / "new").values()


def test_a_backup_overwrites_nothing(data: Path, file: Path) -> None:
    before = file.read_bytes()
    ran = run("backup", "--data", str(data), str(file))
    assert (ran.code, file.read_bytes()) == (1, before)
    assert str(file) in ran.err


def test_a_store_that_holds_something_is_not_restored_over(
    data: Path, file: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(data, tmp_path / "data")
    before = run("reports", "--json", "--data", str(copy)).document
    ran = run("restore", "--data", str(copy), str(file))
    assert ran.code == 1
    assert "not empty" in ran.err
    assert run("reports", "--json", "--data", str(copy)).document == before


def test_a_damaged_backup_leaves_the_store_empty(file: Path, tmp_path: Path) -> None:
    altered, cut = tmp_path / "altered.zip", tmp_path / "cut.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(altered, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "tables/passages.jsonl":
                content = content.replace(b"peacekeepers", b"peacemakers", 1)
                assert content != old.read(name)
            new.writestr(name, content)
    cut.write_bytes(file.read_bytes()[:20_000])
    target = str(tmp_path / "new")
    for damaged in (altered, cut):
        ran = run("restore", "--data", target, str(damaged))
        assert ran.code == 1
        assert str(damaged) in ran.err
        assert run("reports", "--json", "--data", target).document == []
    assert run("restore", "--data", target, str(file)).code == 0


def test_doctor_names_what_is_lost_and_the_way_back(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "data")
    database = copy / "briefing.sqlite"
    content = bytearray(database.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    database.write_bytes(content)
    ran = run("doctor", "--data", str(copy))
    assert ran.code == 1
    assert "PROBLEM" in ran.out
    assert "restore" in ran.out


def test_damaged_words_and_vectors_are_made_anew(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "data")
    for part in (copy / "words" / "meta.json", copy / "chroma" / "chroma.sqlite3"):
        part.write_bytes(b"\0" * part.stat().st_size)
    assert quotes(copy) == quotes(data)
    assert levels(copy)["index"] == "ok"
