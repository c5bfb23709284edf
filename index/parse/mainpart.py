"""Where a page of no known layout keeps its article."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_BEST: Final = etree.XPath("//*[@itemprop='articleBody'] | //article | //main | //*[@role='main']")
_BLOCKS: Final = frozenset(
    ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "dd", "dt", "pre", "div")
)
_SPACE: Final = re.compile(r"\s+")
_SHORTEST: Final = 25
_ENOUGH: Final = 0.9
_MOST_EXTRACTED: Final = 2_000_000  # bytes; beyond, extraction takes minutes
_NOTE: Final = re.compile(r"(?:edn|ftn|fn|note|cite|ref)", re.IGNORECASE)


def main_part(root: Element, content: bytes) -> Element | None:
    """Return the smallest element that holds the article, its notes included, or None.

    What belongs to the article is decided by trafilatura; the element is needed whole, since an
    extracted text has lost its lists, markers and links.
    """
    marked = _BEST(root)
    only = marked[0] if len(marked) == 1 else None
    if len(content) > _MOST_EXTRACTED:
        return only
    hits = _hits(root, _extracted(content))
    total = sum(hits.values())
    return _with_notes(_smallest(root, hits, _ENOUGH * total), root) if total else only


def _extracted(content: bytes) -> set[str]:
    """Return the squeezed lines that trafilatura takes for the article's."""
    import trafilatura

    # What holds no article is no error here, and no line on anybody's screen.
    logging.getLogger(trafilatura.__name__).setLevel(logging.CRITICAL)
    text = trafilatura.extract(
        content, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False
    )
    squeezed = (_SPACE.sub("", line.lstrip("- ")) for line in (text or "").splitlines())
    return {line for line in squeezed if len(line) >= _SHORTEST}


def _hits(root: Element, lines: set[str]) -> dict[Element, int]:
    """Return the elements that show an extracted line or a part of one, with their length."""
    found: dict[Element, int] = {}
    whole = "\n".join(lines)
    for element in root.iter(*_BLOCKS):
        if any(child.tag in _BLOCKS for child in element):
            continue
        text = _SPACE.sub("", "".join(element.itertext()))
        if len(text) >= _SHORTEST and (text in lines or text in whole):
            found[element] = len(text)
    return found


def _smallest(root: Element, hits: dict[Element, int], enough: float) -> Element:
    """Go down from the root as long as one child holds enough of the hits."""
    weights: dict[Element, int] = {}
    for element, size in hits.items():
        node: Element | None = element
        while node is not None:
            weights[node] = weights.get(node, 0) + size
            node = node.getparent()
    at = root
    while True:
        below = next((child for child in at if weights.get(child, 0) >= enough), None)
        if below is None or below in hits:
            return at
        at = below


def _with_notes(part: Element, root: Element) -> Element:
    """Widen the part until it holds the notes its markers link to."""
    targets = {
        href[1:]
        for link in part.iter("a")
        if (href := link.get("href") or "").startswith("#") and _NOTE.search(href)
    }
    if not targets:
        return part
    for element in root.iter(etree.Element):
        if element.get("id") in targets or element.get("name") in targets:
            above = set(element.iterancestors())
            while part not in above and part is not element:
                part = part.getparent()
            break
    return part
