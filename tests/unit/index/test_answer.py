"""Answers: slices of the stored text, each of which adds something, or a refusal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.answer import AnswerSettings
from index.model import BlockKind, Endnote
from tests.fakes.drafts import BOILERPLATE, BYLINE, HEADING, TAKEAWAY, draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from index.library import Library
    from index.model import Answer, ParsedReport, Quote

ASKED_ON: Final = date(2025, 4, 12)
NOTES: Final = [
    Endnote(label="1", text="First.", urls=("https://a.example/",)),
    Endnote(label="2", text="Second."),
]
PEACE: Final = draft(
    (HEADING, "Talks on peacekeepers"),
    (BYLINE, "Ana Ruiz on peacekeepers, April 9"),
    (TAKEAWAY, "Lavrov said that peacekeepers would be targets."),
    "Lavrov said on April 8 that peacekeepers would be targets.[1] He added that talks about"
    " peacekeepers go on. The weather was mild all week along the river.[2]",
    (BOILERPLATE, "Click here for more on peacekeepers."),
    "Kallas said that peacekeepers would stand far from the front.",
    url="https://r.example/9",
    published=date(2025, 4, 9),
    endnotes=NOTES,
)
LATER: Final = draft(
    "The ministry said on April 11 that 40 peacekeepers came.",
    "The ministry said on April 11 that 50 peacekeepers came.",
    "On April 11 the ministry said that 50 peacekeepers came.",
    url="https://r.example/11",
    published=date(2025, 4, 11),
)
UNDATED: Final = draft("Peacekeepers count violations.", title="Background", published=None)
CORPUS: Final = (PEACE, LATER, UNDATED)


def desk(folder: Path, *reports: ParsedReport, answers: AnswerSettings) -> Library:
    made = Desk(folder, answers=answers)
    made.put(*(reports or CORPUS))
    return made.library


@pytest.fixture(scope="module")
def willing(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library that answers whatever it is asked."""
    return desk(tmp_path_factory.mktemp("willing"), answers=AnswerSettings(threshold=0.0))


