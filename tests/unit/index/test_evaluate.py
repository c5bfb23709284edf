"""The measure itself is measured: on answers whose worth is known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from index.errors import InputError
from index.evaluate import Alternative, Question, judge, read_questions, table
from index.model import Answer, Quote, Searched

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.evaluate import Outcome

DAY = date(2025, 4, 9)
RIGHT = "Peacekeepers would not stand at the front."
WRONG = "The weather was mild all week."


def question(*groups: str, kind: str = "fact") -> Question:
    return Question(
        id="q",
        kind=kind,
        question="?",
        asked_on=DAY,
        gold=tuple((Alternative(date=DAY, sentence=sentence),) for sentence in groups),
    )


def quote(text: str, published: date | None = DAY) -> Quote:
    return Quote(
        start=0,
        end=len(text),
        text=text,
        report_id="a",
        revision=1,
        publisher=None,
        title=None,
        published=published,
        url=None,
        score=1.0,
    )


def answered(*quotes: Quote | str, confidence: float = 0.9) -> Answer:
    whole = tuple(quote(one) if isinstance(one, str) else one for one in quotes)
    return Answer(
        question="?",
        asked_on=DAY,
        status="answered" if whole else "not_found",
        confidence=confidence,
        quotes=whole,
        searched=Searched(reports=1, first=DAY, last=DAY, publishers=()),
    )


def hits(outcome: Outcome) -> list[bool]:
    return [outcome.hit(within) for within in (1, 3, 5)]


def test_the_first_quote_that_holds_the_gold_counts() -> None:
    asked = question(RIGHT)
    assert hits(judge(asked, answered(RIGHT, WRONG))) == [True, True, True]
    assert hits(judge(asked, answered(WRONG, f"Before. {RIGHT} After."))) == [False, True, True]
    assert hits(judge(asked, answered(WRONG, WRONG, WRONG, RIGHT))) == [False, False, True]
    assert hits(judge(asked, answered(WRONG))) == [False] * 3
    assert hits(judge(asked, answered())) == [False] * 3


def test_markers_and_white_space_do_not_count() -> None:
    found = judge(
        question(RIGHT), answered("Peacekeepers would\n not stand [7] at the front. [12]")
    )
    assert found.place == 0


def test_the_same_words_on_another_day_are_wrong() -> None:
    later = quote(RIGHT, date(2025, 4, 10))
    assert judge(question(RIGHT), answered(later, quote(RIGHT, None))).place is None


def test_what_stands_far_behind_in_a_quote_is_not_read() -> None:
    assert judge(question(RIGHT), answered("x" * 550 + " " + RIGHT)).place == 0
    assert judge(question(RIGHT), answered("x" * 590 + " " + RIGHT)).place is None


def test_any_alternative_of_a_group_will_do() -> None:
    both = Question(
        id="q",
        kind="fact",
        question="?",
        asked_on=DAY,
        gold=(
            (Alternative(date=DAY, sentence=RIGHT), Alternative(date=DAY, sentence=WRONG)),
            (Alternative(date=DAY, sentence="Something else."),),
        ),
    )
    found = judge(both, answered(WRONG))
    assert (found.place, found.covered) == (0, 1)
    assert judge(both, answered(WRONG, "Something else.")).covered == 2


def measured(*pairs: tuple[Question, Answer]) -> dict[str, Any]:
    return table([judge(one, answer) for one, answer in pairs])


def test_shares_are_of_the_questions_that_have_an_answer() -> None:
    found = measured(
        (question(RIGHT), answered(RIGHT)),
        (question(RIGHT), answered(WRONG, RIGHT)),
        (question(RIGHT), answered()),
        (question(RIGHT, WRONG, kind="two"), answered("x" * 1_300, RIGHT)),
        (question(kind="none"), answered(WRONG)),
    )
    assert found["questions"] == 5
    assert found["all"] == {
        "questions": 4,
        "hit_1": 1 / 4,
        "hit_3": 3 / 4,
        "hit_5": 3 / 4,
        "within_1200": 2 / 4,
        "mrr": (1 + 1 / 2 + 1 / 2) / 4,
        "groups_covered": 3 / 5,
    }
    assert set(found["by_kind"]) == {"fact", "two"}


def test_refusals_are_the_positive_class() -> None:
    found = measured(
        (question(), answered(confidence=0.1)),
        (question(), answered(WRONG, confidence=0.7)),
        (question(RIGHT), answered(RIGHT, confidence=0.9)),
        (question(RIGHT), answered(confidence=0.3)),
    )
    assert found["refusal"] == {"precision": 0.5, "recall": 0.5, "auc": 0.75}


def test_equal_confidence_says_nothing() -> None:
    found = measured(
        (question(), answered(WRONG, confidence=0.5)),
        (question(RIGHT), answered(RIGHT, confidence=0.5)),
    )
    assert found["refusal"] == {"precision": None, "recall": 0.0, "auc": 0.5}


@pytest.mark.parametrize("pairs", [[], [(question(), answered())], [(question(RIGHT), answered())]])
def test_one_sided_files_have_a_table_too(pairs: Sequence[tuple[Question, Answer]]) -> None:
    assert measured(*pairs)["refusal"]["auc"] is None


GOOD = (
    '{"id": "1", "kind": "fact", "question": "Who?", "asked_on": "2025-04-09", "gold":'
    ' [[{"date": "2025-04-09", "sentence": "Ana."}]]}'
)


def test_questions_are_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f"{GOOD}\n{GOOD}\n", "utf-8")
    first, second = read_questions(file)
    assert first == second
    assert first.gold[0][0].sentence == "Ana."
    assert first.history == ()


@pytest.mark.parametrize("line", ["{", "[]", "null", '{"id": "1"}', GOOD.replace("-09", "-99", 1)])
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f"{GOOD}\n{line}\n", "utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_questions(file)


def test_only_a_line_break_ends_a_line(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(GOOD.replace("Who?", "Who\u2028or\x85what?") + "\n\n", "utf-8")
    (one,) = read_questions(file)
    assert one.question == "Who\u2028or\x85what?"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cant_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "questions.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"questions\.jsonl"):
        read_questions(file)
