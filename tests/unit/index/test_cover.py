"""A question about two sources quotes both, however much one of them had to say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from index.answer import AnswerSettings
from tests.fakes.drafts import draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from pathlib import Path

ASKED_ON: Final = date(2025, 4, 12)
RUSSIAN: Final = (
    "Lavrov said on April 8 that the dam near Novy Brid was shelled.",
    "Lavrov said on April 8 that the gates of the dam held.",
    "Lavrov said on April 8 that the dam lost one turbine.",
)
UKRAINIAN: Final = "Zelensky stated on April 9 that engineers went to the flooded works."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, answers=AnswerSettings(threshold=0.0, quotes=2, quote_chars=70))
    for day, text in enumerate((*RUSSIAN, UKRAINIAN), 8):
        desk.put(draft(text, url=f"https://r.example/{day}", published=date(2025, 4, day)))
    return desk


def sides(desk: Desk, question: str) -> list[str | None]:
    answer = desk.library.ask(question, asked_on=ASKED_ON)
    return [said.side for quote in answer.quotes for said in quote.statements]


def test_each_side_is_quoted(desk: Desk) -> None:
    question = "what did Lavrov and Zelensky say about the dam?"
    assert set(sides(desk, question)) == {"russia", "ukraine"}


def test_one_side_moves_nothing(desk: Desk) -> None:
    assert sides(desk, "what did Lavrov say about the dam?") == ["russia", "russia"]
