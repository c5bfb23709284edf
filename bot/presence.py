"""Which workers live: each holds a lock of its number in the database while its process runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import column, func, select, table

from index.advisory import SessionLock
from index.sql import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine, Select

NUMBERS: Final = 1 << 31
_SPACE: Final = 0x62726965  # "brie": keeps these numbers apart from other uses of advisory locks
_MOMENT: Final = 0.05


class Presence:
    """The life of one worker, which sends digests and serves updates.

    PostgreSQL frees an advisory lock when its connection ends, however the process died. A SQLite
    file has one process that sends, so whoever else has claims there is gone.

    Args:
        engine: the database the claims are in.
        sender: this worker's number, 0 to ``NUMBERS`` - 1, another at each start.
    """

    def __init__(self, engine: Engine, sender: int) -> None:
        self._engine = engine
        self.sender = sender
        self._shared = engine.dialect.name == "postgresql"
        self._lock = SessionLock(engine, _SPACE, sender)

    def enter(self) -> None:
        """Begin to live, or live on where the database has lost the connection meanwhile.

        Raises:
            StoreError: the database can't be used.
        """
        while not self._lock.take():  # somebody just asked whether this number is gone
            time.sleep(_MOMENT)

    def leave(self) -> None:
        """Live no more."""
        self._lock.release()

    def living(self) -> int:
        """Count the workers that live, this one included.

        Raises:
            StoreError: the database can't be used.
        """
        if not self._shared:
            return 1
        with reading(self._engine) as connection:
            return max(1, connection.scalar(_LIVING) or 0)

    def gone(self, senders: Sequence[int]) -> list[int]:
        """Return those of ``senders`` that live no more.

        Raises:
            StoreError: the database can't be used.
        """
        others = [sender for sender in senders if sender != self.sender]
        if not self._shared:
            return others
        with reading(self._engine) as connection:
            # Locked for the transaction alone: the end of this block frees it again.
            query = [select(func.pg_try_advisory_xact_lock(_SPACE, other)) for other in others]
            return [
                other
                for other, asked in zip(others, query, strict=True)
                if connection.scalar(asked)
            ]


_LOCKS = table("pg_locks", *map(column, ("locktype", "classid", "objsubid", "granted", "database")))
_HERE: Select[Any] = (
    select(column("oid"))
    .select_from(table("pg_database"))
    .where(column("datname") == func.current_database())
)
_LIVING = (
    select(func.count())
    .select_from(_LOCKS)
    .where(
        _LOCKS.c.locktype == "advisory",
        _LOCKS.c.classid == _SPACE,
        _LOCKS.c.objsubid == 2,  # noqa: PLR2004  (locks of two numbers, says PostgreSQL)
        _LOCKS.c.granted,
        _LOCKS.c.database == _HERE.scalar_subquery(),
    )
)
