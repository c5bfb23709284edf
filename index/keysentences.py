"""The sentences that say most of what a text says, for reports that print no takeaways."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from index.questionwords import stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.ports import Vector

_WORD: Final = re.compile(r"[^\W_]+")


def key_sentences(sentences: Sequence[str], count: int) -> list[int]:
    """Return the places of up to ``count`` sentences, in the order of the text.

    A sentence counts as much as it shares words with all the others (the cosine of word counts,
    summed): where that was measured, weighing rare words up or first sentences did worse.
    """
    if not sentences:
        return []
    vectors = _vectors(sentences)
    shared = vectors @ vectors.sum(axis=0)
    chosen = np.argsort(-np.round(shared, 6), kind="stable")[:count]
    return [int(place) for place in np.sort(chosen)]


def _vectors(sentences: Sequence[str]) -> Vector:
    """Return word counts as unit vectors, one row for each sentence."""
    counts = [Counter(w for w in words(text) if not stopped(w)) for text in sentences]
    columns = {word: n for n, word in enumerate(dict.fromkeys(w for c in counts for w in c))}
    vectors = np.zeros((len(sentences), len(columns)), dtype=np.float32)
    for row, count in zip(vectors, counts, strict=True):
        for word, n in count.items():
            row[columns[word]] = n
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vector = vectors / np.maximum(lengths, 1e-9)
    return unit


def words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _WORD.findall(text.casefold())
