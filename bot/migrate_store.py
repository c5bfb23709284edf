"""Moving from a data folder to servers: every row and every vector, copied, read back, compared.

Rows go over in one transaction, which is committed once each table holds the same rows; a crash
before that leaves nothing, and one after it finds the rows there and compares them again. Vectors
are written by id, so they may be written twice.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert

from bot import schema
from bot.build import copy_vectors, engine_for, holding
from bot.rows import is_empty, number_on, pages
from index.errors import SettingsError, StoreError
from index.sql import reading, writing
from index.tables import CHECKPOINTS

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Table

    from bot.settings import Settings
    from index.derive import Progress

    Digest = tuple[int, int]

_TABLES: Final = tuple(table for metadata in schema.METADATA for table in metadata.sorted_tables)
"""All tables, each after those it refers to."""


def migrate(source: Settings, target: Settings, data: Path, progress: Progress) -> dict[str, int]:
    """Copy what is stored and return how many rows of each table, and vectors, are there now.

    Raises:
        SettingsError: the target names no database, or the one that is copied.
        StoreError: the target holds something else, or not what was written.
        BusyError: another process holds the data folder.
    """
    if not target.stores.database_url or target.stores.database_url == source.stores.database_url:
        raise SettingsError(
            "--to-config must name a file whose stores.database_url is the database to move to"
        )
    with holding(data, "migrate-store"):
        old, new = engine_for(source, data), engine_for(target, data)
        try:
            counts = _copy_rows(old, new, progress)
            if target.stores.chroma_url and not source.stores.chroma_url:
                counts["vectors"] = copy_vectors(source, target, data, (old, new), progress)
        finally:
            old.dispose()
            new.dispose()
    return counts


def _copy_rows(old: Engine, new: Engine, progress: Progress) -> dict[str, int]:
    for engine in (old, new):
        schema.prepare(engine)
    counts = {}
    with reading(old) as source, writing(new) as target:
        fresh = all(is_empty(target, table) for table in _TABLES)
        for number, table in enumerate(_TABLES, start=1):
            if fresh:
                for rows in pages(source, table):
                    target.execute(insert(table), rows)
                number_on(target, table)
            counts[table.name] = _compared(source, target, table, fresh=fresh)
            progress(f"table {table.name}: {counts[table.name]} rows", number, len(_TABLES))
    return counts


def _compared(source: Connection, target: Connection, table: Table, *, fresh: bool) -> int:
    """Count the rows of a table, which must be the same on both sides."""
    ours, theirs = _digest(source, table), _digest(target, table)
    # The checkpoint of the vectors' new copy comes after the rows.
    if ours == theirs or (table is CHECKPOINTS and not fresh and theirs[0] >= ours[0]):
        return ours[0]
    if fresh:
        raise StoreError(
            f"table {table.name} reads back otherwise than it was written ({theirs[0]} rows of"
            f" {ours[0]}); nothing was kept. Check the database's encoding (UTF8) and try again"
        )
    raise StoreError(
        f"the database to move to is not empty: its table {table.name} holds other rows"
        f" ({theirs[0]}, against {ours[0]} here). Name an empty one"
    )


def _digest(connection: Connection, table: Table) -> Digest:
    """Return how many rows a table has and the sum of their hashes: no order matters."""
    count = total = 0
    for rows in pages(connection, table):
        for row in rows:
            written = repr(sorted((name, _plain(value)) for name, value in row.items()))
            total += int.from_bytes(hashlib.sha256(written.encode()).digest())
            count += 1
    return count, total % (1 << 256)


def _plain(value: object) -> str:
    """Write a value the same way whatever database it came from."""
    if isinstance(value, dict):
        return repr(sorted((key, _plain(one)) for key, one in value.items()))
    return str(value.timestamp()) if isinstance(value, datetime) else repr(value)
