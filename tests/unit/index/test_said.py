"""Who is meant by a name, and what they said."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from tests.fakes.drafts import draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from pathlib import Path

TODAY: Final = date(2025, 4, 14)
OLD: Final = "Russian Defense Minister Sergei Shoigu said on April 1 that the ferries will sail."
NEW: Final = "Sergey Shoigu claimed that no ferry was hit. Vladimir Putin denied that ferries burn."
MAYORS: Final = (
    "Mayor Pavlo Hrynko stated that the harbor is closed. Mayor Taras Hrynko stated that it is"
    " open. Mayor Taras Hrynko said that the ferries wait."
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.put(
        draft(OLD, title="Old", published=date(2025, 4, 2)),
        draft(NEW, MAYORS, title="New", published=date(2025, 4, 9)),
    )
    return desk


def named(desk: Desk, name: str) -> list[str]:
    return [voice.name for voice in desk.library.named(name)]


def said(desk: Desk, name: str, about: str = "", today: date = TODAY) -> list[str]:
    (voice,) = desk.library.named(name)
    return [one.text for one in desk.library.said(voice, about, today=today).sentences]


@pytest.mark.parametrize(
    "name", ["Shoigu", "sergey shoigu", "Sergei Shoigu", "Russian defense minister"]
)
def test_one_person_under_every_spelling_and_office(desk: Desk, name: str) -> None:
    assert said(desk, name) == [NEW.partition(" Vladimir")[0], OLD]


def test_newest_first_and_nothing_later_than_asked(desk: Desk) -> None:
    assert said(desk, "Shoigu", today=date(2025, 4, 5)) == [OLD]


def test_a_side_is_all_who_speak_for_it(desk: Desk) -> None:
    assert len(said(desk, "Russia")) == 3
    assert said(desk, "Russia", "harbors") == []
    assert said(desk, "Russia", "ferries on 2 April 2025") == [OLD]


def test_a_name_of_several_is_for_the_person_to_choose(desk: Desk) -> None:
    assert named(desk, "Hrynko") == ["Taras Hrynko", "Pavlo Hrynko"]
    assert named(desk, "Taras Hrynko") == ["Taras Hrynko"]
    assert len(said(desk, "taras hrynko")) == 2


def test_a_body_by_its_initials(desk: Desk) -> None:
    desk.put(draft("We assess that ferries matter.", publisher="Bay Studies Institute", title="B"))
    assert named(desk, "BSI") == ["Bay Studies Institute"]


@pytest.mark.parametrize("name", ["Nobody", "", "...", "the"])
def test_nobody(desk: Desk, name: str) -> None:
    assert named(desk, name) == []


def test_of_what_several_say_in_a_sentence_only_the_one_asked_for_speaks(desk: Desk) -> None:
    desk.put(
        draft(
            "Vladimir Putin and Sergei Shoigu claimed that the ferries are new.",
            title="Both",
            published=date(2025, 4, 10),
        )
    )
    (voice,) = desk.library.named("Putin")
    newest = desk.library.said(voice, "", today=TODAY).sentences[0]
    assert [one.speaker for one in newest.statements] == ["Vladimir Putin"]
