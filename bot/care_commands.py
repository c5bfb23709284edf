"""What an operator does now and then: back up, restore, and see whether all is well."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot import doctor, documents, settings
from bot.backup import backup as write_backup
from bot.backup import restore as read_backup
from bot.build import SystemClock, engine_for, library_for, model_for
from bot.conversation_store import SqlConversationStore
from bot.doctor import Finding, Level
from index.errors import BriefingError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from sqlalchemy import Engine

_OK: Final = 0
_FAILED: Final = 1
_MARKS: Final = {Level.OK: "ok     ", Level.WARNING: "warning", Level.PROBLEM: "PROBLEM"}


def register_file(parser: ArgumentParser, help_: str) -> None:
    """Add the name of a backup to a command."""
    parser.add_argument("file", type=Path, metavar="FILE", help=help_)


def backup(options: Namespace) -> int:
    """Write all that is stored into one file; the bot may run meanwhile."""
    loaded = settings.load(options.config)
    engine = engine_for(loaded, options.data)
    try:
        counts = write_backup(engine, options.file, SystemClock().now(), _progress)
    finally:
        engine.dispose()
    _show(options, {"backup": str(options.file), "rows": counts})
    return _OK


def restore(options: Namespace) -> int:
    """Fill an empty data folder or database from a backup."""
    loaded = settings.load(options.config)
    engine = engine_for(loaded, options.data)
    try:
        counts = read_backup(engine, options.file, _progress)
    finally:
        engine.dispose()
    _show(options, {"restored": str(options.file), "rows": counts})
    return _OK


def examine(options: Namespace) -> int:
    """Look at everything and say how to mend what is wrong; 1 where there is a problem."""
    findings: list[Finding] = []
    try:
        findings.extend(_findings(options))
    except BriefingError as error:
        advice = "mend this first: the rest depends on it"
        findings.append(
            Finding(about="store", level=Level.PROBLEM, found=str(error), advice=advice)
        )
    if options.json:
        print(documents.line({"findings": [asdict(one) for one in findings]}))
    else:
        for one in findings:
            advice = f"\n          {one.advice}" if one.advice else ""
            print(f"{_MARKS[one.level]} {one.about}: {one.found}{advice}")
    return _FAILED if any(one.level is Level.PROBLEM for one in findings) else _OK


def _findings(options: Namespace) -> Iterator[Finding]:
    loaded = settings.load(options.config)
    yield Finding(about="settings", level=Level.OK, found=str(options.config or "the defaults"))
    yield doctor.model(model_for(loaded).verify)
    yield doctor.token()
    engine = engine_for(loaded, options.data)
    try:
        yield doctor.disk(options.data)
        yield from doctor.database(engine)
        yield from _of_what_is_stored(options, loaded, engine)
    finally:
        engine.dispose()


def _of_what_is_stored(
    options: Namespace, loaded: settings.Settings, engine: Engine
) -> Iterator[Finding]:
    with closing(library_for(loaded, options.data, engine, command="doctor")) as library:
        yield doctor.clock(SystemClock().now(), library.newest_arrival())
        yield doctor.reports(library)
        yield doctor.answers(SqlConversationStore(engine), library)
        yield doctor.sources(library)
        yield doctor.index(library)


def _show(options: Namespace, document: dict[str, Any]) -> None:
    if options.json:
        print(documents.line(document))
    else:
        print(f"{sum(document['rows'].values())} rows of {len(document['rows'])} tables")


def _progress(stage: str, done: int, total: int) -> None:
    print(f"{stage}: {done} of {total}", file=sys.stderr, flush=True)
