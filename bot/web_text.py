"""A report's text cut for its page: blocks, cited words, markers, notes; every character once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.service import UNCOUNTED
from index.model import Block, BlockKind, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from index.model import Marker, Report

_LISTS: Final = frozenset({BlockKind.LIST_ITEM, BlockKind.TAKEAWAY})
_WORDS: Final = re.compile(r"(\s+)")
_CUT: Final = re.compile(r"(?:\.\.\.|…)$")
_LEAST_STEM: Final = len("https://a.b/c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """A stretch of text; a link where it has an address, anchored where it has an ``id``."""

    text: str
    address: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Atoms within or outside the cited words; ``first`` where the cited words begin."""

    cited: bool
    first: bool
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A block cut into runs, with its number where it counts as a paragraph."""

    kind: BlockKind
    number: int | None
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Blocks of one kind in a row; ``listed`` where they are the items of a list."""

    kind: BlockKind
    listed: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An endnote; without atoms it is missing. ``id`` and ``back`` are anchors of the page."""

    label: str
    atoms: tuple[Atom, ...]
    id: str | None = None
    back: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteIndex:
    """A report's notes as listed, and the anchors its markers lead to."""

    notes: tuple[Note, ...]
    anchors: dict[str, str]
    first: dict[str, Marker]

    @classmethod
    def of(cls, report: Report) -> NoteIndex:
        """List what is printed and, behind it, what markers name and this copy lacks."""
        first: dict[str, Marker] = {}
        for marker in report.markers:
            first.setdefault(marker.label, marker)
        printed = [note for note in report.endnotes if note.text.strip() or note.urls]
        labels = dict.fromkeys([note.label for note in printed] + list(first))
        anchors = {label: str(number) for number, label in enumerate(labels, 1)}
        rows = [(note.label, noted(note.text, note.urls)) for note in printed]
        have = {note.label for note in printed}
        rows += [(label, ()) for label in first if label not in have]
        notes, seen = [], set[str]()
        for label, atoms in rows:
            anchor = None if label in seen else f"note-{anchors[label]}"
            back = f"ref-{anchors[label]}" if anchor and label in first else None
            notes.append(Note(label=label, atoms=tuple(atoms), id=anchor, back=back))
            seen.add(label)
        return cls(notes=tuple(notes), anchors=anchors, first=first)

    def atom(self, text: str, marker: Marker, start: int) -> Atom:
        """Return a marker as a link to its note; the label's first one can be gone back to."""
        number = self.anchors[marker.label]
        returns = self.first[marker.label] is marker and start == marker.start
        return Atom(text=text, address=f"#note-{number}", id=f"ref-{number}" if returns else None)


def visible(report: Report, span: Span | None) -> Span | None:
    """Return a span without the white space at its ends; nothing where nothing else is in it."""
    text = span.of(report.text) if span else ""
    if span is None or not text.strip():
        return None
    start = span.start + len(text) - len(text.lstrip())
    return Span(start=start, end=start + len(text.strip()))


def headline(report: Report, span: Span | None, notes: NoteIndex) -> tuple[Run, ...]:
    """Return the text's own headline where it is the title, or nothing."""
    block = _headline(report)
    return _runs(report, block, span, notes) if block else ()


def groups(report: Report, span: Span | None, notes: NoteIndex) -> list[Group]:
    """Cut the text; what stands outside all blocks becomes paragraphs, so that nothing is lost."""
    above = _headline(report)
    pieces, number = [], 0
    for block, counted in _covering(report):
        number += counted
        if block == above:
            continue
        runs = _runs(report, block, span, notes)
        pieces.append(Piece(kind=block.kind, number=number if counted else None, runs=runs))
    found = []
    for kind, row in groupby(pieces, key=lambda piece: piece.kind):
        found.append(Group(kind=kind, listed=kind in _LISTS, pieces=tuple(row)))
    return found


