"""Several reports in one text: where each starts, and what the lines on top of it say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from index.parse.bylines import is_when, names
from index.parse.lines import is_sentence
from index.parse.pieces import Page, Piece, cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.parse.layouts import Layouts

_LONGEST_LINE: Final = 200
_LONGEST_NAME: Final = 60
_MOST_LINES: Final = 6
_LEAST_PROSE: Final = 300
_NOTE: Final = re.compile(r"\[|https?:")
_PREFIX: Final = re.compile(r"(.{2,60}?)\s*(?::|\|| [\u2013—-] )\s*\S")
_TITLE_CASE: Final = re.compile(r"(?:(?:[^\W\d_a-z]|\d)\S*|of|the|for|and|on|in|at|de|&)")


class Masthead(NamedTuple):
    """What stands above a text; a publisher that only a heading names is not confirmed."""

    title: str | None
    publisher: str | None
    confirmed: bool
    stamp: str | None


def pages(pieces: Sequence[Piece], known: Page, layouts: Layouts) -> list[Page]:
    """Cut a text into its reports and read each one's masthead.

    Args:
        pieces: the whole text.
        known: what the input says of itself elsewhere; it holds for the first report.
        layouts: the known publishers and the marks that end an article.
    """
    found: list[Page] = []
    notes = known.notes
    for part in _parts(cleaned(list(pieces)), layouts):
        top = masthead(part, layouts, continued=bool(found))
        if found:
            known = Page(pieces=[])
        found.append(
            Page(
                pieces=part,
                notes=tuple(note for note in notes if _is_cited(note, part)),
                title=known.title or top.title,
                publisher=known.publisher or top.publisher,
                confirmed=known.confirmed if known.publisher else top.confirmed,
                authors=known.authors,
                stamp=known.stamp or top.stamp,
                url=known.url,
                language=known.language,
            )
        )
    return found


def _is_cited(note: Piece, part: Sequence[Piece]) -> bool:
    label = note.text.partition("]")[0]
    return any(label + "]" in piece.text for piece in part)


def _parts(pieces: Sequence[Piece], layouts: Layouts) -> Iterator[list[Piece]]:
    start = 0
    for at in range(1, len(pieces)):
        if _opens(pieces, at, layouts) and _is_prose(pieces[start:at]) and _is_prose(pieces[at:]):
            yield list(pieces[start:at])
            start = at
    yield list(pieces[start:])


def _opens(pieces: Sequence[Piece], at: int, layouts: Layouts) -> bool:
    """Tell whether a report starts at a piece: behind an end mark, or with a masthead."""
    if layouts.words.ends.match(pieces[at - 1].text):
        return True
    if at + 2 >= len(pieces):
        return False
    line, second, third = (piece.text for piece in pieces[at : at + 3])
    if is_when(line) and len(second) <= _LONGEST_LINE and len(third) <= _LONGEST_NAME:
        return second.startswith(third) or layouts.named(third) is not None
    return layouts.named(line) is not None and not _is_line(second) and _is_line(line)


def _is_prose(pieces: Sequence[Piece]) -> bool:
    """Tell an article from the buttons and links around it."""
    size = sum(len(one.text) for one in pieces if is_sentence(one.text))
    return size >= _LEAST_PROSE


def _is_line(text: str) -> bool:
    return len(text) <= _LONGEST_LINE and not (is_sentence(text) or _NOTE.match(text))


def masthead(pieces: Sequence[Piece], layouts: Layouts, *, continued: bool) -> Masthead:
    """Read date, title and publisher off the lines above the first paragraph.

    Args:
        pieces: the text of one report.
        layouts: the known publishers.
        continued: another report stands before this one, so a lone heading names its publisher.
    """
    stamp = None
    followed = False
    lines: list[str] = []
    for piece in pieces[:_MOST_LINES]:
        text = piece.text.strip("=#* ")
        if is_when(text):
            stamp = stamp or text
        elif layouts.words.takeaways.match(text) or not _is_line(text):
            followed = True
            break
        elif not names(text) and not layouts.words.boilerplate.match(text):
            lines.append(text)
    if not followed:
        lines = []  # nothing stands below, so nothing stands above
    own = next((one for line in lines if (one := layouts.named(line))), None)
    if len(lines) == 1 and stamp is None and (continued or own):
        name = own.name if own else lines[0] if _is_name(lines[0]) else None
        return Masthead(None if name else lines[0], name, confirmed=False, stamp=None)
    title = next((line for line in lines if layouts.named(line) is None), None)
    prefix = _PREFIX.match(title) if title else None
    if own is None and prefix:
        own = layouts.named(prefix[1])
        if own is None and prefix[1] in lines:
            return Masthead(title, prefix[1], confirmed=True, stamp=stamp)
    return Masthead(title, own.name if own else None, confirmed=own is not None, stamp=stamp)


def _is_name(line: str) -> bool:
    """Tell a publisher's name from a title: a few capitalised words."""
    words = line.split()
    return len(line) <= _LONGEST_NAME and all(_TITLE_CASE.fullmatch(word) for word in words)
