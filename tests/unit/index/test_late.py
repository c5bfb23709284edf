"""Late interaction against the same sum written out token by token."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.late import matches, unpack
from index.model import BlockKind
from index.passages import StoredPassage, StoredSentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.ports import Vector

DIMENSIONS = 16


def passage(*sizes: int, seed: int = 0, ordinal: int = 0) -> StoredPassage:
    """Make a passage whose sentences have so many tokens each, their signs drawn at random."""
    total = sum(sizes)
    signs = np.random.default_rng(seed).integers(0, 256, (total, DIMENSIONS // 8), np.uint8)
    sentences = []
    at = 0
    for number, size in enumerate(sizes):
        sentences.append(
            StoredSentence(
                start=number * 10,
                end=number * 10 + 9,
                kind=BlockKind.PARAGRAPH,
                block=0,
                tokens=(at, at + size),
                statements=(),
                days=(),
            )
        )
        at += size
    return StoredPassage(
        start=0,
        end=len(sizes) * 10,
        report_id="a",
        revision=1,
        ordinal=ordinal,
        published=date(2025, 4, 9),
        text="x" * len(sizes) * 10,
        sentences=tuple(sentences),
        vector=np.ones(DIMENSIONS, np.float32) / np.sqrt(np.float32(DIMENSIONS)),
        signs=signs,
    )


def question(tokens: int, seed: int = 1) -> Vector:
    drawn = np.random.default_rng(seed).standard_normal((tokens, DIMENSIONS))
    unit: Vector = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return unit


def by_hand(passages: Sequence[StoredPassage], asked: Vector) -> list[list[float]]:
    rows = []
    for one in passages:
        signs = np.unpackbits(one.signs, axis=1).astype(np.float64) * 2 - 1
        for sentence in one.sentences:
            own = signs[slice(*sentence.tokens)] / np.sqrt(DIMENSIONS)
            rows.append([max((float(token @ q) for token in own), default=0.0) for q in asked])
    return rows


@given(
    st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), min_size=1, max_size=4),
    st.integers(0, 4),
)
def test_each_sentence_gets_its_best_token(shape: list[list[int]], tokens: int) -> None:
    passages = [passage(*sizes, seed=n, ordinal=n) for n, sizes in enumerate(shape)]
    asked = question(tokens) if tokens else np.zeros((0, DIMENSIONS), np.float32)
    found = matches(unpack(passages), asked)
    wanted = np.array(by_hand(passages, asked)).reshape(found.shape)
    rounding = np.sqrt(DIMENSIONS) * np.abs(asked).max(initial=0) / 127 / 2
    assert found == pytest.approx(wanted, abs=1e-5 + rounding)


def test_a_token_of_the_same_signs_matches_best() -> None:
    one = passage(3, 3)
    signs = np.unpackbits(one.signs, axis=1).astype(np.float32) * 2 - 1
    asked = signs[4:5] / np.sqrt(np.float32(DIMENSIONS))
    assert matches(unpack([one]), asked)[1, 0] == pytest.approx(1.0)


def test_sentences_past_what_the_model_sees_match_nothing() -> None:
    found = matches(unpack([passage(2, 0, 0)]), question(3))
    assert found.shape == (3, 3)
    assert (found[1:] == 0).all()
    assert (matches(unpack([passage(0)]), question(3)) == 0).all()
