"""The chat in a real terminal: typed letters in, a screen out, the lines kept for the next time."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import pytest

from tests.fakes.command_line import ingested

ROOT = Path(__file__).parents[2]
LONG = 90.0  # seconds: the model loads meanwhile
PROMPT = "\u203a "
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x1b\a]*(?:\x1b\\|\a)|[=>])")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the samples' data folder, for chats alone."""
    return Path(shutil.copytree(ingested()[0], tmp_path_factory.mktemp("copy") / "data"))


class Terminal:
    """``briefing chat`` behind a terminal of its own."""

    def __init__(self, data: Path) -> None:
        self._pid, self._end = pty.fork()
        if self._pid == 0:
            os.chdir(ROOT)
            os.environ.update(TERM="xterm-256color", LINES="200", COLUMNS="100")
            command = [sys.executable, "-m", "bot.cli", "--data", str(data), "chat"]
            os.execv(sys.executable, command)  # noqa: S606
        self._raw = b""
        self._seen = 0

    def types(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    def shows(self, text: str) -> str:
        """Wait until a text stands on the screen; return what came up to it since the last."""
        end = time.monotonic() + LONG
        while text not in (new := self._screen()[self._seen :]):
            assert time.monotonic() < end, f"{text!r} never came; there is {new!r}"
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    self._raw += os.read(self._end, 65_536)
                except OSError:  # the other end is closed
                    assert text in self._screen()[self._seen :]
        place = self._seen + new.index(text) + len(text)
        before, self._seen = self._screen()[self._seen : place], place
        return before

    def _screen(self) -> str:
        return _ESCAPES.sub("", self._raw.decode(errors="ignore")).replace("\r", "")

    def __enter__(self) -> Self:
        self.shows(PROMPT)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:  # nobody says goodbye to it any more
            os.kill(self._pid, signal.SIGKILL)
        status = os.waitpid(self._pid, 0)[1]
        os.close(self._end)
        assert kind is not None or os.waitstatus_to_exitcode(status) == 0


def test_a_chat_in_a_terminal(data: Path) -> None:
    with Terminal(data) as terminal:
        terminal.types("what did Russia say about peacekeepers?\r")
        terminal.shows("[1] Footnotes  [2] Context")
        terminal.shows(PROMPT)
        terminal.types("1\r")
        assert "Answer" not in terminal.shows("Footnotes")
        terminal.shows(PROMPT)
        terminal.types("half a line\x03")
        terminal.shows("Ctrl-D or /quit ends the chat")
        terminal.shows(PROMPT)
        terminal.types("/latest\r")
        terminal.shows("Latest reports")
        terminal.shows(PROMPT)
        terminal.types("\x04")
        terminal.shows("Goodbye.")
    kept = data / "typed_lines"
    assert kept.stat().st_mode & 0o077 == 0
    with Terminal(data) as terminal:
        terminal.types("\x1b[A\r")  # the line typed last
        terminal.shows("Latest reports")
        terminal.shows(PROMPT)
        terminal.types("/forget\r")
        terminal.shows("erased")
        terminal.shows(PROMPT)
        terminal.types("/quit\r")
        terminal.shows("Goodbye.")
    assert "peacekeepers" not in kept.read_text("utf-8")


def test_a_chat_through_pipes_shows_no_prompt_and_no_escapes(data: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--data", str(data), "chat"],
        cwd=ROOT,
        input="/latest\n/nosuch\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Latest reports" in shown
    assert "know /nosuch" in shown
    assert PROMPT.strip() not in shown
    assert "\x1b" not in shown
