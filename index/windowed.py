"""Dense retrieval among the reports of some days, without the vector store's own filter.

That filter reads the metadata of every passage held, however few fit: with 30,000 passages it took
20 to 60 ms where the search itself took 2. So the passages of a few days are compared one by one,
which is exact, and from a wide window the misfits are dropped after the search.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from index.ports import Hit, Window

if TYPE_CHECKING:
    from index.catalogue import Catalogue
    from index.passages import PassageStore
    from index.ports import Vector, VectorIndex

_COMPARED: Final = 2_000  # passages; 3 MB and 0.2 ms
_WINDOWS: Final = 16
_SPARE: Final = 2.5
_WIDEST: Final = 1200  # passages; finding more costs as much as the filter does


class WindowedVectors:
    """Passages by cosine similarity, of one state of the store: make another when it changes."""

    def __init__(self, vectors: VectorIndex, catalogue: Catalogue, passages: PassageStore) -> None:
        self._vectors = vectors
        self._shares: dict[Window, float] = {}
        self._days = lru_cache(maxsize=1)(catalogue.days)
        self._few = lru_cache(maxsize=_WINDOWS)(
            lambda window: passages.vectors(window, most=_COMPARED)
        )

    def nearest(self, vector: Vector, *, top: int, window: Window) -> list[Hit]:
        """Return up to ``top`` passages of the window, best first."""
        if window == Window():
            return self._vectors.nearest(vector, top=top, window=window)
        if window.first is not None and (few := self._few(window)) is not None:
            ids, matrix = few
            if not ids:
                return []
            scores = matrix @ vector
            best = np.argsort(-scores, kind="stable")[:top]
            return [Hit(id=ids[place], score=float(scores[place])) for place in best]
        share = self._share(window)
        wide = math.ceil(_SPARE * top / share) if share else 0
        if 0 < wide <= _WIDEST:
            hits = self._vectors.nearest(vector, top=wide, window=Window())
            kept = [hit for hit in hits if self._lies_in(window, hit)]
            if len(kept) >= top or len(hits) < wide:
                return kept[:top]
        return self._vectors.nearest(vector, top=top, window=window)

    def _share(self, window: Window) -> float:
        """Count how much of the store a window holds, in reports."""
        if window not in self._shares:
            days = self._days().values()
            self._shares[window] = sum(map(window.holds, days)) / max(1, len(days))
        return self._shares[window]

    def _lies_in(self, window: Window, hit: Hit) -> bool:
        return window.holds(self._days().get(hit.id.partition(".")[0]))
