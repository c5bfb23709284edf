"""Backups: all rows of the database in one file, as they stood at one moment.

A zip of ``manifest.json`` and a file of JSON lines for each table, a row a line. SQLite and
PostgreSQL write the same, so a backup of one restores into the other. What is derived from rows
(Chroma, Tantivy) is left out and comes back by itself; keys and tokens are left out as well.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import MetaData, insert

from bot import schema
from bot.rows import is_empty, number_on, pages
from index.errors import InputError, StoreError
from index.sql import translated, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Table

    from index.derive import Progress

_FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_PAGE: Final = 500


def backup(engine: Engine, file: Path, now: datetime, progress: Progress) -> dict[str, int]:
    """Write a backup, beside whatever else uses the database; return rows by table.

    Raises:
        InputError: there is a file of that name already, or none can be written there.
        StoreError: the database can't be read.
    """
    if file.exists():
        raise InputError(f"{file} is there already; name a new file")
    partial = file.with_name(f".{file.name}.partial")
    schema.prepare(engine)
    tables = [table for metadata in schema.METADATA for table in metadata.sorted_tables]
    described: dict[str, dict[str, Any]] = {}
    try:
        with (
            _one_moment(engine) as connection,
            zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for number, table in enumerate(tables, start=1):
                described[table.name] = _write(archive, connection, table)
                progress(f"table {table.name}", number, len(tables))
            manifest = {
                "format": _FORMAT,
                "program": version("briefing-bot"),
                "schema": schema.HEAD,
                "made": now.isoformat(),
                "tables": described,
            }
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.rename(file)
    except OSError as error:
        raise InputError(f"the backup {file} can't be written: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return {name: one["rows"] for name, one in described.items()}


def restore(engine: Engine, file: Path, progress: Progress) -> dict[str, int]:
    """Fill an empty database from a backup, all of it or nothing; return rows by table.

    Raises:
        InputError: the file is no backup, or a damaged one.
        SchemaError: a newer program made it.
        StoreError: the database is not empty, or can't be written.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        _refuse_unless_empty(engine)
        schema.prepare(engine, to=manifest["schema"])
        counts = {}
        with writing(engine) as connection:
            stored = MetaData()
            stored.reflect(connection)
            tables = [one for one in stored.sorted_tables if one.name in manifest["tables"]]
            for number, table in enumerate(tables, start=1):
                expected = manifest["tables"][table.name]
                counts[table.name] = _read(archive, connection, table, expected, file)
                progress(f"table {table.name}", number, len(tables))
    schema.prepare(engine)
    return counts


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """Open a view that doesn't change while others write; SQLite has no other."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with translated(engine), engine.connect() as connection:
        yield connection


def _write(archive: zipfile.ZipFile, connection: Connection, table: Table) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    with archive.open(_member(table.name), "w", force_zip64=True) as member:
        for page in pages(connection, table):
            for row in page:
                line = json.dumps({name: _packed(value) for name, value in row.items()}) + "\n"
                digest.update(line.encode())
                member.write(line.encode())
                rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


def _read(
    archive: zipfile.ZipFile,
    connection: Connection,
    table: Table,
    expected: dict[str, Any],
    file: Path,
) -> int:
    digest, rows = hashlib.sha256(), 0
    page: list[dict[str, Any]] = []
    with archive.open(_member(table.name)) as member:
        for line in member:
            digest.update(line)
            page.append({name: _unpacked(value) for name, value in json.loads(line).items()})
            rows += 1
            if len(page) == _PAGE:
                connection.execute(insert(table), page)
                page = []
    if page:
        connection.execute(insert(table), page)
    number_on(connection, table)
    if (rows, digest.hexdigest()) != (expected["rows"], expected["sha256"]):
        raise InputError(f"the backup {file} is damaged in table {table.name}; use another one")
    return rows


def _packed(value: object) -> object:
    """Write a value so that its kind is known: JSON has no moments, days or bytes."""
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case dict() | list():
            return {"json": value}
        case _:
            return value


def _unpacked(value: object) -> object:
    match value:
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"day": str(text)}:
            return date.fromisoformat(text)
        case {"bytes": str(text)}:
            return base64.b64decode(text)
        case {"json": found}:
            return found
        case _:
            return value


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise InputError(f"{file} can't be read as a backup: {error}") from error


def _manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if manifest.get("format") != _FORMAT:
        raise InputError(
            f"the backup {file} has format {manifest.get('format')}, and this program reads"
            f" {_FORMAT}; restore it with the program that made it ({manifest.get('program')})"
        )
    return manifest


def _refuse_unless_empty(engine: Engine) -> None:
    with writing(engine) as connection:
        stored = MetaData()
        stored.reflect(connection)
        for table in stored.sorted_tables:
            if table.name != "alembic_version" and not is_empty(connection, table):
                where = engine.url.render_as_string(hide_password=True)
                raise StoreError(
                    f"{where} is not empty (table {table.name}); a backup is restored into an empty"
                    " data folder or database: name another with --data or stores.database_url"
                )


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"
