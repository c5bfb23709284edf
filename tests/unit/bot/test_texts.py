"""The catalogue: every key the code names exists and is used, and translations fit."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import bot
from bot.texts import load_texts
from index.errors import SettingsError

SOURCES = sorted(Path(bot.__file__).parent.glob("*.py"))
ENGLISH = Path(bot.__file__).parents[1] / "config" / "texts.toml"
TEXTS = load_texts()


def literals() -> set[str]:
    """Collect every string of the chat's code, those with a variable part up to it."""
    found = set()
    for source in SOURCES:
        nodes = list(ast.walk(ast.parse(source.read_text(encoding="utf-8"))))
        parts = [part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values]
        texts = {id(part) for part in parts}
        for node in nodes:
            if isinstance(node, ast.JoinedStr):
                head = node.values[0]
                if isinstance(head, ast.Constant) and isinstance(head.value, str):
                    found.add(head.value + "*")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set() if id(node) in texts else {node.value}
    return found


def test_every_key_is_used() -> None:
    named = literals()
    families = {key.removesuffix("*") for key in named if key.endswith("*") and "." in key}
    counted = {key for key in TEXTS.keys if key.startswith(("count.", "answer.notes."))}
    unused = {
        key
        for key in TEXTS.keys - counted
        if key not in named and not any(key.startswith(family) for family in families)
    }
    assert unused == set()


def test_every_key_that_is_named_exists() -> None:
    tables = {key.partition(".")[0] for key in TEXTS.keys}
    named = {
        text
        for text in literals()
        if text.count(".") == 1
        and not text.endswith(".")
        and text.partition(".")[0] in tables
        and text.replace(".", "").replace("_", "").isalpha()
    }
    assert named
    assert named <= TEXTS.keys


def test_days_and_numbers() -> None:
    assert TEXTS.day(date(2025, 4, 2)) == "2 Apr 2025"
    assert TEXTS.day(None) == "undated"
    assert TEXTS.days(date(2025, 4, 2), date(2025, 5, 1)) == "2 Apr 2025 \N{EN DASH} 1 May 2025"
    assert TEXTS.days(date(2025, 4, 2), date(2025, 4, 2)) == "2 Apr 2025"
    assert TEXTS.days(None, None) == "undated"
    assert TEXTS.moment(datetime(2025, 4, 2, 7, 5, tzinfo=UTC)) == "2 Apr 2025, 07:05 UTC"
    assert [TEXTS.count("reports", n) for n in (0, 1, 2)] == ["0 reports", "1 report", "2 reports"]


def test_values_are_escaped_where_markup_is_made_and_only_there() -> None:
    assert "know /&lt;b&gt;." in TEXTS("notice.unknown_command", name="<b>")
    assert "know /<b>." in TEXTS.plain("notice.unknown_command", name="<b>")


def test_a_translation_replaces_every_text(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(ENGLISH.read_text(encoding="utf-8").replace("Apr", "avr."), encoding="utf-8")
    assert load_texts(other).day(date(2025, 4, 2)) == "2 avr. 2025"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('cut = "[…]"', "", "answer.cut"),
        ("[help]", '[help]\nsurplus = "x"', "help.surplus"),
        ("“{section}”, paragraph {n}", "“{section}”, paragraph {m}", "place.both"),
        ("Jan Feb", "Jan", "dates.months"),
        ('cut = "[…]"', 'cut = "{"', "can't be read"),
        ('cut = "[…]"', "cut = ", "can't be read"),
    ],
)
def test_a_translation_that_does_not_fit_is_named(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    other = tmp_path / "other.toml"
    english = ENGLISH.read_text(encoding="utf-8")
    assert old in english
    other.write_text(english.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=named):
        load_texts(other)


def test_a_missing_translation_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="absent"):
        load_texts(tmp_path / "absent.toml")
