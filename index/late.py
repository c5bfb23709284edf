"""Late interaction: how well each sentence's tokens cover a question's.

MaxSim of Khattab and Zaharia 2020 (arXiv:2004.12832), over sign bits of the passage's tokens: the
cosine of a question token ``q`` with the signs ``s`` is ``q.s / sqrt(dimensions)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.passages import StoredPassage
    from index.ports import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens of some passages, ready to be compared.

    Args:
        positive: 1.0 where a dimension is positive, shape ``(tokens, dimensions)``.
        firsts: first token of each sentence that has any, ascending.
        rows: for each of those, its place among all sentences.
        count: how many sentences there are, with those past the model's length.
    """

    positive: Vector
    firsts: NDArray[np.intp]
    rows: NDArray[np.intp]
    count: int


def unpack(passages: Sequence[StoredPassage]) -> Tokens:
    """Lay the tokens of passages end to end, sentence after sentence."""
    bits = np.concatenate([passage.signs for passage in passages])
    firsts: list[int] = []
    rows: list[int] = []
    offset = row = 0
    for passage in passages:
        for sentence in passage.sentences:
            first, last = sentence.tokens
            if last > first:
                firsts.append(offset + first)
                rows.append(row)
            row += 1
        offset += len(passage.signs)
    return Tokens(
        positive=np.unpackbits(bits, axis=1).astype(np.float32),
        firsts=np.asarray(firsts, dtype=np.intp),
        rows=np.asarray(rows, dtype=np.intp),
        count=row,
    )


def matches(tokens: Tokens, question: Vector) -> Vector:
    """Return each sentence's best cosine for each question token.

    Args:
        tokens: of the passages compared.
        question: unit length, shape ``(question tokens, dimensions)``.

    Returns:
        Shape ``(sentences, question tokens)``; 0 for a sentence without tokens.
    """
    found = np.zeros((tokens.count, len(question)), np.float32)
    if not len(tokens.firsts) or not len(question):
        return found
    cosines = (2 * (tokens.positive @ question.T) - question.sum(axis=1)) / np.sqrt(
        question.shape[1]
    )
    found[tokens.rows] = np.maximum.reduceat(cosines, tokens.firsts, axis=0)
    return found
