"""Naming inputs: what is walked, what is read, and what is refused in words."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from index.errors import InputError
from index.fetch import Fetcher, FetchSettings, Wish
from index.model import Document
from index.sources import expand, is_address, read, shown, source_of

MOST = 1_000


class Recorded(Fetcher):
    """Answers for every address without asking it."""

    def __init__(self) -> None:
        super().__init__(FetchSettings())

    def fetch(self, url: str, wish: Wish | None = None) -> Document:
        assert wish is None
        return Document(name=url, content=b"fetched", url=url)


def opened(name: str | Path) -> Document:
    return read(str(name), fetcher=Recorded(), most_bytes=MOST)


def test_folders_are_walked_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.html", "a/1.html", "a/.hidden", ".git/x", "c.d/e/f.pdf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [Path(name).relative_to(tmp_path).as_posix() for name in expand([str(tmp_path)])]
    assert found == ["a/1.html", "a/2.html", "b.txt", "c.d/e/f.pdf"]


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert list(expand([str(tmp_path)])) == []


def test_a_relative_folder_is_written_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    assert list(expand(["in/", "./in", "."])) == ["in/a.txt"] * 3


def test_what_is_no_folder_is_passed_on(tmp_path: Path) -> None:
    names = ["", "https://x.example/", str(tmp_path / "absent"), "a" * 5_000, "nul\x00", "\udcff"]
    assert list(expand(names)) == names


def test_a_folder_that_goes_away_is_passed_on_to_fail(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b").mkdir()
    walk = expand([str(tmp_path)])
    assert next(walk).endswith("a.txt")
    shutil.rmtree(tmp_path / "b")
    (gone,) = walk
    with pytest.raises(InputError, match="No such file"):
        opened(gone)


def test_links_to_nowhere_are_passed_on_and_links_to_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "there").symlink_to(tmp_path / "folder" / "a.txt")
    names = [Path(name).name for name in expand([str(tmp_path)])]
    assert names == ["a.txt", "nowhere", "self", "there"]


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert list(expand([str(tmp_path)])) == []


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x00\xff" * 500)
    found = opened(tmp_path / "a.txt")
    assert (found.content, found.url, found.media_type) == (b"\x00\xff" * 500, None, None)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("absent.txt", "No such file"),
        (".", "Is a directory"),
        ("", "without a name"),
        ("a" * 5_000, "too long"),
        ("nul\x00.txt", "null"),
        ("\udcff.txt", "No such file"),
        ("\ud800.txt", "surrogates"),
    ],
)
def test_what_cant_be_read_says_why(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=why) as failed:
        opened(name)
    str(failed.value).encode()


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * MOST)
    assert len(opened(tmp_path / "a.txt").content) == MOST
    (tmp_path / "a.txt").write_bytes(b"x" * (MOST + 1))
    with pytest.raises(InputError, match=r"sources\.most_bytes"):
        opened(tmp_path / "a.txt")


def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(InputError, match=r"sources\.most_bytes"):
        opened("/dev/zero")


def test_a_file_whose_name_is_no_text_is_read_under_a_name_that_is(tmp_path: Path) -> None:
    (tmp_path / "bad\udcff.txt").write_bytes(b"words")
    (name,) = expand([str(tmp_path)])
    found = opened(name)
    assert found.content == b"words"
    assert found.name.endswith(r"bad\udcff.txt")
    assert shown(name) == found.name
    source_of(name).encode()


def test_addresses_are_fetched(tmp_path: Path) -> None:
    assert opened("https://x.example/a").url == "https://x.example/a"
    assert is_address("HTTP://X.EXAMPLE")
    assert not is_address("ftp://x.example/")
    assert not is_address(str(tmp_path))
    opened("http://\udcff/").name.encode()


def test_a_source_has_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert source_of("a.txt") == source_of("./b/../a.txt") == str(tmp_path / "a.txt")
    assert source_of("https://x.example/a") == "https://x.example/a"
