"""How much longer an answer takes over many passages, and what memory they take.

    python -m benchmarks.scale [--million] [--rounds 3]

Reports of generated text go into the catalogue; their passages, with vectors drawn around those of
the topics they speak of, are stored as if they had been encoded; both indexes are filled from there
by the same code as ever. All sizes are asked in turn, question by question, so that a busy machine
slows all. What a process holds that answers over 100,000 passages is measured in one of its own.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.measure import Chart, Figure, peak_mib, percentile, report, timed
from bot import settings
from bot.build import engine_for, library_for, model_for
from index.catalogue import Catalogue
from index.model import Block, BlockKind, ParsedReport
from index.passages import PassageStore, StoredPassage, StoredSentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from index.library import Library
    from index.ports import Vector

    Ask = Callable[[Library, str], object]

_SMALL: Final = 10_000
_LARGE: Final = 100_000
_LARGEST: Final = 1_000_000
_MEMORY_MIB: Final = 1_500
_PASSAGES: Final = 25  # of a report
_SENTENCES: Final = 4  # of a passage
_WORDS: Final = 22  # of a sentence
_TOKENS: Final = 30
_FIRST: Final = date(2015, 1, 1)
_DAYS: Final = 3_650
_LAST: Final = _FIRST + timedelta(days=_DAYS)
_MIDDLE: Final = date(2020, 6, 15)
_THINGS: Final = (
    "the damaged bridges",
    "the grain harbour",
    "the power station",
    "the night ferries",
    "the border posts",
    "the field hospital",
    "the railway depot",
    "the fuel convoy",
    "the water pumps",
    "the radio mast",
)
_PLACES: Final = (
    "the northern river",
    "the old capital",
    "the eastern coast",
    "the salt lakes",
    "the mountain pass",
    "the twin islands",
    "the southern plain",
    "the mining towns",
)
_TOPICS: Final = tuple(" near ".join(pair) for pair in product(_THINGS, _PLACES))
_LETTERS: Final = ("bdfghjklmnprstvz", "aeiou")
_ARRIVED: Final = datetime(2025, 1, 1, tzinfo=UTC)

WAYS: Final[dict[str, Ask]] = {
    "no dates": lambda library, topic: library.ask(
        f"What was reported about {topic}?", asked_on=_LAST
    ),
    "asked on an earlier day": lambda library, topic: library.ask(
        f"What was reported about {topic}?", asked_on=_MIDDLE
    ),
    "about one week": lambda library, topic: library.ask(
        f"What was reported about {topic} between 3 and 9 May 2019?", asked_on=_LAST
    ),
}


def main() -> int:
    """Build the folders, ask them in turn, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.build:
        return _build(asked.data, asked.build)
    if asked.memory:
        return _memory(asked.data)
    sizes = [_SMALL, _LARGE, *([_LARGEST] if asked.million else [])]
    with tempfile.TemporaryDirectory() as name:
        folders = {size: Path(name) / str(size) for size in sizes}
        for size, folder in folders.items():
            print(f"{size:,} passages: loading", file=sys.stderr, flush=True)
            _itself("--build", str(size), "--data", str(folder))
        memory = float(_itself("--memory", "--data", str(folders[_LARGE])))
        times = _times({size: _library(folder) for size, folder in folders.items()}, asked.rounds)
    p50 = {key: 1_000 * percentile(found, 50) for key, found in times.items()}
    return report(
        [*_growth(p50, sizes), *_dates(p50, sizes), _held(memory)],
        [
            Chart(
                name="scale",
                title="An answer over many passages",
                unit="milliseconds at p50, the question's encoding included",
                bars={f"{size:,}, {way}": one for (size, way), one in p50.items()},
            )
        ],
        p50_ms={f"{size} {way}": one for (size, way), one in p50.items()},
    )


