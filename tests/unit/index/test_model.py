"""Values that can't be impossible."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import (
    Answer,
    Block,
    BlockKind,
    DigestItem,
    Document,
    Marker,
    Passage,
    Quote,
    Searched,
    Span,
)
from tests.fakes.drafts import APRIL_9, draft

NUMBERS = st.integers(-5, 40)


@given(start=NUMBERS, end=NUMBERS)
def test_a_span_is_not_empty_and_not_before_the_text(start: int, end: int) -> None:
    if 0 <= start < end:
        assert len(Span(start=start, end=end)) == end - start
    else:
        with pytest.raises(ValueError, match="not a span"):
            Span(start=start, end=end)


@given(st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_spans_meet_where_their_characters_do(ends: list[int]) -> None:
    one = Span(start=min(ends[:2]), end=max(ends[:2]) + 1)
    two = Span(start=min(ends[2:]), end=max(ends[2:]) + 1)
    first, second = set(range(one.start, one.end)), set(range(two.start, two.end))
    assert one.overlaps(two) == two.overlaps(one) == bool(first & second)
    assert one.holds(two) == (second <= first)


def test_values_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Span(start=1, end=2).start = 0  # type: ignore[misc]


def test_a_report_refuses_spans_outside_its_text() -> None:
    one = draft("Short.")
    with pytest.raises(ValueError, match="outside a text of 6"):
        replace(one, blocks=(Block(start=0, end=7, kind=BlockKind.PARAGRAPH),))


def test_a_report_refuses_a_marker_that_does_not_stand_there() -> None:
    one = draft("Said so.[7] More.")
    moved = Marker(start=12, end=15, label="7")
    with pytest.raises(ValueError, match="is not what stands at"):
        replace(one, markers=(moved,))
    spaced = replace(draft("Said so.[ 1 4 ]"), markers=(Marker(start=8, end=15, label="14"),))
    assert spaced.markers[0].label == "14"


def quote(text: str = "Said so.", start: int = 0, end: int = 8) -> Quote:
    return Quote(
        start=start,
        end=end,
        text=text,
        report_id="a",
        revision=1,
        publisher=None,
        title=None,
        published=None,
        url=None,
        score=1.0,
    )


def test_a_quote_is_as_long_as_its_slice() -> None:
    assert quote().text == "Said so."
    with pytest.raises(ValueError, match=r"can.t be 0\.\.9"):
        quote(end=9)
    with pytest.raises(ValueError, match="not a span"):
        quote(start=8)


@pytest.mark.parametrize(("status", "quotes"), [("answered", ()), ("not_found", (quote(),))])
def test_an_answer_has_quotes_and_a_refusal_none(status: str, quotes: tuple[Quote, ...]) -> None:
    with pytest.raises(ValueError, match="a refusal has none"):
        Answer(
            question="?",
            asked_on=APRIL_9,
            status=status,  # type: ignore[arg-type]
            confidence=0.5,
            quotes=quotes,
            searched=Searched(reports=0, first=None, last=None, publishers=()),
        )


@pytest.mark.parametrize(
    ("support", "passage"),
    [("none", Span(start=1, end=2)), ("verbatim", None), ("supported", None)],
)
def test_a_takeaway_is_supported_by_a_passage_or_not_at_all(
    support: str, passage: Span | None
) -> None:
    with pytest.raises(ValueError, match="support"):
        DigestItem(
            start=0,
            end=4,
            text="Text",
            support=support,  # type: ignore[arg-type]
            passage=passage,
            footnotes=(),
            new=True,
        )


def test_a_passage_is_named_by_its_revision() -> None:
    one = Passage(report_id="abc", revision=2, ordinal=10, start=0, end=5)
    assert one.id == "abc.2.10"


def test_the_bytes_of_a_document_are_not_shown() -> None:
    assert "secret" not in repr(Document(name="a.html", content=b"secret"))
