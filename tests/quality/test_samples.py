"""How well the bundled samples are answered, with floors that may only rise.

The questions stand in samples.jsonl with the sentences that answer them, in the form that
docs/evaluation.md describes.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.build import engine_for, library_for
from bot.settings import load
from index.evaluate import judge, read_questions, table
from tests.fakes.command_line import ingested, served_by
from tests.fakes.embedder import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.evaluate import Outcome
    from index.library import Library

QUESTIONS: Final = Path(__file__).parent / "samples.jsonl"
FLOORS: Final = {
    "hit_1": 0.5,
    "hit_3": 0.7,
    "hit_5": 0.8,
    "within_1200": 0.8,
    "mrr": 0.58,
    "groups_covered": 0.75,
}
REFUSAL_FLOORS: Final = {"precision": 0.5, "recall": 0.5, "auc": 0.9}
_MARKER: Final = re.compile(r"\[\w{1,4}\]")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    model = served_by(bundled())
    next(model)
    settings = load()
    folder = Path(shutil.copytree(ingested()[0], tmp_path_factory.mktemp("quality") / "data"))
    made = library_for(settings, folder, engine_for(settings, folder), command="test")
    yield made
    made.close()
    next(model, None)


@pytest.fixture(scope="module")
def outcomes(library: Library) -> dict[str, Outcome]:
    return {
        one.id: judge(one, library.ask(one.question, asked_on=one.asked_on, history=one.history))
        for one in read_questions(QUESTIONS)
    }


@pytest.fixture(scope="module")
def measured(outcomes: dict[str, Outcome]) -> dict[str, Any]:
    return table(list(outcomes.values()))


def test_every_expected_sentence_stands_in_a_report_of_its_day(library: Library) -> None:
    texts: dict[date | None, str] = {}
    for one in library.reports():
        plain = _MARKER.sub("", library.report(one.id).text)
        texts[one.published] = texts.get(one.published, "") + plain
    for question in read_questions(QUESTIONS):
        for group in question.gold:
            for alternative in group:
                assert alternative.sentence in texts[alternative.date], question.id


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_answers_are_found(measured: dict[str, Any], name: str) -> None:
    assert measured["all"][name] >= FLOORS[name], measured["all"]


@pytest.mark.parametrize("name", sorted(REFUSAL_FLOORS))
def test_refusals_are_right(measured: dict[str, Any], name: str) -> None:
    assert measured["refusal"][name] >= REFUSAL_FLOORS[name], measured["refusal"]


def test_a_side_is_never_answered_for_by_another(outcomes: dict[str, Outcome]) -> None:
    """Ukrainians and other Europeans speak of the same subject in the same words."""
    answer = outcomes["russia-peacekeepers"].answer
    assert answer.status == "answered"
    speakers = ("Velyanin", "Osmolova", "Miroshnik", "Lavrov", "Russia")
    for quote in answer.quotes:
        sides = {said.side for said in quote.statements}
        assert "russia" in sides or any(name in quote.text for name in speakers), quote.text
    first = answer.quotes[0].text
    assert not any(name in first for name in ("Syrskyi", "Kallas", "Zastavniuk", "Lindqvist"))


def test_the_future_is_not_quoted(outcomes: dict[str, Outcome]) -> None:
    answer = outcomes["yesterday"].answer
    assert all(
        quote.published is not None and quote.published <= date(2025, 4, 12)
        for quote in answer.quotes
    )


def test_who_said_it_is_carried_over_to_the_next_sentence(outcomes: dict[str, Outcome]) -> None:
    first = outcomes["velyanin"].answer.quotes[0]
    assert "He also claimed" in first.text
    assert {said.side for said in first.statements} >= {"russia"}


def test_missing_notes_are_said_to_be_missing(library: Library) -> None:
    """The plain text has markers and not one note; a page lacks its nineteenth."""
    quotes = [
        quote
        for question in (
            "How did Russian media report the crossing?",
            "peacekeepers who cannot shoot back",
            "How many drones were counted overnight on April 12 to 13?",
        )
        for quote in library.ask(question, asked_on=date(2025, 4, 14)).quotes
    ]
    plain = [quote for quote in quotes if quote.publisher == "Quillhaven Dispatch"]
    notes = [note for quote in plain for note in quote.footnotes]
    assert notes
    assert {note.status for note in notes} == {"missing"}
    assert any(
        note.status == "resolved" and note.urls for quote in quotes for note in quote.footnotes
    )
