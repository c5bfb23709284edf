"""Which endnotes stand behind a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings

from index.footnotes import footnotes
from index.model import Endnote, Span
from index.sentences import sentences
from tests.fakes.drafts import draft, drafts

if TYPE_CHECKING:
    from index.model import ParsedReport

NOTES = [
    Endnote(label="1", text="First.", urls=("https://a.example/",)),
    Endnote(label="2", text="Second."),
    Endnote(label="2", text="Second again."),
    Endnote(label="3", text="", urls=()),
]


def notes(one: ParsedReport, number: int) -> list[tuple[str, str, str]]:
    """Return label, status and scope of the notes of the n-th sentence."""
    found = [span for block in one.blocks for span in sentences(one.text, block)]
    return [(note.label, note.status, note.scope) for note in footnotes(one, found[number])]


def test_a_sentence_has_its_own_notes() -> None:
    one = draft("Said so.[1] Said more.[2]", endnotes=NOTES[:2])
    assert notes(one, 0) == [("1", "resolved", "sentence")]
    assert notes(one, 1) == [("2", "resolved", "sentence")]
    (first,) = footnotes(one, Span(start=0, end=11))
    assert (first.text, first.urls) == ("First.", ("https://a.example/",))


def test_a_sentence_without_any_takes_the_next_of_its_paragraph() -> None:
    one = draft("Said so. Said more. And more.[1] [2] Last.[9]", endnotes=NOTES[:2])
    assert notes(one, 0) == [("1", "resolved", "paragraph"), ("2", "resolved", "paragraph")]
    assert notes(one, 2) == [("1", "resolved", "sentence"), ("2", "resolved", "sentence")]


def test_notes_of_another_paragraph_are_not_its() -> None:
    assert notes(draft("Said so.", "Said more.[1]", endnotes=NOTES), 0) == []


def test_a_note_this_copy_lacks_is_missing() -> None:
    one = draft("Said so.[7] Said more.[3]", endnotes=NOTES)
    assert notes(one, 0) == [("7", "missing", "sentence")]
    assert notes(one, 1) == [("3", "missing", "sentence")]  # printed without a word


def test_a_label_printed_twice_gives_both_notes() -> None:
    one = draft("Said so.[2] [2]", endnotes=NOTES)
    assert notes(one, 0) == [("2", "resolved", "sentence")] * 2


@settings(max_examples=40)
@given(one=drafts())
def test_notes_are_of_markers_that_stand_there(one: ParsedReport) -> None:
    labels = {marker.label for marker in one.markers}
    for block in one.blocks:
        for span in sentences(one.text, block):
            found = footnotes(one, span)
            own = {marker.label for marker in one.markers if span.overlaps(marker)}
            assert {note.label for note in found} <= labels
            assert all(note.status == "missing" for note in found)
            if own:
                assert {note.label for note in found} == own
                assert {note.scope for note in found} == {"sentence"}
