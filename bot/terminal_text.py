"""A message's HTML as what a terminal prints: styles, links, quotations behind a bar."""

from __future__ import annotations

import html
import re
from itertools import count, groupby
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from bot.richtext import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderResult

    from bot.richtext import Styled, Tag

_STYLES = {
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "code": "cyan",
    "pre": "cyan",
    "s": "strike",
}
_HREF = re.compile(r'href="([^"]*)"')
_BAR = "▌ "


class Quotation:
    """Text with a bar at its left."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines behind their bar."""
        inner = options.update(width=max(1, options.max_width - len(_BAR)))
        for line in console.render_lines(self.text, inner, pad=False):
            yield Segment(_BAR, Style(color="cyan"))
            yield from line
            yield Segment.line()


def rendered(markup: str) -> list[Text | Quotation]:
    """Return a message's HTML as what the terminal prints, one item below the other."""
    parts: list[Text | Quotation] = []
    for quoted, run in groupby(_runs(read(markup, count())), lambda pair: _in_quotation(pair[1])):
        text = Text()
        for words, tags in run:
            text.append_text(_text(words, tags))
        if quoted:
            parts.append(Quotation(_stripped(text)))
            continue
        # Every item printed ends its line: one line end beside a quotation stands for that.
        if parts and text.plain.startswith("\n"):
            text = text[1:]
        if text.plain:
            parts.append(text[:-1] if text.plain.endswith("\n") else text)
    return parts


def _runs(styled: Styled) -> Iterator[tuple[str, tuple[Tag, ...]]]:
    pairs = zip(styled.text, styled.tags, strict=True)
    for tags, run in groupby(pairs, lambda pair: pair[1]):
        yield "".join(character for character, _ in run), tags


def _in_quotation(tags: tuple[Tag, ...]) -> bool:
    return any(tag.name == "blockquote" for tag in tags)


def _text(words: str, tags: tuple[Tag, ...]) -> Text:
    text = Text(words, style=" ".join(_STYLES[tag.name] for tag in tags if tag.name in _STYLES))
    for tag in tags:
        if tag.name == "a" and (href := _HREF.search(tag.opening)):
            url = html.unescape(href[1])
            text.stylize(Style(link=url))
            if words != url:
                text.append(f" <{url}>", style="dim")
    return text


def _stripped(text: Text) -> Text:
    start = len(text.plain) - len(text.plain.lstrip("\n"))
    return text[start : max(start, len(text.plain.rstrip("\n")))]
