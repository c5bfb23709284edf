"""The dialogue in a terminal: the same replies as in Telegram, buttons pressed by their numbers."""

from __future__ import annotations

import logging
import os
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.console import Group
from rich.text import Text

from bot.dialogue import Request, command_of
from bot.model import Place
from bot.redaction import outline
from bot.terminal_text import rendered
from bot.views import Asker
from index.errors import BriefingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console, RenderableType

    from bot.dialogue import Dialogue, Reply
    from bot.model import Attachment, Button, Message
    from bot.texts import Texts

log = logging.getLogger(__name__)

HERE = Asker(person=0, place=Place(chat_id=0))

_Done = TypeVar("_Done")
_QUIT = frozenset({"quit", "exit"})


class TerminalChat:
    """Puts a dialogue before the person at the terminal.

    Args:
        read: asks for a line. EOFError (Ctrl-D) ends the chat, KeyboardInterrupt (Ctrl-C) drops the
            line, and at the second in a row ends the chat.
        folder: where files go that replies bring; by default the current one.
        forget: erases the lines typed, when the person asks for that with /forget.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        console: Console,
        texts: Texts,
        read: Callable[[str], str] = input,
        folder: Path = Path(),
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        self._dialogue = dialogue
        self._console = console
        self._texts = texts
        self._read = read
        self._folder = folder
        self._forget = forget
        self._buttons: tuple[Button, ...] = ()

    def run(self) -> None:
        """Talk until the person ends it."""
        self._say("terminal.welcome")
        for line in self._lines():
            try:
                self.enter(line)
            except KeyboardInterrupt:
                self._say("terminal.stopped")
        self._say("terminal.bye")

    def _lines(self) -> Iterator[str]:
        """Yield what the person types, until they leave."""
        prompt = self._texts.plain("terminal.prompt") if self._console.is_interactive else ""
        leaving = False
        while True:
            try:
                line = self._read(prompt).strip()
            except EOFError:
                return
            except KeyboardInterrupt:
                if leaving:
                    return
                leaving = True
                self._console.print()
                self._say("terminal.interrupted")
                continue
            leaving = False
            command = command_of(line)
            if command and command[0].lower() in _QUIT:
                return
            if line:
                yield line

    def enter(self, line: str) -> None:
        """Show the reply to one line: a question, a command or the number of a button."""
        command = command_of(line)
        if command and command[0].lower() == "forget":
            self._forget()
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
        messages = digest()
        self._print(messages)
        self._offer(messages)

    def _press(self, button: Button) -> None:
        if button.data is None:
            self._console.print(Text(button.url or "", style="underline"))
        else:
            self._show(self._dialogue.press, button.data)

    def _show(self, handler: Callable[[Request], Reply], text: str) -> None:
        reply = self._waited("terminal.working", lambda: handler(Request(asker=HERE, text=text)))
        if reply is None:
            return
        if reply.toast:
            self._console.print(Text(reply.toast, style="italic"))
        self._print(reply.messages)
        if reply.later is not None and (last := self._completed(reply.later)) is not None:
            self._offer([*reply.messages[:-1], last])
        else:
            self._offer(reply.messages)

    def _completed(self, later: Callable[[], Message | None]) -> Message | None:
        """Return what the last message has become; who doesn't want to wait goes on without."""
        try:
            return self._waited("terminal.further", later)
        except KeyboardInterrupt:
            return None

    def _waited(self, key: str, work: Callable[[], _Done]) -> _Done | None:
        """Work while a line says so; say what went wrong and return None where it fails."""
        try:
            with self._console.status(Text(self._texts.plain(key))):
                return work()
        except BriefingError as error:
            log.error("no reply: %s", outline(error))  # noqa: TRY400  (no words of a question)
            self._say("terminal.failed")
            return None

    def _print(self, messages: Sequence[Message]) -> None:
        """Print messages, in a pager where they are taller than the terminal."""
        parts = [part for message in messages for part in ("", *rendered(message.html))]
        if self._console.is_interactive and self._is_tall(parts):
            # Colours pass, and what was shown stays on the screen; the $ ends the prompt.
            os.environ.setdefault("LESS", f"FRXPs{self._texts.plain('terminal.pager')}$")
            with self._console.pager(styles=True):
                self._console.print(Group(*parts))
        else:
            self._console.print(Group(*parts))
        for message in messages:
            if message.attachment is not None:
                self._keep(message.attachment)

    def _is_tall(self, parts: Sequence[RenderableType]) -> bool:
        lines = self._console.render_lines(Group(*parts), pad=False)
        return len(lines) >= self._console.height

    def _offer(self, messages: Sequence[Message]) -> None:
        """Number the buttons of messages, a line for each row of them."""
        rows = [row for message in messages for row in message.keyboard]
        if not rows:
            return
        self._buttons = tuple(button for row in rows for button in row)
        numbers = count(1)
        self._console.print()
        for row in rows:
            line = Text()
            for button in row:
                line.append(f"[{next(numbers)}] ", style="bold cyan").append(f"{button.label}  ")
            line.rstrip()
            self._console.print(line)

    def _keep(self, file: Attachment) -> None:
        """Write a file where no other is, and say where."""
        stem, suffix = Path(file.name).stem, Path(file.name).suffix
        for number in count(1):
            path = self._folder / (file.name if number == 1 else f"{stem}-{number}{suffix}")
            try:
                with path.open("xb") as written:
                    written.write(file.content)
            except FileExistsError:
                continue
            except OSError as error:
                reason = error.strerror or type(error).__name__
                self._say("terminal.not_written", path=str(path), reason=reason)
            else:
                self._say("terminal.written", path=str(path))
            return

    def _say(self, key: str, **values: str) -> None:
        self._console.print(Text(self._texts.plain(key, **values), style="dim"))

    def _heading(self, key: str) -> None:
        self._console.print()
        self._console.rule(Text(self._texts.plain(key), style="bold"), align="left")
