"""One process holds a data folder, and says so to the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from index.errors import BriefingError, BusyError
from index.lock import hold

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from index.lock import hold
held = hold(Path(sys.argv[1]), "run")
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_who_is_first(tmp_path: Path) -> None:
    first = hold(tmp_path / "data", "chat")
    with pytest.raises(BusyError, match="briefing chat") as busy:
        hold(tmp_path / "data", "ask")
    assert str(os.getpid()) in str(busy.value)
    first.release()
    hold(tmp_path / "data", "ask").release()


def test_other_folders_are_free(tmp_path: Path) -> None:
    first = hold(tmp_path / "a", "chat")
    hold(tmp_path / "b", "chat").release()
    first.release()


def test_a_process_that_is_killed_gives_its_folder_back(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=rf"briefing run.*{process.pid}"):
            hold(tmp_path, "ask")
        process.send_signal(signal.SIGKILL)
    hold(tmp_path, "ask").release()


def test_a_folder_that_cant_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(BriefingError, match="--data"):
        hold(tmp_path / "data", "ask")
