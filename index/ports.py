"""What the index needs from outside, as protocols: the contract is in each docstring.

Fakes and real adapters pass the same tests in tests/contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]


class Clock(Protocol):
    """Where the present comes from; the only one."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedPassage:
    """A passage as the model sees it.

    Args:
        vector: unit length, shape ``(dimensions,)``, float32.
        signs: one bit per token and dimension (1 where positive), packed to bytes, shape
            ``(tokens, dimensions / 8)``, uint8; special tokens are left out.
        starts: character offset of each token in the encoded text, shape ``(tokens,)``.
    """

    vector: Vector
    signs: NDArray[np.uint8]
    starts: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedQuestion:
    """A question as the model sees it: ``vector`` as for passages.

    Args:
        tokens: unit length each, shape ``(tokens, dimensions)``, special tokens left out.
        starts: character offset of each token in the question.
    """

    vector: Vector
    tokens: Vector
    starts: NDArray[np.int32]


class Embedder(Protocol):
    """The embedding model. Loading it takes seconds and happens at the first call."""

    @property
    def fingerprint(self) -> str:
        """Name model, revision and prompts: collections built with another are refused."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector, a multiple of 8."""
        ...

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedPassage]]:
        """Encode texts in the order that is fastest; yields each with its place in ``texts``."""
        ...

    def questions(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Encode a few questions at once, in order."""
        ...


class Reranker(Protocol):
    """An optional model that reads a question and a sentence together."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers a question, higher for better, in any unit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """One passage on its way into a projection. ``day`` is the report's date, None if undated."""

    id: str
    text: str
    vector: Vector
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One passage found: a cosine similarity (dense) or a BM25 score (lexical)."""

    id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Publication days searched, both ends included; an open end is None.

    Undated reports lie in every window without a ``first``.
    """

    first: date | None = None
    last: date | None = None

    def holds(self, day: date | None) -> bool:
        """Tell whether a report of that day is searched."""
        if day is None:
            return self.first is None
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


class Projection(Protocol):
    """An index derived from the catalogue: it may be deleted and comes back.

    Raises:
        StoreError: the folder or server can't be opened.
        ModelError: built with another model or chunking; the text names ``briefing reindex``.
    """

    @property
    def instance(self) -> str:
        """Name this very copy; a copy made anew has another name, and so no checkpoint."""
        ...

    def upsert(self, passages: Sequence[Indexed]) -> None:
        """Store passages, replacing those of the same id; durable when it returns."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Forget passages; unknown ids are no error."""
        ...

    def count(self) -> int:
        """Count the passages held."""
        ...


class VectorIndex(Projection, Protocol):
    """Dense retrieval."""

    def nearest(self, vector: Vector, *, top: int, window: Window) -> list[Hit]:
        """Return up to ``top`` passages by cosine similarity, best first."""
        ...


class LexicalIndex(Projection, Protocol):
    """BM25 retrieval."""

    def search(self, terms: Sequence[tuple[str, float]], *, top: int, window: Window) -> list[Hit]:
        """Return up to ``top`` passages by BM25 over weighted words, best first.

        Words are analysed as the text was; they are never a query language.
        """
        ...

    def stems(self, text: str) -> list[str]:
        """Return the words of a text as the index holds them."""
        ...

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency of a word, ln(1 + passages / (1 + with it))."""
        ...
