"""From ranked sentences to quotes, or to a refusal that says what was searched.

A quote is one slice of one passage: the best sentence, widened by its neighbours while they bear on
the question and fit. Copies of a fact (lead, takeaway, body) count once.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from index.footnotes import footnotes
from index.model import Answer, Quote, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from index.model import Footnote, Report, Searched
    from index.passages import StoredPassage, StoredSentence
    from index.rank import Ranked

_SAME_RATIO: Final = 85.0
_LOOKED_AT: Final = 60
_MARKER: Final = re.compile(r"\[\s*\w{1,6}\s*\]?")
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings:
    """When an answer is given, and how long it is.

    Args:
        quotes: quotes in an answer, at most.
        quote_chars: length of a quote, at most, unless one sentence is longer.
        widen_gap: how much lower a neighbour may score and still be quoted along.
        threshold: confidence below which the answer is "the reports don't say".
    """

    quotes: int = 5
    quote_chars: int = 600
    widen_gap: float = 4.0
    threshold: float = 0.5


def answer(
    *,
    question: str,
    asked_on: date,
    sure: float,
    ranked: Sequence[Ranked],
    read: Callable[[str, int], Report],
    searched: Searched,
    settings: AnswerSettings,
) -> Answer:
    """Answer with the best quotes, or refuse where they are not likely to answer.

    Args:
        question: as typed.
        asked_on: the day it is asked.
        sure: the confidence that the reports answer it.
        ranked: sentences, best first.
        read: returns one revision of one report.
        searched: what was searched.
        settings: how many quotes, how long, and from which confidence on.
    """
    answered = bool(ranked) and sure >= settings.threshold
    chosen = choose(ranked, settings, most=settings.quotes if answered else 1)
    quotes = tuple(quote(one, span, read) for one, span in chosen)
    return Answer(
        question=question,
        asked_on=asked_on,
        status="answered" if answered else "not_found",
        confidence=sure,
        quotes=quotes if answered else (),
        searched=searched,
        nearest=quotes[0] if quotes and not answered else None,
    )


def choose(
    ranked: Sequence[Ranked], settings: AnswerSettings, *, most: int
) -> list[tuple[Ranked, Span]]:
    """Pick up to ``most`` sentences that each add something, and widen them to quotes."""
    scores = {(one.passage.id, one.place): one.score for one in ranked}
    chosen: list[tuple[Ranked, Span]] = []
    for one in ranked[:_LOOKED_AT]:
        if len(chosen) == most:
            break
        if not any(_adds_nothing(one, *before) for before in chosen):
            taken = [span for other, span in chosen if other.passage.id == one.passage.id]
            chosen.append((one, _widened(one, scores, taken, settings)))
    return chosen


def _adds_nothing(one: Ranked, other: Ranked, quoted: Span) -> bool:
    """Tell whether a sentence is quoted already, or repeats a quoted one with the same figures."""
    if one.passage.report_id == other.passage.report_id and quoted.overlaps(one.sentence):
        return True
    mine, theirs = _plain(one.passage, one.sentence), _plain(other.passage, other.sentence)
    if _FIGURE.findall(mine) != _FIGURE.findall(theirs):
        return False
    return fuzz.token_set_ratio(mine, theirs) >= _SAME_RATIO


def _widened(
    one: Ranked,
    scores: dict[tuple[str, int], float],
    taken: Sequence[Span],
    settings: AnswerSettings,
) -> Span:
    """Take neighbours of the same block along, the better one first, while they fit."""
    sentences = one.passage.sentences
    first = last = one.place
    least = one.score - settings.widen_gap
    while True:
        beside = [
            place
            for place in (first - 1, last + 1)
            if 0 <= place < len(sentences)
            and sentences[place].block == one.sentence.block
            and scores.get((one.passage.id, place), -math.inf) > least
            and sentences[max(last, place)].end - sentences[min(first, place)].start
            <= settings.quote_chars
            and not any(span.overlaps(sentences[place]) for span in taken)
        ]
        if not beside:
            return Span(start=sentences[first].start, end=sentences[last].end)
        place = max(beside, key=lambda place: scores[one.passage.id, place])
        first, last = min(first, place), max(last, place)


def quote(one: Ranked, span: Span, read: Callable[[str, int], Report]) -> Quote:
    """Cite a slice of the stored text: its statements and the notes of its sentences."""
    report = read(one.passage.report_id, one.passage.revision)
    inside = [sentence for sentence in one.passage.sentences if span.holds(sentence)]
    return Quote(
        start=span.start,
        end=span.end,
        text=span.of(report.text),
        report_id=report.id,
        revision=report.revision,
        publisher=report.publisher,
        title=report.title,
        published=report.published,
        url=report.url,
        score=one.score,
        statements=tuple(
            dict.fromkeys(said for sentence in inside for said in sentence.statements)
        ),
        footnotes=_notes(report, inside),
    )


def _notes(report: Report, sentences: Sequence[StoredSentence]) -> tuple[Footnote, ...]:
    """Join the notes of sentences; a note is a sentence's own wherever one of them carries it."""
    notes: dict[str, Footnote] = {}
    for sentence in sentences:
        for note in footnotes(report, sentence):
            known = notes.get(note.label)
            if known is None or known.scope == "paragraph":
                notes[note.label] = note
    return tuple(notes.values())


def _plain(passage: StoredPassage, span: Span) -> str:
    text = passage.text[span.start - passage.start : span.end - passage.start]
    return _MARKER.sub("", text).casefold()
