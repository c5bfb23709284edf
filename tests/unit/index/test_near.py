"""Which of two reports is a near-copy of the other, and which pairs only look like it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from index import near
from index.near import Link
from tests.fakes.drafts import APRIL_9, BOILERPLATE, BYLINE, draft
from tests.fakes.prose import edited, paragraphs

if TYPE_CHECKING:
    from index.model import ParsedReport

NEXT_DAY: Final = date(2025, 4, 10)
BODY: Final = paragraphs(1)
OTHER: Final = paragraphs(2)
ORIGINAL: Final = draft(*BODY)


def link(new: ParsedReport, old: ParsedReport = ORIGINAL) -> Link | None:
    return near.link(near.compared("new", new), near.compared("old", old))


def copy_of_old(found: Link | None) -> bool:
    return found is not None and (found.copy, found.original) == ("new", "old")


COPIES: Final = {
    "small edits": draft(*(edited(one, 40) for one in BODY)),
    "another publisher, a note in front": draft(
        "We print this with the permission of its authors.", *BODY, publisher="Eastern Desk"
    ),
    "another publisher, days later": draft(*BODY, publisher="Eastern Desk", published=NEXT_DAY),
    "a publisher unknown": draft(*(edited(one, 40) for one in BODY), publisher=None),
    "no date": draft(*(edited(one, 40) for one in BODY), published=None),
    "a paragraph left out": draft(*BODY[:7], *BODY[8:]),
    "other menus and bylines": draft(
        (BYLINE, OTHER[0]), *BODY, *((BOILERPLATE, one) for one in OTHER)
    ),
    "markers": draft(*(f"{one}[7] [viii]" for one in BODY)),
    "capitals and punctuation": draft(*(one.upper().replace(".", " —") for one in BODY)),
    "the same text with another date": draft(*BODY, published=NEXT_DAY),
}


@pytest.mark.parametrize("name", COPIES)
def test_these_are_near_copies(name: str) -> None:
    assert copy_of_old(link(COPIES[name]))


@pytest.mark.parametrize("name", COPIES)
def test_the_sketches_of_near_copies_meet(name: str) -> None:
    sketches = [set(near.compared("x", one).sketch) for one in (ORIGINAL, COPIES[name])]
    assert len(sketches[0] & sketches[1]) >= near.FEWEST_SHARED


DIFFERENT: Final = {
    "another text": draft(*OTHER),
    "a recap of most of yesterday": draft(*BODY[:14], *OTHER[:6], published=NEXT_DAY),
    "yesterday and one paragraph more": draft(*BODY, *OTHER[:2], published=NEXT_DAY),
    "yesterday with other figures": draft(*(edited(one, 40) for one in BODY), published=NEXT_DAY),
    "half of it and half of another": draft(*BODY[:10], *OTHER[:10], publisher="Eastern Desk"),
    "a text that quotes the whole of it": draft(*BODY, *OTHER, *paragraphs(3)),
    "an excerpt": draft(*BODY[:5]),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_these_are_reports_of_their_own(name: str) -> None:
    assert link(DIFFERENT[name]) is None


def test_the_fuller_text_is_the_original_whichever_came_first() -> None:
    shorter = draft(*BODY[:17])
    found = link(ORIGINAL, shorter)
    assert found == Link(copy="old", original="new", coverage=1.0)
    assert copy_of_old(link(shorter))


def test_coverage_says_how_much_is_in_the_original() -> None:
    found = link(draft(*(edited(one, 40) for one in BODY)))
    assert found is not None
    assert 0.85 < found.coverage < 0.99


def test_what_is_short_is_no_near_copy() -> None:
    line = draft("The institute publishes no assessment today and returns tomorrow evening.")
    assert near.compared("x", line).sketch == ()
    assert link(line, line) is None


def test_what_is_endless_is_not_compared() -> None:
    endless = draft("one two three four five " * 50_000, published=APRIL_9)
    assert near.compared("x", endless).sketch == ()


def test_hashes_fit_a_signed_integer() -> None:
    assert all(0 <= one < 2**63 for one in near.compared("x", ORIGINAL).runs)
