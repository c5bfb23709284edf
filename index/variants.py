"""Other ways to answer, for comparison: a plain build, and this one with one part left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from index.answer import quote
from index.choose import Chosen
from index.model import Answer
from index.ports import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from index.search import Search

    Ask = Callable[[str, date, Sequence[str]], Answer]

_PLAIN_PASSAGES: Final = 5
_PARTS: Final[Mapping[str, frozenset[str]]] = {
    "no dates": frozenset({"age", "fresh", "event", "report_day"}),
    "no attribution": frozenset({"source", "speaker"}),
    "no kinds of answer": frozenset({"number", "person"}),
    "no late interaction": frozenset(
        {"sentence", "sentence_rare", "passage", "passage_rare", "own", "before", "after"}
    ),
}


def variants(search: Search) -> dict[str, Ask]:
    """Return the ways to answer by name; the first is the plain build, the others leave out."""
    found: dict[str, Ask] = {"plain build": plain(search)}
    settings = search.settings
    found["dense only"] = _asking(search.changed(settings=replace(settings, lexical=0)))
    found["words only"] = _asking(search.changed(settings=replace(settings, dense=0)))
    for name, dropped in _PARTS.items():
        kept = {k: v for k, v in search.weights.sentence.items() if k not in dropped}
        found[name] = _asking(search.changed(weights=replace(search.weights, sentence=kept)))
    return found


def plain(search: Search) -> Ask:
    """Answer with the five passages nearest in meaning, whole, and never refuse."""

    def ask(question: str, asked_on: date, history: Sequence[str]) -> Answer:
        # A plain build knows no history; the last question is put in front to be fair.
        text = " ".join([*history[-1:], question])
        found = search.nearest(text, top=_PLAIN_PASSAGES, window=Window(last=asked_on))
        quotes = tuple(quote(Chosen(best=one, span=one.passage), search.report) for one in found)
        return Answer(
            question=question,
            asked_on=asked_on,
            status="answered" if quotes else "not_found",
            confidence=max((one.score for one in found), default=0.0),
            quotes=quotes,
            searched=search.searched(asked_on),
        )

    return ask


def _asking(search: Search) -> Ask:
    def ask(question: str, asked_on: date, history: Sequence[str]) -> Answer:
        return search.ask(question, asked_on=asked_on, history=history)

    return ask
