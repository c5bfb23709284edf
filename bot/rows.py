"""Rows of any table, in pages: what moving to servers, backing up and restoring have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Table

    Row = dict[str, Any]

_PAGE: Final = 500


def pages(connection: Connection, table: Table) -> Iterator[list[Row]]:
    """Read a table; rows that refer to others of their own table come after those."""
    own = [key.parent for key in table.foreign_keys if key.column.table is table]
    query = select(table).order_by(*(column.is_not(None) for column in own))
    found = connection.execute(query, execution_options={"yield_per": _PAGE}).mappings()
    for page in found.partitions():
        yield [dict(row) for row in page]


def is_empty(connection: Connection, table: Table) -> bool:
    """Tell whether a table has no row."""
    return connection.execute(select(table).limit(1)).first() is None


def number_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row past those that came with a number."""
    counted = table.autoincrement_column
    if connection.dialect.name != "postgresql" or counted is None:
        return
    last = connection.scalar(select(func.max(counted)))
    if last is not None:
        sequence = func.pg_get_serial_sequence(table.name, counted.name)
        connection.execute(select(func.setval(sequence, last)))
