"""Digests: the takeaways a report printed, or its key sentences, with the passage behind each.

Support is judged on what is stored: the takeaway's own tokens against those of every body sentence
(late interaction over sign bits), so no model runs and no other process is disturbed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz import fuzz

from index.footnotes import footnotes
from index.model import BlockKind, DigestItem, DigestReport, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal

    from index.model import Footnote, Report
    from index.passages import StoredPassage
    from index.ports import Vector

    Support = Literal["verbatim", "supported", "none"]

_SUPPORTED: Final = 0.48
_SAME_RATIO: Final = 92.0
_EXTRACTED: Final = 5
_LEAD: Final = 0.15
_SHORTEST: Final = 40
_MARKER: Final = re.compile(r"\[\s*\w{1,6}\s*\]?")
_NOT_WORD: Final = re.compile(r"[\W_]+")


def compose(
    report: Report, passages: Sequence[StoredPassage], earlier: Iterable[str]
) -> DigestReport:
    """Return a report's part of a digest.

    Args:
        report: whose takeaways are shown, verbatim and in its own order.
        passages: all of that revision's passages.
        earlier: takeaways of the same publisher's report before, to tell what is new.
    """
    body = _Body(report, passages)
    printed = [Span(start=span.start, end=span.end) for span in report.takeaways]
    known = [_plain(text) for text in earlier]
    return DigestReport(
        id=report.id,
        revision=report.revision,
        title=report.title,
        publisher=report.publisher,
        published=report.published,
        url=report.url,
        kind="published" if printed else "extractive",
        takeaways=tuple(_item(report, body, span, known) for span in printed or body.key()),
    )


def _item(report: Report, body: _Body, span: Span, known: Sequence[str]) -> DigestItem:
    text = span.of(report.text)
    support, sentence = body.support(span)
    plain = _plain(text)
    return DigestItem(
        start=span.start,
        end=span.end,
        text=text,
        support=support,
        passage=sentence,
        footnotes=_notes(report, span, sentence),
        new=all(fuzz.ratio(plain, old) < _SAME_RATIO for old in known),
    )


def _notes(report: Report, span: Span, sentence: Span | None) -> tuple[Footnote, ...]:
    """A takeaway's own notes where it prints some, else those of the passage behind it."""
    own = footnotes(report, span)
    if any(note.scope == "sentence" for note in own) or sentence is None:
        return own
    return footnotes(report, sentence)


class _Body:
    """The sentences of a report that may stand behind a takeaway, with their tokens."""

    def __init__(self, report: Report, passages: Sequence[StoredPassage]) -> None:
        self._text = report.text
        self._plain: list[str] = []
        self._spans: list[Span] = []
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
                    self._spans.append(span)
                    self._tokens.append(tokens)
                    self._plain.append(_plain(span.of(report.text)))

    def support(self, takeaway: Span) -> tuple[Support, Span | None]:
        """Find the body sentence that says what a takeaway says; none is an answer too."""
        plain = _plain(takeaway.of(self._text))
        if not plain:
            return "none", None
        for span, body in zip(self._spans, self._plain, strict=True):
            if plain in body or (len(body) > _SHORTEST and body in plain):
                return "verbatim", span
        own = [tokens for span, tokens in self._printed if takeaway.overlaps(span)]
        if not own or not self._spans:
            return "none", None
        wanted = np.concatenate(own)
        scores = [_coverage(wanted, tokens) for tokens in self._tokens]
        best = int(np.argmax(scores))
        if scores[best] < _SUPPORTED:
            return "none", None
        return "supported", self._spans[best]

    def key(self) -> list[Span]:
        """Choose the sentences closest to the whole report, the first ones preferred, in order."""
        # A sentence past what the model sees of a passage has no tokens to be compared by.
        long = [
            place
            for place, plain in enumerate(self._plain)
            if len(plain) >= _SHORTEST and len(self._tokens[place])
        ]
        if not long:
            return []
        means = np.stack([self._tokens[place].mean(axis=0) for place in long])
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        centre = means.mean(axis=0)
        closeness = means @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
        scores = closeness - _LEAD * np.log1p(np.arange(len(long)))
        chosen = np.sort(np.argsort(-scores, kind="stable")[:_EXTRACTED])
        return [self._spans[long[place]] for place in chosen]


def _coverage(wanted: Vector, tokens: Vector) -> float:
    """Return how well ``tokens`` cover the wanted ones: the mean of each one's best cosine."""
    if not len(tokens) or not len(wanted):
        return 0.0
    return float((wanted @ tokens.T).max(axis=1).mean())


def _plain(text: str) -> str:
    return _NOT_WORD.sub(" ", _MARKER.sub("", text)).casefold().strip()
