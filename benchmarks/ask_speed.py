"""How long an answer takes, against encoding the question alone, in one process.

    python -m benchmarks.ask_speed DATA QUESTIONS [--rounds 3]

DATA is a data folder into which reports were ingested, QUESTIONS a file as in docs/evaluation.md.
The two are measured in turn, question by question, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from benchmarks.measure import Figure, percentile, report, timed
from bot import settings
from bot.build import engine_for, library_for, model_for
from index.evaluate import read_questions

_GOALS: Final = {50: 2.0, 95: 4.0}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    chosen = settings.load()
    engine = engine_for(chosen, asked.data)
    library = library_for(chosen, asked.data, engine, command="ask_speed")
    model = model_for(chosen)
    questions = read_questions(asked.questions)
    passages = library.corpus().passages
    alone: list[float] = []
    whole: list[float] = []
    for turn in range(asked.rounds + 1):
        for one in questions:
            _, encode = timed(model.questions, [one.question])
            _, answer = timed(library.ask, one.question, asked_on=one.asked_on, history=one.history)
            if turn:  # the first round warms caches that a running bot has warm
                alone.append(encode)
                whole.append(answer)
    figures = []
    for percent, goal in _GOALS.items():
        floor, taken = (1_000 * percentile(each, percent) for each in (alone, whole))
        figures.append(
            Figure(
                what=f"an answer over {passages:,} passages at p{percent}, against encoding alone",
                value=taken / floor,
                detail=f"{taken:.1f} ms against {floor:.1f} ms",
                at_most=goal,
            )
        )
    return report(figures, questions=len(questions), rounds=asked.rounds)


if __name__ == "__main__":
    raise SystemExit(main())
