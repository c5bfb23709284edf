"""Which notes stand behind a sentence."""

from __future__ import annotations

from itertools import pairwise

import pytest

from index.footnotes import footnotes
from index.model import Block, BlockKind, Endnote, ParsedReport, Span
from index.parse.markers import markers
from index.sentences import sentences


def report(*paragraphs: str, notes: tuple[Endnote, ...]) -> ParsedReport:
    text = "\n\n".join(paragraphs)
    starts = [0]
    for paragraph in paragraphs:
        starts.append(starts[-1] + len(paragraph) + 2)
    return ParsedReport(
        publisher=None,
        publisher_confirmed=False,
        title=None,
        authors=(),
        published=None,
        url=None,
        language="en",
        text=text,
        blocks=tuple(
            Block(start=start, end=after - 2, kind=BlockKind.PARAGRAPH)
            for start, after in pairwise(starts)
        ),
        markers=markers(text, frozenset(note.label for note in notes)),
        endnotes=notes,
    )


def of(found: ParsedReport, words: str) -> list[tuple[str, str, str]]:
    whole = Span(start=0, end=len(found.text))
    (sentence,) = [one for one in sentences(found.text, whole) if words in one.of(found.text)]
    return [(one.label, one.status, one.scope) for one in footnotes(found, sentence)]


@pytest.fixture
def sample() -> ParsedReport:
    return report(
        "The bridge fell.[1] The dam held. The road is open.[2] [3] Nobody came.[4] It rained.",
        "The mayor spoke.[7] He left. He came back.[2][2]",
        notes=(
            Endnote(label="1", text="https://a.example.org", urls=("https://a.example.org",)),
            Endnote(label="2", text="Interview."),
            Endnote(label="3", text="", urls=()),
        ),
    )


def test_its_own_markers_come_first(sample: ParsedReport) -> None:
    assert of(sample, "bridge") == [("1", "resolved", "sentence")]


def test_without_one_the_next_cluster_of_the_paragraph(sample: ParsedReport) -> None:
    assert of(sample, "dam") == [("2", "resolved", "paragraph"), ("3", "missing", "paragraph")]


def test_no_marker_behind_it_in_the_paragraph_means_no_note(sample: ParsedReport) -> None:
    assert of(sample, "rained") == []


def test_a_note_this_copy_lacks_is_missing(sample: ParsedReport) -> None:
    assert of(sample, "mayor") == [("7", "missing", "sentence")]
    (note,) = footnotes(
        sample, Span(start=sample.text.index("The mayor"), end=len(sample.text) - 30)
    )
    assert (note.text, note.urls) == ("", ())


def test_each_label_once(sample: ParsedReport) -> None:
    assert of(sample, "came back") == [("2", "resolved", "sentence")]


def test_a_label_printed_twice_gives_both_notes() -> None:
    found = report(
        "It fell.[1]", notes=(Endnote(label="1", text="One."), Endnote(label="1", text="Other."))
    )
    assert [one.text for one in footnotes(found, Span(start=0, end=11))] == ["One.", "Other."]
