"""One SQL database behind everything stored: SQLite in WAL mode, or PostgreSQL by its URL."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import DateTime, Dialect, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.types import TypeDecorator

from index.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection

_DAMAGED: Final = re.compile("malformed|not a database")
_BUSY_MS: Final = 30_000
_WRITES: Final = "briefing_writes"
_QUEUE: Final = 0x6272696566  # "brief": any number that nobody else uses


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in, an aware UTC moment out; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Refuse naive moments: they are a defect of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Give SQLite's naive value its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_engine(url: str) -> Engine:
    """Return an engine for a database URL; nothing connects yet.

    Raises:
        SettingsError: the URL is not one, or names no known database.
    """
    try:
        parsed = make_url(url)
        engine = create_engine(parsed, pool_pre_ping=not parsed.drivername.startswith("sqlite"))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise SettingsError(f"setting stores.database_url is not usable: {error}") from error
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            _make_folder(Path(parsed.database).parent)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the folder {str(folder)!r} can't be made ({error}); name another with --data or"
            " stores.database_url"
        ) from error


def _configure_sqlite(connection: DBAPIConnection, _record: Any) -> None:  # noqa: ANN401
    # The driver's own transactions start too late for a consistent read; ours are explicit.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        # First: changing the journal's mode waits for other processes as well.
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: upgrading a reader fails where another writer was faster.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; committed at the end, rolled back on any exception.

    Raises:
        StoreError: the database is locked, full, corrupt or gone.
    """
    with translated(engine), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


def queue_up(connection: Connection) -> None:
    """Wait until no other transaction that called this is open; SQLite lets one write anyway.

    What is numbered behind it becomes visible in the order of its numbers.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_QUEUE)))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a consistent view to read from.

    Raises:
        StoreError: the database is locked, corrupt or gone.
    """
    with translated(engine), engine.connect() as connection:
        yield connection


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors into a StoreError that names the database, never its password."""
    try:
        yield
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        if _DAMAGED.search(str(error.orig)):
            raise StoreError(
                f"the database {where} is damaged ({error.orig}); stop the bot and restore a backup"
                " into another data folder: `briefing --data NEW restore FILE`"
            ) from error
        raise StoreError(
            f"the database {where} failed ({error.orig}); check that it is running, writable and"
            " not full, then try again"
        ) from error
