"""Which sentence of a report's body stands behind a takeaway, if one does.

A body sentence is scored by three shares, each between 0 and 1: how well its tokens cover the
takeaway's (late interaction over the stored sign bits), how many of the takeaway's words it has,
rare ones counting more, and how much of it is about the takeaway at all. The last one keeps long
sentences, which cover a little of everything, from winning over the one that says it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from index.keysentences import words
from index.model import BlockKind, Span
from index.questionwords import stopped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from index.model import Report
    from index.passages import StoredPassage
    from index.ports import Vector

    Support = Literal["verbatim", "supported", "none"]

# Fitted by eye on samples that benchmarks/takeaway_support.py prints.
_WORDS: Final = 0.2
_ABOUT: Final = 0.5
_SUPPORTED: Final = 0.76
_STEM: Final = 6
_SHORTEST: Final = 40
_MARKER: Final = re.compile(r"\[\s*\w{1,6}\s*\]?")
_NOT_WORD: Final = re.compile(r"[\W_]+")


class Body:
    """The sentences of a report that may stand behind a takeaway, with their tokens.

    Args:
        report: the revision the passages were cut from.
        passages: all of them.
    """

    def __init__(self, report: Report, passages: Sequence[StoredPassage]) -> None:
        self._text = report.text
        self.spans: list[Span] = []
        self._plain: list[str] = []
        self._stems: list[frozenset[str]] = []
        self._tokens: list[Vector] = []
        self._printed: list[tuple[Span, Vector]] = []
        for passage in passages:
            signs = np.unpackbits(passage.signs, axis=1).astype(np.float32) * 2 - 1
            for sentence in passage.sentences:
                span = Span(start=sentence.start, end=sentence.end)
                tokens = signs[slice(*sentence.tokens)] / np.sqrt(signs.shape[1])
                if sentence.kind is BlockKind.TAKEAWAY:
                    self._printed.append((span, tokens))
                elif sentence.kind is not BlockKind.HEADING:
                    self._add(span, tokens)
        self._known = Counter(stem for stems in self._stems for stem in stems)

    def _add(self, span: Span, tokens: Vector) -> None:
        text = span.of(self._text)
        self.spans.append(span)
        self._tokens.append(tokens)
        self._plain.append(plain(text))
        self._stems.append(_stems(text))

    def support(self, takeaway: Span) -> tuple[Support, Span | None]:
        """Find the body sentence that says what a takeaway says; none is an answer too."""
        wanted = plain(takeaway.of(self._text))
        if not wanted:
            return "none", None
        for span, body in zip(self.spans, self._plain, strict=True):
            if wanted in body or (len(body) > _SHORTEST and body in wanted):
                return "verbatim", span
        score, nearest = self.nearest(takeaway)
        return ("supported", nearest) if score >= _SUPPORTED else ("none", None)

    def nearest(self, takeaway: Span) -> tuple[float, Span | None]:
        """Return the body sentence that comes closest to a takeaway, with its score."""
        own = [tokens for span, tokens in self._printed if takeaway.overlaps(span)]
        if not own or not self.spans:
            return 0.0, None
        wanted, stems = np.concatenate(own), _stems(takeaway.of(self._text))
        scores = [
            _covered(wanted, tokens)
            + _WORDS * self._shared(stems, there)
            + _ABOUT * _covered(tokens, wanted)
            for tokens, there in zip(self._tokens, self._stems, strict=True)
        ]
        best = int(np.argmax(scores))
        return scores[best], self.spans[best]

    def _shared(self, wanted: frozenset[str], there: frozenset[str]) -> float:
        """Return the share of ``wanted`` that is ``there``; common words count little."""
        weights = {stem: self._rarity(stem) for stem in sorted(wanted)}
        whole = sum(weights.values())
        return sum(weights[stem] for stem in wanted & there) / whole if whole else 0.0

    def _rarity(self, stem: str) -> float:
        return math.log((len(self.spans) + 1) / (self._known[stem] + 0.5))


def plain(text: str) -> str:
    """Return a text's words without markers, case and punctuation, to compare it by."""
    return _NOT_WORD.sub(" ", _MARKER.sub("", text)).casefold().strip()


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in words(_MARKER.sub("", text)) if not stopped(word))


def _covered(wanted: Vector, tokens: Vector) -> float:
    """Return how well ``tokens`` cover the wanted ones: the mean of each one's best cosine."""
    if not len(tokens) or not len(wanted):
        return 0.0
    return float((wanted @ tokens.T).max(axis=1).mean())
