"""The settings of the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SettingsError
from index.parse.layouts import load

PACKAGED = Path(__file__).parents[3] / "config" / "publishers.toml"


def test_the_packaged_settings_load() -> None:
    layouts = load()
    assert layouts == load(PACKAGED)
    publisher = layouts.at("https://www.understandingwar.org/backgrounder/x")
    assert publisher is not None
    assert publisher.name == "Institute for the Study of War"
    assert layouts.named(" isw ") is publisher


@pytest.mark.parametrize("url", [None, "", "https://notunderstandingwar.org/", "http://[bad", "x"])
def test_other_addresses_are_nobody_s(url: str | None) -> None:
    assert load().at(url) is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[words]", "[words]\nunknown = 1", "words.unknown"),
        ("[words]", "[word]", "word"),
        ("errors = [", "errors = ['(', ", "words.errors"),
        ('name = "drupal-7"', "", "layouts.0.name"),
        (
            'hosts = ["understandingwar.org"',
            'hosts = ["understandingwar.org", 5',
            "publishers.0.hosts",
        ),
        ("[words]", "words = ", "publishers.toml"),
    ],
)
def test_what_is_unknown_or_impossible_is_named(
    old: str, new: str, named: str, tmp_path: Path
) -> None:
    path = tmp_path / "publishers.toml"
    path.write_text(PACKAGED.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(SettingsError) as refusal:
        load(path)
    assert named in str(refusal.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        load(tmp_path / "none.toml")
