"""From pieces to a report: the one text, and the spans into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from index.model import Block, BlockKind, Endnote, ParsedReport, Takeaway
from index.parse.blocks import front, kinds
from index.parse.dates import published
from index.parse.language import language_of
from index.parse.lines import goes_on
from index.parse.markers import markers
from index.parse.notes import read_notes, split_notes
from index.parse.pieces import Run
from index.parse.takeaways import key_points
from index.parse.urls import addresses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.parse.layouts import Words
    from index.parse.notes import Note
    from index.parse.pieces import Page, Piece
    from index.parse.takeaways import KeyPoints

_BACKLINK: Final = " \u21a9\u2191\ufe0e\ufe0f"
_SHORTEST_WRAPPED: Final = 40


def report(page: Page, words: Words) -> ParsedReport:
    """Return the report a page holds: its text, and everything in it by position."""
    pieces, notes = split_notes(_unwrapped(page.pieces), words)
    notes += read_notes(page.notes)
    top = front(pieces, words)
    points = key_points(pieces, words, top.size)
    text, blocks = _lay_out(pieces, kinds(pieces, top, points, words, page))
    endnotes = tuple(_endnote(note, page.url) for note in notes)
    return ParsedReport(
        publisher=page.publisher,
        publisher_confirmed=page.confirmed,
        title=page.title,
        authors=page.authors or top.authors,
        published=published(page.title, top.when, page.stamp, page.url),
        url=page.url,
        language=language_of(page.language, text),
        text=text,
        blocks=blocks,
        markers=markers(text, frozenset(note.label for note in endnotes)),
        endnotes=endnotes,
        takeaways=_takeaways(blocks, points),
    )


def _unwrapped(pieces: Sequence[Piece]) -> list[Piece]:
    """Join what a line break tore apart in the middle of a sentence."""
    joined: list[Piece] = []
    for piece in pieces:
        if piece.soft and joined and _goes_on(joined[-1], piece):
            before = joined[-1]
            joined[-1] = before._replace(
                text=f"{before.text} {piece.text}",
                bold=before.bold and piece.bold,
                runs=_chained(before, piece),
            )
        else:
            joined.append(piece)
    return joined


def _chained(before: Piece, piece: Piece) -> tuple[Run, ...]:
    if not before.runs and not piece.runs:
        return ()
    first = before.runs or (Run(before.text, None),)
    return (*first, Run(" ", None), *(piece.runs or (Run(piece.text, None),)))


def _goes_on(before: Piece, piece: Piece) -> bool:
    return (
        before.kind is piece.kind
        and before.item == piece.item
        and len(before.text) >= _SHORTEST_WRAPPED
        and goes_on(before.text, piece.text)
    )


def _lay_out(pieces: Sequence[Piece], found: Sequence[BlockKind]) -> tuple[str, tuple[Block, ...]]:
    """Put the pieces into one text: list items on lines of their own, the rest in paragraphs."""
    parts: list[str] = []
    blocks: list[Block] = []
    at = 0
    before = None
    for piece, kind in zip(pieces, found, strict=True):
        if before is not None:
            tight = piece.soft or (piece.list and piece.list == before.list)
            parts.append("\n" if tight else "\n\n")
            at += 1 if tight else 2
        parts.append(piece.text)
        blocks.append(Block(start=at, end=at + len(piece.text), kind=kind))
        at += len(piece.text)
        before = piece
    return "".join(parts), tuple(blocks)


def _takeaways(blocks: Sequence[Block], points: KeyPoints) -> tuple[Takeaway, ...]:
    return tuple(
        Takeaway(start=blocks[bullet[0]].start, end=blocks[bullet[-1]].end)
        for bullet in points.bullets
    )


def _endnote(note: Note, base: str | None) -> Endnote:
    text = note.text.rstrip(_BACKLINK)
    return Endnote(label=note.label, text=text, urls=addresses(note.runs, base))
