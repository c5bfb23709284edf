"""Feeds read: RSS, Atom and RDF by ``feedparser``, JSON Feed by its few names.

The XML is first repaired and bounded: feedparser takes the square of the length for an author's
name, and hours for a long one. Declarations of entities, with which a few bytes can become
gigabytes, are refused.
"""

from __future__ import annotations

import io
import json
import re
from datetime import date
from email.utils import parsedate_to_datetime
from html import escape
from html.entities import name2codepoint
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import feedparser
from lxml import etree

from index.errors import InputError
from index.feeds import MOST_BYTES, MOST_ENTRIES, Feed, entry, plain
from index.parse.sniff import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from time import struct_time

    from index.feeds import FeedEntry
    from index.model import Document

_HEAD: Final = 4096
_JSON_HEAD: Final = 1 << 16
# Nothing is given back once matched, or a row of comments would take for ever.
_PROLOG: Final = r"\s*+(?>(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*+(?:\[.*?\]\s*+)?>)\s*+)*+"
_XML: Final = re.compile(_PROLOG + r"<(?:rss|feed|(?:\w+:)?RDF)\b", re.DOTALL)
_JSON: Final = re.compile(rb'"version"\s*:\s*"https?:(?:\\?/){2}jsonfeed\.org/')
_ENCODING: Final = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*\?>")
_ENTITY: Final = re.compile(r"<!ENTITY", re.IGNORECASE)
_NAMED: Final = re.compile(r"&(\w{2,10});")
_OF_XML: Final = frozenset(("amp", "lt", "gt", "quot", "apos"))
_DAY: Final = re.compile(r"\s*(\d{4}-\d\d-\d\d)")
_CONTROLS: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_LONG: Final = frozenset(
    ("content", "encoded", "description", "summary", "body", "div", "fullitem", "section")
)
_ENTRIES: Final = frozenset(("item", "entry"))
# What feedparser runs into where elements stand in places that no feed has them.
_STUMBLES: Final = (LookupError, ValueError, TypeError, AttributeError, AssertionError)
_LONGEST: Final = 2_000
_LONGEST_LINK: Final = 2_000


def is_feed(document: Document) -> bool:
    """Tell whether a document is a feed, by its first bytes."""
    head = document.content[:_HEAD]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _JSON.search(document.content[:_JSON_HEAD]) is not None
    return _XML.match(_head(head)) is not None


def read_feed(document: Document) -> Feed:
    """Read a feed.

    Raises:
        InputError: it is none, is too large, holds no entry that can be read, or is a trap.
    """
    name = document.name
    if len(document.content) > MOST_BYTES:
        raise InputError(
            f"{name} has {len(document.content):,} bytes, more than the {MOST_BYTES:,} that any"
            " feed has; name the addresses of its pages instead"
        )
    if not is_feed(document):
        raise InputError(
            f"{name} is neither RSS, Atom nor JSON Feed; look for the address of the feed itself"
        )
    if document.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _read_json(document)
    return _read_xml(document)


def _read_xml(document: Document) -> Feed:
    root = _repaired(document)
    left_out = _bound(root)
    found = _parsed(document, etree.tostring(root, encoding="utf-8", xml_declaration=True))
    base = document.url or document.name
    title = plain(found.feed.get("title") or "") or None
    entries = [_entry(one, base) for one in found.entries]
    return _feed(document, title, entries, left_out)


def _parsed(document: Document, xml: bytes) -> Any:  # noqa: ANN401  (feedparser's dictionaries)
    try:
        return feedparser.parse(io.BytesIO(xml), resolve_relative_uris=False, sanitize_html=False)
    except _STUMBLES as error:
        raise InputError(
            f"{document.name} is a feed so broken that it can't be made out"
            f" ({type(error).__name__}: {error}); fetch it again"
        ) from error


def _feed(
    document: Document,
    title: str | None,
    entries: Sequence[FeedEntry | None],
    left_out: int,
) -> Feed:
    """Take the first of the entries that are one and the same."""
    kept: dict[str, FeedEntry] = {}
    for one in entries:
        if one is not None:
            kept.setdefault(one.key, one)
    if entries and not kept:
        raise InputError(
            f"{document.name} is a feed in which no entry has a page or a text; there is nothing"
            " to read in it"
        )
    address = document.url or document.name
    return Feed(address=address, title=title, entries=tuple(kept.values()), left_out=left_out)


# --- XML ---


