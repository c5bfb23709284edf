"""`briefing ingest` in processes that kill themselves at a chosen moment, with a cheap model.

A parent loads the program once and forks a process for each line it reads: a JSON object with the
arguments of the command and, if it is to die, the module and the number of the call in it. It
answers with the exit status and how many calls each module made.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import FrameType, TracebackType

# Where the stores are written to; a call in these is a moment at which something may be half done.
MODULES: Final = (
    "index.library",
    "index.intake",
    "index.catalogue",
    "index.near_store",
    "index.derive",
    "index.passages",
    "index.chroma",
    "index.lexical",
    "index.sql",
    "index.lock",
)

COMMITS: Final = "commits"
"""Counted like a module: the moments right behind a transaction."""


@dataclass(frozen=True)
class Lived:
    """How a process ended, and the calls it made in each module."""

    status: int
    calls: dict[str, int]

    @property
    def killed(self) -> bool:
        """Whether it died of SIGKILL."""
        return self.status == -signal.SIGKILL


class Lives:
    """A parent process that brings one life after another into the world."""

    def __enter__(self) -> Self:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.mortal_ingest"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._parent.communicate()

    def live(
        self, data: Path, inputs: Sequence[Path], dies: tuple[str, int] | None = None
    ) -> Lived:
        """Ingest once; ``dies`` says in which module, and at the how many-th call in it."""
        argv = ["ingest", "--data", str(data), *map(str, inputs)]
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps({"argv": argv, "dies": dies}) + "\n")
        self._parent.stdin.flush()
        told: dict[str, Any] = json.loads(self._parent.stdout.readline())
        return Lived(**told)


class Watch:
    """Counts the calls made from some modules, and kills this process at one of them."""

    def __init__(self, dies: tuple[str, int] | None) -> None:
        self._dies = tuple(dies) if dies else None
        self._turns = 0
        self.calls: Counter[str] = Counter()

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """See one call or return."""
        module = frame.f_globals.get("__name__", "")
        if module in MODULES:
            self._count(module)
        if module == "index.sql" and frame.f_code.co_name == "writing" and event == "return":
            self._turns += 1  # a transaction that opens, then one that has ended
            if self._turns % 2 == 0:
                self._count(COMMITS)

    def _count(self, what: str) -> None:
        self.calls[what] += 1
        if (what, self.calls[what]) == self._dies:
            os.kill(os.getpid(), signal.SIGKILL)


def _child(argv: list[str], dies: tuple[str, int] | None, report: int) -> int:
    from bot.cli import main

    out = os.open(os.devnull, os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    watch = Watch(dies)
    sys.setprofile(watch)
    try:
        return main(argv)
    except BaseException:
        os.write(report, traceback.format_exc().encode())
        raise
    finally:
        sys.setprofile(None)
        os.write(report, json.dumps(watch.calls).encode())


def _serve() -> None:
    import bot.build
    from tests.fakes.embedder import WordEmbedder

    for name in (*MODULES, "chromadb.api.client"):
        import_module(name)  # once for all lives
    bot.build.model_for = lambda _: WordEmbedder()  # type: ignore[assignment,return-value]
    for line in sys.stdin:
        asked = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            status = 70
            try:
                status = _child(asked["argv"], asked["dies"], writer)
            finally:
                os._exit(status)
        os.close(writer)
        with os.fdopen(reader) as told:
            calls = told.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        answer = {"status": status, "calls": json.loads(calls) if status == 0 else {}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
