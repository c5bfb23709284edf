"""What a typed topic asks for, and which sentences speak of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import lexicon
from index.topic import topic_of, without_days
from tests.fakes.drafts import draft
from tests.fakes.indexes import MemoryWords, Shelf
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from index.topic import Found, Topic

TODAY: Final = date(2025, 4, 14)
LEXICON: Final = lexicon.load()
NO_WORDS: Final = MemoryWords(Shelf(), "none")
REPORT: Final = (
    "The mayor said on April 8 that ferries to Kherson had stopped. Nobody told us why they did.",
    "US officials promised help for the harbors. Courts looked into crimes of the war.",
    "Vladimir Putin said that ferries are no target. Volodymyr Zelensky said that ferries sail.",
)


def topic(text: str) -> Topic:
    return topic_of(text, today=TODAY, lexicon=LEXICON, words=NO_WORDS)


def names(text: str) -> list[str]:
    return [one.name for one in topic(text).things]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.put(draft(*REPORT), draft("Ferries rest.", title="Old", published=date(2025, 1, 2)))
    return desk


def found(desk: Desk, text: str, today: date = TODAY) -> Found:
    return desk.library.about(text, today=today)


def said(desk: Desk, text: str) -> list[str]:
    return [one.text for one in found(desk, text).sentences]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("ferries in March", date(2025, 3, 1), date(2025, 3, 31)),
        ("ferries last 30 days", date(2025, 3, 15), TODAY),
        ("ferries 2025-01 to 2025-03", date(2025, 1, 1), date(2025, 3, 31)),
        ("ferries 2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("ferries 2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("ferries 2025-04-01", date(2025, 4, 1), date(2025, 4, 1)),
        ("ferries", None, None),
    ],
)
def test_the_days_of_a_topic(text: str, first: date | None, last: date | None) -> None:
    asked = topic(text)
    assert (asked.window.first, asked.window.last) == (first, last)
    assert [one.name for one in asked.things] == ["ferries"]


def test_days_that_do_not_exist_are_kept_as_typed() -> None:
    assert topic("ferries on 30 February").impossible == ("30 February",)


def test_questions_are_read_for_what_they_are_about() -> None:
    assert names("What did Russia say about peacekeepers?") == ["peacekeepers"]
    assert topic("What did Russia say about peacekeepers?").voices == ("russia",)
    assert names("What did Putin say?") == ["Putin"]
    assert topic("What did Putin say?").voices == ()
    assert names("the of and") == []


def test_a_question_without_its_days() -> None:
    asked = without_days("How many drones flew on April 9?", TODAY)
    assert "April" not in asked
    assert "drones" in asked


def test_every_form_of_a_word_counts_and_all_things_must_be_named(desk: Desk) -> None:
    assert said(desk, "official") == ["US officials promised help for the harbors."]
    assert len(said(desk, "ferries")) == 4
    assert said(desk, "ferries Kherson") == [REPORT[0].partition(" Nobody")[0]]


def test_an_abbreviation_is_no_pronoun(desk: Desk) -> None:
    assert said(desk, "US") == ["US officials promised help for the harbors."]


def test_a_word_the_reports_have_is_never_taken_for_a_misspelt_name(desk: Desk) -> None:
    assert said(desk, "war crimes") == ["Courts looked into crimes of the war."]
    assert found(desk, "Khersson").name == "Kherson"
    assert found(desk, "war crimes").name == "war crimes"
    assert found(desk, "war and crimes").name == "war, crimes"


def test_only_the_words_of_those_asked_for(desk: Desk) -> None:
    asked = found(desk, "What did Russia say about ferries?")
    assert [one.text for one in asked.sentences] == [
        "Vladimir Putin said that ferries are no target."
    ]
    assert asked.voices == ("Russia",)


def test_what_no_sentence_names_as_well_is_left_out_and_said(desk: Desk) -> None:
    asked = found(desk, "Kherson, harbors, ferries")
    assert asked.sentences
    assert set(asked.left_out) < {"Kherson", "harbors", "ferries"}
    assert {*asked.left_out, *asked.name.split(", ")} == {"Kherson", "harbors", "ferries"}
    assert found(desk, "walrus ferries").left_out == ("walrus",)
    assert not found(desk, "walrus").sentences
    assert found(desk, "walrus").name == "walrus"


def test_later_reports_are_not_read(desk: Desk) -> None:
    asked = found(desk, "ferries", date(2025, 1, 31))
    assert [one.text for one in asked.sentences] == ["Ferries rest."]


def test_quotes_are_what_stands_in_the_report(desk: Desk) -> None:
    for one in found(desk, "ferries").sentences:
        quote = desk.library.quote(one)
        report = desk.library.report(one.report_id, one.revision)
        assert quote.text == one.text == report.text[one.start : one.end]
        assert quote.published == one.published == report.published


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for thing in topic(text).things:
        assert thing.forms
        assert thing.name