def _itself(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.scale", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _growth(p50: dict[tuple[int, str], float], sizes: Sequence[int]) -> Iterator[Figure]:
    small = p50[_SMALL, "no dates"]
    for size, goal in zip(sizes[1:], (2.0, 3.0), strict=False):
        large = p50[size, "no dates"]
        yield Figure(
            what=f"an answer over {size:,} passages at p50, against {_SMALL:,}",
            value=large / small,
            detail=f"{large:.1f} ms against {small:.1f} ms",
            at_most=goal,
        )


def _dates(p50: dict[tuple[int, str], float], sizes: Sequence[int]) -> Iterator[Figure]:
    for size in sizes:
        without, *dated = (p50[size, way] for way in WAYS)
        for way, found in zip(list(WAYS)[1:], dated, strict=True):
            yield Figure(
                what=f"{way}, over {size:,}, against no dates",
                value=found / without,
                detail=f"{found:.1f} ms against {without:.1f} ms",
                at_most=1.5,
            )


def _held(memory: float) -> Figure:
    return Figure(
        what=f"memory of the whole process at {_LARGE:,} passages, of what is allowed",
        value=memory / _MEMORY_MIB,
        detail=f"{memory:,.0f} MiB of {_MEMORY_MIB:,} MiB",
        at_most=1.0,
    )


def _times(libraries: dict[int, Library], rounds: int) -> dict[tuple[int, str], list[float]]:
    times: dict[tuple[int, str], list[float]] = {
        (size, way): [] for size in libraries for way in WAYS
    }
    for turn in range(rounds + 1):
        for topic in _TOPICS[::3]:
            for (size, way), found in times.items():
                _, seconds = timed(WAYS[way], libraries[size], topic)
                if turn:  # the first round fills caches that a running bot has filled
                    found.append(seconds)
    return times


def _library(data: Path) -> Library:
    chosen = settings.load()
    return library_for(chosen, data, engine_for(chosen, data), command="benchmark")


def _memory(data: Path) -> int:
    """Answer for a while and print the most memory held."""
    library = _library(data)
    for topic, ask in product(_TOPICS[::2], WAYS.values()):
        ask(library, topic)
    print(peak_mib())
    return 0


def _build(data: Path, size: int) -> int:
    """Fill a data folder with that many passages."""
    data.mkdir()
    chosen = settings.load()
    engine = engine_for(chosen, data)
    library = library_for(chosen, data, engine, command="benchmark")
    catalogue, passages = Catalogue(engine), PassageStore(engine)
    # How derived passages are named, so that they count as encoded.
    instance = f"passages|{model_for(chosen).fingerprint}|{chosen.index.passage_chars}"
    encoded = model_for(chosen).questions([f"News of {topic}." for topic in _TOPICS])
    made = _Made(np.stack([one.vector for one in encoded]))
    reports = size // _PASSAGES
    for number in range(reports):
        text, spans = made.text()
        one = ParsedReport(
            publisher="Generated Review",
            publisher_confirmed=True,
            title=f"Report {number}",
            authors=(),
            published=_FIRST + timedelta(days=number * _DAYS // reports),
            url=f"https://example.org/{number}",
            language="en",
            text=text,
            blocks=tuple(
                Block(start=start, end=end, kind=BlockKind.PARAGRAPH) for start, end, _ in spans
            ),
        )
        _, id_ = catalogue.store(one, source=f"{number}.html", arrived=_ARRIVED)
        stored = [made.passage(one, id_, place, span) for place, span in enumerate(spans)]
        passages.replace(stored, instance=instance, seq=number + 1)
    assert library.follow(lambda *_: None) == 0
    assert passages.count() == reports * _PASSAGES
    library.close()
    return 0


class _Made:
    """Makes texts and passages, the same ones every time."""

    def __init__(self, topics: Vector) -> None:
        self._topics = topics
        self._chance = np.random.default_rng(1)
        chance = random.Random(1)  # noqa: S311
        syllables = ["".join(pair) for pair in product(*_LETTERS)]
        words = {"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(30_000)}
        self._words = sorted(words)
        chance.shuffle(self._words)
        shares = 1 / np.arange(10, len(self._words) + 10)  # as often as words of a language are
        self._shares = np.cumsum(shares / shares.sum())
        self._signs = self._chance.integers(
            0, 256, size=(4_096, topics.shape[1] // 8), dtype=np.uint8
        )

    def text(self) -> tuple[str, list[tuple[int, int, int]]]:
        """Return a report's text, and start, end and topic of each passage."""
        topics = self._chance.integers(0, len(_TOPICS), size=_PASSAGES)
        paragraphs = [self._paragraph(_TOPICS[topic]) for topic in topics]
        ends = np.cumsum([len(one) + 2 for one in paragraphs]) - 2
        starts = [0, *(ends[:-1] + 2)]
        spans = zip(map(int, starts), map(int, ends), map(int, topics), strict=True)
        return "\n\n".join(paragraphs), list(spans)

    def _paragraph(self, topic: str) -> str:
        drawn = np.searchsorted(self._shares, self._chance.random(_SENTENCES * _WORDS))
        words = [self._words[place] for place in np.minimum(drawn, len(self._words) - 1)]
        sentences = [
            " ".join(words[first : first + _WORDS]).capitalize()
            for first in range(0, len(words), _WORDS)
        ]
        sentences[0] = f"{sentences[0]} at {topic}"
        return ". ".join(sentences) + "."

    def passage(
        self, one: ParsedReport, id_: str, ordinal: int, span: tuple[int, int, int]
    ) -> StoredPassage:
        """Return one passage as the model would have encoded it."""
        start, end, topic = span
        noise = self._chance.standard_normal(self._topics.shape[1], dtype=np.float32)
        vector: Vector = self._topics[topic] + np.float32(0.05) * noise
        first = int(self._chance.integers(0, len(self._signs) - _SENTENCES * _TOKENS))
        return StoredPassage(
            start=start,
            end=end,
            report_id=id_,
            revision=1,
            ordinal=ordinal,
            published=one.published,
            text=one.text[start:end],
            sentences=_sentences(one.text, start, end, ordinal),
            vector=vector / np.linalg.norm(vector),
            signs=self._signs[first : first + _SENTENCES * _TOKENS],
        )


def _sentences(text: str, start: int, end: int, block: int) -> tuple[StoredSentence, ...]:
    found: list[StoredSentence] = []
    at = start
    while at < end:
        stop = text.find(". ", at, end) + 1 or end
        tokens = (len(found) * _TOKENS, (len(found) + 1) * _TOKENS)
        found.append(
            StoredSentence(
                start=at,
                end=stop,
                kind=BlockKind.PARAGRAPH,
                block=block,
                tokens=tokens,
                statements=(),
                days=(),
            )
        )
        at = stop + 1
    return tuple(found)


if __name__ == "__main__":
    raise SystemExit(main())
