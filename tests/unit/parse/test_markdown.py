"""Markdown, written and scraped."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.parse.make import check_laws, read, takeaways, texts

WRITTEN = """---
title: What Closed in Oldtown
date: 2025-04-10
---
# What Closed in Oldtown

By Ann Example and Bob Sample

The **bridge** of Oldtown was closed on Monday,[^1] and the mayor said
that it will stay so for a while.[[xii]](https://a.example.org/p#_edn12)

## Key Takeaways

- A bridge closed.
- A school closed.

Read [the register](https://r.example.org/x) & the `plan`.

| Town | Bridges |
|------|---------|
| Old  | 3       |

## Notes

[^1]: The register, [page one](https://r.example.org/x).
"""

LONG = (
    "The bridge at Oldtown fell in the night, and the mayor said that nobody was hurt, although"
    " the road to Newtown will stay closed for at least another week or two."
)
SCRAPED = f"""# www.criticalthreats.org

## Metadata

- **URL**: https://www.criticalthreats.org/analysis/front-assessment-february-26-2026
- **Domain**: www.criticalthreats.org
- **Scraped at**: 2026-02-28T02:35:44+00:00

## Page Structure

- # Front Assessment, February 26, 2026
  - ## Key Takeaways
  - ## Northern Axis

## Content

Front Assessment, February 26, 2026 | Critical Threats
Donate
Menu
Front Assessment, February 26, 2026
Ann Example
Bob Sample
Click
here
to see the map of the county. It is updated daily.
{LONG}
[i]
[ii]
The
Oldtown Herald
reported that the dam held.
[iii]
Key Takeaways
The bridge at Oldtown fell.
The dam held.
We do not report in detail on the weather.
Northern Axis
The road to Upham is open again, and the first carts were seen on it in the morning.
[i]
https://a.example.org/x ;
https://b.example.org/y
[ii]
[iii] Talk with a clerk.
Reading List
Terms of Service
Copyright, Critical Threats Project, 2026

## Links

- [Donate](https://www.criticalthreats.org/donate)
"""


def test_written() -> None:
    report = read(WRITTEN, "report.md")
    check_laws(report)
    assert report.title == "What Closed in Oldtown"
    assert report.published == date(2025, 4, 10)
    assert report.authors == ("Ann Example", "Bob Sample")
    assert takeaways(report) == ["A bridge closed.", "A school closed."]
    assert texts(report, "heading") == ["What Closed in Oldtown", "Key Takeaways"]
    assert (
        "The bridge of Oldtown was closed on Monday,[1] and the mayor said"
        " that it will stay so for a while.[xii]"
    ) in report.text
    assert "Read the register & the plan." in report.text
    assert "Town Bridges\n\nOld 3" in report.text
    assert [(one.label, one.urls) for one in report.endnotes] == [
        ("1", ("https://r.example.org/x",))
    ]
    assert [one.label for one in report.markers] == ["1"]


def test_scraped() -> None:
    report = read(SCRAPED, "page.md")
    check_laws(report)
    assert report.publisher == "Critical Threats Project"
    assert report.publisher_confirmed
    assert report.title == "Front Assessment, February 26, 2026"
    assert report.published == date(2026, 2, 26)
    assert report.authors == ("Ann Example", "Bob Sample")
    assert (
        report.url == "https://www.criticalthreats.org/analysis/front-assessment-february-26-2026"
    )
    assert takeaways(report) == ["The bridge at Oldtown fell.", "The dam held."]
    assert "another week or two.[i][ii]\n" in report.text
    assert "Click here to see the map of the county." in report.text
    assert [(one.label, one.text, one.urls) for one in report.endnotes] == [
        (
            "i",
            "https://a.example.org/x ; https://b.example.org/y",
            ("https://a.example.org/x", "https://b.example.org/y"),
        ),
        ("ii", "", ()),
        ("iii", "Talk with a clerk.", ()),
    ]
    assert [one.label for one in report.markers] == ["i", "ii", "iii"]
    for menu in ("Donate", "Menu", "Reading List", "Terms of Service", "Copyright"):
        assert menu not in report.text


def test_scraped_without_notes() -> None:
    article = SCRAPED.partition("[i]\nhttps://a")[0] + "Reading List\nTerms of Service\n"
    report = read(article, "page.md")
    assert report.endnotes == ()
    assert [one.label for one in report.markers] == ["i", "ii", "iii"]
    assert "Reading List" not in report.text
    assert "The road to Upham" in report.text


@pytest.mark.parametrize(
    "text",
    [
        " = A Heading = \n The game 's <unk> system 2 * 3 * 4 and snake_case_word .\n More .",
        "[{'content': \"one\\n\\ntwo\", 'role': 'user'}, {'content': 'three', 'role': 'x'}]",
        "Good evening. Good evening.\n\nMr. Speaker, I will go home now.",
        "# Head\n\nThe <b>plain</b> words & the *stressed* ones, 5 < 6 > 4.\n\n> quoted words",
        "A line\nanother line\n\n    code line\n\nthe end",
    ],
)
def test_every_word_is_kept_in_order(text: str) -> None:
    kept = read(text, "any.md").text
    assert [char for char in kept if char.isalnum()] == [char for char in text if char.isalnum()]


def test_long_texts_are_not_rendered() -> None:
    text = "# A head\n\n" + "**x** " * 200_000
    assert "**x**" in read(text, "long.md").text
