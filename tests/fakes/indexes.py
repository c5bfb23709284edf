"""Search indexes in memory, written from the contracts in index/ports.py and by other means.

A ``Shelf`` stands for the folder or server behind an index: what is put there outlives the index.
"""

from __future__ import annotations

import math
import re
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from index.errors import ModelError
from index.ports import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from index.ports import Indexed, Vector, Window

_WORD: Final = re.compile(r"[^\W_]+")
_ENDINGS: Final = ("ing", "ed", "s")
_K1: Final = 1.2
_B: Final = 0.75


@dataclass
class Shelf:
    """What an index leaves behind when its process ends."""

    passages: dict[str, Indexed] = field(default_factory=dict)
    fingerprint: str | None = None
    instance: str = ""

    def wipe(self) -> None:
        """Lose everything, as a deleted folder does."""
        self.passages, self.fingerprint, self.instance = {}, None, ""

    def claim(self, fingerprint: str) -> None:
        """Begin a copy, or find one built the same way."""
        if self.fingerprint is None:
            self.fingerprint, self.instance = fingerprint, uuid.uuid4().hex
        elif self.fingerprint != fingerprint:
            raise ModelError(
                f"built with {self.fingerprint!r}, asked for {fingerprint!r}; run"
                " `briefing reindex`"
            )


class _Memory:
    def __init__(self, shelf: Shelf, fingerprint: str) -> None:
        shelf.claim(fingerprint)
        self._held = shelf.passages
        self._shelf = shelf

    @property
    def instance(self) -> str:
        """Name this copy."""
        return self._shelf.instance

    def upsert(self, passages: Sequence[Indexed]) -> None:
        """Store passages by id."""
        self._held.update({passage.id: passage for passage in passages})

    def delete(self, ids: Sequence[str]) -> None:
        """Forget passages by id."""
        for id_ in ids:
            self._held.pop(id_, None)

    def count(self) -> int:
        """Count the passages held."""
        return len(self._held)

    def _within(self, window: Window) -> list[Indexed]:
        return [passage for passage in self._held.values() if _lies_in(passage.day, window)]


class MemoryVectors(_Memory):
    """Every passage compared."""

    def nearest(self, vector: Vector, *, top: int, window: Window) -> list[Hit]:
        """Return the passages of the highest cosine similarity."""
        hits = [
            Hit(id=passage.id, score=float(passage.vector @ vector))
            for passage in self._within(window)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:top]


class MemoryWords(_Memory):
    """BM25 as printed in Robertson and Zaragoza 2009, with a handful of English endings cut off."""

    def search(self, terms: Sequence[tuple[str, float]], *, top: int, window: Window) -> list[Hit]:
        """Return the passages of the highest weighted BM25."""
        weights: dict[str, float] = {}
        for word, weight in terms:
            for stem in self.stems(word):
                weights[stem] = max(weight, weights.get(stem, 0.0))
        texts = {id_: self.stems(passage.text) for id_, passage in self._held.items()}
        average = sum(map(len, texts.values())) / max(1, len(texts))
        allowed = {passage.id for passage in self._within(window)}
        scores = {
            id_: sum(
                weight * self._bm25(stem, texts[id_], texts, average)
                for stem, weight in weights.items()
            )
            for id_ in allowed
        }
        found = [Hit(id=id_, score=score) for id_, score in scores.items() if score > 0]
        return sorted(found, key=lambda hit: (-hit.score, hit.id))[:top]

    def _bm25(
        self, stem: str, text: list[str], texts: dict[str, list[str]], average: float
    ) -> float:
        holding = sum(stem in other for other in texts.values())
        rare = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        often = text.count(stem)
        return rare * often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * len(text) / average))

    def stems(self, text: str) -> list[str]:
        """Return words in lower case, without an ending."""
        return list(_stems(text))

    def rarity(self, word: str) -> float:
        """Return ln(1 + passages / (1 + passages with the word))."""
        held = [set(self.stems(passage.text)) for passage in self._held.values()]
        return max(
            (
                math.log1p(len(held) / (1 + sum(stem in words for words in held)))
                for stem in self.stems(word)
            ),
            default=0.0,
        )


def _lies_in(day: date | None, window: Window) -> bool:
    if day is None:
        return window.first is None
    return (window.first is None or window.first <= day) and (
        window.last is None or day <= window.last
    )


@lru_cache(maxsize=5_000)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(_stem(word.group().lower()) for word in _WORD.finditer(text))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e")
