"""What each piece of a report is: heading, body, key point, byline or boilerplate."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from index.model import BlockKind
from index.parse.bylines import is_name, is_when, names
from index.parse.pieces import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.parse.layouts import Words
    from index.parse.pieces import Page
    from index.parse.takeaways import KeyPoints

_LONGEST_HEADING: Final = 250
_LONGEST_LINE: Final = 160
_MOST_FRONT: Final = 12
_FEWEST_IN_MENU: Final = 4
_CLOSERS: Final = "\"'”\u2019)] "
_STOPS: Final = (".", "!", "?", "…")
_PARTED: Final = re.compile(r"\s+[·•|—\u2013]\s+")
_WORDLESS: Final = re.compile(r"\W+")
_KINDS: Final = {
    PieceKind.ASIDE: BlockKind.BOILERPLATE,
    PieceKind.HEADING: BlockKind.HEADING,
    PieceKind.ITEM: BlockKind.LIST_ITEM,
}


class Front(NamedTuple):
    """The lines above the body: how many pieces they are, which are bylines, what they say."""

    size: int
    bylines: frozenset[int]
    authors: tuple[str, ...]
    when: str | None


def front(pieces: Sequence[Piece], words: Words) -> Front:
    """Read byline and date off the short lines above the body."""
    bylines: set[int] = set()
    authors: list[str] = []
    when = None
    for at, piece in enumerate(pieces[:_MOST_FRONT]):
        if words.takeaways.match(piece.text) or piece.kind is PieceKind.ITEM:
            break
        if piece.kind is PieceKind.ASIDE:
            continue
        if len(piece.text) > _LONGEST_HEADING and not names(piece.text):
            break
        for part in _PARTED.split(piece.text):
            alone = piece.kind is PieceKind.PARAGRAPH and _beside_byline(pieces, at)
            found = names(part, alone=alone)
            if found and (not authors or at - 1 in bylines):
                authors += found
                bylines.add(at)
            elif is_when(part):
                when = when or part
                bylines.add(at)
    return Front(max(bylines, default=-1) + 1, frozenset(bylines), tuple(authors), when)


def _beside_byline(pieces: Sequence[Piece], at: int) -> bool:
    """Tell whether a single name is a byline: above a date, or one of several on lines in a row."""
    if at + 1 < len(pieces) and is_when(pieces[at + 1].text):
        return True
    return any(
        pieces[i].soft and pieces[at].soft and is_name(pieces[i].text)
        for i in (at - 1, at + 1)
        if 0 <= i < len(pieces)
    )


def kinds(
    pieces: Sequence[Piece], top: Front, points: KeyPoints, words: Words, page: Page
) -> list[BlockKind]:
    """Return the kind of every piece."""
    found = [_kind(piece, words) for piece in pieces]
    _mark_menus(pieces, words, found)
    _mark_front(pieces, top, page, found)
    for at in points.headings:
        found[at] = BlockKind.HEADING
    for bullet in points.bullets:
        for at in bullet:
            found[at] = BlockKind.TAKEAWAY
    return found


def _kind(piece: Piece, words: Words) -> BlockKind:
    text = piece.text
    if words.boilerplate.match(text) or words.ends.match(text):
        return BlockKind.BOILERPLATE
    if piece.kind in _KINDS:
        return _KINDS[piece.kind]
    if words.takeaways.match(text) or (
        len(text) <= _LONGEST_HEADING
        and (piece.bold or words.menus.match(text))
        and ("objective:" in text or not text.rstrip(_CLOSERS).endswith(_STOPS))
    ):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH


def _mark_front(pieces: Sequence[Piece], top: Front, page: Page, found: list[BlockKind]) -> None:
    """Tell title and byline among the lines above the body."""
    for at, piece in enumerate(pieces[:_MOST_FRONT]):
        if at in top.bylines:
            found[at] = BlockKind.BYLINE
        elif found[at] in (BlockKind.PARAGRAPH, BlockKind.HEADING):
            if _is_same(piece.text, page.publisher):
                found[at] = BlockKind.BYLINE
            elif _is_same(piece.text, page.title) or (
                at < top.size and len(piece.text) <= _LONGEST_LINE
            ):
                found[at] = BlockKind.HEADING


def _mark_menus(pieces: Sequence[Piece], words: Words, found: list[BlockKind]) -> None:
    """Turn the lists that only name the report's sections into boilerplate."""
    for places in [*_lists(pieces), *_rows(found)]:
        named = sum(1 for at in places if words.menus.match(pieces[at].text))
        if 2 * named > len(places):
            for at in places:
                found[at] = BlockKind.BOILERPLATE


def _lists(pieces: Sequence[Piece]) -> Iterator[list[int]]:
    items = (at for at, piece in enumerate(pieces) if piece.list)
    for _, group in groupby(items, key=lambda at: pieces[at].list):
        yield list(group)


def _rows(found: Sequence[BlockKind]) -> Iterator[list[int]]:
    """Yield the places of headings in a row but for the last, which heads what follows."""
    for kind, row in groupby(range(len(found)), key=lambda at: found[at]):
        places = list(row)
        if kind is BlockKind.HEADING and len(places) >= _FEWEST_IN_MENU:
            yield places[:-1]


def _is_same(text: str, said: str | None) -> bool:
    """Tell whether a line repeats a title or name, punctuation and case aside."""
    if said is None or not len(said) / 2 <= len(text) <= 2 * len(said):
        return False
    return _bare(text) == _bare(said)


def _bare(text: str) -> str:
    return _WORDLESS.sub("", text.casefold())