@pytest.fixture(scope="module")
def wary(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library that is never sure enough."""
    return desk(tmp_path_factory.mktemp("wary"), answers=AnswerSettings(threshold=1.0))


def shown(answer: Answer) -> list[Quote]:
    return [*answer.quotes, *([answer.nearest] if answer.nearest else [])]


WORDS: Final = (
    "what did say about peacekeepers Lavrov Kallas on April 8 9 11 how many who why"
    " targets front ministry yesterday and Russia not ? [1] 50 % weather river"
)
QUESTIONS: Final = st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join) | st.text(
    max_size=60
)


@settings(max_examples=60)
@given(question=QUESTIONS, history=st.lists(QUESTIONS, max_size=2))
def test_every_quote_is_its_slice(willing: Library, question: str, history: list[str]) -> None:
    answer = willing.ask(question, asked_on=ASKED_ON, history=history)
    assert answer.question == question
    assert 0.0 <= answer.confidence <= 1.0
    for quote in shown(answer):
        report = willing.report(quote.report_id, quote.revision)
        assert report.text[quote.start : quote.end] == quote.text
        (block,) = (block for block in report.blocks if block.overlaps(quote))
        assert block.holds(quote)
        assert block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TAKEAWAY}
        labels = {marker.label for marker in report.markers if block.holds(marker)}
        assert {note.label for note in quote.footnotes} <= labels
        assert (quote.title, quote.url, quote.published) == (
            report.title,
            report.url,
            report.published,
        )


@settings(max_examples=30)
@given(question=QUESTIONS)
def test_quotes_are_few_and_apart(willing: Library, question: str) -> None:
    answer = willing.ask(question, asked_on=ASKED_ON)
    assert len(answer.quotes) <= 5
    assert [one.score for one in answer.quotes] == sorted(
        (one.score for one in answer.quotes), reverse=True
    )
    for place, one in enumerate(answer.quotes):
        assert len(one.text) <= 600
        for other in answer.quotes[:place]:
            assert one.report_id != other.report_id or not one.overlaps(other)


def test_only_reports_published_by_then_count(willing: Library) -> None:
    quotes = willing.ask("peacekeepers", asked_on=date(2025, 4, 10)).quotes
    assert {quote.published for quote in quotes} == {date(2025, 4, 9), None}
    (undated,) = willing.ask("peacekeepers", asked_on=date(2025, 4, 1)).quotes
    assert undated.published is None
    searched = willing.ask("peacekeepers", asked_on=date(2025, 4, 10)).searched
    assert (searched.reports, searched.first, searched.last) == (
        2,
        date(2025, 4, 9),
        date(2025, 4, 9),
    )


def test_a_refusal_says_what_was_nearest(wary: Library) -> None:
    answer = wary.ask("what about peacekeepers?", asked_on=ASKED_ON)
    assert (answer.status, answer.quotes) == ("not_found", ())
    assert answer.nearest is not None
    assert "eacekeepers" in answer.nearest.text
    assert answer.searched.publishers == ("Harbour Institute",)


def test_nothing_stored_is_a_refusal_with_nothing_near(tmp_path: Path) -> None:
    empty = Desk(tmp_path).library
    answer = empty.ask("what about peacekeepers?", asked_on=ASKED_ON)
    assert (answer.status, answer.nearest, answer.confidence) == ("not_found", None, 0.0)
    assert answer.searched.reports == 0
    assert empty.ranked("peacekeepers", top=3, asked_on=ASKED_ON) == []


@pytest.mark.parametrize("question", ["", "   ", "?!", "🙂", "\u202e\u2066"])
def test_no_question_is_never_answered(tmp_path: Path, question: str) -> None:
    library = desk(tmp_path, answers=AnswerSettings())
    answer = library.ask(question, asked_on=ASKED_ON)
    assert (answer.status, answer.confidence) == ("not_found", 0.0)


def test_copies_of_a_fact_count_once_and_other_figures_do_not(willing: Library) -> None:
    quotes = willing.ask("how many peacekeepers came?", asked_on=ASKED_ON).quotes
    texts = [quote.text for quote in quotes if quote.published == date(2025, 4, 11)]
    assert len(texts) == 2
    assert {"40" in text for text in texts} == {True, False}


def test_a_quote_carries_its_notes_and_its_speakers(willing: Library) -> None:
    quotes = willing.ask("What did Lavrov say about peacekeepers?", asked_on=ASKED_ON).quotes
    (body,) = (quote for quote in quotes if quote.text.startswith("Lavrov said on April 8"))
    assert (body.footnotes[0].label, body.footnotes[0].status) == ("1", "resolved")
    assert body.footnotes[0].urls == ("https://a.example/",)
    assert body.statements[0].side == "russia"


def test_a_quote_is_no_longer_than_allowed_unless_one_sentence_is(tmp_path: Path) -> None:
    sentence = "Peacekeepers " + "and more peacekeepers " * 15 + "came."
    library = desk(
        tmp_path,
        draft(f"Peacekeepers came. Peacekeepers left. {sentence}"),
        answers=AnswerSettings(threshold=0.0, quote_chars=100, widen_gap=100.0),
    )
    lengths = {len(one.text) for one in library.ask("peacekeepers", asked_on=ASKED_ON).quotes}
    assert len("Peacekeepers came. Peacekeepers left.") in lengths
    assert all(length <= 100 or length == len(sentence) for length in lengths)


def test_as_many_quotes_as_the_setting_says(tmp_path: Path) -> None:
    library = desk(tmp_path, answers=AnswerSettings(threshold=0.0, quotes=1))
    assert len(library.ask("peacekeepers", asked_on=ASKED_ON).quotes) == 1


def test_passages_are_ranked_whatever_their_date(willing: Library) -> None:
    found = willing.ranked("peacekeepers", top=10, asked_on=date(2025, 4, 1))
    assert {one.report_id for one in found} == {one.id for one in willing.reports()}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        assert willing.report(one.report_id).text[one.start : one.end] == one.text
    assert willing.ranked("peacekeepers", top=1, asked_on=ASKED_ON) == found[:1]


def test_meaning_is_compared_row_by_row(willing: Library) -> None:
    rows = willing.closeness(["peacekeepers", "drones"], ["peacekeepers came", "nothing", "drones"])
    assert [len(row) for row in rows] == [2, 2, 2]
    assert rows[2][1] == pytest.approx(1.0, abs=1e-3)
    assert rows[0][0] > rows[0][1]
