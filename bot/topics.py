"""Which takeaways speak of a topic, and how that was told: by its words, or by its meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_SMALL = frozenset({"a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"})
_SHORT = 4
_SHARED = 0.72
_SPELLED_ALIKE = 85.0


class Meaning(Protocol):
    """How close texts are in meaning."""

    def __call__(self, topics: Sequence[str], texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return cosine similarities, one row for each text, one column for each topic."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic found in a takeaway."""

    topic: str
    by: Literal["words", "meaning"]


class TopicFinder(Protocol):
    """Finds topics in texts."""

    def __call__(self, topics: Sequence[str], texts: Sequence[str]) -> list[tuple[Match, ...]]:
        """Return for each text the topics it speaks of, in the order of ``topics``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMatcher:
    """Finds topics by words, and by meaning where a model is given.

    Args:
        meaning: similarities from the embedding model, or None to go by words alone.
        threshold: similarity from which a takeaway is about a topic.
    """

    meaning: Meaning | None = None
    threshold: float = 0.45

    def __call__(self, topics: Sequence[str], texts: Sequence[str]) -> list[tuple[Match, ...]]:
        """Return for each text the topics it speaks of, in the order of ``topics``."""
        if not topics:
            return [() for _ in texts]
        close = self.meaning(topics, texts) if self.meaning else [[0.0] * len(topics)] * len(texts)
        return [
            tuple(
                Match(topic=topic, by="words" if speaks_of(text, topic) else "meaning")
                for topic, similarity in zip(topics, row, strict=True)
                if similarity >= self.threshold or speaks_of(text, topic)
            )
            for text, row in zip(texts, close, strict=True)
        ]


def speaks_of(text: str, topic: str) -> bool:
    """Tell whether each word of ``topic`` stands in ``text`` in some form."""
    present = _words(text)
    wanted = _words(topic) - _SMALL or _words(topic)
    return bool(wanted) and all(any(_same_word(w, p) for p in present) for w in wanted)


def _words(text: str) -> frozenset[str]:
    words = _WORD.findall(text.casefold())
    return frozenset(word.removesuffix("s") if len(word) > _SHORT else word for word in words)


@lru_cache(maxsize=16384)
def _same_word(one: str, other: str) -> bool:
    """Tell whether two words are forms or spellings of one: a long common beginning, or a slip."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORT:
        return one.removesuffix("s") == other.removesuffix("s")
    shared = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    longer = max(len(one), len(other))
    return shared >= max(_SHORT, _SHARED * longer) or fuzz.ratio(one, other) >= _SPELLED_ALIKE
