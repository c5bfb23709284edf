"""The whole addresses behind a printed note: cut, disarmed and glued ones repaired."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.parse.pieces import Run

_PRINTED: Final = re.compile(
    r"\s*(?:h?ttps?\s?:|www\b|\S*\.\.\.\s*$|\S*\s?\(?dot\b)", re.IGNORECASE
)
_SCHEME: Final = re.compile(
    r"(?:\bh\s?t\s?t\s?p|\bhxxp|(?<![a-z])ttp)(s?)"
    r"(?:\s?:\s?/\s?/{0,2}\s?|/{2,3}|\s?:\s?(?=[\w-]+(?:\.| dot )\w))",
    re.IGNORECASE,
)
_ESCAPED: Final = re.compile(r"%C2%A0|%20(?=dot\b|https?:|[\s;,]|$)|(?<=dot)%20", re.IGNORECASE)
# Disarmed dots: "ria dot ru", "46tv(dot)ru", "meduza [dot] io", "avia(.)pro".
_DOT: Final = re.compile(
    r"\s*[\[({]\s*(?:dot|\.)\s*[\])}]\s*|(?<=\w)\.?\s+dot[\s.]+(?=\w)", re.IGNORECASE
)
# The same with a space lost, believed inside a host only.
_GLUED_DOT: Final = re.compile(
    r"//([\w.-]*\w)(?:\.?dot\s+(?=[a-z])|(?:\s+|\.)?dot(?=(?:com|net|org|info|[a-z]{2})[/.]))",
    re.IGNORECASE,
)
# A host torn apart: "sputnik ria.ru/2022", "mod.gov dit ua/2022".
_TORN_HOST: Final = re.compile(
    r"//(?:([\w-]+)\s+(?=(?:[\w-]+\.)+[a-z]{2,13}/)"
    r"|([\w.-]+)\s+(?:(?:dit|dt|do|d to)\s*(?=[a-z]{2,13}[/.])|(?=(?:ru|ua|com|net|org|by|io)/)))",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"https?://[^\s;<>\"“”|`]+", re.IGNORECASE)
_BARE: Final = re.compile(
    r"(?<![\w@/.:=&?%-])((?:[a-z0-9-]+\.)+[a-z]{2,13}/[^\s;<>\"“”|]+|www\.[^\s;<>\"“”|]+)",
    re.IGNORECASE,
)
# The usual case, for which nothing is to be mended: whole addresses with semicolons between.
_PLAIN: Final = re.compile(
    r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,13}(?:/[\w~:/?#@!$&*+=.,%-]*)?", re.IGNORECASE | re.ASCII
)
_ODD: Final = re.compile(r"%(?:C2|c2|20(?:http|dot|[; ]|$))")
_HINT: Final = re.compile(r"http|www|dot\b|\.\w+/|\[\.", re.IGNORECASE)
_NEXT: Final = re.compile(r"https?://", re.IGNORECASE)
_CARRIES: Final = re.compile(r"archive|translate|[=:]$|/(?:web|http|raw)/[^/]*/?$", re.IGNORECASE)
_WHOLE: Final = re.compile(
    r"https?://(?:[^/\s@]*@)?(?:[\w-]+\.)+[^\W\d_][\w-]+(?::\d+)?(?:[/?#]|$)", re.IGNORECASE
)
_CUT: Final = re.compile(r"\.\.\.|…")
_WEB: Final = ("https://", "http://")
_TRAILING: Final = ".,;:!?'\"”\u2019»*"
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


def addresses(runs: Sequence[Run], base: str | None = None) -> tuple[str, ...]:
    """Return the whole addresses of a note in printed order, each once.

    A link's target counts over its shortened text; an address that no target or wording makes
    whole is left out: the note's text still shows it as printed.
    """
    if len(runs) == 1:
        text, href = runs[0]
        if not href and not _HINT.search(text):
            return ()
        url = _only(_dotted(text if href is None or href == text else _written(text, href, base)))
        if url is not None:
            return (url,)
    written = [
        text if href is None or href == text else _written(text, href, base) for text, href in runs
    ]
    text = _dotted("".join(written).replace("\xa0", " "))
    return tuple(dict.fromkeys(_plain(text) or _found(_mended(text))))


def _dotted(text: str) -> str:
    return text.replace(". dot ", ".").replace(" dot ", ".") if " dot " in text else text


def _only(text: str) -> str | None:
    """Return the address of a text that holds a whole one and nothing else, for speed."""
    url = text.rstrip(".,")
    if _is_odd(text) or text.count("http") != 1 or not _PLAIN.fullmatch(url):
        return None
    return url


def _is_odd(text: str) -> bool:
    """Tell whether something in a text may have to be mended."""
    return (
        "..." in text
        or "dot" in text
        or "&amp" in text
        or ("%" in text and _ODD.search(text) is not None)
    )


def _plain(text: str) -> list[str]:
    """Return the addresses of a text that holds whole ones and nothing else, or nothing."""
    if _is_odd(text):
        return []
    found = [part.rstrip(".,") for part in text.replace(";", " ").split()]
    if "" in found:
        found = [part for part in found if part]
    whole = text.count("http") == len(found) and all(map(_PLAIN.fullmatch, found))
    return found if whole else []


def _written(text: str, href: str, base: str | None) -> str:
    """Return what to read addresses from: a link's target where it says more than its text."""
    if not href or href == text + "/":
        return text
    if href.startswith(("#", "mailto:", "javascript:", "/cdn-cgi/")):
        return text
    if base is not None and not href.startswith(_WEB) and not _SCHEME.match(href.lstrip()):
        href = _resolved(href, base)
    if text.startswith(_WEB) or _PRINTED.match(text):
        return href
    return f" {href} " if text.strip() else href


def _resolved(href: str, base: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # no address at all
        return ""


def _mended(text: str) -> str:
    if "%" in text:
        text = _ESCAPED.sub(" ", text)
    text = text.replace("&amp;", "&").replace("`", "")
    if _has_broken_scheme(text):
        text = _SCHEME.sub(r"http\1://", text)
    text = _dotted(" ".join(text.split()))
    if "dot" in text.lower() or "(." in text or "[." in text:
        text = _GLUED_DOT.sub(r"//\1.", _DOT.sub(".", text))
    text = _TORN_HOST.sub(r"//\1\2.", text)
    return _BARE.sub(r"https://\1", text)


def _has_broken_scheme(text: str) -> bool:
    whole = text.count("https://") + text.count("http://")
    lower = text.lower()
    return lower.count("ttp") != whole or lower.count("://") != whole or "hxxp" in lower


def _found(text: str) -> Iterable[str]:
    for match in _URL.finditer(text):
        for url in _parted(match.group()):
            whole = _trimmed(url)
            if not _CUT.search(url) and _WHOLE.match(whole):
                yield whole


def _parted(text: str) -> Iterable[str]:
    """Cut addresses printed without anything between, keeping those that carry another."""
    start = 0
    for match in _NEXT.finditer(text, 1):
        if not _CARRIES.search(text[start : match.start()]):
            yield text[start : match.start()]
            start = match.start()
    yield text[start:]


def _trimmed(url: str) -> str:
    while url:
        last = url[-1]
        if last in _TRAILING or (last in _PAIRS and url.count(last) > url.count(_PAIRS[last])):
            url = url[:-1]
        elif url.endswith("%20"):
            url = url[:-3]
        else:
            break
    return url
