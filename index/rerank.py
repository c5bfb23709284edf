"""An optional second look at the best sentences: a cross-encoder from sentence-transformers."""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from index.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """Loads on first use; one call at a time.

    Args:
        name: a folder that holds a cross-encoder, or one already in the local model cache.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()

    @cached_property
    def _model(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(self._name, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"setting answers.reranker: {self._name!r} could not be loaded ({error}); name a"
                " folder that holds a cross-encoder, or leave it empty"
            ) from error
        return model

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers a question, higher for better, in any unit."""
        with self._lock:
            found = self._model.predict([(question, text) for text in texts])
        return [float(score) for score in found]
