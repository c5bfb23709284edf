"""A lock that ends with the process that has it, however that dies: an advisory lock of PostgreSQL.

A SQLite file has one process that writes to it for long, so there it is always had.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from index.sql import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

LEADING: Final = 0x62726C64
DERIVING: Final = 0x62726472
CREATING: Final = 0x62726372
"""Spaces of locks with one number: who leads, who derives into what is shared, who makes tables."""

_SOON: Final = 0.1


class SessionLock:
    """One lock, held on a connection of its own. Calls block.

    Args:
        engine: the database.
        space: what the lock is for; keeps its numbers apart from those of other uses.
        number: which of that space, 0 to 2^31 - 1.
    """

    def __init__(self, engine: Engine, space: int, number: int = 0) -> None:
        self._engine = engine
        self._key = (space, number)
        self._shared = engine.dialect.name == "postgresql"
        self._held: Connection | None = None
        self._guard = Lock()

    def take(self) -> bool:
        """Tell whether this process has the lock: it still has it, or it was free.

        Where the database has closed the connection, and so freed the lock, the answer is no, once:
        another may have had it meanwhile.

        Raises:
            StoreError: the database can't be used, so nobody knows.
        """
        if not self._shared:
            return True
        with self._guard:
            if self._held is None:
                self._held = self._try()
            elif not self._answers(self._held):
                self._drop(self._held)
            return self._held is not None

    def release(self) -> None:
        """Give the lock back, if this process has it."""
        with self._guard:
            if self._held is not None:
                # The pool would keep the connection open and with it the lock.
                self._drop(self._held)

    def _try(self) -> Connection | None:
        with translated(self._engine):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                if connection.scalar(select(func.pg_try_advisory_lock(*self._key))):
                    return connection
            except DBAPIError:
                connection.invalidate()
                connection.close()
                raise
            connection.close()
            return None

    def _drop(self, connection: Connection) -> None:
        self._held = None
        connection.invalidate()
        connection.close()

    def _answers(self, connection: Connection) -> bool:
        try:
            return connection.scalar(select(1)) == 1
        except DBAPIError:
            return False


@contextmanager
def alone(lock: SessionLock) -> Iterator[None]:
    """Have a lock while the context is open; waits for whoever has it.

    Raises:
        StoreError: the database can't be used.
    """
    while not lock.take():
        time.sleep(_SOON)
    try:
        yield
    finally:
        lock.release()
