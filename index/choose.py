"""Which sentences are quoted, in which order, and how far each quote reaches.

A quote is one slice of one passage: a good sentence, widened by its neighbours while they bear on
the question and fit. What a sentence can't be understood without goes along: whom a "he also"
means, the publisher's caveat behind it, the same speaker's denial. Copies of a fact (takeaway,
body) count once, and of a figure given twice the newer comes first.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from index.model import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from index.passages import StoredPassage, StoredSentence
    from index.rank import Ranked

    _Scores = Mapping[tuple[str, int], float]

_SAME_RATIO: Final = 85.0
_LOOKED_AT: Final = 60
_MARKER: Final = re.compile(r"\[\s*\w{1,6}\s*\]?")
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")
_LEANS: Final = re.compile(r"(?:He|She|They|It|His|Her|Their|These|Those|This)\b")
_CAVEAT: Final = re.compile(
    r"\b(?:cannot|can(?:no|')t|could not|unable to|has not|have not|did not|is unable to)"
    r"(?: \w+){0,2} (?:confirm|verify|corroborate|observe|observed|seen|confirmed|verified)\b"
    r"|\bno (?:confirmation|independent|visual|evidence)\b|\bunconfirmed\b",
    re.IGNORECASE,
)
_TAKEN_BACK: Final = re.compile(
    r"den(?:y|ies|ied|ying)|clarif|retract|disavow|walk(?:s|ed)? back|backtrack|correct(?:s|ed)"
)
_PUBLISHER: Final = "publisher"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceSettings:
    """How long an answer is.

    Args:
        quotes: quotes in an answer, at most.
        quote_chars: length of a quote, at most, unless one sentence is longer.
        widen_gap: how much lower a neighbour may score and still be quoted along.
    """

    quotes: int = 5
    quote_chars: int = 600
    widen_gap: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A sentence to be quoted, and the slice that is."""

    best: Ranked
    span: Span


def choose(
    ranked: Sequence[Ranked], settings: ChoiceSettings, *, dated: bool = False
) -> list[Chosen]:
    """Pick the sentences that each add something, and widen them to quotes.

    Args:
        ranked: sentences, best first.
        settings: how many quotes, and how long.
        dated: certain days are asked about: newer is not better.

    Returns:
        At most ``settings.quotes`` quotes in reading order; scores never rise.
    """
    scores = {(one.passage.id, one.place): one.score for one in ranked}
    chosen: list[Chosen] = []
    for one in ranked[:_LOOKED_AT]:
        if len(chosen) >= settings.quotes:
            break
        if any(_adds_nothing(one, before) for before in chosen):
            continue
        taken = [each.span for each in chosen if each.best.passage.id == one.passage.id]
        span = _widened(one, scores, taken, settings)
        place = len(chosen) if dated else _place(one, chosen)
        chosen.insert(place, Chosen(best=one, span=span))
        caveat = _left_behind(one, span)
        if caveat is not None and not any(other.overlaps(caveat) for other in taken):
            chosen.insert(place + 1, Chosen(best=one, span=caveat))
    return _falling(chosen[: settings.quotes])


def _adds_nothing(one: Ranked, before: Chosen) -> bool:
    """Tell whether a sentence is quoted already, or repeats a quoted one with the same figures."""
    other = before.best
    if one.passage.report_id == other.passage.report_id and before.span.overlaps(one.sentence):
        return True
    return _alike(one, other) and _figures(one) == _figures(other)


def _place(one: Ranked, chosen: Sequence[Chosen]) -> int:
    """Put a figure before the older one that it revises, anything else last."""
    published = one.passage.published
    for place, each in enumerate(chosen):
        before = each.best.passage.published
        if published and before and published > before and _alike(one, each.best):
            return place
    return len(chosen)


def _alike(one: Ranked, other: Ranked) -> bool:
    mine, theirs = _plain(one), _plain(other)
    return fuzz.token_set_ratio(mine, theirs) >= _SAME_RATIO


def _figures(one: Ranked) -> list[str]:
    return _FIGURE.findall(_plain(one))


def _widened(one: Ranked, scores: _Scores, taken: Sequence[Span], settings: ChoiceSettings) -> Span:
    """Take neighbours of the same block along: what is needed first, then the better one."""
    sentences = one.passage.sentences
    first = last = one.place
    least = one.score - settings.widen_gap

    def value(place: int) -> float:
        if _needed(one.passage, first, last, place):
            return math.inf
        score = scores.get((one.passage.id, place), -math.inf)
        return score if score > least else -math.inf

    while True:
        beside = [
            place
            for place in (first - 1, last + 1)
            if 0 <= place < len(sentences)
            and sentences[place].block == one.sentence.block
            and sentences[max(last, place)].end - sentences[min(first, place)].start
            <= settings.quote_chars
            and not any(span.overlaps(sentences[place]) for span in taken)
        ]
        best = max(beside, key=value, default=None)
        if best is None or value(best) == -math.inf:
            return Span(start=sentences[first].start, end=sentences[last].end)
        first, last = min(first, best), max(last, best)


def _needed(passage: StoredPassage, first: int, last: int, place: int) -> bool:
    """Tell whether sentences ``first`` to ``last`` mislead without the one beside them."""
    sentences = passage.sentences
    if place < first:
        return _LEANS.match(passage.slice(sentences[first])) is not None
    return _qualifies(passage, sentences[last], sentences[place])


def _qualifies(passage: StoredPassage, said: StoredSentence, behind: StoredSentence) -> bool:
    """Tell whether a sentence is the publisher's caveat, or the same speaker taking words back."""
    speakers = {one.speaker for one in said.statements} - {None}
    if all(one.side == _PUBLISHER for one in behind.statements):
        return _CAVEAT.search(passage.slice(behind)) is not None
    return any(one.speaker in speakers and _TAKEN_BACK.match(one.cue) for one in behind.statements)


def _left_behind(one: Ranked, span: Span) -> Span | None:
    """Return the caveat right behind a quote that had no room for it."""
    sentences = one.passage.sentences
    last = max(place for place, sentence in enumerate(sentences) if span.holds(sentence))
    if last + 1 == len(sentences) or sentences[last + 1].block != one.sentence.block:
        return None
    behind = sentences[last + 1]
    if not _qualifies(one.passage, sentences[last], behind):
        return None
    return Span(start=behind.start, end=behind.end)


def _falling(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Let no quote score higher than one before it."""
    falling: list[Chosen] = []
    least = math.inf
    for each in chosen:
        least = min(least, each.best.score)
        falling.append(replace(each, best=replace(each.best, score=least)))
    return falling


def _plain(one: Ranked) -> str:
    return _MARKER.sub("", one.text).casefold()