def _head(head: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head.removeprefix(mark).decode(encoding, "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _repaired(document: Document) -> etree._Element:
    text = _characters(document).translate(_CONTROLS)
    declaration = _DECLARATION.match(text)
    text = _NAMED.sub(_character, text[declaration.end() :] if declaration else text)
    if _ENTITY.search(text):
        raise InputError(
            f"{document.name} declares entities of its own, which a feed has no need of and which"
            " can blow up its size; it is not read"
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(
            f"{document.name} is a feed whose XML can't be read ({error.msg}); fetch it again"
        ) from error
    if root is None:
        raise InputError(f"{document.name} is a feed without content; fetch it again")
    return root


def _character(named: re.Match[str]) -> str:
    """Write what HTML has a name for and XML has none as itself."""
    name = named[1]
    return chr(name2codepoint[name]) if name in name2codepoint and name not in _OF_XML else named[0]


def _characters(document: Document) -> str:
    content = document.content
    declared = _ENCODING.match(content)
    if (declared and content.isascii()) or not _is_utf8(content):
        for name in (declared and declared[1].decode("ascii"), document.encoding):
            try:
                if name:
                    return content.decode(name)
            except (LookupError, UnicodeDecodeError):
                continue
    return decoded(document)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _bound(root: etree._Element) -> int:
    """Cut what is too long for a name or a date; return how many entries are left out."""
    entries = 0
    surplus: list[etree._Element] = []
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        name = _local(element)
        entries += name in _ENTRIES
        if name in _ENTRIES and entries > MOST_ENTRIES:
            surplus.append(element)
            walk.skip_subtree()
        elif name in _LONG:
            walk.skip_subtree()
        elif element.text and len(element.text) > _LONGEST:
            element.text = element.text[:_LONGEST]
        for attribute, value in element.attrib.items():
            if len(value) > _LONGEST:
                del element.attrib[attribute]
    for element in surplus:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return len(surplus)


def _local(element: etree._Element) -> str:
    # A prefix that is declared nowhere stays in the tag.
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _entry(one: Any, base: str) -> FeedEntry | None:  # noqa: ANN401  (feedparser's dictionaries)
    texts = one.get("content") or [one.get("summary_detail") or {}]
    # Asked for without it, feedparser would warn and give the day of publication.
    updated = one["updated"] if "updated" in one else None  # noqa: SIM401
    return entry(
        feed=base,
        id_=one.get("id"),
        url=_address(base, one.get("link")),
        title=plain(one.get("title") or "") or None,
        published=_day(one.get("published"), one.get("published_parsed"))
        or _day(updated, one.get("updated_parsed") if updated else None),
        changed=updated or one.get("published") or "",
        authors=tuple(
            filter(None, (plain(author.get("name") or "") for author in one.get("authors", ())))
        ),
        content=_html(max(texts, key=_length)) or None,
        is_summary=not one.get("content"),
    )


def _length(text: dict[str, Any]) -> int:
    return len(text.get("value") or "")


def _html(text: dict[str, Any]) -> str:
    value: str = text.get("value") or ""
    return _paragraphs(value) if text.get("type") == "text/plain" else value


# --- JSON ---


def _read_json(document: Document) -> Feed:
    try:
        found = json.loads(decoded(document))
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{document.name} is a JSON Feed that is broken ({error}); fetch it again"
        ) from error
    items = found.get("items")
    items = items if isinstance(items, list) else []
    base = document.url or document.name
    entries = [_item(one, base) for one in items[:MOST_ENTRIES] if isinstance(one, dict)]
    left_out = max(0, len(items) - MOST_ENTRIES)
    return _feed(document, _text(found, "title"), entries, left_out)


def _item(one: dict[str, Any], base: str) -> FeedEntry | None:
    html, text = one.get("content_html"), one.get("content_text")
    if not isinstance(html, str):
        html = _paragraphs(text) if isinstance(text, str) else None
    authors = one.get("authors") or [one.get("author")]
    return entry(
        feed=base,
        id_=_text(one, "id"),
        url=_address(base, one.get("url") or one.get("external_url")),
        title=_text(one, "title"),
        published=_day(one.get("date_published"), None) or _day(one.get("date_modified"), None),
        changed=_text(one, "date_modified") or _text(one, "date_published") or "",
        authors=tuple(
            name
            for author in (authors if isinstance(authors, list) else ())
            if isinstance(author, dict) and (name := _text(author, "name"))
        ),
        content=html or None,
    )


def _text(one: dict[str, Any], name: str) -> str | None:
    value = one.get(name)
    return (plain(value[:_LONGEST]) or None) if isinstance(value, str) else None


# --- both ---


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in re.split(r"\n\s*\n", text))


def _address(base: str, link: object) -> str | None:
    """Return the page an entry links to; a link that leads to no page is none."""
    if not isinstance(link, str) or not 0 < len(link.strip()) <= _LONGEST_LINK:
        return None
    try:
        found = urljoin(base, link.strip())
    except ValueError:
        return None
    return found if found.lower().startswith(("http://", "https://")) else None


def _day(written: object, parsed: struct_time | None) -> date | None:
    """Return the day an entry names, by the calendar of the zone it is written in."""
    if not isinstance(written, str):
        return None
    day = _DAY.match(written)
    try:
        return date.fromisoformat(day[1]) if day else parsedate_to_datetime(written).date()
    except (ValueError, IndexError, TypeError, OverflowError):
        return date(*parsed[:3]) if parsed else None
