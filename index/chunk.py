"""Cut a report into passages: whole sentences of one section, as many as fit, never boilerplate.

A passage is a slice of the text, so it may not skip anything: it ends where something left out
stands. Headings open a section and stand at the front of its first passage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.model import Block, BlockKind, Passage, Span
from index.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from index.model import Report

_LEFT_OUT: Final = frozenset({BlockKind.BOILERPLATE, BlockKind.BYLINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence(Span):
    """The unit that is quoted, and the kind of the block it stands in."""

    kind: BlockKind
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A passage with its sentences, headings included."""

    passage: Passage
    sentences: tuple[Sentence, ...]


def chunks(report: Report, *, most: int) -> list[Chunk]:
    """Cut ``report`` into passages of at most ``most`` characters (a longer sentence is cut).

    Every sentence outside bylines and boilerplate lies in exactly one passage, in reading order.
    """
    found: list[Chunk] = []
    for run in _runs(report.blocks):
        pieces = [
            piece for number, block in run for piece in _pieces(report.text, number, block, most)
        ]
        for group in _groups(pieces, most):
            passage = Passage(
                report_id=report.id,
                revision=report.revision,
                ordinal=len(found),
                start=group[0].start,
                end=group[-1].end,
            )
            found.append(Chunk(passage=passage, sentences=tuple(group)))
    return found


def _runs(blocks: Iterable[Block]) -> Iterator[list[tuple[int, Block]]]:
    """Group neighbouring blocks of one section; what is left out, and a heading, end a run."""
    run: list[tuple[int, Block]] = []
    for number, block in enumerate(blocks):
        left_out = block.kind in _LEFT_OUT
        opens = block.kind is BlockKind.HEADING and any(
            before.kind is not BlockKind.HEADING for _, before in run
        )
        if run and (left_out or opens):
            yield run
            run = []
        if not left_out:
            run.append((number, block))
    if run:
        yield run


def _pieces(text: str, number: int, block: Block, most: int) -> Iterator[Sentence]:
    for span in sentences(text, block):
        start = span.start
        while span.end - start > most:
            cut = text.rfind(" ", start + most // 2, start + most)
            cut = start + most if cut < 0 else cut
            yield Sentence(start=start, end=cut, kind=block.kind, block=number)
            start = cut + (text[cut] == " ")
        yield Sentence(start=start, end=span.end, kind=block.kind, block=number)


def _groups(pieces: Iterable[Sentence], most: int) -> Iterator[list[Sentence]]:
    """Fill passages with whole blocks where they fit, else break between their sentences."""
    group: list[Sentence] = []
    for block in _blocks(pieces):
        fits = not group or block[-1].end - group[0].start <= most
        if not fits and not _only_headings(group):
            yield group
            group = []
        for sentence in block:
            if group and sentence.end - group[0].start > most:
                yield group
                group = []
            group.append(sentence)
    if group:
        yield group


def _blocks(pieces: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    block: list[Sentence] = []
    for piece in pieces:
        if block and piece.block != block[0].block:
            yield block
            block = []
        block.append(piece)
    if block:
        yield block


def _only_headings(group: list[Sentence]) -> bool:
    return all(sentence.kind is BlockKind.HEADING for sentence in group)
