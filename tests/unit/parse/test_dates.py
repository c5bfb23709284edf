"""Days and names as bylines print them."""

from __future__ import annotations

from datetime import date

import pytest

from index.parse.bylines import is_when, names
from index.parse.dates import published, written


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-08-20T22:19:44-04:00", date(2022, 8, 20)),
        ("20220820", date(2022, 8, 20)),
        ("Thu, 10 Apr 2025 20:06:44 -0400", date(2025, 4, 10)),
        ("April 10th, 2025", date(2025, 4, 10)),
        ("Sept. 3, 2022", date(2022, 9, 3)),
        ("3 September 2022", date(2022, 9, 3)),
        ("the report of May 5", None),
        ("February 30, 2022", None),
        ("April 2025", None),
        ("04/05/2025", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_full_dates_only(text: str | None, day: date | None) -> None:
    assert written(text, None) == day


def test_a_year_comes_from_the_page() -> None:
    assert written("Assessment, May 5", 2022) == date(2022, 5, 5)


def test_an_address_with_a_day_is_a_stamp() -> None:
    assert published("A title", None, None, "https://a.org/2025/04/10/x") == date(2025, 4, 10)
    assert published("A title", None, None, "https://a.org/2025/x") is None


@pytest.mark.parametrize(
    "line",
    [
        "September 21, 9:30 pm ET",
        "March 3, 3pm EST",
        "March 2, 4:30 pm EST",
        "March 26, 1500 ET",
        "August 20, 21:30 ET",
        "April 12, 2025",
        "12 April 2025",
        "Saturday, April 12, 2025",
        "Published: April 12, 2025 at 5:00 p.m.",
        "2025-04-12",
    ],
)
def test_lines_that_are_a_date(line: str) -> None:
    assert is_when(line)


@pytest.mark.parametrize(
    "line", ["April 12 was a calm day.", "On April 12", "April", "12", "", "May we go, 5 pm"]
)
def test_lines_that_are_none(line: str) -> None:
    assert not is_when(line)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Ann Example and Bob Sample", ("Ann Example", "Bob Sample")),
        ("By Ann Example", ("Ann Example",)),
        ("by: Ann Example & Bob Sample", ("Ann Example", "Bob Sample")),
        (
            "Ann B. Example, Bob Sample-Stone, and Cy O\u2019Dell with Dee van Dyke",
            ("Ann B. Example", "Bob Sample-Stone", "Cy O\u2019Dell", "Dee van Dyke"),
        ),
        ("Ann Example", ()),
        ("The bridge fell, and the dam held.", ()),
        ("Oldtown, Newtown, and Upham", ()),
        ("", ()),
    ],
)
def test_names(line: str, found: tuple[str, ...]) -> None:
    assert names(line) == found


def test_a_single_name_where_bylines_stand() -> None:
    assert names("Ann Example", alone=True) == ("Ann Example",)
