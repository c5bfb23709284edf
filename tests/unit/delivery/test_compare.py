"""What changed between two days: every takeaway once, verbatim, under the right heading."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compare_commands import CompareCommands
from bot.dialogue import Request
from bot.markup import Html, text_of
from bot.model import Place
from bot.texts import load_texts
from bot.views import Asker
from bot.wording import Wording
from index.changes import changes
from index.model import BlockKind, DigestItem
from tests.fakes.channel import HandClock, day_report
from tests.fakes.reports import FakeReports, make_report

if TYPE_CHECKING:
    from collections.abc import Sequence

ANN = Asker(person=7, place=Place(chat_id=7))
FIRST, SECOND = date(2025, 4, 9), date(2025, 4, 11)
KEPT = "Ferries between the northern harbours stopped for the winter."
GONE = "The grid operator asked for help with transformers."
FRESH = "Customs officers seized a cargo of turbines in the eastern port."


def item(text: str) -> DigestItem:
    return DigestItem(
        start=0, end=len(text), text=text, support="none", passage=None, footnotes=(), new=True
    )


def texts(items: Sequence[DigestItem]) -> list[str]:
    return [one.text for one in items]


def compared(*reports: Sequence[object], asked: str = "") -> str:
    store = FakeReports([day_report(day, *lines) for day, *lines in reports])  # type: ignore[arg-type]
    return compared_in(store, asked)


def compared_in(store: FakeReports, asked: str = "") -> str:
    clock = HandClock(datetime(2025, 4, 12, 9, tzinfo=UTC))
    commands = CompareCommands(store, Wording(load_texts(), {}, {}), clock, UTC)
    (command,) = commands.commands
    reply = command.run(Request(asker=ANN, text=asked))
    return "\n".join(text_of(Html(message.html)) for message in reply.messages)


def figure(n: int) -> str:
    return f"Air defenses over the harbours shot down {n} drones in one night."


def test_each_takeaway_stands_under_what_became_of_it() -> None:
    found = changes(
        [item(KEPT), item(GONE), item(figure(12))], [item(FRESH), item(figure(40)), item(KEPT)]
    )
    assert texts(found.new) == [FRESH]
    assert [(a.text, b.text) for a, b in found.figures] == [(figure(12), figure(40))]
    assert texts(found.repeated) == [KEPT]
    assert texts(found.dropped) == [GONE]


def test_a_hedge_that_is_gone_is_news() -> None:
    found = changes(
        [item("Ferries reportedly stopped at night.")], [item("Ferries stopped at night.")]
    )
    assert not found.repeated


@given(st.lists(st.sampled_from([KEPT, GONE, FRESH, figure(1), figure(2), figure(3)])), st.data())
def test_nothing_is_lost_and_nothing_counted_twice(later: list[str], data: st.DataObject) -> None:
    earlier = data.draw(st.permutations(later).map(lambda texts: texts[: len(texts) // 2]))
    found = changes([item(text) for text in earlier], [item(text) for text in later])
    old = [a.text for a, _ in found.figures] + texts(found.dropped)
    new = [b.text for _, b in found.figures] + texts(found.new) + texts(found.repeated)
    assert sorted(new) == sorted(later)
    assert sorted(old + texts(found.repeated)) == sorted(earlier)


def test_the_newest_day_is_compared_with_the_one_before_in_store() -> None:
    text = compared((FIRST, KEPT, GONE), (SECOND, KEPT, FRESH))
    assert text.startswith("11 Apr 2025 against 9 Apr 2025")
    new, repeated, dropped = (text.index(line) for line in ("New", "Repeated", "No longer there"))
    assert new < text.index(FRESH) < repeated < text.index(KEPT) < dropped < text.index(GONE)
    for asked in ("2025-04-09 2025-04-11", "april 11 and april 9", "yesterday", "since april 9"):
        assert compared((FIRST, KEPT, GONE), (SECOND, KEPT, FRESH), asked=asked) == text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("the moon <b>", "“the moon <b>” names no two days"),
        ("2025-04-01 2025-04-09", "No report of 1 Apr 2025 is stored."),
        ("2025-04-09", "9 Apr 2025 is the first day in store"),
        ("2025-04-09 2025-04-10 2025-04-11", "names no two days"),
    ],
)
def test_days_that_cannot_be_compared_are_named(asked: str, said: str) -> None:
    assert said in compared((FIRST, KEPT), (SECOND, FRESH), asked=asked)


def test_an_empty_store_says_so() -> None:
    assert compared() == "No dated reports are stored yet."


def test_a_repeat_is_found_before_a_change_of_figures() -> None:
    found = changes([item(figure(12))], [item(figure(40)), item(figure(12))])
    assert texts(found.repeated) == [figure(12)]
    assert texts(found.new) == [figure(40)]


def test_a_publisher_that_is_silent_on_one_day_is_named_and_not_compared() -> None:
    store = FakeReports(
        [
            day_report(FIRST, KEPT, publisher="Eastern Desk", name="a"),
            day_report(FIRST, GONE, name="b"),
            day_report(SECOND, FRESH, name="c"),
        ]
    )
    text = compared_in(store)
    assert "Eastern Desk has no report of 11 Apr 2025 in store" in text
    assert KEPT not in text
    assert text.index(FRESH) < text.index(GONE)


def test_key_sentences_are_not_passed_off_as_takeaways() -> None:
    bare = make_report("bare", (BlockKind.PARAGRAPH, GONE), published=FIRST)
    text = compared_in(
        FakeReports([bare, day_report(SECOND, FRESH, publisher=bare.publisher or "")])
    )
    assert text.count("This report lists no takeaways of its own.") == 1
    assert GONE in text
