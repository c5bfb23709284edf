"""Pages of a known make: text, blocks, notes and points of a daily report."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.parse.make import Daily, check_laws, daily, takeaways, texts

FRONT = (
    "<p><strong>Ann Example, Bob B. Sample, and Cy van Dyke</strong></p>",
    "<p><strong>August 20, 9:30 pm ET</strong></p>",
)
POINTS = (
    "<p><strong>Key Takeaways</strong></p>",
    (
        "<ul><li><strong>The bridge at Oldtown fell. Nobody was hurt.</strong></li>"
        "<li><strong>The dam held.[2]</strong></li></ul>"
    ),
)
LEAD = "The bridge at Oldtown fell in the night.[1] The mayor said that the dam held.[2]"
MENU = (
    "<ul><li>Main Effort—Oldtown (comprised of two efforts);</li>"
    "<li>Supporting Effort 1—Newtown</li><li>Activities in occupied areas</li></ul>"
)
NOTES = (
    '<div><hr align="left" size="1" width="33%"></div>',
    '<p>[1] <a href="https://a.example.org/a/long/address">https://a.example.org/a/lo...</a></p>',
    "<p>[2] https://b dot example dot org/x</p>",
)


def test_a_daily_report() -> None:
    report = daily(*FRONT, LEAD, *POINTS, MENU, *NOTES)
    check_laws(report)
    assert report.publisher == "Institute for the Study of War"
    assert report.publisher_confirmed
    assert report.title == "Front Assessment, August 20"
    assert report.authors == ("Ann Example", "Bob B. Sample", "Cy van Dyke")
    assert report.published == date(2022, 8, 20)
    assert report.url == "https://www.understandingwar.org/backgrounder/front-assessment"
    assert report.language == "en"
    assert takeaways(report) == [
        "The bridge at Oldtown fell. Nobody was hurt.",
        "The dam held.[2]",
    ]
    assert texts(report, "byline") == [
        "Ann Example, Bob B. Sample, and Cy van Dyke",
        "August 20, 9:30 pm ET",
    ]
    assert texts(report, "heading") == ["Key Takeaways"]
    assert texts(report, "paragraph") == [LEAD]
    assert len(texts(report, "boilerplate")) == 3
    assert [(one.label, one.urls) for one in report.endnotes] == [
        ("1", ("https://a.example.org/a/long/address",)),
        ("2", ("https://b.example.org/x",)),
    ]
    assert report.endnotes[0].text == "https://a.example.org/a/lo..."
    assert [one.label for one in report.markers] == ["1", "2", "2"]


def test_paragraphs_and_items_are_laid_out() -> None:
    report = daily("One is here.", "Two is here.", "<ul><li>a point</li><li>a second</li></ul>")
    assert report.text == "One is here.\n\nTwo is here.\n\na point\na second"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("the 8<sup>th</sup> Army", "the 8th Army"),
        ("<strong>Russia</strong><strong>n</strong> forces", "Russian forces"),
        ("D<span>nip</span><b>r</b>o", "Dnipro"),
        ("com&shy;mander sa\u00ad\u00adtellite", "commander satellite"),
        ("a\u200bb c\u2060d", "ab cd"),
        ("one&nbsp;two \u00a0 three\u2009four", "one two three four"),
        ("one\n  two\tthree", "one two three"),
        ("one<!-- no -->two", "onetwo"),
        ("one<script>var x = 1;</script> two", "one two"),
        ("one <span style='display: none'>not</span>two", "one two"),
        ("one &amp; two &lt;three&gt;", "one & two <three>"),
    ],
)
def test_words_are_the_page_s_own(markup: str, text: str) -> None:
    assert daily(f"<p>{markup}</p>", "The end of it.").text.startswith(text + "\n\n")


def test_a_line_break_parts_lines_but_no_sentence() -> None:
    report = daily(
        "<p>Bridges of the county<br>Roads of the county</p>",
        "<p>The bridge at Oldtown fell in the night and nobody<br>was hurt.</p>",
    )
    assert report.text == (
        "Bridges of the county\nRoads of the county\n\n"
        "The bridge at Oldtown fell in the night and nobody was hurt."
    )


def test_bold_openings_are_part_of_their_paragraph() -> None:
    report = daily("<p><strong>The bridge fell.</strong> Nobody was hurt.</p>", LEAD)
    assert texts(report, "heading") == []
    assert texts(report, "paragraph")[0] == "The bridge fell. Nobody was hurt."


def test_bold_titles_are_headings() -> None:
    title = "Supporting Effort #1—Newtown (Russian objective: Hold the bridge)"
    report = daily(LEAD, f"<p><strong>{title}</strong></p>", LEAD)
    assert texts(report, "heading") == [title]


@pytest.mark.parametrize(
    ("title", "stamp", "day"),
    [
        ("Assessment, August 20", "2022-08-20T22:19:44-04:00", date(2022, 8, 20)),
        ("Assessment, August 11", "2022-08-12T00:12:00-04:00", date(2022, 8, 11)),
        ("Assessment, December 31", "2023-01-01T00:12:00-05:00", date(2022, 12, 31)),
        ("Assessment, January 3, 2023", "2023-01-03T20:00:00-05:00", date(2023, 1, 3)),
        ("Assessment, May 5", "2022-08-12T00:12:00-04:00", date(2022, 8, 12)),
        ("Warning Update", "2022-08-12T00:12:00-04:00", date(2022, 8, 12)),
        ("Assessment, May 5", "", None),
        ("Assessment, May 5, 2022", "", date(2022, 5, 5)),
        ("Assessment", "", None),
    ],
)
def test_the_title_s_day_counts_near_the_stamp(title: str, stamp: str, day: date | None) -> None:
    assert Daily(LEAD, title=title, stamp=stamp).read().published == day


def test_the_byline_s_day_counts_where_the_title_has_none() -> None:
    body = f"<p><strong>August 11, 11 pm ET</strong></p><p>{LEAD}</p>"
    page = Daily(body, title="Update", stamp="2022-08-12T00:12:00-04:00")
    assert page.read().published == date(2022, 8, 11)


def test_another_publisher_of_the_same_make() -> None:
    report = Daily(f"<p>{LEAD}</p>", site="Northgate Monitor").read()
    assert report.publisher == "Northgate Monitor"
    assert report.publisher_confirmed
    assert report.url is None


def test_menus_beside_the_body_are_no_text() -> None:
    assert daily(LEAD).text == LEAD


def test_a_repeated_title_is_a_heading() -> None:
    report = daily("<p>Front Assessment, August 20</p>", *FRONT, LEAD)
    assert texts(report, "heading") == ["Front Assessment, August 20"]


def test_captions_are_boilerplate() -> None:
    report = daily(LEAD, "<figure><figcaption>The bridge, as of noon</figcaption></figure>", LEAD)
    assert texts(report, "boilerplate") == ["The bridge, as of noon"]
