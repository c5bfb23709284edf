"""How long /timeline, /trend and /said take, against an answer to a question, in one process.

    python -m benchmarks.research_speed DATA [--topics 40] [--rounds 2]

DATA is a data folder into which reports were ingested; give a copy, since what is asked is stored
as in a chat. Topics are names of the lexicon that the reports mention, from the rarest to the
commonest. All four are measured in turn, topic by topic, so that a busy machine slows all, and
each from the message to the finished reply, the picture included. Exit 1 where a timeline or a
trend takes a second or more at p95.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from bot import settings
from bot.build import SystemClock, engine_for, library_for
from bot.dialogue import Request
from bot.terminal import HERE
from bot.wiring import chat_parts
from index.lexicon import Kind
from index.lexicon import load as load_lexicon

if TYPE_CHECKING:
    from index.library import Library

_GOAL: Final = 1.0  # seconds
_NAMED: Final = frozenset({Kind.PERSON, Kind.PLACE, Kind.CAPITAL, Kind.TERM, Kind.SIDE})
_WAYS: Final = {
    "answer": "What do the reports say about {}?",
    "timeline": "/timeline {}",
    "trend": "/trend {}",
    "said": "/said Russia about {}",
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--topics", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    chosen = settings.load()
    engine = engine_for(chosen, asked.data)
    library = library_for(chosen, asked.data, engine, command="research_speed")
    dialogue = chat_parts(chosen, engine, library, may_change=lambda _: True).dialogue
    topics = _topics(library, asked.topics)
    taken: dict[str, list[float]] = {way: [] for way in _WAYS}
    for turn in range(asked.rounds + 1):
        for topic in topics:
            for way, template in _WAYS.items():
                library.search.follow(lambda *_: None)  # forgets what was found
                start = time.perf_counter()
                dialogue.hear(Request(asker=HERE, text=template.format(topic)))
                if turn:  # the first round warms caches that a running bot has warm
                    taken[way].append(time.perf_counter() - start)
    corpus = library.corpus()
    print(f"{len(topics)} topics, {corpus.reports} reports, {corpus.passages:,} passages")
    for way, times in taken.items():
        p50, p95 = (float(np.percentile(times, percent)) for percent in (50, 95))
        ratios = " and ".join(
            f"{each / float(np.percentile(taken['answer'], percent)):.2f}"
            for percent, each in ((50, p50), (95, p95))
        )
        longest = 1_000 * max(times)
        print(
            f"{way}: p50 {1_000 * p50:.0f} ms, p95 {1_000 * p95:.0f} ms, longest {longest:.0f} ms;"
            f" {ratios} times an answer"
        )
    slow = max(float(np.percentile(taken[way], 95)) for way in ("timeline", "trend"))
    return 0 if slow < _GOAL else 1


def _topics(library: Library, count: int) -> list[str]:
    """Return names that the reports mention, evenly from the rarest to the commonest."""
    today = SystemClock().now().date()
    lexicon = load_lexicon()
    names = [one.names[0] for one in lexicon.entries.values() if one.kind in _NAMED]
    counts = {name: len(library.about(name, today=today).sentences) for name in names}
    found = sorted((name for name in names if counts[name]), key=lambda name: counts[name])
    places = np.linspace(0, len(found) - 1, min(count, len(found))).astype(int)
    return [found[place] for place in places]


if __name__ == "__main__":
    raise SystemExit(main())
