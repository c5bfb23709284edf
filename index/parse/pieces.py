"""What every format is read into: pieces of visible text in reading order, and page data.

A format adapter decides where a piece starts and ends; what a piece *means* is decided once, for
all formats, by the modules that take pieces in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from index.parse.lines import UNSEEN

_ODD: Final = UNSEEN + "\u2002\u2003\u2009\u200a\u202f\u3000"
_NOT_SHOWN: Final = dict.fromkeys(map(ord, UNSEEN))


class PieceKind(StrEnum):
    """How a piece is set on the page; an aside is a caption, a share bar, a menu."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ASIDE = "aside"
    RULE = "rule"


class Run(NamedTuple):
    """A stretch of a piece's text, white space as in the source, under one link or under none."""

    text: str
    href: str | None


class Piece(NamedTuple):
    """One paragraph, heading or list item, its white space collapsed to single spaces.

    Attributes:
        bold: the whole piece is set in bold.
        soft: a line break inside a paragraph, not a new paragraph, stands before the piece.
        list: number of the innermost list the piece stands in, or 0.
        item: number of the list item it belongs to (an item may hold several pieces), or 0.
        label: the number a numbered list shows for the piece without it being text.
        runs: the text cut at its links; empty where the piece has no link.
    """

    kind: PieceKind
    text: str
    bold: bool = False
    soft: bool = False
    list: int = 0
    item: int = 0
    label: str | None = None
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One input as read: the body's pieces, and the metadata its format carries, as printed.

    Attributes:
        stamp: when the page says it was published, in any notation ("2022-08-20T22:19:44-04:00").
        notes: pieces that the format itself sets apart as foot- or endnotes, labels in front.
        confirmed: the publisher is known from the page's own data or layout, not from a heading.
    """

    pieces: list[Piece]
    notes: tuple[Piece, ...] = ()
    title: str | None = None
    publisher: str | None = None
    confirmed: bool = False
    authors: tuple[str, ...] = ()
    stamp: str | None = None
    url: str | None = None
    language: str | None = None


def cleaned(pieces: list[Piece]) -> list[Piece]:
    """Drop soft hyphens and the like, which few texts have, and their rare kinds of space."""
    if not _is_odd("".join([piece.text for piece in pieces])):
        return pieces
    clean = (_clean(piece) if _is_odd(piece.text) else piece for piece in pieces)
    return [piece for piece in clean if piece.text or piece.kind is PieceKind.RULE]


def _is_odd(text: str) -> bool:
    return any(char in text for char in _ODD)


def _clean(piece: Piece) -> Piece:
    return piece._replace(
        text=" ".join(piece.text.translate(_NOT_SHOWN).split()),
        runs=tuple(run._replace(text=run.text.translate(_NOT_SHOWN)) for run in piece.runs),
    )
