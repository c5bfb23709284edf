"""Watched folders in SQL, with what was seen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from index.model import SourceHealth
from index.sql import queue_up, reading, writing
from index.tables import WATCHED_FILES, WATCHED_FOLDERS
from index.watch import SeenFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Engine


class FolderStore:
    """The folders that the settings name, and their files."""

    def __init__(self, engine: Engine, *, folders: Sequence[str] = ()) -> None:
        self._engine = engine
        self._folders = tuple(dict.fromkeys(folders))

    @property
    def folders(self) -> tuple[str, ...]:
        """The watched folders."""
        return self._folders

    def files(self, folder: str) -> dict[str, SeenFile]:
        """Return what is remembered of a folder's files, by their paths."""
        columns = [column for column in WATCHED_FILES.c if column.name != "folder"]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).where(WATCHED_FILES.c.folder == folder))
            found = [
                SeenFile(**{**row, "reports": tuple(row["reports"])}) for row in rows.mappings()
            ]
        return {one.path: one for one in found}

    def note_folder(self, folder: str, *, error: str | None, now: datetime) -> None:
        """Store how a look at a folder ended."""
        values: dict[str, Any] = {"error": error} | ({} if error else {"succeeded": now})
        with writing(self._engine) as connection:
            queue_up(connection)
            known = connection.execute(
                update(WATCHED_FOLDERS).where(WATCHED_FOLDERS.c.name == folder).values(**values)
            )
            if known.rowcount == 0:
                connection.execute(insert(WATCHED_FOLDERS).values(name=folder, **values))

    def remember_files(self, folder: str, files: Iterable[SeenFile], gone: Iterable[str]) -> None:
        """Store what is known of some files of a noted folder, and forget those that are gone."""
        with writing(self._engine) as connection:
            queue_up(connection)
            for one in files:
                values: dict[str, Any] = {
                    "stamp": one.stamp,
                    "since": one.since,
                    "read": one.read,
                    "reports": list(one.reports),
                }
                at = (WATCHED_FILES.c.folder == folder, WATCHED_FILES.c.path == one.path)
                known = connection.execute(update(WATCHED_FILES).where(*at).values(**values))
                if known.rowcount == 0:
                    connection.execute(
                        insert(WATCHED_FILES).values(folder=folder, path=one.path, **values)
                    )
            for path in gone:
                connection.execute(
                    delete(WATCHED_FILES).where(
                        WATCHED_FILES.c.folder == folder, WATCHED_FILES.c.path == path
                    )
                )

    def health(self) -> list[SourceHealth]:
        """Say of each folder how many reports it gave and how the last look at it ended."""
        reports: dict[str, set[str]] = {}
        with reading(self._engine) as connection:
            looked = {row.name: row for row in connection.execute(select(WATCHED_FOLDERS))}
            for row in connection.execute(select(WATCHED_FILES.c.folder, WATCHED_FILES.c.reports)):
                reports.setdefault(row.folder, set()).update(row.reports)
        return [
            SourceHealth(
                name=name,
                reports=len(reports.get(name, ())),
                last_success=looked[name].succeeded if name in looked else None,
                last_error=looked[name].error if name in looked else None,
            )
            for name in self._folders
        ]
