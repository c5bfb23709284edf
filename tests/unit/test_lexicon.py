"""Names found as reports print them and as people type them."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SettingsError
from index.lexicon import Kind, Lexicon, load

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """
publisher = { side = "publisher", words = ["NIR"] }
ordinary = ["US"]
shared_surnames = ["Petrov"]
given_names = [["Sergei", "Serhiy"]]
[sides]
publisher = { name = "the publisher", adjectives = [], nouns = [], words = [] }
north = { name = "Northland", adjectives = ["Northern"], nouns = ["Northland"], words = [] }
port = { name = "Port", parent = "north", adjectives = [], nouns = ["Port"], words = [] }
us = { name = "United States", adjectives = [], nouns = ["US"], words = [] }
[people.north]
orlenko = ["Sergei Orlenko"]
petrov = ["Sergei Petrov"]
[bodies]
staff = ["General Staff"]
[places.north]
harbour = ["Old Harbour", "Harbour"]
[speakers]
words = ["officials"]
units = ["forces"]
modifiers = ["senior"]
"""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.fixture
def small(tmp_path: Path) -> Lexicon:
    return load(written(tmp_path, SMALL))


def written(folder: Path, text: str) -> Path:
    path = folder / "lexicon.toml"
    path.write_text(text, encoding="utf-8")
    return path


def keys(lexicon: Lexicon, text: str, *, typed: bool = False) -> list[str]:
    return [mention.key for mention in lexicon.find(text, typed=typed)]


# --- the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[bodies]", "[bodeis]"), "bodeis"),
        (("nouns = [], words = [] }", "nouns = [], colour = 1, words = [] }"), "colour"),
        (('parent = "north"', 'parent = "narth"'), "'narth' is no side"),
        (("[places.north]", "[places.south]"), "'south' is no side"),
        (("harbour = [", "staff = ["), "'staff' stands twice"),
        (('["Sergei Petrov"]', '[" "]'), "petrov"),
        (("[bodies]", '[holders]\n"north.staff" = ["nobody"]\n[bodies]'), "nobody"),
        (("[bodies]", "[bodies"), "can't be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    path = written(tmp_path, SMALL.replace(*change))
    with pytest.raises(SettingsError, match=r"correct") as caught:
        load(path)
    assert told in str(caught.value)
    assert "lexicon.toml" in str(caught.value)


def test_a_missing_file_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="absent"):
        load(tmp_path / "absent.toml")


def test_every_name_in_the_packaged_file_is_found_as_itself(lexicon: Lexicon) -> None:
    lost = []
    for entry in lexicon.entries.values():
        if entry.kind in {Kind.BODY, Kind.GROUP, Kind.OFFICE, Kind.SIDE, Kind.TERM}:
            continue
        for name in entry.names:
            found = lexicon.find(name)
            if not found or len(found) > 1 or found[0].end - found[0].start < len(name) - 1:
                lost.append((entry.key, name, [one.key for one in found]))
    assert not lost


def test_the_packaged_file_is_broad(lexicon: Lexicon) -> None:
    kinds = [entry.kind for entry in lexicon.entries.values()]
    assert kinds.count(Kind.PERSON) > 350
    assert kinds.count(Kind.PLACE) > 150
    text = resources.files("config").joinpath("lexicon.toml").read_text("utf-8")
    assert {"russia", "ukraine", "publisher"} <= tomllib.loads(text)["sides"].keys()


# --- exact names -------------------------------------------------------------------------------


def test_the_longest_name_wins_and_names_do_not_overlap(small: Lexicon) -> None:
    text = "At Old Harbour the Northern General Staff met Sergei Orlenko."
    found = small.find(text)
    assert [text[one.start : one.end] for one in found] == [
        "Old Harbour",
        "Northern General Staff",
        "Sergei Orlenko",
    ]
    assert [one.key for one in found] == ["harbour", "north.staff", "orlenko"]


def test_only_whole_words_count(small: Lexicon) -> None:
    assert keys(small, "Harbourside Portland Orlenkova") == []


def test_a_possessive_is_the_name(small: Lexicon) -> None:
    text = "Orlenko\u2019s ship and Northland's General Staff"
    assert keys(small, text) == ["orlenko", "north.staff"]


def test_a_name_does_not_run_over_a_full_stop_or_a_line(small: Lexicon) -> None:
    assert keys(small, "He left the Old. Harbour is open") == ["harbour"]
    assert keys(small, "Sergei\nOrlenko") == ["orlenko"]


def test_a_given_name_is_known_in_each_spelling(small: Lexicon) -> None:
    found = small.find("Serhiy Orlenko")
    assert [(one.start, one.key) for one in found] == [(0, "orlenko")]


def test_a_surname_alone_counts_unless_several_share_it(small: Lexicon) -> None:
    assert keys(small, "Orlenko met Petrov") == ["orlenko"]


def test_a_body_without_its_side_has_none(small: Lexicon) -> None:
    (bare,) = small.find("the General Staff")
    assert (bare.key, bare.side) == ("staff", None)


def test_capitals_count_in_a_report_only(small: Lexicon) -> None:
    assert keys(small, "in the old harbour") == []
    assert keys(small, "in the old harbour", typed=True) == ["harbour"]


def test_a_name_that_is_an_ordinary_word_needs_its_capitals_even_typed(small: Lexicon) -> None:
    assert keys(small, "tell us more", typed=True) == []
    assert keys(small, "what the US said", typed=True) == ["us"]


@pytest.mark.parametrize(
    ("text", "key", "side"),
    [
        ("the Russian Ministry of Defense (MoD)", "russia.ministry_of_defense", "russia"),
        ("UK MoD", "uk_mod", "uk"),
        ("Belarusian MoD", "belarus.ministry_of_defense", "belarus"),
        ("Strelkov", "girkin", "milbloggers"),
        ("Zaporizhya", "zaporizhia", "ukraine"),
        ("Mykolayiv", "mykolaiv", "ukraine"),
        ("Balaklia", "balakliya", "ukraine"),
        ("Mikhail Podolyak", "podolyak", "ukraine"),
        ("Evgeniy Prigozhin", "prigozhin", "wagner"),
        ("Main Military Intelligence Directorate", "gur", "ukraine"),
        ("Hayday", "haidai", "ukraine"),
        ("Lukashenka", "lukashenko", "belarus"),
        ("LNR", "lnr", "lnr"),
        ("the Kremlin", "kremlin", "russia"),
        ("U.S. officials", "us.officials", "us"),
    ],
)
def test_spellings_seen_in_reports(lexicon: Lexicon, text: str, key: str, side: str) -> None:
    assert [(one.key, one.side) for one in lexicon.find(text)] == [(key, side)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what did podolak say about it", "podolyak"),
        ("what does kyiv say", "kyiv"),
        ("moscow on the deal", "moscow"),
        ("fighting near lugansk", "luhansk"),
        ("any peace keepers yet", "peacekeepers"),
        ("did kadirov deny it", "kadyrov"),
        ("the russian defence ministry", "russia.ministry_of_defense"),
        ("what did us officials say", "us.officials"),
        ("hows it looking around lyman", "lyman"),
        ("what zelenski promised", "zelensky"),
        ("shelling of kerson", "kherson"),
        ("что сказал Путин", "putin"),
    ],
)
def test_what_people_type(lexicon: Lexicon, question: str, expected: str) -> None:
    assert expected in [mention.key for mention in lexicon.find_typed(question)]


# --- misspellings ------------------------------------------------------------------------------


def test_a_misspelt_name_is_guessed_with_its_score(lexicon: Lexicon) -> None:
    (best, *_) = lexicon.fuzzy("Prighozin")
    assert best.key == "prigozhin"
    assert 80 <= best.score < 100


@pytest.mark.parametrize(
    "word", ["soldiers", "market", "promise", "claimed", "officials", "tanks", "hit", "", "?!", "1"]
)
def test_common_words_are_no_misspelt_names(lexicon: Lexicon, word: str) -> None:
    assert lexicon.fuzzy(word) == []


def test_known_words_are_not_guessed_at(small: Lexicon) -> None:
    assert [one.key for one in small.find_typed("orlenka sailed")] == ["orlenko"]
    assert small.find_typed("orlenka sailed", known={"orlenka"}) == []


# --- sides and variants ------------------------------------------------------------------------


def test_a_part_counts_for_its_parent_and_not_the_reverse(lexicon: Lexicon) -> None:
    assert lexicon.covers("dnr", "occupation")
    assert lexicon.covers("dnr", "russia")
    assert lexicon.covers("iaea", "un")
    assert lexicon.covers("uk", "west")
    assert not lexicon.covers("russia", "dnr")
    assert not lexicon.covers("russian_opposition", "russia")
    assert not lexicon.covers(None, "russia")


def test_side_of_entries_and_of_owned_bodies(lexicon: Lexicon) -> None:
    assert lexicon.side_of("peskov") == "russia"
    assert lexicon.side_of("ukraine.general_staff") == "ukraine"
    assert lexicon.side_of("general_staff") is None
    assert lexicon.side_of("nothing") is None


def test_variants_begin_with_the_shown_name_and_hold_the_holders(lexicon: Lexicon) -> None:
    spellings = lexicon.variants("lukashenko")
    assert spellings[0] == lexicon.name("lukashenko") == "Alexander Lukashenko"
    assert "Lukashenka" in spellings
    held = lexicon.variants("russia.defense_minister")
    assert held[0] == "Russian Defense Minister"
    assert {"Sergei Shoigu", "Andrei Belousov"} <= set(held)
    with pytest.raises(KeyError):
        lexicon.variants("nothing.at_all")


@given(st.text(max_size=300), st.booleans())
def test_any_text_gives_ordered_mentions_inside_it(text: str, typed: bool) -> None:  # noqa: FBT001
    end = 0
    for mention in LEXICON.find(text, typed=typed):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end


LEXICON = load()
