"""Which pieces are the publisher's own key points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from index.parse.pieces import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.parse.layouts import Words

_LONGEST_HEADING: Final = 160


class KeyPoints(NamedTuple):
    """The heading's place and, for each bullet in printed order, the places of its pieces."""

    heading: int
    bullets: tuple[tuple[int, ...], ...]


def key_points(pieces: Sequence[Piece], words: Words) -> KeyPoints | None:
    """Return the publisher's key points: the list right behind the first heading that says so."""
    for at, piece in enumerate(pieces):
        if len(piece.text) <= _LONGEST_HEADING and words.takeaways.match(piece.text):
            bullets = _listed(pieces, at + 1)
            if bullets:
                return KeyPoints(at, bullets)
    return None


def _listed(pieces: Sequence[Piece], start: int) -> tuple[tuple[int, ...], ...]:
    bullets: list[list[int]] = []
    item = 0
    for i in range(start, len(pieces)):
        piece = pieces[i]
        if piece.kind is not PieceKind.ITEM:
            break
        if piece.item == item:
            bullets[-1].append(i)
        else:
            bullets.append([i])
            item = piece.item
    return tuple(tuple(bullet) for bullet in bullets)
