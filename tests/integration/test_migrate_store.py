"""Moving a data folder to servers: every row and vector arrives, once, or nothing does."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot import conversation_store, settings
from bot.build import SystemClock
from bot.migrate_store import migrate
from index.errors import BusyError, SettingsError, StoreError
from index.lock import hold
from index.sql import open_engine
from tests.fakes.servers import running_postgresql, start_chroma
from tests.fakes.workers import Site, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

QUESTION = "what did Russia say about peacekeepers?"


class Death(BaseException):
    """The process is gone."""


def quiet(stage: str, done: int, total: int) -> None:
    del stage, done, total


def dying_at(words: str) -> object:
    def progress(stage: str, done: int, total: int) -> None:
        del done, total
        if words in stage:
            raise Death

    return progress


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample reports and something of the chat's."""
    worker = Worker(tmp_path_factory.mktemp("embedded"), 1, "")
    worker.config.touch()
    worker.run("samples")
    with opened(f"sqlite:///{worker.folder / 'briefing.sqlite'}") as engine:
        conversation_store.create(engine)
        conversation_store.SqlConversationStore(engine).first_time(7, SystemClock().now())
    return worker.folder


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker over empty servers."""
    place = tmp_path_factory.mktemp("servers")
    with running_postgresql(place / "postgresql") as database:
        chroma = start_chroma(place / "chroma")
        yield Site(place, database, chroma).worker("", "", 1)
        chroma.stop()


def test_a_folder_moves_though_it_is_cut_off_and_answers_without_the_model(
    folder: Path, target: Worker
) -> None:
    source, servers = settings.load(), settings.load(target.config)

    def move(progress: object = quiet) -> dict[str, int]:
        return migrate(source, servers, folder, progress)  # type: ignore[arg-type]

    with pytest.raises(SettingsError, match="database_url"):
        migrate(source, source, folder, quiet)
    held = hold(folder, "run")
    with pytest.raises(BusyError, match="briefing run"):
        move()
    held.release()
    with opened(servers.stores.database_url) as engine:
        for words in ("table passages", "copying vectors"):
            with pytest.raises(Death):
                move(dying_at(words))
            with engine.connect() as connection:
                reports = connection.scalar(text("SELECT count(*) FROM reports"))
                assert reports == (0 if "table" in words else 8)
        moved = move()
        assert moved["reports"] == 8
        assert moved["handled_updates"] == 1
        assert moved["vectors"] == moved["passages"] > 50
        assert move() == moved  # a second time, nothing changes
        answer = json.loads(target.run("ask", "--json", "--asked-on", "2025-05-01", QUESTION))
        assert answer["status"] == "answered"
        assert answer["searched"]["reports"] == 8
        again = json.loads(target.run("ingest", "--json", str(_a_report(folder))))
        assert again["files"][0]["status"] == "added"  # numbered past what came along
        with pytest.raises(StoreError, match="not empty: its table"):
            move()


def _a_report(folder: Path) -> Path:
    path = folder / "late.md"
    path.write_text("# A late report\n\nApril 20, 2025\n\nThe river stayed within its banks.\n")
    return path
