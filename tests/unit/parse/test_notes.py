"""Where the endnotes start, and which words belong to which."""

from __future__ import annotations

from tests.unit.parse.make import check_laws, daily

BODY = "The bridge at Oldtown fell.[1] The dam held.[2] The road is closed.[3]"


def notes(*printed: str) -> list[tuple[str, str]]:
    report = daily(BODY, *printed)
    check_laws(report)
    assert report.text == BODY
    return [(one.label, one.text) for one in report.endnotes]


def test_behind_a_rule() -> None:
    assert notes('<hr width="33%">', "[1] a", "[2] b") == [("1", "a"), ("2", "b")]


def test_without_a_rule() -> None:
    assert notes("[1] https://a.example.org", "[2] b") == [
        ("1", "https://a.example.org"),
        ("2", "b"),
    ]


def test_under_a_heading() -> None:
    assert notes("<h2>Endnotes</h2>", "[1] a", "[2] b") == [("1", "a"), ("2", "b")]


def test_in_a_numbered_list() -> None:
    printed = "<h2>Notes</h2><ol><li>a</li><li>b</li></ol>"
    assert notes(printed) == [("1", "a"), ("2", "b")]


def test_in_a_list_that_starts_elsewhere() -> None:
    printed = '<h2>Notes</h2><ol start="2"><li>b</li><li value="5">e</li></ol>'
    assert notes(printed) == [("2", "b"), ("5", "e")]


def test_in_one_paragraph_with_line_breaks() -> None:
    assert notes("<hr><p>[1] a<br>[2] b<br>and more<br>[3] c</p>") == [
        ("1", "a"),
        ("2", "b and more"),
        ("3", "c"),
    ]


def test_in_one_line() -> None:
    assert notes("<hr><p>[1] a; [2] b. [3] c</p>") == [("1", "a;"), ("2", "b."), ("3", "c")]


def test_a_note_goes_on_in_paragraphs_without_a_number() -> None:
    assert notes("<hr>", "[1] a", "https://b.example.org", "A caveat.", "[2] b") == [
        ("1", "a https://b.example.org A caveat."),
        ("2", "b"),
    ]


def test_the_last_note_goes_on_with_addresses_only() -> None:
    report = daily(BODY, "<hr>", "[1] a", "https://b.example.org/x", "A closing word.")
    assert [one.text for one in report.endnotes] == ["a https://b.example.org/x"]
    assert report.text == f"{BODY}\n\nA closing word."


def test_gaps_and_swaps_are_no_error() -> None:
    assert notes("<hr>", "[1] a", "[3] c", "[2] b", "[6] f") == [
        ("1", "a"),
        ("3", "c"),
        ("2", "b"),
        ("6", "f"),
    ]


def test_roman_notes() -> None:
    report = daily("It fell.[i] It rose.[ii]", "<hr>", "[i] a", "[ii] b")
    assert [(one.label, one.text) for one in report.endnotes] == [("i", "a"), ("ii", "b")]
    assert [one.label for one in report.markers] == ["i", "ii"]


def test_spaces_in_a_label() -> None:
    assert notes("<hr>", "[ 1] a", "[2 ]b") == [("1", "a"), ("2", "b")]


def test_paragraphs_that_open_with_markers_are_no_notes() -> None:
    long = "The mayor spoke about the dam for a long time, and nobody left the room."
    report = daily("It fell.", f"[1] {long}", long, f"[2] {long}", long, long, long, long)
    assert report.endnotes == ()
    assert [one.label for one in report.markers] == ["1", "2"]


def test_a_printed_note_without_words_is_kept_as_that() -> None:
    assert notes("<hr>", "[1]", "[2] b") == [("1", ""), ("2", "b")]


def test_links_back_to_the_text_are_no_words() -> None:
    printed = (
        '<section><ol><li id="fn1">a <a href="#fnref1">↩</a></li>'
        '<li id="fn2">b <a href="#fnref2">↩</a></li></ol></section>'
    )
    assert notes("<h2>Notes</h2>", printed) == [("1", "a"), ("2", "b")]
