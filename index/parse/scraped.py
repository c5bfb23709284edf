"""Pages a scraper has saved as Markdown: data, outline, one line per stretch of text, links."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from index.parse.bylines import is_name
from index.parse.labels import LABEL, number
from index.parse.lines import goes_on, is_sentence
from index.parse.pagedata import absolute
from index.parse.pieces import Page, Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.parse.layouts import Layouts, Words

_METADATA: Final = re.compile(r"^## Metadata$", re.MULTILINE)
_CONTENT: Final = re.compile(r"^## Content$", re.MULTILINE)
_SECTION: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_FIELD: Final = re.compile(r"^- \*\*([^*:]+)\*\*: *(.+)$", re.MULTILINE)
_OUTLINED: Final = re.compile(r"^\s*- (#{1,6}) (.+)$", re.MULTILINE)
_LABELLED: Final = re.compile(rf"\[{{1,2}}\s*({LABEL})\s*\]{{1,2}}")
_MARKERS: Final = re.compile(rf"(?:\[{{1,2}}\s*(?:{LABEL})\s*\]{{1,2}}\s*)+")
_ADDRESS: Final = re.compile(r"https?:", re.IGNORECASE)
_POST: Final = re.compile(
    r"\b(?:researcher|analyst|fellow|editor|author|correspondent|lead|director)\b", re.IGNORECASE
)
_LONG: Final = 150
_SHORTEST_PROSE: Final = 40
_NOTES_SHARE: Final = 0.75  # of the lines of a list of notes open one or hold an address


class _Scrape(NamedTuple):
    """The parts of a scraped page: data fields, headings with their level, lines of text."""

    fields: dict[str, str]
    headings: dict[str, int]
    lines: list[str]


def is_scraped(text: str) -> bool:
    """Tell whether a scraper wrote the text, by its sections."""
    data = _METADATA.search(text)
    return data is not None and _CONTENT.search(text, data.end()) is not None


def read_scraped(text: str, layouts: Layouts) -> Page:
    """Return the article a scraped page holds, without the site's menus around it."""
    scrape = _take_apart(text)
    url = absolute(scrape.fields.get("URL"), None)
    publisher = layouts.at(url)
    title = next((line for line, level in scrape.headings.items() if level == 1), None)
    article, notes = _cut(scrape.lines, title, layouts.words)
    lines = [*_joined(article, scrape.headings), *notes]
    return Page(
        pieces=[_piece(line, scrape.headings) for line in lines],
        title=title,
        publisher=publisher.name if publisher else None,
        confirmed=publisher is not None,
        authors=_staff(scrape.lines),
        url=url,
    )


def _take_apart(text: str) -> _Scrape:
    starts = list(_SECTION.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    sections: dict[str, str] = {}
    for start, end in zip(starts, ends, strict=True):
        sections.setdefault(start[1].strip(), text[start.end() : end])
    outline = _OUTLINED.findall(sections.get("Page Structure", ""))
    lines = (" ".join(line.split()) for line in sections.get("Content", "").splitlines())
    return _Scrape(
        dict(_FIELD.findall(sections.get("Metadata", ""))),
        {line.strip(): len(marks) for marks, line in outline},
        [line for line in lines if line],
    )


def _cut(
    lines: Sequence[str], title: str | None, words: Words
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the lines of the article and those of its notes."""
    first_long = next((i for i, line in enumerate(lines) if len(line) >= _LONG), 0)
    start = max((i for i in range(first_long) if lines[i] == title), default=0)
    notes = _notes_start(lines)
    if notes is not None:
        stop = notes
        while stop < len(lines) and (_LABELLED.match(lines[stop]) or _ADDRESS.match(lines[stop])):
            stop += 1
        return lines[start:notes], lines[notes:stop]
    last = max(
        (i for i, one in enumerate(lines) if _is_prose(one) and not words.boilerplate.match(one)),
        default=len(lines),
    )
    return lines[start : last + 1], ()


def _notes_start(lines: Sequence[str]) -> int | None:
    """Return where the list of notes starts: the last number 1 with only notes behind it."""
    labelled = {i: found[1] for i, line in enumerate(lines) if (found := _LABELLED.match(line))}
    ones = [i for i, label in labelled.items() if number(label) == 1]
    if not ones:
        return None
    region = range(ones[-1], max(labelled) + 1)
    own = sum(1 for i in region if i in labelled or _ADDRESS.match(lines[i]))
    return ones[-1] if own >= _NOTES_SHARE * len(region) else None


def _is_prose(line: str) -> bool:
    return len(line) >= _SHORTEST_PROSE and is_sentence(line)


def _joined(lines: Sequence[str], headings: dict[str, int]) -> list[str]:
    """Put back together what the scraper cut at every link and marker."""
    joined: list[str] = []
    for line in lines:
        before = joined[-1] if joined else None
        if before is None or before in headings or line in headings:
            joined.append(line)
        elif _MARKERS.fullmatch(line) or line[0] in ".,;:)":
            joined[-1] = before + line
        elif goes_on(before, line):
            joined[-1] = f"{before} {line}"
        else:
            joined.append(line)
    return joined


def _piece(line: str, headings: dict[str, int]) -> Piece:
    kind = PieceKind.HEADING if line in headings else PieceKind.PARAGRAPH
    return Piece(kind, line, soft=kind is PieceKind.PARAGRAPH)


def _staff(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the people a page lists with their posts below the article."""
    found = (name for name, post in pairwise(lines) if is_name(name) and _POST.search(post))
    return tuple(dict.fromkeys(found))
