"""Which senders live: each holds a lock of its number in the database while its process runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from index.sql import translated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

NUMBERS: Final = 1 << 31
_SPACE: Final = 0x62726965  # "brie": keeps these numbers apart from other uses of advisory locks


class Presence:
    """The life of one sender.

    PostgreSQL frees an advisory lock when its connection ends, however the process died. A SQLite
    file has one process that sends, so whoever else has claims there is gone.

    Args:
        engine: the database the claims are in.
        sender: this sender's number, 0 to ``NUMBERS`` - 1, another at each start.
    """

    def __init__(self, engine: Engine, sender: int) -> None:
        self._engine = engine
        self.sender = sender
        self._shared = engine.dialect.name == "postgresql"
        self._held: Connection | None = None

    def enter(self) -> None:
        """Begin to live.

        Raises:
            StoreError: the database can't be used.
        """
        if self._shared and self._held is None:
            with translated(self._engine):
                self._held = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._held.execute(select(func.pg_advisory_lock(_SPACE, self.sender)))

    def leave(self) -> None:
        """Live no more."""
        if self._held is not None:
            # The pool would keep the connection open and with it the lock.
            self._held.invalidate()
            self._held.close()
            self._held = None

    def gone(self, senders: Sequence[int]) -> list[int]:
        """Return those of ``senders`` that live no more.

        Raises:
            StoreError: the database can't be used.
        """
        others = [sender for sender in senders if sender != self.sender]
        if not self._shared:
            return others
        with translated(self._engine), self._engine.connect() as connection:
            # Locked for the transaction alone: the end of this block frees it again.
            query = [select(func.pg_try_advisory_xact_lock(_SPACE, other)) for other in others]
            return [
                other
                for other, asked in zip(others, query, strict=True)
                if connection.scalar(asked)
            ]
