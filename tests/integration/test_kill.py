"""An ingest that is killed at any moment leaves no half report: the next one completes it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from bot.settings import load
from index import chroma
from index.lexical import TantivyIndex
from index.ports import Window
from tests.fakes.command_line import run, served_by
from tests.fakes.embedder import WordEmbedder, bundled
from tests.fakes.libraries import SAMPLES
from tests.fakes.mortal_ingest import COMMITS, MODULES, Lives

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.mortal_ingest import Lived

SEED: Final = 20250414
DEATHS: Final = 5
MOST_COMMITS: Final = 50
ROUNDS: Final = len(MODULES) // DEATHS
INPUTS: Final = sorted(SAMPLES.iterdir())[:3]
WORDS: Final = ("the", "peacekeepers", "drones", "april", "miroshnik")


def rows(data: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{data / 'briefing.sqlite'}?mode=ro", uri=True)) as stored:
        return sorted(stored.execute(query).fetchall())


def in_sql(data: Path) -> dict[str, Any]:
    """Return everything in SQL but the moments at which it came in, and how often it did."""
    return {
        "reports": rows(data, "SELECT id, revision, duplicate_of IS NULL FROM reports"),
        "revisions": rows(
            data, "SELECT report_id, revision, content_key, text, structure FROM revisions"
        ),
        "changes": [row[1:] for row in rows(data, "SELECT seq, report_id, revision FROM changes")],
        "near": [*rows(data, "SELECT * FROM near_keys"), *rows(data, "SELECT * FROM near_copies")],
        "inputs": rows(data, "SELECT name, error, reports FROM inputs"),
        "followed": rows(data, "SELECT seq FROM checkpoints"),
        "passages": rows(
            data, "SELECT report_id, revision, ordinal, start, text, sentences FROM passages"
        ),
    }


def in_chroma(data: Path) -> dict[str, Any]:
    SharedSystemClient.clear_system_cache()
    client = chroma.embedded(data / "chroma")
    held = client.get_collection("passages", embedding_function=None).get(include=["metadatas"])
    assert held["metadatas"] is not None
    return {id_: dict(kept) for id_, kept in zip(held["ids"], held["metadatas"], strict=True)}


def in_tantivy(data: Path, fingerprint: str) -> list[Any]:
    index = TantivyIndex(data / "words", fingerprint)
    hits = [index.search([(word, 1.0)], top=1_000, window=Window()) for word in WORDS]
    return [
        index.count(),
        *(sorted((hit.id, round(hit.score, 3)) for hit in found) for found in hits),
    ]


def contents(data: Path, model: str) -> dict[str, Any]:
    fingerprint = f"{model}|{load().index.passage_chars}"
    return in_sql(data) | {"chroma": in_chroma(data), "tantivy": in_tantivy(data, fingerprint)}


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    with Lives() as parent:
        yield parent


@pytest.fixture(scope="module")
def undisturbed(lives: Lives, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lived]:
    """A data folder whose ingest nobody disturbed, and the calls that took."""
    data = tmp_path_factory.mktemp("undisturbed") / "data"
    lived = lives.live(data, INPUTS)
    assert lived.status == 0
    return data, lived


def test_an_undisturbed_ingest_is_whole(undisturbed: tuple[Path, Lived]) -> None:
    data, lived = undisturbed
    found = contents(data, WordEmbedder().fingerprint)
    assert [len(found[name]) for name in ("reports", "changes", "inputs")] == [3, 3, 3]
    assert found["followed"] == [(3,)] * 3
    assert len(found["chroma"]) == found["tantivy"][0] == len(found["passages"]) > 15
    assert set(lived.calls) == {*MODULES, COMMITS}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_killed_ingest_is_completed_by_the_next(
    lives: Lives, undisturbed: tuple[Path, Lived], tmp_path: Path, number: int
) -> None:
    """Processes die one after the other, each in another module; the last is left in peace."""
    whole, undead = undisturbed
    drawn = np.random.default_rng(SEED + number)
    deaths = 0
    for turn in range(DEATHS):
        module = MODULES[number + turn * ROUNDS]
        moment = int(drawn.integers(1, undead.calls[module] + 1))
        deaths += lives.live(tmp_path / "data", INPUTS, (module, moment)).killed
    assert deaths
    assert lives.live(tmp_path / "data", INPUTS).status == 0
    model = WordEmbedder().fingerprint
    assert contents(tmp_path / "data", model) == contents(whole, model)


def test_a_process_may_die_behind_any_of_its_commits(
    lives: Lives, undisturbed: tuple[Path, Lived], tmp_path: Path
) -> None:
    """The first dies behind its first commit, the next behind its second: each one step on."""
    whole, _ = undisturbed
    deaths = 0
    for moment in range(1, MOST_COMMITS):
        lived = lives.live(tmp_path / "data", INPUTS, (COMMITS, moment))
        if not lived.killed:
            break
        deaths += 1
    assert deaths > 2 * len(INPUTS)
    assert lived.status == 0
    model = WordEmbedder().fingerprint
    assert contents(tmp_path / "data", model) == contents(whole, model)


def test_the_command_itself_killed_in_the_middle_of_encoding(tmp_path: Path) -> None:
    data, names = tmp_path / "data", [str(path) for path in INPUTS[:2]]
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "ingest", "--data", str(data), *names],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = next((line for line in process.stderr if line.startswith("encoding reports")), "")
        assert said, "it ended before it began to encode"
        time.sleep(float(np.random.default_rng(SEED).uniform(0.0, 1.0)))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    undisturbed = tmp_path / "undisturbed"
    with_model = served_by(bundled())
    next(with_model)
    assert run("ingest", "--data", str(data), *names).out == "unchanged: 2\n"
    assert run("ingest", "--data", str(undisturbed), *names).out == "added: 2\n"
    next(with_model, None)
    model = bundled().fingerprint
    assert contents(data, model) == contents(undisturbed, model)
