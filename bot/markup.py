"""Telegram's HTML: building it so that no text can break it, and packing it into messages."""

from __future__ import annotations

import html
import re
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.richtext import Size, Styled, clean, is_visible, joined, pieces, read, utf16_len

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Html",
    "bold",
    "clean",
    "code",
    "escape",
    "fill",
    "is_link",
    "is_visible",
    "italic",
    "join",
    "link",
    "pack",
    "quotation",
    "text_of",
    "underline",
    "utf16_len",
]

MESSAGE_UNITS = 4096
MESSAGE_ENTITIES = 100
MESSAGE_BYTES = 1 << 15  # the server refuses more markup than this before it reads any of it
URL_CHARACTERS = 2048

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


class Html(str):
    """Markup that is safe to show. Only this module makes it; other text is escaped on the way."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Return ``text`` cleaned and escaped; markup stays as it is."""
    return text if isinstance(text, Html) else Html(html.escape(clean(text), quote=False))


def join(parts: Iterable[str], gap: str = "") -> Html:
    """Join text and markup, leaving empty parts out."""
    return Html(escape(gap).join(escape(part) for part in parts if part))


def fill(template: str, /, **values: str | int) -> Html:
    """Put text or markup into the ``{names}`` of a plain-text template."""
    safe = {name: escape(str(v) if isinstance(v, int) else v) for name, v in values.items()}
    return Html(escape(template).format_map(safe))


def bold(content: str) -> Html:
    """Return bold markup of text or markup."""
    return _wrap("b", content)


def italic(content: str) -> Html:
    """Return italic markup of text or markup."""
    return _wrap("i", content)


def underline(content: str) -> Html:
    """Return underlined markup of text or markup."""
    return _wrap("u", content)


def code(content: str) -> Html:
    """Return monospaced markup of plain text (Telegram allows no tag inside)."""
    return _wrap("code", escape(content))


def quotation(content: str, *, expandable: bool = False) -> Html:
    """Return a quotation block of text or markup; an expandable one is shown folded."""
    return _wrap("blockquote", content, " expandable" if expandable else "")


def link(label: str, url: str | None) -> Html:
    """Return ``label`` linked to ``url``, or the label alone where the address can't be a link."""
    if url is None or not is_link(url):
        return escape(label)
    return _wrap("a", label, f' href="{html.escape(url)}"')


def is_link(url: str) -> bool:
    """Tell whether Telegram takes ``url`` as the target of a link or a button."""
    if len(url) > URL_CHARACTERS or url != clean(url) or any(map(str.isspace, url)):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and parts.username is None
        and _HOST.fullmatch(parts.hostname or "") is not None
    )


def text_of(markup: Html) -> str:
    """Return what remains of markup when it is read: the text without tags."""
    return read(markup, count()).text


def pack(
    blocks: Iterable[Html],
    limit: int = MESSAGE_UNITS,
    entity_limit: int = MESSAGE_ENTITIES,
    *,
    gap: str = "\n\n",
) -> list[Html]:
    """Put blocks into as few messages as their order allows, none over Telegram's limits.

    A block that fits a message stays whole; a longer one is cut after a line, a sentence or a word,
    inside a word only where nothing else is left, with its tags closed and opened again. White
    space at a cut and blocks without a visible character are left out, nothing else.

    Args:
        blocks: markup, each balanced in itself.
        limit: UTF-16 units of one message after parsing.
        entity_limit: tags in one message.
        gap: text between two blocks of one message.

    Raises:
        ValueError: markup that this module didn't make, or limits too small for one character.
    """
    limits = Size(units=limit, entities=entity_limit, bytes=MESSAGE_BYTES)
    between = Styled.plain(gap)
    numbers = count()
    messages: list[list[Styled]] = []
    size = Size()
    for block in (read(markup, numbers).stripped() for markup in blocks):
        if not is_visible(block.text):
            continue
        larger = size + between.size() + block.size()
        if messages and larger.within(limits):
            messages[-1] += [between, block]
            size = larger
        else:
            parts = pieces(block, limits)
            messages += [[part] for part in parts]
            size = parts[-1].size()
    return [Html(joined(parts).markup()) for parts in messages]


def _wrap(tag: str, content: str, attributes: str = "") -> Html:
    markup = escape(content)
    return Html(f"<{tag}{attributes}>{markup}</{tag}>") if markup else markup
