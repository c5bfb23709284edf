"""The database's schema: brought up to this program's when a store is opened, never down.

Alembic numbers it. All steps run in one transaction, under a lock that keeps a second process out,
so a crash in the middle leaves the schema as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import column, func, inspect, select, table

from bot import chat_tables, conversation_store, delivery_tables, update_claims
from index import tables
from index.errors import StoreError
from index.sql import reading, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

HEAD: Final = "0002"
METADATA: Final[tuple[MetaData, ...]] = (
    tables.METADATA,
    delivery_tables.METADATA,
    conversation_store.metadata,
    chat_tables.metadata,
    update_claims.metadata,
)
_VERSION: Final = table("alembic_version", column("version_num"))
_LOCK: Final = 0x73636865  # "sche"


class SchemaError(StoreError):
    """The database was written by a program that this one doesn't know."""


def revision(engine: Engine) -> str | None:
    """Return the number of a database's schema; None where it has none.

    Raises:
        StoreError: the database can't be used.
    """
    with reading(engine) as connection:
        return _revision(connection)


def prepare(engine: Engine, to: str = HEAD) -> None:
    """Bring a database to the present schema, or to an older one; an empty one gets all of it.

    Raises:
        SchemaError: it is newer than this program.
        StoreError: the database can't be used.
    """
    if revision(engine) != to:
        with writing(engine) as connection:  # SQLite lets one process in
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            _upgrade(connection, to)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    number: str | None = connection.scalar(select(_VERSION.c.version_num))
    return number


def _upgrade(connection: Connection, to: str) -> None:
    # Here alone: a database that is up to date needs none of it, and the import takes its time.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "bot:migrations")
    config.set_main_option("path_separator", "os")
    found = _revision(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    unknown = {found or to, to} - known
    if unknown:
        raise SchemaError(
            f"what is stored has schema {unknown.pop()}, and this program knows none past {HEAD}:"
            " a newer program wrote it. Install that one, or restore a backup made before it"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, to)
