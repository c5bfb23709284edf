"""Reports as a parser would hand them over, built from their blocks."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from index.model import (
    Block,
    BlockKind,
    Endnote,
    Marker,
    ParsedReport,
    Report,
    Takeaway,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADING: Final = BlockKind.HEADING
PARAGRAPH: Final = BlockKind.PARAGRAPH
ITEM: Final = BlockKind.LIST_ITEM
TAKEAWAY: Final = BlockKind.TAKEAWAY
BYLINE: Final = BlockKind.BYLINE
BOILERPLATE: Final = BlockKind.BOILERPLATE
APRIL_9: Final = date(2025, 4, 9)

_MARKER: Final = re.compile(r"\[(\w{1,4})\]")


def draft(
    *body: tuple[BlockKind, str] | str,
    published: date | None = APRIL_9,
    publisher: str | None = "Harbour Institute",
    title: str | None = "Evening assessment",
    url: str | None = None,
    authors: Sequence[str] = (),
    endnotes: Iterable[Endnote] = (),
) -> ParsedReport:
    """Lay blocks out as one text; a bare string is a paragraph, and ``[7]`` a marker."""
    blocks: list[Block] = []
    parts: list[str] = []
    at = 0
    for kind, text in (one if isinstance(one, tuple) else (PARAGRAPH, one) for one in body):
        blocks.append(Block(kind=kind, start=at, end=at + len(text)))
        parts.append(text)
        at += len(text) + 2
    text = "\n\n".join(parts)
    return ParsedReport(
        publisher=publisher,
        publisher_confirmed=publisher is not None,
        title=title,
        authors=tuple(authors),
        published=published,
        url=url,
        language="en",
        text=text,
        blocks=tuple(blocks),
        markers=tuple(
            Marker(label=found[1], start=found.start(), end=found.end())
            for found in _MARKER.finditer(text)
        ),
        endnotes=tuple(endnotes),
        takeaways=tuple(
            Takeaway(start=block.start, end=block.end) for block in blocks if block.kind is TAKEAWAY
        ),
    )


def stored(one: ParsedReport, *, id_: str = "aaaabbbbcccc", revision: int = 1) -> Report:
    """Give a draft the name it would have in the catalogue."""
    whole = {part.name: getattr(one, part.name) for part in fields(ParsedReport)}
    return Report(id=id_, revision=revision, **whole)


_TEXT: Final = (
    "the ministry said that peacekeepers drones Lavrov on April 9 forces near Pokrovsk reported"
    " advanced aid “level of toxicity” U.S. Gen. no. 6 million 70 did not will ceasefire Kyiv's"
)
_WORDS: Final = tuple(_TEXT.split())
_ENDS: Final = (".", "?", "!", ".[7]", ". [12] [13]", ".”[4]", "…", "")


@st.composite
def _sentences(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=25))
    return " ".join(words).capitalize() + draw(st.sampled_from(_ENDS))


_ODD: Final = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\v\f\x00\x1c\x1d\x1e\x85  "),
    min_size=1,
    max_size=400,
)


@st.composite
def drafts(draw: st.DrawFn) -> ParsedReport:
    """Draw reports of every shape: odd characters, long words, headings in a row, no blocks."""
    text = st.lists(_sentences(), min_size=1, max_size=6).map(" ".join) | _ODD
    kinds = st.sampled_from(list(BlockKind)) | st.just(PARAGRAPH)
    stripped = text.map(str.strip).filter(bool)
    body = draw(st.lists(st.tuples(kinds, stripped), max_size=8))
    return draft(
        *body,
        published=draw(st.none() | st.dates(date(2022, 1, 1), date(2025, 12, 31))),
        publisher=draw(st.sampled_from(["Harbour Institute", "Eastern Desk", None])),
        title=draw(st.none() | _sentences()),
        url=draw(st.none() | st.integers(1, 50).map("https://reports.example/{}".format)),
        authors=draw(st.lists(_sentences(), max_size=2)),
    )
