"""Key sentences: those that share most words with the others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.keysentences import key_sentences

TEXT = [
    "The weather was mild.",
    "Grain exports from the harbour rose for the third week.",
    "A choir sang.",
    "The harbour authority expects grain exports to rise further.",
    "Exports of grain had fallen a year before.",
]


def test_what_is_said_again_and_again_is_key_and_keeps_its_order() -> None:
    assert key_sentences(TEXT, 2) == [1, 3]
    assert key_sentences(TEXT, 3) == [1, 3, 4]


def test_a_long_sentence_does_not_win_by_its_length() -> None:
    rambling = "Visitors admired boats, ropes, gulls, nets, lamps, ladders, crates and grain alike."
    assert key_sentences([rambling, *TEXT], 2) == [2, 4]


def test_the_first_of_equals_comes_first() -> None:
    assert key_sentences(["Exports rose."] * 4, 2) == [0, 1]


@given(st.lists(st.text(max_size=40), max_size=8), st.integers(0, 10))
def test_whatever_the_text(sentences: list[str], count: int) -> None:
    places = key_sentences(sentences, count)
    assert places == sorted(set(places))
    assert len(places) == min(count, len(sentences))
    assert all(0 <= place < len(sentences) for place in places)
