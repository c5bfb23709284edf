"""What an HTML page says about itself: metas, links, JSON-LD and time stamps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

_ARTICLES: Final = frozenset(
    {
        "AnalysisNewsArticle",
        "Article",
        "BlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "Report",
        "ReportageNewsArticle",
        "ScholarlyArticle",
        "TechArticle",
    }
)
_STAMPS: Final = (
    "article:published_time",
    "og:article:published_time",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publishdate",
    "pubdate",
    "date",
)
_TITLES: Final = ("og:title", "citation_title", "dc.title", "twitter:title")
_AUTHORS: Final = ("author", "citation_author", "dc.creator", "parsely-author")
_NO_PERSON: Final = ("http", "www.", "@")
_MOST_JSON: Final = 1_000_000
_MOST_NODES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageData:
    """A page's own statements, as printed; None where it makes none."""

    title: str | None
    publisher: str | None
    authors: tuple[str, ...]
    stamp: str | None
    url: str | None
    language: str | None


def metas(root: Element) -> dict[str, tuple[str, ...]]:
    """Return the page's metas by lower-case name, in printed order."""
    found: dict[str, tuple[str, ...]] = {}
    for meta in root.iterfind("head/meta"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop")
        value = meta.get("content")
        if key and value and value.strip():
            key = key.lower()
            found[key] = (*found.get(key, ()), " ".join(value.split()))
    return found


def canonical(root: Element, said: dict[str, tuple[str, ...]], base: str | None) -> str | None:
    """Return the page's own address, resolved against ``base``."""
    for link in root.iterfind("head/link"):
        href = link.get("href")
        if link.get("rel") == "canonical" and href:
            return absolute(href, base)
    return absolute(said["og:url"][0], base) if "og:url" in said else None


def page_data(root: Element, base: str | None) -> PageData:
    """Return what the page says of itself; JSON-LD counts over metas, both over the markup."""
    said = metas(root)
    article = next(_articles(root), {})
    return PageData(
        title=_text(article.get("headline")) or _first(said, _TITLES),
        publisher=_name(article.get("publisher")) or _first(said, ("og:site_name",)),
        authors=_names(article.get("author")) or _people(said),
        stamp=_text(article.get("datePublished")) or _first(said, _STAMPS) or _time(root),
        url=canonical(root, said, base) or absolute(_text(article.get("url")), base),
        language=_text(article.get("inLanguage"))
        or root.get("lang")
        or _first(said, ("og:locale",)),
    )


def _articles(root: Element) -> Iterator[dict[str, Any]]:
    for script in root.iterfind(".//script[@type='application/ld+json']"):
        text = script.text or ""
        if len(text) <= _MOST_JSON:
            try:
                data = json.loads(text)
            except (ValueError, RecursionError):
                continue  # broken page data is no reason to lose the page
            yield from _articles_in(data)


def _articles_in(data: object) -> Iterator[dict[str, Any]]:
    waiting = [data]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting = [*node, *waiting]
        elif isinstance(node, dict):
            kinds = node.get("@type")
            if _ARTICLES.intersection(kinds if isinstance(kinds, list) else [str(kinds)]):
                yield node
            waiting += [node[key] for key in ("@graph", "mainEntity") if key in node]


def _text(value: object) -> str | None:
    if isinstance(value, list) and value:
        return _text(value[0])
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _name(value: object) -> str | None:
    if isinstance(value, list) and value:
        return _name(value[0])
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _names(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    found = (_name(one) for one in listed)
    return tuple(dict.fromkeys(name for name in found if name and not name.startswith(_NO_PERSON)))


def _people(said: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    for key in _AUTHORS:
        found = _names(list(said.get(key, ())))
        if found:
            return found
    return ()


def _first(said: dict[str, tuple[str, ...]], keys: tuple[str, ...]) -> str | None:
    return next((said[key][0] for key in keys if key in said), None)


def _time(root: Element) -> str | None:
    """Return the stamp of the first time tag of the article's head."""
    for path in (".//*[@itemprop='datePublished']", ".//article//time", ".//time"):
        found = root.find(path)
        if found is not None:
            return found.get("datetime") or found.get("content") or _text("".join(found.itertext()))
    return None


def absolute(href: str | None, base: str | None) -> str | None:
    """Return ``href`` as a whole http address, or None where it can't be made one."""
    if not href:
        return None
    try:
        whole = urljoin(base, href.strip()) if base else href.strip()
    except ValueError:
        return None
    return whole if whole.startswith(("http://", "https://")) else None
