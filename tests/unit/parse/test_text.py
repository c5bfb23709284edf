"""Plain text, with one report in it or several."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.parse.text import read_text
from tests.unit.parse.make import check_laws, read, read_all, takeaways, texts

FIRST = (
    "The bridge at Oldtown fell on April 11.[1] The mayor said that nobody was hurt, and that the"
    " road to Newtown will stay closed until the engineers have looked at what is left of it.[2]"
)
MORE = (
    "The county has no money for a new bridge. An engineer told the council that a ferry would cost"
    " less, and that the old ferry is still there, under a tree behind the mill of Oldtown."
)
OTHER = (
    "Moving is one of the hardest things that happen to a family. People leave their homes, their"
    " schools and their friends, and find out slowly what they have left behind and what they keep."
)
SEED = f"""April 12, 2025

Institute for the Study of War: Oldtown has lost its bridge

Institute for the Study of War

{FIRST}

{MORE}

 Key Takeaways:

  • The bridge at Oldtown fell.
  • The county has no money.

Share the Post:

Wharton Center

{OTHER}

{MORE} It was
wrapped here.
"""


def test_two_reports_in_one_text() -> None:
    first, second = read_all(SEED, "seed.txt")
    check_laws(first)
    check_laws(second)
    assert first.publisher == "Institute for the Study of War"
    assert first.publisher_confirmed
    assert first.title == "Institute for the Study of War: Oldtown has lost its bridge"
    assert first.published == date(2025, 4, 12)
    assert takeaways(first) == ["The bridge at Oldtown fell.", "The county has no money."]
    assert [one.label for one in first.markers] == ["1", "2"]
    assert first.endnotes == ()
    assert texts(first, "byline") == ["April 12, 2025", "Institute for the Study of War"]
    assert texts(first, "boilerplate") == ["Share the Post:"]
    assert "Wharton" not in first.text

    assert second.publisher == "Wharton Center"
    assert not second.publisher_confirmed
    assert (second.title, second.published, second.url) == (None, None, None)
    assert (second.takeaways, second.endnotes, second.markers) == ((), (), ())
    assert second.text.endswith("It was wrapped here.")
    assert "Oldtown has lost" not in second.text


def test_a_second_masthead_starts_a_second_report() -> None:
    head = SEED.partition("Share")[0]
    both = f"{head}April 13, 2025\n\nQuill: A title\n\nQuill\n\n{OTHER}\n\n{MORE}"
    first, second = read_all(both, "two.txt")
    assert first.publisher == "Institute for the Study of War"
    assert (second.publisher, second.publisher_confirmed) == ("Quill", True)
    assert second.published == date(2025, 4, 13)
    assert second.title == "Quill: A title"


def test_buttons_behind_an_end_mark_are_no_report() -> None:
    (report,) = read_all(
        f"A title\n\n{FIRST}\n\n{MORE}\n\nShare the Post:\n\nFacebook\n\nMail", "x.txt"
    )
    assert texts(report, "boilerplate")[0] == "Share the Post:"


def test_a_share_bar_above_the_article_parts_nothing() -> None:
    (report,) = read_all(f"A title\n\nShare this article:\n\n{FIRST}\n\n{MORE}", "x.txt")
    assert report.title == "A title"


def test_wrapped_lines_are_joined() -> None:
    wrapped = (
        "The bridge at Oldtown fell on April 11, and the mayor said that\n"
        "Nobody from Newtown was on it when it happened; the council of\n"
        "the county meets on Friday.\n\n"
        "A short line\nAnother short line"
    )
    assert [piece.text for piece in read_text(wrapped)] == [
        " ".join(wrapped.partition("\n\n")[0].split()),
        "A short line",
        "Another short line",
    ]


def test_a_word_kept_whole_over_a_hyphen() -> None:
    (piece,) = read_text("It was a long-\nterm plan that the county had made for the bridge.")
    assert piece.text.startswith("It was a long-term plan")


def test_lists_and_notes_start_lines() -> None:
    text = "1. one\n2. two\n\n- three\n\u2013 four\n\n[1] https://a.org\n[2] https://b.org"
    assert [piece.text for piece in read_text(text)] == [
        "1. one",
        "2. two",
        "three",
        "four",
        "[1] https://a.org",
        "[2] https://b.org",
    ]


def test_notes_at_the_end_of_plain_text() -> None:
    report = read(f"{FIRST}\n\nNotes\n\n[1] https://a dot org/x\n[2] A talk.", "x.txt")
    assert [(one.label, one.urls) for one in report.endnotes] == [
        ("1", ("https://a.org/x",)),
        ("2", ()),
    ]
    assert report.text == FIRST


def test_a_byline_above_plain_text() -> None:
    report = read(f"What fell\n\nBy Ann Example\nMarch 3, 2024\n\n{FIRST}", "x.txt")
    assert (report.title, report.authors) == ("What fell", ("Ann Example",))
    assert report.published == date(2024, 3, 3)


@given(st.text(max_size=400))
def test_every_word_is_kept_in_order(text: str) -> None:
    dropped = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff\x00")
    pieces = read_text(text)
    kept = [word for piece in pieces for word in piece.text.split()]
    words = text.translate(dropped).split()
    bullets = set("•·◦▪‣●○∙*\u2013—-")
    # Bullets are no words, and a hyphen at a line's end glues two.
    assert [w for w in "".join(kept) if w not in bullets] == [
        w for w in "".join(words) if w not in bullets
    ]


@given(st.text(alphabet="Ab. [1]\n-•:,2025April", max_size=300))
def test_laws_hold_for_any_text(text: str) -> None:
    try:
        reports = read_all(text, "any.txt")
    except InputError:
        return
    for report in reports:
        check_laws(report)
