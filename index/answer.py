"""From ranked sentences to an answer, or to a refusal that says what was searched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.choose import ChoiceSettings, choose
from index.footnotes import footnotes
from index.model import Answer, Quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from index.choose import Chosen
    from index.model import Footnote, Report, Searched
    from index.passages import StoredSentence
    from index.query import Query
    from index.rank import Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings(ChoiceSettings):
    """How long an answer is, and below which confidence it is "the reports don't say"."""

    threshold: float = 0.4


def answer(
    *,
    question: str,
    query: Query,
    sure: float,
    ranked: Sequence[Ranked],
    read: Callable[[str, int], Report],
    searched: Searched,
    settings: AnswerSettings,
) -> Answer:
    """Answer with the best quotes, or refuse where they are not likely to answer.

    Args:
        question: as typed.
        query: the same as understood.
        sure: the confidence that the reports answer it.
        ranked: sentences, best first.
        read: returns one revision of one report.
        searched: what was searched.
        settings: how many quotes, how long, and from which confidence on.
    """
    answered = bool(ranked) and sure >= settings.threshold
    chosen = choose(
        ranked,
        settings if answered else replace(settings, quotes=1),
        dated=bool(query.events),
    )
    quotes = tuple(quote(one, read) for one in chosen)
    return Answer(
        question=question,
        asked_on=query.asked_on,
        status="answered" if answered else "not_found",
        confidence=sure,
        quotes=quotes if answered else (),
        searched=searched,
        nearest=quotes[0] if quotes and not answered else None,
    )


def quote(one: Chosen, read: Callable[[str, int], Report]) -> Quote:
    """Cite a slice of the stored text: its statements and the notes of its sentences."""
    passage, span = one.best.passage, one.span
    report = read(passage.report_id, passage.revision)
    inside = [sentence for sentence in passage.sentences if span.holds(sentence)]
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
        score=one.best.score,
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
