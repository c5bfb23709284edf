"""Key sentences against what readers of news were given: python -m benchmarks.key_sentences FILE.

FILE is a CSV with a `document` and its `summary`, sentences of the document. For each article as
many sentences are chosen as the summary has: by this project, the first ones, and by a LexRank
library (`make bench PEERS=1` installs it) at two settings. F1 is the mean over the articles.
"""

from __future__ import annotations

import argparse
import csv
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Figure, report
from index.keysentences import key_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The articles are in lower case, so that capitals don't tell where a sentence begins.
_END = re.compile(r"(?<!\b[a-z])(?<!\b(?:mr|st|dr|vs))(?<!\bmrs)([.?!][\"')\]]*)\s+")
_NOT_WORD = re.compile(r"\W+")
_SHORTEST = 12


def main() -> int:
    """Measure all ways over the same sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path)
    try:
        lexrank = import_module("lexrank")
    except ImportError:
        parser.error("the lexrank library is missing: make bench PEERS=1 installs it")
    with parser.parse_args().articles.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    articles = [(sentences(row["document"]), bare(row["summary"])) for row in rows]
    library = lexrank.LexRank([found for found, _ in articles], stopwords=lexrank.STOPWORDS["en"])
    ways: dict[str, Callable[[list[str], int], Sequence[int]]] = {
        "this project": key_sentences,
        "first sentences": lambda found, count: range(min(count, len(found))),
        "lexrank, threshold 0.1": lambda found, count: best(
            library.rank_sentences(found, threshold=0.1), count
        ),
        "lexrank, continuous": lambda found, count: best(
            library.rank_sentences(found, threshold=None), count
        ),
    }
    scores: dict[str, list[float]] = {name: [] for name in ways}
    for found, summary in articles:
        given = {n for n, one in enumerate(found) if len(bare(one)) > _SHORTEST}
        given = {n for n in given if bare(found[n]) in summary}
        for name, way in ways.items():
            if given:
                scores[name].append(len(given & {*way(found, len(given))}) / len(given))
    means = {name: round(float(np.mean(found)), 4) for name, found in scores.items()}
    own = means.pop("this project")
    return report(
        [
            Figure(
                what=f"key sentences, against {name}",
                value=own / mean,
                detail=f"F1 {own:.3f} against {mean:.3f}, {len(articles)} articles",
                at_least=1.0,
            )
            for name, mean in means.items()
        ]
    )


def sentences(document: str) -> list[str]:
    """Return the sentences of an article without its title, which is the first line."""
    _, _, body = document.strip().partition("\n")
    lines = [_END.sub(r"\1\n", line) for line in body.splitlines()]
    return [one.strip() for line in lines for one in line.split("\n") if one.strip()]


def bare(text: str) -> str:
    """Return a text's letters and digits alone: summaries are joined without spaces."""
    return _NOT_WORD.sub("", text)


def best(scores: Sequence[float], count: int) -> list[int]:
    """Return the places of the highest scores."""
    places: list[int] = np.argsort(-np.asarray(scores), kind="stable")[:count].tolist()
    return places


if __name__ == "__main__":
    raise SystemExit(main())
