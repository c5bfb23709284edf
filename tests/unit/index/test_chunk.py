"""Passages: whole sentences, nothing lost, nothing twice, never too long."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunk import chunks
from index.model import BlockKind
from tests.fakes.drafts import BOILERPLATE, BYLINE, HEADING, ITEM, draft, drafts, stored

if TYPE_CHECKING:
    from index.chunk import Chunk
    from index.model import ParsedReport

LEFT_OUT = {BlockKind.BOILERPLATE, BlockKind.BYLINE}
LIMITS = st.sampled_from([20, 60, 200, 700])


def cut(one: ParsedReport, most: int = 700) -> list[Chunk]:
    return chunks(stored(one), most=most)


def texts(one: ParsedReport, most: int = 700) -> list[str]:
    return [chunk.passage.of(one.text) for chunk in cut(one, most)]


def visible(text: str, start: int, end: int) -> list[int]:
    return [at for at in range(start, end) if not text[at].isspace()]


@settings(max_examples=40)
@given(one=drafts(), most=LIMITS)
def test_every_sentence_lies_in_one_passage(one: ParsedReport, most: int) -> None:
    found = [sentence for chunk in cut(one, most) for sentence in chunk.sentences]
    seen = [at for sentence in found for at in visible(one.text, sentence.start, sentence.end)]
    wanted = [
        at
        for block in one.blocks
        if block.kind not in LEFT_OUT
        for at in visible(one.text, block.start, block.end)
    ]
    assert seen == wanted


@settings(max_examples=40)
@given(one=drafts(), most=LIMITS)
def test_passages_are_the_slices_of_their_sentences(one: ParsedReport, most: int) -> None:
    found = cut(one, most)
    assert [chunk.passage.ordinal for chunk in found] == list(range(len(found)))
    assert len({chunk.passage.id for chunk in found}) == len(found)
    for chunk in found:
        assert chunk.passage.start == chunk.sentences[0].start
        assert chunk.passage.end == chunk.sentences[-1].end
        assert len(chunk.passage) <= most
        for sentence in chunk.sentences:
            block = one.blocks[sentence.block]
            assert block.holds(sentence)
            assert block.kind is sentence.kind


@settings(max_examples=40)
@given(one=drafts(), most=LIMITS)
def test_passages_hold_nothing_that_is_left_out(one: ParsedReport, most: int) -> None:
    for chunk in cut(one, most):
        assert not any(
            block.overlaps(chunk.passage) for block in one.blocks if block.kind in LEFT_OUT
        )


@settings(max_examples=40)
@given(one=drafts(), most=LIMITS)
def test_a_heading_opens_a_passage(one: ParsedReport, most: int) -> None:
    for chunk in cut(one, most):
        kinds = [sentence.kind is BlockKind.HEADING for sentence in chunk.sentences]
        assert all(before or not after for before, after in pairwise(kinds))


def test_sections_are_kept_apart() -> None:
    one = draft((HEADING, "North"), "Quiet there.", (HEADING, "South"), "Loud there.")
    assert texts(one) == ["North\n\nQuiet there.", "South\n\nLoud there."]


def test_headings_in_a_row_stay_together() -> None:
    assert texts(draft((HEADING, "North"), (HEADING, "Rivers"), "Quiet.")) == [
        "North\n\nRivers\n\nQuiet."
    ]


def test_a_heading_over_boilerplate_stands_alone() -> None:
    one = draft((HEADING, "Maps"), (BOILERPLATE, "Click here."), "A river.", (BYLINE, "Ana Ruiz"))
    assert texts(one) == ["Maps", "A river."]


def test_paragraphs_are_joined_while_they_fit() -> None:
    one = draft("One two three.", "Four five six.", "Seven eight nine.")
    assert texts(one, most=31) == ["One two three.\n\nFour five six.", "Seven eight nine."]


def test_a_paragraph_is_not_begun_where_it_does_not_fit() -> None:
    one = draft("One two three.", "Four five six. Seven eight nine.")
    assert texts(one, most=40) == ["One two three.", "Four five six. Seven eight nine."]


def test_a_long_paragraph_breaks_between_sentences() -> None:
    one = draft("One two three. Four five six. Seven eight nine.")
    assert texts(one, most=30) == ["One two three. Four five six.", "Seven eight nine."]


def test_a_long_sentence_breaks_between_words() -> None:
    one = draft((ITEM, "alpha beta gamma delta epsilon zeta"))
    assert texts(one, most=20) == ["alpha beta gamma", "delta epsilon zeta"]


def test_a_long_word_is_cut() -> None:
    assert texts(draft("x" * 45), most=20) == ["x" * 20, "x" * 20, "x" * 5]


@pytest.mark.parametrize("body", [[], [(BOILERPLATE, "Click here.")], [(BYLINE, "Ana Ruiz")]])
def test_what_holds_no_sentence_has_no_passage(body: list[tuple[BlockKind, str]]) -> None:
    assert cut(draft(*body)) == []
