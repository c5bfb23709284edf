"""One process holds the vectors and words of a data folder; a note beside the lock says which."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from index.errors import BusyError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def hold(folder: Path, command: str) -> FileLock:
    """Take the lock of ``folder`` for this process; the system gives it back when it ends.

    Raises:
        BusyError: another process has it; the text says which.
        SettingsError: there is no such folder and none can be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"the folder {str(folder)!r} can't be made ({error}); name another with --data"
        ) from error
    note = folder / "index.holder"
    lock = FileLock(folder / "index.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        holder = note.read_text().strip() if note.is_file() else "another process"
        raise BusyError(
            f"the index in {folder} is held by {holder}; wait for it or stop it (reports, report,"
            " check and stats work beside it)"
        ) from error
    note.write_text(f"`briefing {command}` (process {os.getpid()})\n")
    return lock
