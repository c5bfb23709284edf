"""From an HTML element to pieces of text: what a reader of the page sees, block by block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from index.parse.pieces import Piece, PieceKind, Run

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KINDS: Final = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), PieceKind.HEADING),
    **dict.fromkeys(("figcaption", "caption", "nav", "aside"), PieceKind.ASIDE),
    "li": PieceKind.ITEM,
}
_LISTS: Final = _names("ul ol menu dir")
_BLOCKS: Final = (
    _names(
        "address article blockquote body center dd details div dl dt fieldset figure footer"
        " form header hgroup legend main p pre section summary table tbody tfoot thead tr"
    )
    | _LISTS
    | _KINDS.keys()
)
_CELLS: Final = _names("td th")
_BOLD: Final = _names("strong b")
_MARKED: Final = _BLOCKS | _CELLS | _BOLD | _names("a br hr")
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
_NOTE_ADDRESS: Final = re.compile(r"#.*(?:edn|ftn|fn|note|cite|ref)|#_?\d+$", re.IGNORECASE)
_BARE_LABEL: Final = re.compile(r"\s*[(\[]{0,2}\s*(\d{1,4}|[ivxlc]+)\s*[)\]]{0,2}\s*")
_BACKLINK: Final = re.compile(r"[\s\u21a9\u2191\u2934^\ufe0e\ufe0f]+")
_UNSEEN: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


def pieces(body: Element) -> list[Piece]:
    """Return the visible text of ``body`` as pieces in reading order.

    Inline tags never break a word; block tags always end a piece, a line break ends one softly.
    A bare number linked to a note on the same page is written `[7]`, however the page sets it.
    """
    walk = _Walk(clean=_has_unseen(body))
    skipped = None
    walker = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    # Everything a page holds runs through this loop, so it calls what an element needs only.
    for event, element in walker:
        tag = element.tag
        if event == "start":
            style = element.get("style")
            if tag in _INVISIBLE or (style is not None and _HIDDEN.search(style)):
                skipped = element
                walker.skip_subtree()
                continue
            if tag in _MARKED:
                walk.enter(tag, element)
            text = element.text
        else:
            if element is skipped:
                skipped = None
            elif tag in _MARKED:
                walk.leave(tag)
            text = None if element is body else element.tail
        if text:
            walk.parts.append(text)
            if walk.is_bold and not walk.bold and not text.isspace():
                walk.is_bold = False
    walk.flush()
    return walk.found


def _has_unseen(body: Element) -> bool:
    text = etree.tostring(body, method="text", encoding="unicode", with_tail=False)
    return any(chr(code) in text for code in _UNSEEN)


class _Walk:
    """The piece being read, and those already found.

    Attributes:
        parts: the texts of the piece being read.
        bold: how many bold tags are open.
        is_bold: all of the piece being read is bold.
    """

    def __init__(self, *, clean: bool) -> None:
        self.found: list[Piece] = []
        self.parts: list[str] = []
        self.bold = 0
        self.is_bold = True
        self._clean = clean
        self._runs: list[Run] = []
        self._cut = 0
        self._href: str | None = None
        self._soft = False
        self._label: str | None = None
        self._kinds: list[PieceKind] = [PieceKind.PARAGRAPH]
        self._lists: list[int] = [0]
        self._items: list[int] = [0]
        self._numbers: list[int | None] = []
        self._count = 0

    def enter(self, tag: str, element: Element) -> None:
        """Open an element that ends a piece or marks a stretch of it."""
        if tag in _BLOCKS:
            if self.parts:
                self.flush()
            self._open_block(tag, element)
        elif tag in _BOLD:
            self.bold += 1
        elif tag == "a":
            self._end_run(None)
            self._href = element.get("href") or ""
        elif tag in _CELLS:
            self.parts.append(" ")
        else:
            self.flush()
            self._soft = tag == "br"
            if tag == "hr":
                self.found.append(Piece(PieceKind.RULE, ""))

    def leave(self, tag: str) -> None:
        """Close such an element."""
        if tag in _BLOCKS:
            if self.parts:
                self.flush()
            self._close_block(tag)
        elif tag in _BOLD:
            self.bold -= 1
        elif tag == "a" and self._href is not None:
            href = self._href
            self._href = None
            if "#" not in href or not self._is_note_link(href):
                self._end_run(href)

    def _open_block(self, tag: str, element: Element) -> None:
        self._soft = False
        kind = _KINDS.get(tag, self._kinds[-1])
        self._kinds.append(PieceKind.ASIDE if self._is_aside(element) else kind)
        if tag == "li":
            self._count += 1
            self._items.append(self._count)
            self._label = self._next_number(element)
        elif tag in _LISTS:
            self._count += 1
            self._lists.append(self._count)
            self._numbers.append(_number(element.get("start"), 1) if tag == "ol" else None)

    def _close_block(self, tag: str) -> None:
        self._soft = False
        self._kinds.pop()
        if tag == "li":
            self._items.pop()
        elif tag in _LISTS:
            self._lists.pop()
            self._numbers.pop()

    def _is_aside(self, element: Element) -> bool:
        """Tell whether a block stands beside the text, as its place or its class says."""
        if self._kinds[-1] is PieceKind.ASIDE:
            return True
        named = element.get("class")
        if named is None or not _BESIDE.search(named):
            return False
        text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
        return len(text) <= _LONGEST_ASIDE

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
        parts = self.parts
        if len(parts) > self._cut or href:
            self._runs.append(Run("".join(parts[self._cut :]), href))
            self._cut = len(parts)

    def flush(self) -> None:
        """End the piece being read."""
        parts = self.parts
        if self._runs or self._href is not None:
            self._end_run(self._href)
        raw = "".join(parts)
        text = " ".join((raw.translate(_UNSEEN) if self._clean else raw).split())
        if text:
            self.found.append(
                Piece(
                    self._kinds[-1],
                    text,
                    self.is_bold,
                    self._soft,
                    self._lists[-1],
                    self._items[-1],
                    self._label,
                    tuple(self._runs),
                )
            )
            self._label = None
            self._soft = False
        self._runs.clear()
        self._cut = 0
        self.is_bold = True
        parts.clear()


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default
