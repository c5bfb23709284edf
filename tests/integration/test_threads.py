"""Many threads ask while others bring the index up: real stores, one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.build import engine_for, library_for
from bot.settings import load
from tests.fakes.command_line import served_by
from tests.fakes.embedder import WordEmbedder
from tests.fakes.libraries import SAMPLES, quiet

if TYPE_CHECKING:
    from pathlib import Path

    from index.model import Answer

ASKED_ON: Final = date(2025, 4, 14)
QUESTIONS: Final = (
    "what did Russia say about peacekeepers?",
    "how many drones came in the night of April 8 to 9?",
    "what happened on april 11?",
    "who named the port?",
)


def test_asking_and_following_at_once(tmp_path: Path) -> None:
    serving = served_by(WordEmbedder())
    next(serving)
    settings = load()
    library = library_for(settings, tmp_path, engine_for(settings, tmp_path), command="test")
    inputs = sorted(SAMPLES.glob("*.html"))
    intake = library.intake()
    for path in inputs[:2]:
        assert [one.error for one in intake.take(str(path))] == [None]

    def ask(question: str) -> Answer:
        return library.ask(question, asked_on=ASKED_ON)

    with ThreadPoolExecutor(8) as pool:
        opened = [pool.submit(library.follow, quiet) for _ in range(4)]
        asked = list(pool.map(ask, QUESTIONS * 4))
        for path in inputs[2:]:
            assert [one.error for one in intake.take(str(path))] == [None]
            opened += [pool.submit(library.follow, quiet) for _ in range(4)]
            asked += pool.map(ask, QUESTIONS)
        encoded = [one.result() for one in opened]
    corpus = library.corpus()
    assert corpus.reports == len(inputs)
    assert sum(encoded) == corpus.passages
    assert {one.question for one in asked} == set(QUESTIONS)
    assert library.search.follow(quiet) == 0
    library.close()
    next(serving, None)