def noted(text: str, urls: Sequence[str]) -> tuple[Atom, ...]:
    """Return a note's text with its addresses as links; those not printed whole come behind it."""
    safe = [url for url in dict.fromkeys(urls) if is_web_address(url)]
    atoms, shown = [], set[str]()
    for word in _WORDS.split(text):
        bare = word.strip("()[]<>,;")
        url = _meant(bare, safe)
        if url is None:
            atoms.append(Atom(text=word))
            continue
        before, _, after = word.partition(bare)
        atoms += [Atom(text=before), Atom(text=bare, address=url), Atom(text=after)]
        shown.add(url)
    for url in dict.fromkeys(urls):
        if url not in safe and url not in text:
            atoms.append(Atom(text=f" {url}"))
        elif url in safe and url not in shown:
            atoms += [Atom(text=" "), Atom(text=url, address=url)]
    return _merged(atoms)


def is_web_address(url: str | None) -> bool:
    """Tell whether an address may be a link: http or https, a host, and no credentials."""
    if not url or any(not char.isprintable() or char.isspace() for char in url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None


def _headline(report: Report) -> Block | None:
    first = min(report.blocks, key=lambda block: block.start, default=None)
    if first is None or first.kind is not BlockKind.HEADING or not report.title:
        return None
    same = first.of(report.text).split() == report.title.split()
    return first if same else None


def _covering(report: Report) -> Iterator[tuple[Block, bool]]:
    """Yield blocks that hold every visible character once, and whether each counts."""
    position = 0
    end_of_text = Block(start=len(report.text), end=len(report.text) + 1, kind=BlockKind.PARAGRAPH)
    for block in (*sorted(report.blocks, key=lambda block: block.start), end_of_text):
        yield from _between(report.text, position, block.start)
        start = max(position, block.start)
        if block is not end_of_text and start < block.end:
            own = (
                block
                if start == block.start
                else Block(start=start, end=block.end, kind=block.kind)
            )
            yield own, block.kind not in UNCOUNTED
        position = max(position, block.end)


def _between(text: str, start: int, end: int) -> Iterator[tuple[Block, bool]]:
    if text[start:end].strip():
        yield Block(start=start, end=end, kind=BlockKind.PARAGRAPH), False


def _runs(report: Report, block: Block, span: Span | None, notes: NoteIndex) -> tuple[Run, ...]:
    """Cut a block at the edges of the cited words and of markers."""
    markers = [marker for marker in report.markers if marker.overlaps(block)]
    cuts = {block.start, block.end}
    for one in (*markers, *([span] if span else [])):
        cuts |= {cut for cut in (one.start, one.end) if block.start < cut < block.end}
    parts = []
    for start, end in pairwise(sorted(cuts)):
        piece = Span(start=start, end=end)
        marker = next((one for one in markers if one.overlaps(piece)), None)
        text = piece.of(report.text)
        atom = notes.atom(text, marker, start) if marker else Atom(text=text)
        parts.append((span is not None and span.overlaps(piece), start, atom))
    runs = []
    for cited, row in groupby(parts, key=lambda part: part[0]):
        held = list(row)
        first = span is not None and held[0][1] == span.start
        runs.append(Run(cited=cited, first=first, atoms=tuple(atom for *_, atom in held)))
    return tuple(runs)


def _meant(word: str, urls: Sequence[str]) -> str | None:
    """Return the address a printed word stands for: whole, or cut short by an ellipsis."""
    for candidate in (word, word.rstrip(".")):
        if candidate in urls:
            return candidate
    stem = _CUT.sub("", word)
    if stem == word or len(stem) < _LEAST_STEM:
        return None
    meant = [url for url in urls if url.startswith(stem)]
    return meant[0] if len(meant) == 1 else None


def _merged(atoms: Iterable[Atom]) -> tuple[Atom, ...]:
    merged: list[Atom] = []
    for atom in atoms:
        if merged and atom.address is None and merged[-1].address is None:
            merged[-1] = Atom(text=merged[-1].text + atom.text)
        elif atom.text:
            merged.append(atom)
    return tuple(merged)
