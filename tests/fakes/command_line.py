"""The command line called as a script would call it, without a process for each command."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import bot.build
from bot.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.ports import Embedder


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout, which holds nothing else."""
        assert self.code == 0, self.err
        return self.any_document

    @property
    def any_document(self) -> Any:
        """The same, of a command that may have failed."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(*argv: str) -> Ran:
    """Run one command of `briefing`; a traceback is an error of the test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(argv)
        except SystemExit as ended:
            code = int(ended.code or 0)
    written = []
    for stream in (out, err):
        stream.flush()
        assert isinstance(stream.buffer, io.BytesIO)
        written.append(stream.buffer.getvalue().decode("utf-8"))
    return Ran(code, *written)


def served_by(embedder: Embedder) -> Iterator[None]:
    """Let commands share one model, which stays loaded; a fixture's body."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.build, "model_for", lambda _: embedder)
        yield
