"""Markdown: as people write it, read as CommonMark, or as a scraper leaves it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from index.parse.markup import pieces
from index.parse.pagedata import absolute
from index.parse.pieces import Page, Piece, PieceKind
from index.parse.scraped import is_scraped, read_scraped
from index.parse.text import read_text

if TYPE_CHECKING:
    from index.parse.layouts import Layouts

_STRUCTURE: Final = re.compile(
    r"^ {0,3}#{1,6} \S|\]\(\S|(?<!\w)(?:\*\*|__)\S|^ {0,3}(?:[-*+]|\d{1,3}[.)]) \S|^ {0,3}>"
    r"|^\|.*\|$|^(?:```|~~~)",
    re.MULTILINE,
)
_FOOTNOTE: Final = re.compile(r"\[\^(\w{1,9})\](:[ \t]*)?")
_MOST_RENDERED: Final = 400_000  # characters; beyond, rendering takes seconds
_DEEPEST: Final = 100
_FRONT_MATTER: Final = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_ENTRY: Final = re.compile(r"^(\w+):\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def read_markdown(text: str, layouts: Layouts) -> Page:
    """Return what a Markdown text shows, and the page data it carries."""
    text = text.replace("\r\n", "\n")
    if is_scraped(text):
        return read_scraped(text, layouts)
    entries: dict[str, str] = {}
    front = _FRONT_MATTER.match(text)
    if front:
        entries = {key.lower(): value for key, value in _ENTRY.findall(front[1])}
        text = text[front.end() :]
    is_marked_up = len(text) <= _MOST_RENDERED and _STRUCTURE.search(text)
    found = _rendered(text) if is_marked_up else read_text(text)
    top = found[0] if found and found[0].kind is PieceKind.HEADING else None
    return Page(
        pieces=found,
        title=entries.get("title") or (top.text if top else None),
        stamp=entries.get("date"),
        url=absolute(entries.get("url"), None),
    )


def _rendered(text: str) -> list[Piece]:
    from markdown_it import MarkdownIt

    text = _FOOTNOTE.sub(lambda found: f"[{found[1]}]" + (" " if found[2] else ""), text)
    # Without raw HTML, tags in the text stay words; kept line breaks are judged one by one later.
    options = {"html": False, "breaks": True, "maxNesting": _DEEPEST}
    reader = MarkdownIt("commonmark", options).enable("table")
    root = etree.fromstring(f"<div>{reader.render(text)}</div>", etree.HTMLParser(encoding="utf-8"))
    return pieces(root)
