"""Markers in every form they are printed in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse.labels import is_roman, number, roman
from index.parse.markers import markers
from tests.unit.parse.make import daily


def found(text: str, *labels: str) -> list[tuple[str, str]]:
    return [(one.label, one.of(text)) for one in markers(text, frozenset(labels))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell.[12] So.", [("12", "[12]")]),
        ("It fell. [12] So.", [("12", "[12]")]),
        ("It fell.[ 14] So.", [("14", "[ 14]")]),
        ("It fell.[14 ] So.", [("14", "[14 ]")]),
        ("It fell.[66] [67] So.", [("66", "[66]"), ("67", "[67]")]),
        ("It fell.[66][67]So.", [("66", "[66]"), ("67", "[67]")]),
        ("It fell.[[12]] So.", [("12", "[[12]]")]),
        ("It fell.[3, 4] So.", [("3", "[3"), ("4", "4]")]),
        ("It fell.[3; 4; 5] So.", [("3", "[3"), ("4", "4"), ("5", "5]")]),
        ("The bridge[12] fell.", [("12", "[12]")]),
        ("It fell in [2022] or [sic] so [the mayor] said.", []),
        ("He “[c]ould not [i]magine” it.", []),
        ("items[0] is the first", []),
    ],
)
def test_forms(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_an_unclosed_bracket_needs_its_note() -> None:
    assert found("It fell.[55 So it was.", "55") == [("55", "[55")]
    assert found("It fell.[55 So it was.") == []


def test_roman_numbers_need_notes_or_company() -> None:
    assert found("It fell.[xii] So.", "xii") == [("xii", "[xii]")]
    assert found("It fell.[[xii]] So.", "xii") == [("xii", "[[xii]]")]
    assert found("It fell.[v] So.") == []
    assert len(found("It fell.[i] So.[ii] And so.[iii] On.")) == 3


@pytest.mark.parametrize(
    "link",
    [
        '<a href="#_edn7" name="_ednref7" title="">[7]</a>',
        '<sup><a href="#fn7">7</a></sup>',
        '<a href="#footnote-7"><sup>7</sup></a>',
        '<a href="https://example.org/page#note7">[7]</a>',
        "<u>[7]</u>",
        '<span style="text-decoration: underline;">[</span><strong>7</strong>]',
    ],
)
def test_linked_and_dressed_markers_are_written_alike(link: str) -> None:
    report = daily(f"<p>It fell.{link} So it was.</p>", "<hr>", "<p>[7] A note.</p>")
    assert report.text == "It fell.[7] So it was."
    assert [one.label for one in report.markers] == ["7"]


def test_a_number_linked_elsewhere_is_no_marker() -> None:
    report = daily('<p>It fell, as <a href="#chapter">7</a> people saw.</p>')
    assert report.markers == ()


@given(st.integers(min_value=1, max_value=399))
def test_roman_numerals_there_and_back(value: int) -> None:
    assert number(roman(value)) == value
    assert is_roman(roman(value))
