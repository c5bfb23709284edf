"""What was typed in the terminal, kept in a file from one chat to the next."""

from __future__ import annotations

import readline
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_KEPT: Final = 1000


class History:
    """The lines that the arrow keys bring back; while it is open, ``input`` adds to them.

    Args:
        path: their file, which only its owner may read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._path.touch(mode=0o600)
        readline.clear_history()
        readline.read_history_file(self._path)
        readline.set_history_length(_KEPT)
        return self

    def forget(self) -> None:
        """Erase all lines."""
        readline.clear_history()
        self._path.unlink(missing_ok=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        readline.write_history_file(self._path)
