"""HTML pages: those of a known make by their layout, all others by what is common to articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from index.errors import InputError
from index.parse.mainpart import main_part
from index.parse.markup import pieces
from index.parse.pagedata import canonical, metas, page_data
from index.parse.pieces import Page, Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element

    from index.model import Document
    from index.parse.layouts import Layout, Layouts, Place, Publisher

SHORT: Final = 1_500
"""No report has fewer characters than a page that excuses itself may have."""

_MOST_TAGS: Final = 1_000_000
_SITE: Final = (" | ", " \u2013 ", " — ", " - ", " :: ", " · ")


def read_html(document: Document, content: bytes, layouts: Layouts) -> Page:
    """Return what a page shows.

    Args:
        document: where the page comes from.
        content: its markup in UTF-8.
        layouts: the makes of pages that are known.

    Raises:
        InputError: the page holds no article, or nests deeper than any page does.
    """
    root = _tree(document, content)
    page = _page(root, document, content, layouts)
    if sum(len(piece.text) for piece in page.pieces) <= SHORT:
        said = _without_site(_head_title(root), page.publisher)
        refuse_errors(document, (said or "",), layouts)
    return page


def refuse_errors(document: Document, lines: Iterable[str], layouts: Layouts) -> None:
    """Refuse a short page of which a line says that there is no page.

    Raises:
        InputError: it does.
    """
    said = next((line for line in lines if layouts.words.errors.match(line)), None)
    if said is not None:
        raise InputError(
            f"{document.name} is an error page (“{said}”), not a report; fetch it again."
        )


def _page(root: Element, document: Document, content: bytes, layouts: Layouts) -> Page:
    for layout in layouts.layouts:
        body = layout.body.find(root)
        if body is not None:
            return _laid_out(root, body, layout, document, layouts)
    return _generic(root, document, content, layouts)


def read_whole(document: Document, content: bytes) -> list[Piece]:
    """Return all that a page shows, as for a letter, whose whole page is the article.

    Raises:
        InputError: the page is none, or nests deeper than any page does.
    """
    root = _tree(document, content)
    body = root.find("body")
    return pieces(root if body is None else body)


def _tree(document: Document, content: bytes) -> Element:
    if content.count(b"<") > _MOST_TAGS:
        raise InputError(f"{document.name} has more tags than any page; save it as text.")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise InputError(
            f"{document.name} nests deeper or runs on longer than any page; save it as text."
        )
    if root is None:
        raise InputError(f"{document.name} holds no page; check what was saved and try again.")
    return root


def _laid_out(
    root: Element, body: Element, layout: Layout, document: Document, layouts: Layouts
) -> Page:
    said = metas(root)
    named = next(iter(said.get("og:site_name", ())), None) or _site(root)
    publisher = _publisher(document, said, named, layouts)
    base = publisher.address if publisher else document.url
    title = _said(layout.title, root)
    return Page(
        pieces=pieces(body),
        title=title or _without_site(_head_title(root), named),
        publisher=publisher.name if publisher else named,
        confirmed=publisher is not None or named is not None,
        stamp=_said(layout.stamp, root),
        url=canonical(root, {}, base) or document.url,
        language=root.get("lang"),
    )


def _generic(root: Element, document: Document, content: bytes, layouts: Layouts) -> Page:
    said = metas(root)
    data = page_data(root, document.url)
    publisher = _publisher(document, said, data.publisher, layouts)
    body = main_part(root, content)
    if body is None:
        body = root.find("body")
    return Page(
        pieces=pieces(body if body is not None else root),
        title=_headline(root, data.title) or _without_site(_head_title(root), data.publisher),
        publisher=publisher.name if publisher else data.publisher,
        confirmed=publisher is not None or data.publisher is not None,
        authors=data.authors,
        stamp=data.stamp,
        url=data.url or document.url,
        language=data.language,
    )


def _publisher(
    document: Document,
    said: dict[str, tuple[str, ...]],
    named: str | None,
    layouts: Layouts,
) -> Publisher | None:
    addresses = (document.url, *said.get("og:url", ()))
    by_address = next((one for url in addresses if (one := layouts.at(url))), None)
    return by_address or layouts.named(named)


def _headline(root: Element, said: str | None) -> str | None:
    """Return the page's one top heading as printed, else what its data says."""
    tops = root.findall(".//h1")
    printed = [text for top in tops if (text := " ".join(_shown(top).split()))]
    if said in printed or len(printed) != 1:
        return said
    return printed[0]


def _head_title(root: Element) -> str | None:
    text = root.findtext("head/title")
    return " ".join(text.split()) or None if text else None


def _site(root: Element) -> str | None:
    """Return the site's name behind the page's title, where the title has one."""
    title = _head_title(root) or ""
    return next((title.rsplit(mark, 1)[1] for mark in _SITE[:1] if mark in title), None)


def _without_site(title: str | None, site: str | None) -> str | None:
    for mark in _SITE:
        if title and site and title.endswith(mark + site):
            return title[: -len(mark + site)]
    return title


def _said(place: Place | None, root: Element) -> str | None:
    """Return what stands at a place of the page."""
    found = None if place is None else place.find(root)
    if place is None or found is None:
        return None
    text = found.get(place.take) if place.take else _shown(found)
    return " ".join((text or "").split()) or None


def _shown(element: Element) -> str:
    return str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))
