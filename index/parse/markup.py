"""From an HTML element to pieces of text: what a reader of the page sees, block by block."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from lxml import etree

from index.parse.pieces import Piece, PieceKind, Run, cleaned
from index.parse.text import read_text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KINDS: Final = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), PieceKind.HEADING),
    **dict.fromkeys(("figcaption", "caption", "nav", "aside"), PieceKind.ASIDE),
}
_LISTS: Final = _names("ul ol menu dir")
_BLOCKS: Final = _names(
    "address article blockquote body center dd details div dl dt fieldset figure footer form"
    " header hgroup legend main p pre section summary table tbody tfoot thead tr"
)
_CELLS: Final = _names("td th")
_BOLD: Final = _names("strong b")
_INVISIBLE: Final = _names(
    "script style noscript template head title iframe object svg select button input textarea"
    " canvas audio video map math meta link"
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BESIDE: Final = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|related|newsletter|breadcrumbs?|cookies?|comments?|promo"
    r"|advert|advertisement|subscribe|sidebar|menu|toolbar|skip-link|screen-reader-text"
    r"|visually-hidden|element-invisible|caption)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LONGEST_ASIDE: Final = 1_000
# A note's own place on the page, and a link to it or back.
_NOTE_ADDRESS: Final = re.compile(r"#.*(?:edn|ftn|fn|note|cite|ref)|#_?\d+$", re.IGNORECASE)
_BARE_LABEL: Final = re.compile(r"\s*[(\[]{0,2}\s*(\d{1,4}|[ivxlc]+)\s*[)\]]{0,2}\s*")
_BACKLINK: Final = re.compile(r"[\s\u21a9\u2191\u2934^\ufe0e\ufe0f]+")


def pieces(body: Element) -> list[Piece]:
    """Return the visible text of ``body`` as pieces in reading order.

    Inline tags never break a word; block tags always end a piece, a line break ends one softly.
    A bare number linked to a note on the same page is written `[7]`, however the page sets it.
    """
    walk = _Walk()
    if body.text:
        walk.parts.append(body.text)
    walk.inside(body)
    walk.flush()
    return cleaned(walk.found)


def _is_hidden(style: str) -> bool:
    return ("none" in style or "hidden" in style) and _HIDDEN.search(style) is not None


class _Walk:
    """The piece being read, whose texts are ``parts``, and those already ``found``."""

    def __init__(self) -> None:
        self.found: list[Piece] = []
        self.parts: list[str] = []
        self._runs: list[Run] = []
        self._cut = 0
        self._href: str | None = None
        self._depth = 0
        self._bold_from = 0
        self._bold = ""
        self._soft = False
        self._label: str | None = None
        self._kind = PieceKind.PARAGRAPH
        self._owners: list[tuple[Element, PieceKind]] = []
        self._lists: list[int] = [0]
        self._items: list[int] = [0]
        self._numbers: list[int | None] = []
        self._count = 0

    def inside(self, element: Element) -> None:
        """Take in what stands inside an element; trees are no deeper than lxml reads them."""
        parts = self.parts
        for child in element:
            tag = child.tag
            acts = _ACTS.get(tag, _NO_ACTS)
            style = child.get("style")
            if (
                acts is None
                or (style is not None and _is_hidden(style))
                or (acts is _NO_ACTS and tag.__class__ is not str)
            ):
                text = child.tail
                if text and (parts or not text.isspace()):
                    parts.append(text)
                continue
            begin, end = acts
            if begin is not None:
                begin(self, child)
            text = child.text
            if text and (parts or not text.isspace()):
                parts.append(text)
            if len(child):
                self.inside(child)
            elif tag == "pre":
                self._keep_lines()
            if end is not None:
                end(self, child)
            text = child.tail
            if text and (parts or not text.isspace()):
                parts.append(text)

    def _keep_lines(self) -> None:
        """Read text that is set line by line as such."""
        start = self._count
        for piece in read_text("".join(self.parts)):
            own = piece
            if piece.item:
                own = piece._replace(list=start + piece.list, item=start + piece.item)
            self.found.append(own)
            self._count = max(self._count, own.item)
        self.parts.clear()

    def open_link(self, element: Element) -> None:
        """Start a stretch of text under one link."""
        parts = self.parts
        if len(parts) > self._cut:
            self._runs.append(Run("".join(parts[self._cut :]), None))
            self._cut = len(parts)
        self._href = element.get("href") or ""

    def close_link(self, _: Element) -> None:
        """End it, or write it as the marker it is."""
        href = self._href
        self._href = None
        if href is not None and ("#" not in href or not self._is_note_link(href)):
            self._runs.append(Run("".join(self.parts[self._cut :]), href))
            self._cut = len(self.parts)

    def open_bold(self, _: Element) -> None:
        """Start bold text."""
        if not self._depth:
            self._bold_from = len(self.parts)
        self._depth += 1

    def close_bold(self, _: Element) -> None:
        """End bold text."""
        self._depth -= 1
        if not self._depth:
            self._bold += "".join(self.parts[self._bold_from :])

    def open_cell(self, _: Element) -> None:
        """Keep a table's cells apart."""
        self.parts.append(" ")

    def open_break(self, element: Element) -> None:
        """End the piece at a line break or rule."""
        self.flush()
        self._soft = element.tag == "br"
        if not self._soft:
            self.found.append(Piece(PieceKind.RULE, ""))

    def open_block(self, element: Element) -> None:
        """End the piece before a block."""
        if self.parts:
            self.flush()
        self._soft = False
        named = element.get("class")
        if named is not None and _BESIDE.search(named) and _is_small(element):
            self._set_kind(PieceKind.ASIDE, element)

    def close_block(self, element: Element) -> None:
        """End the piece in a block."""
        if self.parts:
            self.flush()
        self._soft = False
        if self._owners and self._owners[-1][0] is element:
            self._kind = self._owners.pop()[1]

    def open_kind(self, element: Element) -> None:
        """Start a heading or what stands beside the text."""
        self.open_block(element)
        self._set_kind(_KINDS[element.tag], element)

    def _set_kind(self, kind: PieceKind, element: Element) -> None:
        if self._kind is not PieceKind.ASIDE:
            self._owners.append((element, self._kind))
            self._kind = kind

    def open_item(self, element: Element) -> None:
        """Start a list item."""
        self.open_block(element)
        self._set_kind(PieceKind.ITEM, element)
        self._count += 1
        self._items.append(self._count)
        self._label = self._next_number(element)

    def close_item(self, element: Element) -> None:
        """End a list item."""
        self.close_block(element)
        self._items.pop()

    def open_list(self, element: Element) -> None:
        """Start a list."""
        self.open_block(element)
        self._count += 1
        self._lists.append(self._count)
        is_numbered = element.tag == "ol"
        self._numbers.append(_number(element.get("start"), 1) if is_numbered else None)

    def close_list(self, element: Element) -> None:
        """End a list."""
        self.close_block(element)
        self._lists.pop()
        self._numbers.pop()

    def _next_number(self, element: Element) -> str | None:
        if not self._numbers or self._numbers[-1] is None:
            return None
        number = _number(element.get("value"), self._numbers[-1])
        self._numbers[-1] = number + 1
        return str(number)

    def _is_note_link(self, href: str) -> bool:
        """Write a link to a note as its marker, drop one back to the text; tell whether it was."""
        if not _NOTE_ADDRESS.search(href):
            return False
        text = "".join(self.parts[self._cut :])
        bare = _BARE_LABEL.fullmatch(text)
        if bare:
            self.parts[self._cut :] = [f"[{bare[1]}]"]
            return True
        if _BACKLINK.fullmatch(text):
            del self.parts[self._cut :]
            return True
        return False

    def _end_run(self, href: str | None) -> None:
        """End a stretch of text under one link, or under none."""
        text = "".join(self.parts[self._cut :])
        if text:
            self._runs.append(Run(text, href))

    def flush(self) -> None:
        """End the piece being read."""
        parts = self.parts
        if self._runs or self._href is not None:
            self._end_run(self._href)
            self._cut = 0
        if self._depth:
            self._bold += "".join(parts[self._bold_from :])
            self._bold_from = 0
        raw = "".join(parts)
        text = raw.replace("\xa0", " ")
        # Most text has single spaces already, and looking is cheaper than splitting.
        is_spaced = "  " in text or "\n" in text or "\t" in text or "\r" in text
        text = " ".join(text.split()) if is_spaced else text.strip()
        if text:
            self.found.append(
                Piece(
                    self._kind,
                    text,
                    len(self._bold) >= len(text) and self._bold.split() == raw.split(),
                    self._soft,
                    self._lists[-1],
                    self._items[-1],
                    self._label,
                    tuple(self._runs),
                )
            )
            self._label = None
            self._soft = False
        if self._runs:
            self._runs.clear()
        self._bold = ""
        parts.clear()


_Act = Callable[[_Walk, "Element"], None]
_NO_ACTS: Final[tuple[_Act | None, _Act | None]] = (None, None)
# What to do where an element begins and where it ends; None where it is not shown.
_ACTS: Final[dict[str, tuple[_Act | None, _Act | None] | None]] = {
    **dict.fromkeys(_BLOCKS, (_Walk.open_block, _Walk.close_block)),
    **dict.fromkeys(_LISTS, (_Walk.open_list, _Walk.close_list)),
    **dict.fromkeys(_KINDS, (_Walk.open_kind, _Walk.close_block)),
    **dict.fromkeys(_BOLD, (_Walk.open_bold, _Walk.close_bold)),
    **dict.fromkeys(_CELLS, (_Walk.open_cell, None)),
    **dict.fromkeys(("br", "hr"), (_Walk.open_break, None)),
    "a": (_Walk.open_link, _Walk.close_link),
    "li": (_Walk.open_item, _Walk.close_item),
    **dict.fromkeys(_INVISIBLE),
}


def _is_small(element: Element) -> bool:
    """Tell a bar or box from a part of the page that happens to be named like one."""
    text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return len(text) <= _LONGEST_ASIDE


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default
