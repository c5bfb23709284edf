"""Digests: takeaways as printed, and what stands behind each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings

from index.digest import compose
from index.model import BlockKind, Endnote
from tests.fakes.drafts import BOILERPLATE, BYLINE, HEADING, TAKEAWAY, draft, drafts
from tests.fakes.libraries import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from index.model import DigestReport, ParsedReport

NOTES: Final = [Endnote(label="1", text="First."), Endnote(label="2", text="Second.")]
REPORT: Final = draft(
    (HEADING, "Key Takeaways"),
    (TAKEAWAY, "Russian strikes returned to their usual size."),
    (TAKEAWAY, "The ministry rejected peacekeepers of every kind.[2]"),
    (TAKEAWAY, "Regions raised their signing bonuses."),
    (HEADING, "Strikes"),
    "It rained on April 8. Officials said that Russian strikes returned to their usual size.[1]",
    "Peacekeepers of every kind were rejected by the ministry on April 9.[1]",
    url="https://r.example/9",
    endnotes=NOTES,
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def digested(desk: Desk, *reports: ParsedReport) -> DigestReport:
    """Return the last report's part of its digest."""
    return desk.library.digest_report(desk.put(*reports)[-1])


def test_takeaways_are_shown_as_printed_in_their_order(desk: Desk) -> None:
    found = digested(desk, REPORT)
    assert found.kind == "published"
    assert [item.text for item in found.takeaways] == [
        span.of(REPORT.text) for span in REPORT.takeaways
    ]
    assert (found.title, found.publisher, found.revision) == (REPORT.title, "Harbour Institute", 1)


def test_each_is_as_well_supported_as_it_is(desk: Desk) -> None:
    repeated, rewritten, alone = digested(desk, REPORT).takeaways
    assert repeated.support == "verbatim"
    assert repeated.passage is not None
    assert repeated.passage.of(REPORT.text).startswith("Officials said that Russian strikes")
    assert rewritten.support == "supported"
    assert rewritten.passage is not None
    assert rewritten.passage.of(REPORT.text).startswith("Peacekeepers of every kind")
    assert (alone.support, alone.passage) == ("none", None)


def test_own_notes_come_before_those_of_the_passage(desk: Desk) -> None:
    repeated, rewritten, alone = digested(desk, REPORT).takeaways
    assert [note.label for note in repeated.footnotes] == ["1"]
    assert [note.label for note in rewritten.footnotes] == ["2"]
    assert alone.footnotes == ()


def test_what_was_said_the_day_before_is_not_new(desk: Desk) -> None:
    again = replace(REPORT, url="https://r.example/10", published=date(2025, 4, 10))
    takeaways = (
        (TAKEAWAY, "Russian strikes have returned to their usual size.[4]"),
        (TAKEAWAY, "Something happened for the first time."),
    )
    later = draft(*takeaways, url="https://r.example/12", published=date(2025, 4, 12))
    other = draft(*takeaways, "A body.", publisher="Eastern Desk", published=date(2025, 4, 12))
    desk.put(REPORT, replace(again, text=REPORT.text.replace("rained", "snowed"), markers=()))
    assert [item.new for item in digested(desk, later).takeaways] == [False, True]
    assert all(item.new for item in digested(desk, other).takeaways)


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("may be suspending", "is suspending", True),
        ("reportedly suspended", "suspended", True),
        ("suspended 12 of", "suspended 14 of", True),
        ("has suspended", "has not suspended", True),
        ("may be suspending", "may have suspended", False),
        ("suspended 12 of", "has suspended 12 of", False),
    ],
)
def test_a_hedge_a_figure_or_a_not_makes_a_takeaway_new(
    desk: Desk, before: str, after: str, *, new: bool
) -> None:
    said = "The command {} the deployment of newly formed units to the northern districts, as"
    said += " officials of the harbour authority and the ferry company told reporters."
    earlier = draft((TAKEAWAY, said.format(before)), url="https://r.example/1")
    day = date(2025, 4, 12)
    later = draft((TAKEAWAY, said.format(after)), url="https://r.example/2", published=day)
    (item,) = digested(desk, earlier, later).takeaways
    assert item.new == new


