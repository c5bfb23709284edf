"""PDF files: lines of print put back together into headings, paragraphs, lists and notes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from index.errors import InputError
from index.parse import pdfium
from index.parse.labels import LABEL, number
from index.parse.lines import is_ended
from index.parse.pieces import Page, Piece, PieceKind, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from index.model import Document

_SECONDS: Final = 60
_END: Final = b"%%EOF"
_TAIL: Final = 2048
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
_LINES_LOOKED_AT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of print with its place in points, the origin at the page's lower left."""

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


def read_pdf(document: Document) -> Page:
    """Return what a PDF shows.

    Raises:
        InputError: it is truncated, damaged, encrypted, scanned, or takes too long to read.
    """
    if _END not in document.content[-_TAIL:]:
        raise InputError(f"{document.name} is a PDF cut short; fetch it again.")
    data = _extract(document)
    lines = [line for number, page in enumerate(data["pages"]) for line in _lines(number, page)]
    if not lines:
        scanned = any(page["pictures"] for page in data["pages"])
        what = (
            "holds scanned pictures only; run text recognition over it"
            if scanned
            else ("shows no text; check that it is the report itself")
        )
        raise InputError(f"{document.name} {what}.")
    heights = [page["height"] for page in data["pages"]]
    pieces, notes = _pieces(_furniture_first(lines, heights))
    title = _title(pieces, data["title"])
    publisher = _site(pieces, data["title"], title)
    return Page(
        pieces=pieces,
        notes=tuple(notes),
        title=title,
        publisher=publisher,
        confirmed=publisher is not None,
    )


def _extract(document: Document) -> dict[str, Any]:
    """Read the file in a process of its own, whose end is no other's."""
    root = Path(__file__).parents[2]
    try:
        done = subprocess.run(  # noqa: S603  (this interpreter, a module of this program)
            [sys.executable, "-m", pdfium.__name__],
            input=document.content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"{document.name} takes more than {_SECONDS} s to read; cut it or save it as text."
        ) from error
    if done.returncode == pdfium.ENCRYPTED:
        raise InputError(f"{document.name} is encrypted; save it without a password.")
    if done.returncode != 0:
        raise InputError(f"{document.name} is a damaged PDF; fetch it again or save it as text.")
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def _lines(number: int, page: dict[str, Any]) -> list[_Line]:
    lines = [
        _Line(page=number, **{**raw, "runs": tuple(Run(*run) for run in raw["runs"])})
        for raw in page["lines"]
    ]
    return _with_bullets(lines)


def _with_bullets(lines: Sequence[_Line]) -> list[_Line]:
    """Give bullets and numbers that are drawn by themselves back to the lines they stand before."""
    alone = [
        line
        for line in lines
        if _BULLET.fullmatch(line.text.strip()) or _NUMBER.fullmatch(line.text.strip())
    ]
    found = []
    for line in lines:
        if line in alone:
            continue
        own = next((mark for mark in alone if _stands_before(mark, line)), None)
        found.append(replace(line, bullet=own.text.strip()) if own else line)
    return found


def _stands_before(mark: _Line, line: _Line) -> bool:
    middle = (mark.bottom + mark.top) / 2
    return mark.right <= line.left and line.bottom - 2 <= middle <= line.top + 2


def _furniture_first(lines: Sequence[_Line], heights: Sequence[float]) -> list[_Line]:
    """Drop page numbers; keep one of each running head and foot, in front of the text they cut."""
    edges = {i for i, line in enumerate(lines) if _is_at_edge(line, heights[line.page])}
    pages_of: dict[str, set[int]] = {}
    for i in edges:
        pages_of.setdefault(_furniture(lines[i]), set()).add(lines[i].page)
    first: dict[str, _Line] = {}
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


def _is_at_edge(line: _Line, height: float) -> bool:
    return line.top > height * (1 - _MARGIN) or line.bottom < height * _MARGIN


def _furniture(line: _Line) -> str:
    return _DIGITS.sub("#", line.text.strip())


def _pieces(lines: Sequence[_Line]) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of the text, and those of the notes at the pages' feet."""
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


def _paragraphs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
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


def _pitch(lines: Sequence[_Line]) -> float:
    """Return the usual distance between two lines, in units of their size."""
    steps = sorted(
        (before.bottom - line.bottom) / line.size
        for before, line in pairwise(lines)
        if before.page == line.page and line.size and before.bottom > line.bottom
    )
    return steps[len(steps) // 3] if steps else 1.2


def _starts(group: Sequence[_Line], line: _Line, pitch: float, width: float) -> bool:
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
    return (before.bottom - line.bottom) / line.size > _GAP * pitch or _is_last(group, line, width)


def _is_last(group: Sequence[_Line], line: _Line, width: float) -> bool:
    """Tell whether the group ends before ``line``, which stands close below it."""
    before = group[-1]
    if before.right < _VERY_SHORT * width and not line.text[:1].islower():
        return True  # a line of its own: wrapped text would have filled it
    indented = line.left > before.left + line.size and len(group) > 1
    short = before.right < _SHORT * width
    return is_ended(before.text) and (indented or short or line.bold != before.bold)


def _is_bulleted(line: _Line) -> bool:
    opened = _BULLET.match(line.text)
    return opened is not None and opened.group().strip() not in _DASHES


def _is_next_label(group: Sequence[_Line], line: _Line) -> bool:
    """Tell a note's number from a marker that a line happens to start with."""
    label = _LABELLED.match(line.text)
    if label is None:
        return False
    before = _LABELLED.match(group[0].text)
    return label[1] in {"1", "i"} or (
        before is not None and number(label[1]) == number(before[1]) + 1
    )


def _piece(group: Sequence[_Line], body_size: float, item: int, words: set[str]) -> Piece:
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


def _joined(group: Sequence[_Line], words: set[str]) -> tuple[str, tuple[Run, ...]]:
    """Return a paragraph's text, and its runs where it has links."""
    runs: list[Run] = []
    linked = any(line.runs for line in group)
    text = ""
    for line, after in zip(group, [*group[1:], None], strict=True):
        own = line.text.strip()
        glue = "" if after is None else _glue(own, after.text.lstrip(), torn=line.torn, words=words)
        text += own + glue
        runs += line.runs or (Run(own, None),)
        if glue:
            runs.append(Run(glue, runs[-1].href if glue == "-" else None))
    return " ".join(text.split()), tuple(runs) if linked else ()


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


def _title(pieces: Sequence[Piece], said: str | None) -> str | None:
    """Return the title in the file's data where it is printed too, else the first heading."""
    heads = [piece.text for piece in pieces if piece.kind is PieceKind.HEADING]
    lines = [piece.text for piece in pieces[:_LINES_LOOKED_AT]]
    printed = (line for line in (*heads, *lines) if said and (line in said or said in line))
    return next(printed, heads[0] if heads else None)


def _site(pieces: Iterable[Piece], said: str | None, title: str | None) -> str | None:
    """Return the publisher that the file's data name behind the title, where it is printed."""
    rest = (said or "").removeprefix(title or "").strip(" |-\u2013—·:")
    printed = {piece.text for piece in pieces}
    return rest if title and rest != said and rest in printed else None
