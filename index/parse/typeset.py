"""Lines of print, as a page has them, put back together into paragraphs, headings and lists."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from index.parse.labels import LABEL, number
from index.parse.lines import is_ended
from index.parse.pieces import Piece, PieceKind, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BULLET: Final = re.compile(r"[•·◦▪‣●○■□\u2013—*-]\s*|\uf0b7\s*")
_NUMBER: Final = re.compile(r"\(?(\d{1,3})[.)]\s*")
_LABELLED: Final = re.compile(rf"\s*\[{{1,2}}\s*({LABEL})\s*\]{{1,2}}")
_DASHES: Final = frozenset("-\u2013—*")
_PAGE_NUMBER: Final = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+")
_WORD_START: Final = re.compile(r"[^\W\d_]+$")
_WORD_END: Final = re.compile(r"[^\W\d_]+")
_HEADING_SIZE: Final = 1.15
_SAME_SIZE: Final = 0.1
_GAP: Final = 1.45  # line pitches between paragraphs
_SHORT: Final = 0.85
_VERY_SHORT: Final = 0.6
_MARGIN: Final = 0.12  # of the page's height, where running heads stand
_FEWEST_REPEATS: Final = 2
_MOST_BULLETS: Final = 400  # a page; a drawing made of dots has more


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of print with its place in points, the origin at the page's lower left.

    Attributes:
        note: it starts with a raised number.
        torn: a hyphen that may be none ends it.
        bullet: the mark or number that stands before it, drawn by itself.
        running: it is one of the page's heads or feet.
    """

    page: int
    text: str
    runs: tuple[Run, ...]
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    note: bool
    torn: bool
    bullet: str | None = None
    running: bool = False


def with_bullets(lines: Sequence[Line]) -> list[Line]:
    """Give bullets and numbers that a page draws by themselves back to the lines behind them."""
    marks = {
        i: line
        for i, line in enumerate(lines)
        if _BULLET.fullmatch(line.text.strip()) or _NUMBER.fullmatch(line.text.strip())
    }
    if len(marks) > _MOST_BULLETS:
        return list(lines)
    found = []
    for i, line in enumerate(lines):
        if i not in marks:
            own = next((mark for mark in marks.values() if _stands_before(mark, line)), None)
            found.append(replace(line, bullet=own.text.strip()) if own else line)
    return found


def _stands_before(mark: Line, line: Line) -> bool:
    middle = (mark.bottom + mark.top) / 2
    return mark.right <= line.left and line.bottom - 2 <= middle <= line.top + 2


def furniture_first(lines: Sequence[Line], heights: Sequence[float]) -> list[Line]:
    """Drop page numbers; keep one of each running head and foot, in front of the text they cut."""
    edges = {i for i, line in enumerate(lines) if _is_at_edge(line, heights[line.page])}
    pages_of: dict[str, set[int]] = {}
    for i in edges:
        pages_of.setdefault(_furniture(lines[i]), set()).add(lines[i].page)
    first: dict[str, Line] = {}
    kept = []
    for i, line in enumerate(lines):
        key = _furniture(line)
        if i in edges and _PAGE_NUMBER.fullmatch(line.text.strip()):
            continue
        if i in edges and len(pages_of[key]) >= _FEWEST_REPEATS:
            first.setdefault(key, replace(line, running=True))
        else:
            kept.append(line)
    return [*first.values(), *kept]


def _is_at_edge(line: Line, height: float) -> bool:
    return line.top > height * (1 - _MARGIN) or line.bottom < height * _MARGIN


def _furniture(line: Line) -> str:
    return _DIGITS.sub("#", line.text.strip())


def pieces_of(lines: Sequence[Line]) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of the text, and those of the notes at the pages' feet."""
    if not lines:
        return [], []
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body_size = sizes.most_common(1)[0][0]
    words = set(_WORD_END.findall(" ".join(line.text for line in lines).lower()))
    found: list[Piece] = []
    notes: list[Piece] = []
    for item, group in enumerate(_paragraphs(lines), start=1):
        piece = _piece(group, body_size, item, words)
        if piece.kind is PieceKind.ITEM and found and found[-1].kind is PieceKind.ITEM:
            piece = piece._replace(list=found[-1].list)
        is_footnote = group[0].note and group[0].size <= body_size
        (notes if is_footnote else found).append(piece)
    return [piece for piece in found if piece.text], notes


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    pitch = _pitch(lines)
    width = max(line.right for line in lines)
    group = [lines[0]]
    for line in lines[1:]:
        if _starts(group, line, pitch, width):
            yield group
            group = [line]
        else:
            group.append(line)
    yield group


