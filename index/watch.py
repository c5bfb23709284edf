"""Watched folders: files that are new or have changed since the last look are read.

A file that is being written looks like a broken one, so it is read when it has been left alone for
a while.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from index import sources
from index.model import IngestStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import stat_result

    from index.folder_store import FolderStore
    from index.model import IngestResult, SourceHealth
    from index.ports import Clock

# What programs call a file that they are not done with.
_UNFINISHED: Final = (".part", ".partial", ".tmp", ".crdownload", ".download", "~")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """A file as last seen.

    Args:
        stamp: changes with the file's content.
        since: when this stamp was seen first.
        read: this state has been read; ``reports`` came of the file.
    """

    path: str
    stamp: str
    since: datetime
    read: bool = False
    reports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLook:
    """What one look at a folder found: the results of what was read, or why it can't be seen."""

    folder: str
    results: tuple[IngestResult, ...] = ()
    waiting: int = 0
    error: str | None = None


def looked_at(path: str, stat: stat_result, before: SeenFile | None, now: datetime) -> SeenFile:
    """Return what is known of a file after this look."""
    stamp = f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}-{stat.st_ino}"
    if before is not None and before.stamp == stamp:
        return before
    return SeenFile(path=path, stamp=stamp, since=now, reports=before.reports if before else ())


def is_quiet(seen: SeenFile, changed: datetime, now: datetime, quiet: timedelta) -> bool:
    """Tell whether a file has been left alone, by its own date or since it was seen like this.

    The second counts where clocks disagree and the file's date lies in the future.
    """
    return now - changed >= quiet or now - seen.since >= quiet


class FolderWatch:
    """Looks at the folders of a store.

    Args:
        take: reads one input.
        quiet: how long a file must have been left alone.
    """

    def __init__(
        self,
        store: FolderStore,
        take: Callable[[str], Iterator[IngestResult]],
        *,
        quiet: timedelta,
        clock: Clock,
    ) -> None:
        self._store = store
        self._take = take
        self._quiet = quiet
        self._clock = clock

    def health(self) -> list[SourceHealth]:
        """Say of each folder how it fares."""
        return self._store.health()

    def look(self) -> Iterator[FolderLook]:
        """Read what is new in each folder; a file that fails does so alone."""
        for folder in self._store.folders:
            yield self._look(folder)

    def _look(self, folder: str) -> FolderLook:
        now = self._clock.now()
        error = _unreadable(folder)
        self._store.note_folder(folder, error=error, now=now)
        if error:
            # What was in it is remembered: a drive that comes back is not read anew.
            return FolderLook(folder=folder, error=error)
        before = self._store.files(folder)
        found: list[SeenFile] = []
        ready: list[tuple[str, SeenFile]] = []
        for path, stat in _files(folder):
            shown = sources.shown(path)
            seen = looked_at(shown, stat, before.get(shown), now)
            found.append(seen)
            changed = datetime.fromtimestamp(stat.st_mtime, UTC)
            if not seen.read and is_quiet(seen, changed, now, self._quiet):
                ready.append((path, seen))
        gone = before.keys() - {one.path for one in found}
        changed_ones = [one for one in found if one != before.get(one.path)]
        self._store.remember_files(folder, changed_ones, gone)
        results = [result for path, seen in ready for result in self._read(folder, path, seen)]
        waiting = sum(not one.read for one in found) - len(ready)
        return FolderLook(folder=folder, results=tuple(results), waiting=waiting)

    def _read(self, folder: str, path: str, seen: SeenFile) -> list[IngestResult]:
        results = list(self._take(path))
        reports = [id_ for one in results for id_ in one.reports]
        known = tuple(dict.fromkeys((*seen.reports, *reports)))
        # Failed files too: the same bytes fail again.
        self._store.remember_files(folder, [replace(seen, read=True, reports=known)], ())
        return [one for one in results if one.status is not IngestStatus.UNCHANGED]


def _unreadable(folder: str) -> str | None:
    try:
        next(Path(folder).iterdir(), None)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return f"{folder}: can't be looked into ({reason}); check the setting folders.paths"
    return None


def _files(folder: str) -> Iterator[tuple[str, stat_result]]:
    for path in sources.expand([folder]):
        if path.lower().endswith(_UNFINISHED):
            continue
        try:
            yield path, Path(path).stat()
        except OSError:
            continue  # taken away since, or a link to nowhere
