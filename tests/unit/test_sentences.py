"""Where sentences end."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Span
from index.sentences import sentences


def split(text: str) -> list[str]:
    return [one.of(text) for one in sentences(text, Span(start=0, end=len(text)))]


@pytest.mark.parametrize(
    "parts",
    [
        ["The bridge fell.", "Nobody was hurt."],
        ["The bridge fell.[12]", "Nobody was hurt."],
        ["The bridge fell. [12]", "Nobody was hurt."],
        ["The bridge fell.[ 14]", "Nobody was hurt."],
        ["The bridge fell. [66] [67]", "Nobody was hurt."],
        ["The bridge fell.[66], [67]", "Nobody was hurt."],
        ["The bridge fell.[xii]", "Nobody was hurt."],
        ["The bridge fell.[[xii]]", "Nobody was hurt."],
        ["The bridge fell.[55", "Nobody was hurt."],
        ["He called it “a good bridge.”[3]", "Nobody was hurt."],
        ["He called it “a good bridge.[3]”", "Nobody was hurt."],
        ["He called it a good bridge.“ [20]", "Nobody was hurt."],
        ['He called it "a good bridge."', '"Nobody was hurt," he added.'],
        ["The bridge[4] fell in the night.", "Nobody was hurt."],
        ["He met Gen. Adams and Lt. Col. Baker.", "They agreed."],
        ["U.S. President Adams spoke.", "He left."],
        ["He left the U.S.", "The visit was short."],
        ["Reactor no. 6 for testing is down.", "No. 5 runs."],
        ["It began on Feb. 24 at 5 a.m. Kyiv time.", "It went on."],
        ["The 206 th Brigade moved.", "It stopped."],
        ["Frederick W. Adams and J. Baker wrote it.", "They stopped."],
        ["Read it at example dot com.", "It is short."],
        ["They fired approx. 30 shells vs. 20 before.", "It grew."],
        ["Did they fire?", "They did!", "It grew."],
        ["The line is 3.5 km long.", "It grew by 0.2 km."],
        ["The brigade “… fell back” in the night.", "It grew."],
        ["He spoke of al-Qaeda.", "al-Qaeda did not reply."],
        ["一是。", "二不是。"],
    ],
)
def test_parts_are_sentences(parts: list[str]) -> None:
    joined = " ".join(parts)
    assert split(joined) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It fell.[16]Adams said so.", ["It fell.[16]", "Adams said so."]),
        ("It fell.Adams said so.", ["It fell.", "Adams said so."]),
        ("It fell.[5] the mayor said.", ["It fell.[5]", "the mayor said."]),
        ("1. The first point. It is short.", ["1. The first point.", "It is short."]),
        (
            "A heading\n\nThe first line.\nThe second",
            ["A heading", "The first line.", "The second"],
        ),
        ("They hold:\n\n- the bridge;\n- the dam", ["They hold:", "- the bridge;", "- the dam"]),
    ],
)
def test_lost_spaces_and_lines(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_only_the_span_is_split() -> None:
    text = "One is here. Two is here. Three is here."
    inside = sentences(text, Span(start=13, end=26))
    assert [one.of(text) for one in inside] == ["Two is here."]


@given(st.text(alphabet="Ab .[]12“”\"'\n!?…iv,;", min_size=1, max_size=200))
def test_everything_is_in_one_sentence(text: str) -> None:
    found = sentences(text, Span(start=0, end=len(text)))
    assert "".join("".join(one.of(text).split()) for one in found) == "".join(text.split())
    for one in found:
        assert one.of(text) == one.of(text).strip()
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_long_texts_take_no_time() -> None:
    text = "The U.S. brigade moved to no. 6. It stopped there.[12] “So be it.”[13] " * 20_000
    begun = time.process_time()
    found = sentences(text, Span(start=0, end=len(text)))
    assert len(found) == 60_000
    assert time.process_time() - begun < 5
