"""Plain text: paragraphs between blank lines, wrapped lines joined, bullets as list items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from index.parse.lines import UNSEEN, goes_on
from index.parse.pieces import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BULLET: Final = re.compile(r"\s*[•·◦▪‣●○∙*\u2013—-]\s+(?=\S)")
_NUMBERED: Final = re.compile(r"\s*\(?\d{1,3}[.)]\s+(?=\S)")
_NOTE: Final = re.compile(r"\s*\[{1,2}\w{1,9}\]{1,2}")
_DROPPED: Final = dict.fromkeys(map(ord, UNSEEN + "\x00"))
_HYPHENATED: Final = re.compile(r"[^\W\d_]-$")
_NARROWEST: Final = 45
_WIDEST: Final = 100
_RAGGED: Final = 20


def read_text(text: str) -> list[Piece]:
    """Return the pieces of a plain text: every word of it, in order."""
    found: list[Piece] = []
    count = 0
    listed = 0
    for lines in _paragraphs(text):
        soft = False
        for line in _joined(lines):
            bullet = _BULLET.match(line)
            if bullet or (listed and _NUMBERED.match(line)) or _opens_numbers(line, lines):
                count += 1
                listed = listed or count
                shown = line[bullet.end() :] if bullet else line
                piece = Piece(PieceKind.ITEM, _spaced(shown), list=listed, item=count)
            else:
                listed = 0
                piece = Piece(PieceKind.PARAGRAPH, _spaced(line))
            found.append(piece._replace(soft=soft))
            soft = True
    return [piece for piece in found if piece.text]


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.translate(_DROPPED).splitlines():
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _opens_numbers(line: str, lines: Sequence[str]) -> bool:
    """Tell a numbered list from a sentence that starts with a number: it has several numbers."""
    return bool(_NUMBERED.match(line)) and sum(1 for one in lines if _NUMBERED.match(one)) > 1


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Join the lines that were wrapped at a fixed width or in the middle of a sentence."""
    wrapped = _is_wrapped(lines)
    line = lines[0]
    for after in lines[1:]:
        if _starts(after) or not (wrapped or goes_on(line, after)):
            yield line
            line = after
        elif _HYPHENATED.search(line) and after.lstrip()[:1].islower():
            line += after.lstrip()
        else:
            line += " " + after.lstrip()
    yield line


def _starts(line: str) -> bool:
    return bool(_BULLET.match(line) or _NOTE.match(line))


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether all lines but the last reach about the same, narrow width."""
    widths = [len(line) for line in lines[:-1]]
    return (
        bool(widths)
        and max(widths) <= _WIDEST
        and max(widths) >= _NARROWEST
        and min(widths) >= max(widths) - _RAGGED
        and len(lines[-1]) <= _WIDEST
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())
