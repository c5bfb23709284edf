"""Which pieces are the publisher's own key points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from index.parse.pieces import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.parse.layouts import Words

# A table of contents lists the heading too.
_TITLED: Final = frozenset({PieceKind.HEADING, PieceKind.PARAGRAPH})
_LONGEST_HEADING: Final = 160
_LONGEST_INTRODUCTION: Final = 200
_LONGEST_LINE: Final = 900
_MOST_LINES: Final = 30
_NAMED_BY: Final = 2
_FEWEST_HEADLESS: Final = 3


class KeyPoints(NamedTuple):
    """The headings' places and, for each bullet in printed order, the places of its pieces."""

    headings: tuple[int, ...] = ()
    bullets: tuple[tuple[int, ...], ...] = ()


def key_points(pieces: Sequence[Piece], words: Words, top: int = 0) -> KeyPoints:
    """Return the publisher's key points: what stands right behind the heading that says so.

    That is a list or, where the page has lost its lists, the lines of equal rank up to whatever
    is none: a heading, boilerplate, a new paragraph behind lines. A heading that comes back
    ("Key inflections in …") goes on with the points. A page that has lost the heading starts with
    the points: a list all in bold right behind the ``top`` pieces of its front.
    """
    points = KeyPoints()
    name = ""
    for at, piece in enumerate(pieces):
        if piece.kind not in _TITLED or len(piece.text) > _LONGEST_HEADING:
            continue
        if not words.takeaways.match(piece.text):
            continue
        own = " ".join(piece.text.lower().rstrip(":").split()[:_NAMED_BY])
        bullets = _behind(pieces, at + 1, words) if own == name or not name else ()
        if bullets:
            name = own
            points = KeyPoints((*points.headings, at), (*points.bullets, *bullets))
    return points if points.bullets else _headless(pieces, words, top)


def _headless(pieces: Sequence[Piece], words: Words, top: int) -> KeyPoints:
    bullets = _listed(pieces, top, words)
    named = sum(1 for bullet in bullets if words.menus.match(pieces[bullet[0]].text))
    is_bold = all(pieces[at].bold for bullet in bullets for at in bullet)
    if len(bullets) < _FEWEST_HEADLESS or not is_bold or named:
        return KeyPoints()
    return KeyPoints(bullets=bullets)


def _behind(pieces: Sequence[Piece], start: int, words: Words) -> tuple[tuple[int, ...], ...]:
    if start >= len(pieces):
        return ()
    text = pieces[start].text
    if text.endswith(":") and len(text) <= _LONGEST_INTRODUCTION:
        return _listed(pieces, start + 1, words)
    return _listed(pieces, start, words) or _lines(pieces, start, words)


def _listed(pieces: Sequence[Piece], start: int, words: Words) -> tuple[tuple[int, ...], ...]:
    bullets: list[list[int]] = []
    before = None
    for i in range(start, len(pieces)):
        piece = pieces[i]
        if piece.kind is not PieceKind.ITEM:
            break
        if before is not None and piece.list != before.list and words.menus.match(piece.text):
            break
        if before is not None and piece.item == before.item:
            bullets[-1].append(i)
        else:
            bullets.append([i])
        before = piece
    return tuple(tuple(bullet) for bullet in bullets)


def _lines(pieces: Sequence[Piece], start: int, words: Words) -> tuple[tuple[int, ...], ...]:
    """Return the lines behind the heading, where they are single lines or all in bold."""
    found: list[int] = []
    for i in range(start, min(start + _MOST_LINES, len(pieces))):
        piece = pieces[i]
        if (
            piece.kind is not PieceKind.PARAGRAPH
            or not (piece.soft or piece.bold)
            or len(piece.text) > _LONGEST_LINE
            or words.boilerplate.match(piece.text)
        ):
            break
        found.append(i)
    return tuple((i,) for i in found)
