"""What a feed says: its entries, each with its page and what the feed holds of its text."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field, replace
from datetime import date  # noqa: TC003  (annotations are read at run time)
from typing import TYPE_CHECKING, Final

from index.model import Document

if TYPE_CHECKING:
    from index.model import ParsedReport

MOST_BYTES: Final = 8_000_000
"""No feed is larger; what is larger is refused unread."""

MOST_ENTRIES: Final = 1_000
"""Entries read of one feed, the first ones: feeds put the newest first."""

_FULL: Final = 1_000  # characters of text; less is a teaser
_FULL_SUMMARY: Final = 3_000
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry.

    Args:
        key: names the entry in whichever feed it stands.
        state: changes where the publisher changes the entry.
        url: its page, or None.
        content: HTML that the feed holds of it, or None.
        is_full: that seems to be the whole text, not a teaser.
    """

    key: str
    state: str
    url: str | None
    title: str | None = None
    published: date | None = None
    authors: tuple[str, ...] = ()
    content: str | None = field(default=None, repr=False)
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as read; ``left_out`` counts entries beyond the most that are read."""

    address: str
    title: str | None
    entries: tuple[FeedEntry, ...]
    left_out: int = 0


def entry(  # noqa: PLR0913  (an entry has as many parts)
    *,
    feed: str,
    id_: str | None,
    url: str | None,
    title: str | None,
    published: date | None,
    changed: str,
    authors: tuple[str, ...],
    content: str | None,
    is_summary: bool = False,
) -> FeedEntry | None:
    """Make an entry of its parts; None where it names neither a page nor holds a text.

    An entry is named by its page, else by what its feed calls it (``id_``); ``changed`` is when it
    was changed, as written.
    """
    url, title, content = _sound(url), _sound(title), _sound(content)
    if url is None and not content:
        return None
    name = url or f"{feed}\n{id_ or title or content}"
    return FeedEntry(
        key=_key(name),
        state=_key("\n".join((changed, title or "", content or ""))),
        url=url,
        title=title,
        published=published,
        authors=tuple(filter(None, map(_sound, authors))),
        content=content,
        is_full=len(plain(content or "")) >= (_FULL_SUMMARY if is_summary else _FULL),
    )


def page_of(one: FeedEntry, *, name: str) -> Document:
    """Write the content of an entry as the page it would be; ``name`` is shown in errors."""
    title = html.escape(one.title or "")
    head = [f"<title>{title}</title>"]
    if one.published:
        head.append(f'<meta property="article:published_time" content="{one.published}">')
    head += [f'<meta name="author" content="{html.escape(author)}">' for author in one.authors]
    if one.url:
        head.append(f'<link rel="canonical" href="{html.escape(one.url)}">')
    page = (
        f"<!DOCTYPE html><html><head>{''.join(head)}</head><body><article>"
        f"<h1>{title}</h1>{one.content}</article></body></html>"
    )
    content = page.encode("utf-8", "replace")
    return Document(
        name=name, content=content, media_type="text/html", encoding="utf-8", url=one.url
    )


def completed(report: ParsedReport, one: FeedEntry, feed: Feed) -> ParsedReport:
    """Add what the feed says of a report and its page does not; a publisher is not confirmed."""
    if report.publisher is None and feed.title:
        report = replace(report, publisher=feed.title, publisher_confirmed=False)
    return replace(
        report,
        title=report.title or one.title,
        published=report.published or one.published,
        authors=report.authors or one.authors,
        url=report.url or one.url,
    )


def plain(text: str) -> str:
    """Return the text of a bit of HTML on one line."""
    shown = " ".join(html.unescape(_TAG.sub(" ", text)).split())
    return _sound(shown) or ""


def _sound(text: str | None) -> str | None:
    """Drop what no text holds and no database takes, as JSON can write it: NUL, half characters."""
    return text and text.encode("utf-8", "replace").decode().replace("\0", "")


def _key(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
