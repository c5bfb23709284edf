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
    walker = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            if not walk.enter(element):
                walker.skip_subtree()
            continue
        if event == "end":
            walk.leave(element)
        if element is not body:
            walk.add(element.tail)
    walk.flush()
    return walk.found


def _has_unseen(body: Element) -> bool:
    text = etree.tostring(body, method="text", encoding="unicode", with_tail=False)
    return any(chr(code) in text for code in _UNSEEN)


class _Walk:
    """The piece being read, and those already found."""

    def __init__(self, *, clean: bool) -> None:
        self.found: list[Piece] = []
        self._clean = clean
        self._parts: list[str] = []
        self._links: list[tuple[int, int, str]] = []
        self._open_link: tuple[int, str] | None = None
        self._skipped: Element | None = None
        self._plain = False
        self._soft = False
        self._label: str | None = None
        self._bold = 0
        self._kinds: list[PieceKind] = [PieceKind.PARAGRAPH]
        self._lists: list[int] = [0]
        self._items: list[int] = [0]
        self._numbers: list[int | None] = []
        self._count = 0

    def add(self, text: str | None) -> None:
        """Take visible text in."""
        if text:
            self._parts.append(text)
            if not self._bold and not self._plain and not text.isspace():
                self._plain = True

    def enter(self, element: Element) -> bool:
        """Open an element; False where nothing of it is visible."""
        tag = element.tag
        style = element.get("style")
        if tag in _INVISIBLE or (style is not None and _HIDDEN.search(style)):
            self._skipped = element
            return False
        if tag in _BLOCKS:
            self.flush()
            self._open_block(tag, element)
        elif tag in _BOLD:
            self._bold += 1
        elif tag == "a":
            self._open_link = (len(self._parts), element.get("href") or "")
        elif tag == "br":
            self.flush()
            self._soft = True
        elif tag == "hr":
            self.flush()
            self.found.append(Piece(PieceKind.RULE, ""))
        elif tag in _CELLS:
            self._parts.append(" ")
        self.add(element.text)
        return True

    def leave(self, element: Element) -> None:
        """Close an element."""
        if element is self._skipped:
            self._skipped = None
            return
        tag = element.tag
        if tag in _BLOCKS:
            self.flush()
            self._close_block(tag)
        elif tag in _BOLD:
            self._bold -= 1
        elif tag == "a":
            self._close_link()

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

    def _close_link(self) -> None:
        if self._open_link is None:
            return
        start, href = self._open_link
        self._open_link = None
        if "#" in href and _NOTE_ADDRESS.search(href):
            text = "".join(self._parts[start:])
            bare = _BARE_LABEL.fullmatch(text)
            if bare:
                self._parts[start:] = [f"[{bare[1]}]"]
                return
            if _BACKLINK.fullmatch(text):
                del self._parts[start:]
                return
        self._links.append((start, len(self._parts), href))

    def flush(self) -> None:
        """End the piece being read."""
        if not self._parts:
            return
        reopened = self._open_link
        if reopened is not None:
            self._close_link()
            self._open_link = (0, reopened[1])
        raw = "".join(self._parts)
        text = " ".join((raw.translate(_UNSEEN) if self._clean else raw).split())
        if text:
            self.found.append(
                Piece(
                    self._kinds[-1],
                    text,
                    not self._plain,
                    self._soft,
                    self._lists[-1],
                    self._items[-1],
                    self._label,
                    self._cut_runs() if self._links else (),
                )
            )
            self._label = None
            self._soft = False
        self._parts.clear()
        self._links.clear()
        self._plain = False

    def _cut_runs(self) -> tuple[Run, ...]:
        runs = []
        at = 0
        for start, end, href in self._links:
            if start > at:
                runs.append(Run("".join(self._parts[at:start]), None))
            runs.append(Run("".join(self._parts[start:end]), href))
            at = end
        if at < len(self._parts):
            runs.append(Run("".join(self._parts[at:]), None))
        return tuple(runs)


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default