def _pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance between two lines, in units of their size."""
    steps = sorted(
        (before.bottom - line.bottom) / line.size
        for before, line in pairwise(lines)
        if before.page == line.page and line.size and before.bottom > line.bottom
    )
    return steps[len(steps) // 3] if steps else 1.2


def _starts(group: Sequence[Line], line: Line, pitch: float, width: float) -> bool:
    """Tell whether a paragraph starts at ``line``."""
    before = group[-1]
    if before.torn:
        return False
    if line.running or before.running or line.bullet or line.note or _is_bulleted(line):
        return True
    resized = abs(line.size - before.size) > _SAME_SIZE * before.size
    if resized or _is_next_label(group, line):
        return True
    if before.page != line.page or line.bottom > before.top:
        return is_ended(before.text)
    step = before.bottom - line.bottom
    return step > _GAP * pitch * line.size or _is_last(group, line, width)


def _is_last(group: Sequence[Line], line: Line, width: float) -> bool:
    """Tell whether the group ends before ``line``, which stands close below it."""
    before = group[-1]
    if before.right < _VERY_SHORT * width and not line.text[:1].islower():
        return True  # a line of its own: wrapped text would have filled it
    indented = line.left > before.left + line.size and len(group) > 1
    short = before.right < _SHORT * width
    return is_ended(before.text) and (indented or short or line.bold != before.bold)


def _is_bulleted(line: Line) -> bool:
    opened = _BULLET.match(line.text)
    return opened is not None and opened.group().strip() not in _DASHES


def _is_next_label(group: Sequence[Line], line: Line) -> bool:
    """Tell a note's number from a marker that a line happens to start with."""
    label = _LABELLED.match(line.text)
    if label is None:
        return False
    before = _LABELLED.match(group[0].text)
    return label[1] in {"1", "i"} or (
        before is not None and number(label[1]) == number(before[1]) + 1
    )


def _piece(group: Sequence[Line], body_size: float, item: int, words: set[str]) -> Piece:
    first = group[0]
    text, runs = _joined(group, words)
    bullet = first.bullet or ""
    opened = None if bullet else _BULLET.match(text)
    listed = _NUMBER.fullmatch(bullet)
    if opened and not _LABELLED.match(text):
        text = text[opened.end() :]
        bullet = opened.group()
    if bullet:
        label = listed[1] if listed else None
        return Piece(PieceKind.ITEM, text, list=item, item=item, label=label, runs=runs)
    kind = PieceKind.HEADING if first.size >= _HEADING_SIZE * body_size else PieceKind.PARAGRAPH
    if first.running:
        kind = PieceKind.ASIDE
    return Piece(kind, text, bold=all(line.bold for line in group), runs=runs)


def _joined(group: Sequence[Line], words: set[str]) -> tuple[str, tuple[Run, ...]]:
    """Return a paragraph's text, and its runs where it has links."""
    runs: list[Run] = []
    linked = any(line.runs for line in group)
    parts: list[str] = []
    for line, after in zip(group, [*group[1:], None], strict=True):
        own = line.text.strip()
        glue = "" if after is None else _glue(own, after.text.lstrip(), torn=line.torn, words=words)
        parts += (own, glue)
        runs += line.runs or (Run(own, None),)
        if glue:
            runs.append(Run(glue, runs[-1].href if glue == "-" else None))
    return " ".join("".join(parts).split()), tuple(runs) if linked else ()


def _glue(before: str, after: str, *, torn: bool, words: set[str]) -> str:
    """Return what stands between two lines: nothing inside a word, a hyphen, or a space."""
    if not torn:
        return "" if before.endswith("-") and after[:1].isalnum() else " "
    left = _WORD_START.search(before)
    right = _WORD_END.match(after)
    if left is None or right is None or "/" in before.rsplit(maxsplit=1)[-1]:
        return "-"
    if left.group().lower() + right.group().lower() in words:
        return ""
    return "-" if {left.group().lower(), right.group().lower()} <= words else ""
