"""Which bullets are the publisher's key points."""

from __future__ import annotations

import pytest

from tests.unit.parse.make import check_laws, daily, read, takeaways

BODY = "The bridge at Oldtown fell in the night, and the road to it is closed.[1]"
LIST = "<ul><li>The bridge fell.</li><li>The dam held.</li></ul>"
POINTS = ["The bridge fell.", "The dam held."]


@pytest.mark.parametrize(
    "heading",
    [
        "Key Takeaways",
        "Key Takeaways:",
        "KEY TAKEAWAYS",
        "Key Takeaway",
        "Key Take-aways",
        "Key takeaways, May 5",
        "Key inflections in ongoing military operations on January 8:",
        "Main Takeaways",
        "Key Findings",
    ],
)
def test_headings_in_use(heading: str) -> None:
    report = daily(BODY, f"<p><strong>{heading}</strong></p>", LIST, BODY)
    check_laws(report)
    assert takeaways(report) == POINTS


def test_lists_with_nothing_between_are_one() -> None:
    parted = "<ul><li>The bridge fell.</li></ul><p>&nbsp;</p><ul><li>The dam held.</li></ul>"
    assert takeaways(daily(BODY, "<p>Key Takeaways</p>", parted, BODY)) == POINTS


def test_a_menu_right_behind_is_none() -> None:
    menu = "<ul><li>Main effort—Oldtown</li><li>Supporting effort 1—Newtown</li></ul>"
    assert takeaways(daily("<p>Key Takeaways</p>", LIST, menu, BODY)) == POINTS


def test_other_lists_are_none() -> None:
    report = daily(
        BODY,
        "<p><strong>Immediate items to watch</strong></p>",
        LIST,
        "<p>The mayor has three reasons:</p>",
        "<ol><li>money</li><li>time</li><li>habit</li></ol>",
    )
    assert takeaways(report) == []


def test_an_introduction_may_stand_between() -> None:
    report = daily(
        "<p>Key inflections in the war:</p>", "<p>There were two changes:</p>", LIST, BODY
    )
    assert takeaways(report) == POINTS


def test_key_inflections_may_come_back() -> None:
    report = daily(
        "<p>Key inflections in operations on May 5</p>",
        "<ul><li>The bridge fell.</li></ul>",
        BODY,
        "<p>Key inflections in force generation on May 5</p>",
        "<ul><li>The dam held.</li></ul>",
    )
    assert takeaways(report) == POINTS


def test_a_point_may_have_sentences_markers_and_paragraphs() -> None:
    points = "<ul><li><p>The bridge fell. It was old.[4]</p><p>It was long.</p></li><li>x</li></ul>"
    report = daily("<p>Key Takeaways</p>", points, BODY)
    assert takeaways(report) == ["The bridge fell. It was old.[4]\nIt was long.", "x"]


def test_a_page_that_lost_the_heading_starts_with_the_points() -> None:
    bold = "".join(f"<li><strong>Point {i} is made.</strong></li>" for i in range(4))
    assert len(takeaways(daily(f"<ul>{bold}</ul>", BODY))) == 4


def test_points_that_lost_their_list_are_lines() -> None:
    lines = "".join(f"<p><strong>{point}</strong></p>" for point in POINTS)
    report = daily("<p><strong>Key Takeaways</strong></p>", lines, f"<p>{BODY}</p>")
    assert takeaways(report) == POINTS


def test_bullets_in_plain_text() -> None:
    report = read(
        f"{BODY}\n\n Key Takeaways:\n\n  • The bridge fell.\n  • The dam held.\n\nThe end of it.",
        "report.txt",
    )
    check_laws(report)
    assert takeaways(report) == POINTS


def test_a_table_of_contents_is_no_heading() -> None:
    contents = "<ul><li>Key Takeaways</li><li>Northern Axis</li><li>Endnotes</li></ul>"
    report = daily(contents, BODY, "<h2>Key Takeaways</h2>", LIST, BODY)
    assert takeaways(report) == POINTS


def test_a_mention_is_no_heading() -> None:
    assert takeaways(daily("Key takeaways of the day are few. They follow.", LIST, BODY)) == []
