"""Ranking: features that say what they claim to, and an order that depends on nothing else."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import rank
from index.ports import Window
from index.query import understand
from tests.fakes.drafts import HEADING, TAKEAWAY, draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from index.rank import Asked, Ranked
    from index.search import Search

ASKED_ON: Final = date(2025, 4, 12)
REPORTS: Final = [
    draft(
        (HEADING, "Peacekeepers"),
        (TAKEAWAY, "A ministry rejected peacekeepers."),
        "Lavrov said on April 8 that peacekeepers would be targets. He added that talks go on.",
        "Kallas said that peacekeepers would stand far from the front.",
        url="https://r.example/9",
        published=date(2025, 4, 9),
    ),
    draft(
        "The air force counted 92 drones overnight. Crews shot down most of them.",
        "On April 11, General Oleksandr Syrskyi visited the front.",
        url="https://r.example/11",
        published=date(2025, 4, 11),
    ),
    draft("Monitors count violations.", title="Undated", published=None),
]


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    desk = Desk(tmp_path_factory.mktemp("rank"))
    desk.put(*REPORTS)
    return desk.library.search


def ranked(search: Search, question: str, *, shuffled: int | None = None) -> list[Ranked]:
    asked = ask(search, question)
    found, _ = search.candidates(asked, Window())
    assert found is not None
    passages = list(found.passages)
    if shuffled is not None:
        order = np.random.default_rng(shuffled).permutation(len(passages))
        passages = [passages[place] for place in order]
    return rank.rank_sentences(rank.match(passages, asked), asked, search.weights, search.lexicon)


def ask(search: Search, question: str) -> Asked:
    return search.asked(understand(question, asked_on=ASKED_ON, lexicon=search.lexicon))


def column(found: list[Ranked], name: str) -> dict[str, float]:
    """Return one feature of each sentence, by the sentence's first words."""
    place = rank.FEATURES.index(name)
    return {" ".join(text_of(one).split()[:2]): float(one.features[place]) for one in found}


def text_of(one: Ranked) -> str:
    passage, sentence = one.passage, one.sentence
    return passage.text[sentence.start - passage.start : sentence.end - passage.start]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_candidates_does_not_matter(search: Search, seed: int) -> None:
    question = "what did Russia say about peacekeepers on April 8?"
    plain, shuffled = ranked(search, question), ranked(search, question, shuffled=seed)
    wanted = {text_of(one): one.score for one in plain}
    assert {text_of(one): one.score for one in shuffled} == pytest.approx(wanted)
    assert text_of(shuffled[0]) == text_of(plain[0])


def test_only_what_may_be_quoted_is_ranked(search: Search) -> None:
    found = ranked(search, "peacekeepers")
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len(found) == 8
    assert "Peacekeepers" not in map(text_of, found)


def test_who_says_it_is_told_from_who_does_not(search: Search) -> None:
    source = column(ranked(search, "what did Russia say about peacekeepers?"), "source")
    assert source["Lavrov said"] == source["He added"] == 1.0
    assert source["Kallas said"] == -1.0
    nobody = column(ranked(search, "where would peacekeepers stand?"), "source")
    assert set(nobody.values()) == {0.0}


def test_days_asked_about_are_told_from_others(search: Search) -> None:
    found = ranked(search, "what happened on April 11?")
    event, report_day = column(found, "event"), column(found, "report_day")
    assert (event["On April"], event["Lavrov said"], event["Crews shot"]) == (1.0, -1.0, 0.0)
    assert report_day["Crews shot"] == 1.0
    assert report_day["Kallas said"] == report_day["Monitors count"] == 0.0


def test_numbers_and_people_count_where_they_are_asked_for(search: Search) -> None:
    number = column(ranked(search, "how many drones were there?"), "number")
    assert (number["The air"], number["Crews shot"]) == (1.0, 0.0)
    person = column(ranked(search, "who visited the front?"), "person")
    assert (person["On April"], person["Crews shot"]) == (1.0, 0.0)
    assert not any(column(ranked(search, "peacekeepers"), "number").values())


def test_age_and_takeaways(search: Search) -> None:
    found = ranked(search, "peacekeepers")
    age = column(found, "age")
    assert age["Kallas said"] == pytest.approx(math.log(3))
    assert age["Crews shot"] == 0.0
    assert age["Monitors count"] > age["Kallas said"]
    takeaway = column(found, "takeaway")
    assert {name for name, value in takeaway.items() if value} == {"A ministry"}


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("The air force counted 92 drones.[12]", True),
        ("About half of them were lost.", True),
        ("Two officers came, dozens left.", True),
        ("The aid comes to 20.4 billion euros.", True),
        ("He said so on April 9.[12]", False),
        ("Fighting went on from April 9 to 10, 2025.", False),
        ("The 47th Brigade withdrew along the H-15 road.", False),
        ("It began at 9:30 pm local time.", False),
        ("Nobody counted.[3] [4]", False),
        ("", False),
    ],
)
def test_a_figure_counts_something(sentence: str, does: bool) -> None:  # noqa: FBT001
    assert rank.counts(sentence) is does


@given(st.text(max_size=60), st.lists(st.integers(0, 59), max_size=12))
def test_rarities_sum_to_one(text: str, starts: list[int]) -> None:
    at = np.array(sorted(starts), np.int32)
    found = rank.rarity(text, at, lambda word: float(len(word)))
    assert found.shape == at.shape
    assert (found >= 0).all()
    assert float(found.sum()) == pytest.approx(1.0 if len(at) else 0.0, abs=1e-4)


def test_rarity_follows_the_word() -> None:
    weights = {"the": 1.0, "drones": 3.0}
    found = rank.rarity("the drones", np.array([0, 4, 6], np.int32), weights.__getitem__)
    assert found.tolist() == pytest.approx([1 / 7, 3 / 7, 3 / 7])


def test_fitted_weights_are_numbers_for_features_that_exist() -> None:
    weights = rank.load_weights()
    assert set(weights.sentence) <= set(rank.FEATURES)
    assert weights.passage
    assert weights.confidence
    for group in (weights.sentence, weights.passage, weights.confidence):
        assert all(math.isfinite(value) for value in group.values())
