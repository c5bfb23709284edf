"""A process that reads reports is killed at random moments; the next one finishes its work."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from bot.build import engine_for, library_for
from bot.settings import load

ROOT = Path(__file__).parents[2]
ROUNDS = 4
LATEST = 9.0  # seconds: by then a calm machine is done


def reading(data: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot.cli", "--data", str(data), "samples"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stored(data: Path) -> tuple[object, ...]:
    """What SQL, Chroma and Tantivy hold in the end, by a library of this process."""
    settings = load()
    library = library_for(settings, data, engine_for(settings, data), command="test")
    search = library.search
    reports = [library.report(one.id) for one in library.reports()]
    return (
        [(one.id, one.revision, one.text) for one in reports],
        library.corpus().passages,
        search._vectors.count(),
        search._words.count(),
    )


def test_whenever_it_is_killed_the_next_run_completes_the_store(tmp_path: Path) -> None:
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    assert reading(calm).wait() == 0
    chance = random.Random(7)  # noqa: S311  (moments, no secrets)
    for _ in range(ROUNDS):
        process = reading(stormy)
        time.sleep(chance.uniform(0.5, LATEST))
        process.kill()
        process.wait()
    last = reading(stormy)
    last.wait()
    assert last.returncode == 0
    assert stored(stormy) == stored(calm)
