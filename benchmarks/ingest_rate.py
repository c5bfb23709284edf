"""How fast reports are ingested, against encoding their passages alone and against plain builds.

    python -m benchmarks.ingest_rate REPORTS [--peers PYTHON]

REPORTS holds isw/html and gold/questions.jsonl. PYTHON is one that has the peers: the `bench` group
of pyproject.toml, in an environment of its own. Each build and each of its two steps runs as a
process of its own (benchmarks/builds.py); rates are characters of the reports' texts a second with
the model loaded, whatever a build makes of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.builds import Own, Text, write_texts
from benchmarks.measure import Chart, Figure, report
from bot import settings
from bot.build import engine_for
from index.passages import PassageStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    Numbers = Mapping[str, float]

_PEERS: Final = {"langchain": "LangChain", "llamaindex": "LlamaIndex"}
_NAMES: Final = {"own": "this build", "floor": "encoding alone", **_PEERS}


def main() -> int:
    """Run the builds one after the other, and compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest_rate", description=__doc__)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--peers", type=Path)
    asked = parser.parse_args()
    pages, questions = asked.reports / "isw" / "html", asked.reports / "gold" / "questions.jsonl"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ingested = {"own": _ingest(sys.executable, "own", folder, pages)}
        characters = _write_sources(folder)
        ingested["floor"] = _ingest(sys.executable, "floor", folder, folder / "passages.jsonl")
        answered = {"own": _ask(sys.executable, "own", folder, questions)}
        for peer in _PEERS if asked.peers else ():
            ingested[peer] = _ingest(str(asked.peers), peer, folder, folder / "texts.jsonl")
            answered[peer] = _ask(str(asked.peers), peer, folder, questions)
    rates = {name: characters / one["seconds"] for name, one in ingested.items()}
    return report(
        _figures(rates, ingested, answered),
        [
            Chart(
                name="ingest",
                title="Ingest",
                unit="characters a second",
                bars={_NAMES[name]: rate for name, rate in rates.items()},
            )
        ],
        characters=characters,
        ingested=ingested,
        answered=answered,
    )


def _ingest(python: str, build: str, folder: Path, source: Path) -> Numbers:
    command = ["-m", "benchmarks.builds", build, "ingest", str(folder / build), str(source)]
    print(f"{_NAMES[build]}: ingest", file=sys.stderr, flush=True)
    done = subprocess.run([python, *command], check=True, stdout=subprocess.PIPE, text=True)
    numbers: Numbers = json.loads(done.stdout.splitlines()[-1])
    return numbers


def _ask(python: str, build: str, folder: Path, questions: Path) -> Numbers:
    command = ["-m", "benchmarks.builds", build, "ask", str(folder / build), str(questions)]
    print(f"{_NAMES[build]}: questions", file=sys.stderr, flush=True)
    begun = time.perf_counter()
    with subprocess.Popen([python, *command], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        lines = iter(asking.stdout.readline, "")
        first = next(time.perf_counter() - begun for line in lines if line == "answered\n")
        *_, last = lines
    return {**json.loads(last), "first_answer_seconds": first}


def _write_sources(folder: Path) -> int:
    """Write what this build read, texts and passages, for the others; count the characters."""
    with closing(Own(folder / "own").library) as library:
        reports = [library.report(one.id) for one in library.reports()]
    store = PassageStore(engine_for(settings.load(), folder / "own"))
    write_texts(folder / "texts.jsonl", [Text(text=one.text, day=one.published) for one in reports])
    write_texts(
        folder / "passages.jsonl",
        [Text(text=one.text, day=one.published) for one in store.texts()],
    )
    return sum(len(one.text) for one in reports)


def _figures(
    rates: Mapping[str, float], ingested: Mapping[str, Numbers], answered: Mapping[str, Numbers]
) -> list[Figure]:
    def rate(other: str, goal: float) -> Figure:
        return Figure(
            what=f"ingest against {_NAMES[other]}",
            value=rates["own"] / rates[other],
            detail=f"{rates['own']:,.0f} against {rates[other]:,.0f} characters a second",
            at_least=goal,
        )

    def other(what: str, numbers: Mapping[str, Numbers], peer: str, name: str, unit: str) -> Figure:
        own, theirs = numbers["own"][name], numbers[peer][name]
        return Figure(
            what=f"{what}, against {_NAMES[peer]}",
            value=own / theirs,
            detail=f"{own:,.4g} against {theirs:,.4g} {unit}",
        )

    figures = [rate("floor", 0.85)]
    for peer in (name for name in answered if name != "own"):
        figures += [
            rate(peer, 2.0),
            other("peak memory of ingest", ingested, peer, "peak_mib", "MiB"),
            other("peak memory of answering", answered, peer, "peak_mib", "MiB"),
            other("answer at p50", answered, peer, "p50_ms", "ms"),
            other("answer at p95", answered, peer, "p95_ms", "ms"),
            other("start to first answer", answered, peer, "first_answer_seconds", "s"),
            other("answering passage in the first three", answered, peer, "found", "of questions"),
        ]
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
