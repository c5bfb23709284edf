"""What is quoted along with a sentence, and what is quoted once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from index.answer import AnswerSettings
from tests.fakes.drafts import TAKEAWAY, draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from index.model import Answer, ParsedReport

ASKED_ON: Final = date(2025, 4, 12)


def asked(folder: Path, question: str, *reports: ParsedReport, quote_chars: int = 600) -> Answer:
    settings = AnswerSettings(threshold=0.0, widen_gap=0.0, quote_chars=quote_chars)
    desk = Desk(folder, answers=settings)
    desk.put(*reports)
    return desk.library.ask(question, asked_on=ASKED_ON)


def report(*paragraphs: str, day: int = 9) -> ParsedReport:
    return draft(*paragraphs, url=f"https://r.example/{day}", published=date(2025, 4, day))


def test_he_also_is_quoted_with_whom_it_means(tmp_path: Path) -> None:
    text = "Lavrov met the press on April 8. He also named grain ships."
    answer = asked(tmp_path, "which ships were named?", report(text))
    assert answer.quotes[0].text == text


@pytest.mark.parametrize(
    "caveat",
    [
        "The institute cannot independently verify these claims.",
        "Harbour Institute has not observed any confirmation of that claim.",
    ],
)
def test_a_caveat_goes_along_and_follows_where_there_is_no_room(
    tmp_path: Path, caveat: str
) -> None:
    claim = "Lavrov claimed on April 8 that nine grain ships were sunk."
    text = f"{claim} {caveat} Rain fell."
    (whole, *_) = asked(tmp_path / "a", "how many ships were sunk?", report(text)).quotes
    short = asked(tmp_path / "b", "how many ships were sunk?", report(text), quote_chars=70).quotes
    assert whole.text == f"{claim} {caveat}"
    assert [one.text for one in short[:2]] == [claim, caveat]


def test_the_same_speakers_denial_goes_along(tmp_path: Path) -> None:
    claim = "Lavrov said on April 8 that nine grain ships were sunk."
    own, others = "Lavrov denied on April 9 that any was foreign.", "Kallas denied on April 9 it."
    answer = asked(tmp_path / "a", "how many ships were sunk?", report(f"{claim} {own}"))
    assert answer.quotes[0].text == f"{claim} {own}"
    answer = asked(tmp_path / "b", "how many ships were sunk?", report(f"{claim} {others}"))
    assert answer.quotes[0].text == claim


def test_of_a_figure_given_twice_the_newer_comes_first(tmp_path: Path) -> None:
    old = report("The ministry said that 40 peacekeepers came to the port.", day=9)
    new = report("The ministry said that 50 peacekeepers came to the port.", day=11)
    quotes = asked(tmp_path / "a", "how many peacekeepers came to the port?", old, new).quotes
    assert [("50" in one.text, "40" in one.text) for one in quotes] == [
        (True, False),
        (False, True),
    ]
    assert quotes[0].score >= quotes[1].score
    quotes = asked(
        tmp_path / "b", "how many peacekeepers came to the port on april 9?", old, new
    ).quotes
    assert "40" in quotes[0].text


def test_a_takeaway_and_its_body_count_once(tmp_path: Path) -> None:
    twice = draft(
        (TAKEAWAY, "The ministry said that 40 peacekeepers came."),
        "The ministry said that 40 peacekeepers came.",
        published=date(2025, 4, 9),
    )
    assert len(asked(tmp_path, "how many peacekeepers came?", twice).quotes) == 1
