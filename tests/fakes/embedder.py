"""Embedding models for tests: a cheap one made of words, and the real one, loaded once."""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from index.embed import ModelSettings, SentenceTransformerEmbedder
from index.ports import EncodedPassage, EncodedQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from index.ports import Vector

_WORD: Final = re.compile(r"\w+")
_STEM: Final = 6  # "peacekeepers" and "peacekeeping" are to be near each other
_LONGEST: Final = 256


class WordEmbedder:
    """Every word is a direction drawn from its own letters; a text is the sum of its words.

    Deterministic and quick, and texts that share words are near each other. A text is seen up to
    its 256th word.
    """

    def __init__(self, *, dimensions: int = 64, name: str = "words") -> None:
        self._dimensions = dimensions
        self._name = name
        self.encoded = 0

    @property
    def fingerprint(self) -> str:
        """Name this model."""
        return f"{self._name}-{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._dimensions

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedPassage]]:
        """Encode the shortest first, so that nobody relies on the order."""
        for place in sorted(range(len(texts)), key=lambda place: len(texts[place])):
            tokens, starts = self._tokens(texts[place])
            self.encoded += 1
            yield (
                place,
                EncodedPassage(
                    vector=self._whole(tokens),
                    signs=np.packbits(tokens > 0, axis=-1),
                    starts=starts,
                ),
            )

    def questions(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Encode texts in order."""
        found = []
        for text in texts:
            tokens, starts = self._tokens(text)
            found.append(EncodedQuestion(vector=self._whole(tokens), tokens=tokens, starts=starts))
        return found

    def _tokens(self, text: str) -> tuple[Vector, NDArray[np.int32]]:
        words = list(_WORD.finditer(text))[:_LONGEST]
        vectors = [_direction(word.group().casefold()[:_STEM], self._dimensions) for word in words]
        tokens = np.stack(vectors) if vectors else np.zeros((0, self._dimensions), np.float32)
        return tokens, np.array([word.start() for word in words], np.int32)

    def _whole(self, tokens: Vector) -> Vector:
        total = tokens.sum(axis=0) + 1e-3
        whole: Vector = (total / np.linalg.norm(total)).astype(np.float32)
        return whole


@lru_cache(maxsize=50_000)
def _direction(word: str, dimensions: int) -> Vector:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:8])
    drawn = np.random.default_rng(seed).standard_normal(dimensions)
    unit: Vector = (drawn / np.linalg.norm(drawn)).astype(np.float32)
    return unit


@cache
def bundled() -> SentenceTransformerEmbedder:
    """Return the real model that comes with the package; loaded once for all tests of a run."""
    return SentenceTransformerEmbedder(ModelSettings())