def test_a_report_without_takeaways_gives_its_key_sentences(desk: Desk) -> None:
    body = [f"Peacekeepers were discussed in the capital for the {n}th time." for n in range(6, 16)]
    report = draft(
        (HEADING, "Peacekeepers were discussed in a heading of some length"),
        (BYLINE, "Peacekeepers were discussed by Ana Ruiz of the Harbour Institute"),
        *body,
        "Too short.",
        (BOILERPLATE, "Click here for more on how peacekeepers were discussed."),
    )
    found = digested(desk, report)
    assert found.kind == "extractive"
    assert [item.text for item in found.takeaways] == body[:5]
    assert {item.support for item in found.takeaways} == {"verbatim"}


@pytest.mark.parametrize(
    "body", [[], ["Too short."], [(HEADING, "A heading of more than forty letters")]]
)
def test_a_report_with_nothing_to_say_has_no_takeaways(
    desk: Desk, body: list[tuple[BlockKind, str]]
) -> None:
    assert digested(desk, draft(*body)).takeaways == ()


def test_a_report_that_is_not_yet_searchable_has_its_takeaways(desk: Desk) -> None:
    _, id_ = desk.catalogue.store(REPORT, source="a.html", arrived=desk.clock.now())
    found = desk.library.digest_report(id_)
    assert [item.support for item in found.takeaways] == ["none"] * 3


def test_a_takeaway_without_a_word_is_said_nowhere(desk: Desk) -> None:
    found = digested(desk, draft((TAKEAWAY, "[1]"), (TAKEAWAY, "—"), "A sentence of the body.[1]"))
    assert [item.support for item in found.takeaways] == ["none", "none"]


def test_sentences_past_what_the_model_sees_may_be_key_and_support_nothing(desk: Desk) -> None:
    """A passage may be longer than the model reads: what is behind has no tokens."""
    (id_,) = desk.put(REPORT)
    report = desk.catalogue.report(id_)
    unseen = [
        replace(
            passage,
            sentences=tuple(
                one if one.kind is TAKEAWAY else replace(one, tokens=(0, 0))
                for one in passage.sentences
            ),
        )
        for passage in desk.passages.of_report(id_, 1)
    ]
    repeated, rewritten, alone = compose(report, unseen, []).takeaways
    assert (repeated.support, rewritten.support, alone.support) == ("verbatim", "none", "none")
    bare = compose(replace(report, takeaways=()), unseen, [])
    assert bare.kind == "extractive"
    assert [item.text for item in bare.takeaways] == [
        "Officials said that Russian strikes returned to their usual size.[1]",
        "Peacekeepers of every kind were rejected by the ministry on April 9.[1]",
    ]


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(one=drafts())
def test_every_takeaway_is_its_slice(desk: Desk, one: ParsedReport) -> None:
    (id_,) = desk.put(one)
    report = desk.library.report(id_)
    found = desk.library.digest_report(id_)
    assert (found.kind == "published") == bool(report.takeaways)
    for item in found.takeaways:
        assert item.text == report.text[item.start : item.end]
        if item.passage is not None:
            (block,) = (block for block in report.blocks if block.overlaps(item.passage))
            assert block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
            assert block.holds(item.passage)


def test_a_day_has_its_reports_in_order_of_arrival(desk: Desk) -> None:
    day = date(2025, 4, 9)
    first = draft("One.", title="Z", published=day)
    second = draft("Two.", title="A", published=day)
    ids = desk.put(first, draft("Undated.", title="U", published=None), second)
    other = draft("Other.", title="B", published=date(2025, 4, 10))
    desk.put(other)
    found = desk.library.digest(day)
    assert found.date == day
    assert [one.id for one in found.reports] == [ids[0], ids[2]]
    assert desk.library.digest(date(1, 1, 1)).reports == ()
