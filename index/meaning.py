"""How close texts are in meaning, by the embedding model alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.ports import Embedder


def closeness(embedder: Embedder, topics: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
    """Return cosine similarities: a row for each text, a column for each topic."""
    if not topics or not texts:
        return [[] for _ in texts]
    vectors = np.stack([one.vector for one in embedder.questions([*topics, *texts])])
    rows: list[list[float]] = (vectors[len(topics) :] @ vectors[: len(topics)].T).tolist()
    return rows
