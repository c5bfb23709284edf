"""The command line called as a script would call it, without a process for each command."""

from __future__ import annotations

import atexit
import io
import json
import shutil
import tempfile
import traceback
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import bot.build
from bot.cli import main
from tests.fakes.embedder import bundled
from tests.fakes.libraries import SAMPLES

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
        return [json.loads(line) for line in self.out.splitlines()]  # at every kind of line end


def run(*argv: str) -> Ran:
    """Run one command of `briefing`; a traceback is an error of the test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code, failure = 0, ""
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(argv)
        except SystemExit as ended:
            code = int(ended.code or 0)
        except Exception:  # noqa: BLE001  (kept, it would keep the data folder's lock as well)
            failure = traceback.format_exc()
    if failure:
        pytest.fail(failure, pytrace=False)
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


@cache
def ingested() -> tuple[Path, Ran]:
    """A data folder with the samples, read by the real model once a test run, and what was said.

    It is for reading; a test that changes something takes a copy.
    """
    folder = Path(tempfile.mkdtemp(prefix="briefing-samples-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data = folder / "data"
    with_model = served_by(bundled())
    next(with_model)
    said = run("ingest", "--json", "--data", str(data), str(SAMPLES))
    next(with_model, None)
    return data, said
