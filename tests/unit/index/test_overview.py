"""Questions about days alone are answered with what the reports of those days lead with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from tests.fakes.drafts import TAKEAWAY, draft
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from index.library import Library

ASKED_ON: Final = date(2025, 4, 12)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    desk = Desk(tmp_path_factory.mktemp("overview"))
    desk.put(
        draft(
            (TAKEAWAY, "Grain moved."),
            (TAKEAWAY, "Talks stalled."),
            "A ship left the port.",
            url="https://r.example/9",
            published=date(2025, 4, 9),
        ),
        draft(
            "Crews counted drones. Nobody was hurt.",
            url="https://r.example/11",
            published=date(2025, 4, 11),
        ),
    )
    return desk.library


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("what happened on april 9?", ["Grain moved.", "Talks stalled."]),
        ("9 april", ["Grain moved.", "Talks stalled."]),
        ("news from yesterday", ["Crews counted drones. Nobody was hurt."]),
        (
            "from april 8 to april 11",
            ["Crews counted drones. Nobody was hurt.", "Grain moved.", "Talks stalled."],
        ),
    ],
)
def test_a_day_is_told_by_its_takeaways(library: Library, question: str, texts: list[str]) -> None:
    answer = library.ask(question, asked_on=ASKED_ON)
    assert answer.status == "answered"
    assert [quote.text for quote in answer.quotes] == texts


@pytest.mark.parametrize(
    "question", ["what happened on april 7?", "february 30", "what happened in 1870?", "1 may 2031"]
)
def test_a_day_without_a_report_is_refused(library: Library, question: str) -> None:
    assert library.ask(question, asked_on=ASKED_ON).status == "not_found"


def test_days_after_the_day_of_asking_are_not_told(library: Library) -> None:
    assert library.ask("april 11", asked_on=date(2025, 4, 10)).status == "not_found"
