"""The dialogue in a terminal: the same replies as in Telegram, buttons pressed by their numbers."""

from __future__ import annotations

import html
import logging
import re
from itertools import count, groupby
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from bot.dialogue import Request, command_of
from bot.model import Place
from bot.redaction import outline
from bot.richtext import read
from bot.views import Asker
from index.errors import BriefingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

    from bot.dialogue import Dialogue, Reply
    from bot.model import Button, Message
    from bot.richtext import Styled, Tag
    from bot.texts import Texts

log = logging.getLogger(__name__)

HERE = Asker(person=0, place=Place(chat_id=0))

_STYLES = {
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "code": "cyan",
    "pre": "cyan",
    "s": "strike",
}
_QUIT = frozenset({"quit", "exit"})
_HREF = re.compile(r'href="([^"]*)"')
_BAR = "▌ "


class TerminalChat:
    """Puts a dialogue before the person at the terminal.

    Args:
        read: asks for a line; EOFError and KeyboardInterrupt end the chat.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        console: Console,
        texts: Texts,
        read: Callable[[str], str] = input,
    ) -> None:
        self._dialogue = dialogue
        self._console = console
        self._texts = texts
        self._read = read
        self._buttons: tuple[Button, ...] = ()

    def run(self) -> None:
        """Talk until the person ends it."""
        self._say("terminal.welcome")
        prompt = self._texts.plain("terminal.prompt")
        while True:
            try:
                line = self._read(prompt).strip()
            except (EOFError, KeyboardInterrupt):
                break
            command = command_of(line)
            if command and command[0] in _QUIT:
                break
            if line:
                self.enter(line)
        self._say("terminal.bye")

    def enter(self, line: str) -> None:
        """Show the reply to one line: a question, a command or the number of a button."""
        chosen = int(line) if line.isascii() and line.isdigit() and len(line) < 3 else 0  # noqa: PLR2004
        if 1 <= chosen <= len(self._buttons):
            self._press(self._buttons[chosen - 1])
        else:
            self._show(self._dialogue.hear, line)

    def demo(self, question: str, digest: Callable[[], Sequence[Message]]) -> None:
        """Show one question answered, its footnotes and a digest, without asking for anything."""
        self._heading("terminal.demo_question")
        self._console.print(Text(question))
        self.enter(question)
        self._heading("terminal.demo_footnotes")
        self.enter("/footnotes")
        self._heading("terminal.demo_digest")
        self._print(digest())

    def _press(self, button: Button) -> None:
        if button.data is None:
            self._console.print(Text(button.url or "", style="underline"))
        else:
            self._show(self._dialogue.press, button.data)

    def _show(self, handler: Callable[[Request], Reply], text: str) -> None:
        try:
            with self._console.status(Text(self._texts.plain("terminal.working"))):
                reply = handler(Request(asker=HERE, text=text))
        except BriefingError as error:
            log.error("no reply: %s", outline(error))  # noqa: TRY400  (no words of a question)
            self._say("terminal.failed")
            return
        if reply.toast:
            self._console.print(Text(reply.toast, style="italic"))
        self._print(reply.messages)

    def _print(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._console.print()
            for part in rendered(message.html):
                self._console.print(part)
        buttons = tuple(button for m in messages for row in m.keyboard for button in row)
        if not buttons:
            return
        self._buttons = buttons
        line = Text(self._texts.plain("terminal.buttons"), style="dim")
        for number, button in enumerate(buttons, 1):
            line.append(f"  [{number}] ", style="bold").append(button.label)
        self._console.print()
        self._console.print(line)

    def _say(self, key: str) -> None:
        self._console.print(Text(self._texts.plain(key), style="dim"))

    def _heading(self, key: str) -> None:
        self._console.print()
        self._console.rule(Text(self._texts.plain(key), style="bold"), align="left")


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
    styled = read(markup, count())
    parts: list[Text | Quotation] = []
    for quoted, run in groupby(_runs(styled), lambda pair: _in_quotation(pair[1])):
        text = Text()
        for words, tags in run:
            text.append_text(_text(words, tags))
        # The line ends around a quotation stand between two prints, not in them.
        text = _trimmed(text)
        if text.plain:
            parts.append(Quotation(text) if quoted else text)
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


def _trimmed(text: Text) -> Text:
    start = len(text.plain) - len(text.plain.lstrip("\n"))
    return text[start : max(start, len(text.plain.rstrip("\n")))]
