"""Where a report's endnotes start, and which words belong to which note."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from index.parse.labels import LABEL, number
from index.parse.pieces import Piece, PieceKind, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.parse.layouts import Words

_LABEL: Final = re.compile(rf"\[{{1,2}}\s*({LABEL})\s*\]{{1,2}}")
_LISTED: Final = re.compile(r"(\d{1,3})(?:[.)]\s|\s(?=http))")
_RAW_LABEL: Final = re.compile(rf"\s*\[{{1,2}}\s*(?:{LABEL})\s*\]{{1,2}}\s*")
_INNER: Final = re.compile(r"\[\s*(\d{1,3})\s*\]\s*")
_RAW_LISTED: Final = re.compile(r"\s*\d{1,3}(?:[.)]\s|\s(?=http))\s*")
_ADDRESS: Final = re.compile(r"h?ttps?\s?:|www\b|[\w-]{1,40}(?: dot |\.)[\w-]+\S*/", re.IGNORECASE)
_TITLED: Final = frozenset({PieceKind.HEADING, PieceKind.PARAGRAPH})
_LONGEST_HEADING: Final = 40
_SWAPPED: Final = 3  # how far apart two neighbours printed in the wrong order may be


class Note(NamedTuple):
    """One printed note: its label, its words, and the words cut at their links."""

    label: str
    text: str
    runs: tuple[Run, ...]


class _Region(NamedTuple):
    """The pieces ``start:stop`` hold the notes; ``labels`` says which of them open one."""

    start: int
    stop: int
    labels: dict[int, str]


def read_notes(pieces: Sequence[Piece]) -> list[Note]:
    """Return the notes of pieces that are nothing else."""
    labels = {i: label for i, piece in enumerate(pieces) if (label := _label(piece))}
    return _read(pieces, _Region(0, len(pieces), labels))


def split_notes(pieces: Sequence[Piece], words: Words) -> tuple[list[Piece], list[Note]]:
    """Cut the endnotes off: return what is left of the body, and the notes in printed order."""
    region = _under_heading(pieces, words) or _at_end(pieces)
    if region is None:
        return [piece for piece in pieces if piece.text], []
    body = [piece for piece in pieces[: region.start] if piece.text]
    if body and _is_heading(body[-1], words):
        body.pop()
    body += [piece for piece in pieces[region.stop :] if piece.text]
    return body, _read(pieces, region)


def _is_heading(piece: Piece, words: Words) -> bool:
    if piece.kind not in _TITLED or len(piece.text) > _LONGEST_HEADING:
        return False
    return words.endnotes.match(piece.text) is not None


def _under_heading(pieces: Sequence[Piece], words: Words) -> _Region | None:
    """Find the notes that a heading of their own announces."""
    for at in range(len(pieces) - 1, -1, -1):
        if _is_heading(pieces[at], words):
            labels = {
                i: label
                for i in range(at + 1, len(pieces))
                if (label := _label(pieces[i])) or (label := _listed(pieces[i]))
            }
            if labels and min(labels) <= at + 2:
                kept = _rising(labels)
                return _region(pieces, kept, min(kept))
    return None


def _at_end(pieces: Sequence[Piece]) -> _Region | None:
    """Find the notes as the last run of labelled pieces with rising numbers."""
    labels = {
        i: label
        for i, piece in enumerate(pieces)
        if piece.text.startswith("[") and (label := _label(piece))
    }
    low = None
    start = None
    for i in reversed(labels):
        value = number(labels[i])
        if low is not None and value > low + _SWAPPED:
            break
        low = value if low is None else min(low, value)
        start = i
        if value == 1:
            break
    if start is None:
        return None
    region = _region(pieces, labels, start)
    return region if _is_mostly_notes(pieces, region) else None


def _label(piece: Piece) -> str | None:
    found = _LABEL.match(piece.text)
    return found[1] if found else None


def _listed(piece: Piece) -> str | None:
    if piece.label is not None:
        return piece.label
    found = _LISTED.match(piece.text)
    return found[1] if found else None


def _rising(labels: dict[int, str]) -> dict[int, str]:
    """Keep the labels up to where the numbering starts again."""
    kept: dict[int, str] = {}
    high = 0
    for i, label in labels.items():
        value = number(label)
        if value + _SWAPPED < high:
            break
        kept[i] = label
        high = max(high, value)
    return kept


def _region(pieces: Sequence[Piece], labels: dict[int, str], start: int) -> _Region:
    own = {i: label for i, label in labels.items() if i >= start}
    stop = max(own) + 1
    while stop < len(pieces) and _ADDRESS.match(pieces[stop].text):
        stop += 1
    return _Region(start, stop, own)


def _is_mostly_notes(pieces: Sequence[Piece], region: _Region) -> bool:
    """Tell a list of notes from a body whose paragraphs happen to open with markers."""
    if region.start and pieces[region.start - 1].kind is PieceKind.RULE:
        return True
    prose = notes = 0
    for i in range(region.start, len(pieces)):
        piece = pieces[i]
        if i in region.labels or _ADDRESS.match(piece.text):
            notes += len(piece.text)
        elif piece.kind is not PieceKind.ASIDE:
            prose += len(piece.text)
    return prose <= notes


def _read(pieces: Sequence[Piece], region: _Region) -> list[Note]:
    notes: list[Note] = []
    known = set(region.labels.values())
    for i in range(region.start, region.stop):
        piece = pieces[i]
        label = region.labels.get(i)
        if label is not None:
            notes += _own(label, piece, known)
        elif notes and piece.text:
            runs = (*notes[-1].runs, Run(" ", None), *_runs(piece))
            notes[-1] = Note(notes[-1].label, f"{notes[-1].text} {piece.text}".strip(), runs)
    return notes


def _runs(piece: Piece) -> tuple[Run, ...]:
    return piece.runs or (Run(piece.text, None),)


def _own(label: str, piece: Piece, known: set[str]) -> list[Note]:
    """Return the notes a labelled piece prints: its own, and those that follow in its line."""
    runs = _runs(piece)
    printed = f"[{label}]"
    # The usual case, for speed: one note, its number before the first link.
    if piece.text.count("[") == 1 and len(runs) > 1 and runs[0].text.strip() == printed:
        return [Note(label, piece.text[len(printed) :].lstrip(), runs[1:])]
    raw = "".join(run.text for run in runs)
    cuts = _cuts(label, raw, _opening(raw, piece), known)
    stops = [start for _, start, _ in cuts[1:]] + [len(raw)]
    return [
        _note(own, _cut(runs, behind, stop))
        for (own, _, behind), stop in zip(cuts, stops, strict=True)
    ]


def _opening(raw: str, piece: Piece) -> int:
    """Return how much of a note's raw text its printed label takes."""
    found = _RAW_LABEL.match(raw) or (None if piece.label else _RAW_LISTED.match(raw))
    return found.end() if found else 0


def _cuts(label: str, raw: str, behind: int, known: set[str]) -> list[tuple[str, int, int]]:
    """Return each label of "[3] here [4] there" with where it starts and where its note does."""
    cuts = [(label, 0, behind)]
    if label.isdecimal():
        for found in _INNER.finditer(raw, behind):
            if int(found[1]) == int(cuts[-1][0]) + 1 and found[1] not in known:
                cuts.append((found[1], found.start(), found.end()))
    known.update(own for own, _, _ in cuts)
    return cuts


def _note(label: str, runs: tuple[Run, ...]) -> Note:
    return Note(label, " ".join("".join(run.text for run in runs).split()), runs)


def _cut(runs: tuple[Run, ...], start: int, stop: int) -> tuple[Run, ...]:
    """Return the runs between two places of their text; links without text stay where they are."""
    kept = []
    at = 0
    for run in runs:
        text = run.text[max(0, start - at) : max(0, stop - at)]
        if text or (run.href and not run.text and start <= at <= stop):
            kept.append(Run(text, run.href))
        at += len(run.text)
    return tuple(kept)
