"""Confidence: a probability whatever the weights, and none where nothing was found."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from index.confidence import confidence, signals
from index.ports import Window
from index.query import understand
from index.rank import rank_sentences
from tests.fakes.drafts import draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from index.rank import Asked, Ranked
    from index.search import Search

ASKED_ON: Final = date(2025, 4, 12)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    desk = Desk(tmp_path_factory.mktemp("confidence"))
    desk.put(
        draft(
            "Lavrov said on April 8 that peacekeepers would be targets.",
            "Crews shot down 59 drones near Odesa.",
            published=date(2025, 4, 9),
        )
    )
    return desk.library.search


def found(search: Search, question: str) -> tuple[Asked, list[Ranked]]:
    asked = search.asked(understand(question, asked_on=ASKED_ON, lexicon=search.lexicon))
    matched, _ = search.candidates(asked, Window())
    assert matched is not None
    return asked, rank_sentences(matched, asked, search.weights, search.lexicon)


def told(search: Search, question: str) -> dict[str, float]:
    asked, ranked = found(search, question)
    return signals(asked, ranked, search.lexicon)


def test_nothing_found_and_nothing_asked_are_no_answer(search: Search) -> None:
    asked, ranked = found(search, "peacekeepers")
    weights = {"bias": 10.0}
    assert confidence(asked, [], search.lexicon, weights) == 0.0
    assert confidence(asked, ranked, search.lexicon, weights) > 0.99
    empty, _ = found(search, "peacekeepers")
    blank = search.asked(understand("?", asked_on=ASKED_ON, lexicon=search.lexicon))
    assert confidence(empty, ranked, search.lexicon, {}) == 0.5
    assert confidence(blank, ranked, search.lexicon, weights) == 0.0


@pytest.mark.parametrize("weight", [-1e9, -1.0, 0.0, 1.0, 1e9])
def test_it_is_a_probability_whatever_the_weights(search: Search, weight: float) -> None:
    asked, ranked = found(search, "what did Russia say about peacekeepers on April 8?")
    weights = dict.fromkeys(signals(asked, ranked, search.lexicon), weight)
    assert 0.0 < confidence(asked, ranked, search.lexicon, weights) < 1.0


def test_every_signal_is_a_number_and_every_weight_has_one(search: Search) -> None:
    for question in ("peacekeepers", "who?", "how many drones on April 8?", "what did Kallas say?"):
        values = told(search, question)
        assert all(math.isfinite(value) for value in values.values())
        assert set(search.weights.confidence) <= {"bias", *values}


def test_what_is_lacking_is_told(search: Search) -> None:
    assert told(search, "how many drones were shot down?")["no_number_here"] == 0.0
    assert told(search, "how many peacekeepers would be targets?")["no_number_here"] == 1.0
    assert told(search, "who shot down drones near Odesa?")["no_person_here"] == 1.0
    assert told(search, "what did Kallas say about peacekeepers?")["no_speaker"] == 1.0
    assert told(search, "what did Lavrov say about peacekeepers?")["no_speaker"] == 0.0
    assert told(search, "what did Lavrov say about peacekeepers?")["names"] == 1.0


def test_what_a_number_is_asked_of_is_looked_for(search: Search) -> None:
    drones, tanks = "how many drones were shot down?", "how many tanks were shot down?"
    assert told(search, drones)["counted"] > told(search, tanks)["counted"]
    assert told(search, drones)["unmatched"] < told(search, tanks)["unmatched"]
    assert told(search, "were drones shot down?")["counted"] == 0.7


def test_another_language_and_distant_days_are_no_ground_to_answer(search: Search) -> None:
    certain = {"bias": 10.0}
    for question in ("что сказал Лавров?", "what did Lavrov say in 1870?"):
        asked, ranked = found(search, question)
        assert confidence(asked, ranked, search.lexicon, certain) <= 0.2
