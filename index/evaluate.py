"""Measure answers against questions with gold: the metrics of docs/evaluation.md.

A gold group is covered by a quote of a report of the right date that holds one of its alternative
sentences (white space and markers aside) within the quote's first 600 characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date  # noqa: TC003  (pydantic reads the annotations)
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from index.model import Answer

HELD_WITHIN: Final = 600
SHOWN_WITHIN: Final = 1_200
_MARKER: Final = re.compile(r"\[\s*\w{1,6}\s*\]?")
_NOT_WORD: Final = re.compile(r"[\W_]+")


class Alternative(BaseModel):
    """One sentence that answers, with the date of its report."""

    model_config = ConfigDict(frozen=True)
    date: date
    sentence: str


class Question(BaseModel):
    """A question with gold; without any, the reports don't answer it."""

    model_config = ConfigDict(frozen=True)
    id: str
    kind: str
    question: str
    asked_on: date
    history: tuple[str, ...] = ()
    gold: tuple[tuple[Alternative, ...], ...]


def read_questions(path: Path) -> list[Question]:
    """Read a JSON-lines file.

    Raises:
        InputError: the file can't be read, or a line is no question; the text names it.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read as UTF-8 text: {error}") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(Question.model_validate_json(line))
        except ValidationError as error:
            raise InputError(f"{path}, line {number}: {error.errors()[0]['msg']}") from error
    return questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one question fared.

    ``place`` is the first quote (from 0) that covers a gold group, ``characters`` how many were
    shown up to its end; both None where none does. ``covered`` counts groups that any quote covers.
    """

    question: Question
    answer: Answer
    place: int | None
    characters: int | None
    covered: int

    def hit(self, within: int) -> bool:
        """Tell whether an answer's first ``within`` quotes hold a gold sentence."""
        answered = self.answer.status == "answered"
        return answered and self.place is not None and self.place < within


def judge(question: Question, answer: Answer) -> Outcome:
    """Compare one answer with its gold."""
    shown = 0
    place = characters = None
    covered: set[int] = set()
    for number, quote in enumerate(answer.quotes):
        shown += len(quote.text)
        held = quote.text[:HELD_WITHIN]
        groups = {
            group
            for group, alternatives in enumerate(question.gold)
            if any(holds(one, text=held, published=quote.published) for one in alternatives)
        }
        covered |= groups
        if groups and place is None:
            place, characters = number, shown
    return Outcome(
        question=question, answer=answer, place=place, characters=characters, covered=len(covered)
    )


def holds(one: Alternative, *, text: str, published: date | None) -> bool:
    """Tell whether a text of a report of that day holds a gold sentence."""
    return one.date == published and _plain(one.sentence) in _plain(text)


def table(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the metrics over all questions and by kind; shares are of answerable questions.

    ``refusal`` takes a refusal as the positive class; ``auc`` is the probability that an answerable
    question has a higher confidence than an unanswerable one.
    """
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.question.kind].append(outcome)
    answerable = [outcome for outcome in outcomes if outcome.question.gold]
    return {
        "questions": len(outcomes),
        "all": _hits(answerable),
        "by_kind": {kind: _hits(found) for kind, found in kinds.items() if found[0].question.gold},
        "refusal": _refusal(outcomes),
    }


def errors(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """List what went wrong, answerable questions first: refused, not found, or found late."""
    found = []
    for outcome in outcomes:
        question, answer = outcome.question, outcome.answer
        if not question.gold:
            what = "" if answer.status == "not_found" else "answered, but nothing answers it"
        elif answer.status == "not_found":
            what = "refused"
        elif outcome.place is None:
            what = "not among the quotes"
        else:
            what = f"at place {outcome.place + 1}" if outcome.place else ""
        if what:
            shown = answer.quotes[0] if answer.quotes else answer.nearest
            found.append(
                {
                    "id": question.id,
                    "kind": question.kind,
                    "question": question.question,
                    "what": what,
                    "confidence": answer.confidence,
                    "first": shown.text if shown else None,
                }
            )
    return sorted(found, key=lambda one: (one["kind"] == "unanswerable", one["what"]))


def _hits(outcomes: Sequence[Outcome]) -> dict[str, float]:
    if not outcomes:
        return {}
    total = len(outcomes)
    ranks = [1 / (one.place + 1) for one in outcomes if one.hit(100) and one.place is not None]
    groups = sum(len(one.question.gold) for one in outcomes)
    early = [
        one
        for one in outcomes
        if one.hit(100) and one.characters is not None and one.characters <= SHOWN_WITHIN
    ]
    return {
        "questions": total,
        "hit_1": sum(one.hit(1) for one in outcomes) / total,
        "hit_3": sum(one.hit(3) for one in outcomes) / total,
        "hit_5": sum(one.hit(5) for one in outcomes) / total,
        "within_1200": len(early) / total,
        "mrr": sum(ranks) / total,
        "groups_covered": sum(one.covered for one in outcomes if one.answer.status == "answered")
        / groups,
    }


def _refusal(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    refused = [one for one in outcomes if one.answer.status == "not_found"]
    rightly = [one for one in refused if not one.question.gold]
    no = [one.answer.confidence for one in outcomes if not one.question.gold]
    yes = [one.answer.confidence for one in outcomes if one.question.gold]
    pairs = [(a > b) + (a == b) / 2 for a in yes for b in no]
    return {
        "precision": len(rightly) / len(refused) if refused else None,
        "recall": len(rightly) / len(no) if no else None,
        "auc": sum(pairs) / len(pairs) if pairs else None,
    }


def _plain(text: str) -> str:
    return _NOT_WORD.sub("", _MARKER.sub("", text)).casefold()
