"""Copies of one report in digests: each text is sent once, whichever copy came first."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.markup import Html, text_of
from tests.fakes.channel import DigestBench, sqlite_bench
from tests.fakes.drafts import HEADING, TAKEAWAY, draft
from tests.fakes.libraries import Desk
from tests.fakes.prose import edited, paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.model import ParsedReport

BODY = paragraphs(1)
FIRST = "Grain exports through the northern harbour rose."
SECOND = "The harbour authority closed its southern quay."


def page(name: str, takeaways: Sequence[str], body: Sequence[str]) -> ParsedReport:
    bullets = [(TAKEAWAY, text) for text in takeaways]
    return draft(
        (HEADING, "Key Takeaways"),
        *bullets,
        (HEADING, "Harbours"),
        *body,
        url=f"https://reports.example/{name}",
        publisher=f"Desk of {name}",
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "library").mkdir()
    return Desk(tmp_path / "library")


@pytest.fixture
def bench(desk: Desk, tmp_path: Path) -> DigestBench:
    made = sqlite_bench(tmp_path, reports=desk.library)
    made.clock.moment = desk.clock.now().replace(hour=3)
    made.subscribe(1)
    return made


def morning(bench: DigestBench, day: int) -> list[str]:
    """Let one morning pass; the texts sent."""
    sent = len(bench.channel.accepted)
    bench.clock.moment = bench.clock.moment.replace(hour=5) + timedelta(days=day)
    asyncio.run(bench.tick())
    bench.clock.moment = bench.clock.moment.replace(hour=3)
    return [text_of(Html(message.html)) for _, message in bench.channel.accepted[sent:]]


@pytest.mark.parametrize("copied", [BODY, [edited(one, 40) for one in BODY]])
def test_two_copies_of_a_day_are_one_report(
    desk: Desk, bench: DigestBench, copied: list[str]
) -> None:
    desk.put(page("a", [FIRST], BODY), page("b", [FIRST], copied))
    (text,) = morning(bench, 0)
    assert text.count(FIRST) == 1


def test_a_fuller_copy_that_comes_later_is_no_second_report(desk: Desk, bench: DigestBench) -> None:
    desk.put(page("a", [FIRST], BODY[:14]))
    (text,) = morning(bench, 0)
    assert FIRST in text
    desk.put(page("b", [FIRST], BODY))
    assert [link.original for link in desk.library.near_copies()]
    assert morning(bench, 1) == []


def test_what_a_fuller_copy_adds_comes_as_a_correction(desk: Desk, bench: DigestBench) -> None:
    desk.put(page("a", [FIRST], BODY[:14]))
    morning(bench, 0)
    (fuller,) = desk.put(page("b", [FIRST, SECOND], BODY))
    assert [link.original for link in desk.library.near_copies()] == [fuller]
    (text,) = morning(bench, 1)
    assert SECOND in text
    assert FIRST not in text
    assert morning(bench, 1) == []
