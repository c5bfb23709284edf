"""All benchmarks one after the other: ``make bench``, or ``python -m benchmarks.suite``.

    python -m benchmarks.suite [NAME…] [--reports DIR] [--peers PYTHON] [--million]

Each runs as a process of its own and ends with one line of JSON (benchmarks/measure.py). A run of
all of them writes their figures and charts into docs/performance.md; a run of some only prints
them. What can't be measured, for want of data or peers, is named in the table. Exit 1 where a
benchmark broke; a missed goal is shown as one.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.performance_page import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A line of the suite.

    Args:
        title: its heading in the table.
        command: module and arguments; ``{reports}`` stands for the folder of real reports,
            ``{data}`` for a data folder they were ingested into, ``{peers}`` for the option that
            names the peers' Python, ``{million}`` for the option of a longer run.
        needs: what of the real reports it reads.
        by_peers: run by the peers' Python, which holds a library it compares with.
    """

    title: str
    command: str
    needs: Sequence[str] = ()
    by_peers: bool = False

    @property
    def name(self) -> str:
        """Return the module, which names it."""
        return self.command.split()[0]


_PAGES: Final = "isw/html"
_QUESTIONS: Final = "gold/questions.jsonl"

BENCHMARKS: Final = (
    Benchmark(
        title="Reading, as printed",
        command="parse_figures {reports}",
        needs=(_PAGES, "isw/takeaways.jsonl"),
    ),
    Benchmark(title="Reading, speed", command="parse_speed {reports}", needs=(_PAGES,)),
    Benchmark(
        title="Ingest and peers",
        command="ingest_rate {reports} {peers}",
        needs=(_PAGES, _QUESTIONS),
    ),
    Benchmark(
        title="Answers",
        command="ask_speed {data} {reports}/gold/questions.jsonl",
        needs=(_PAGES, _QUESTIONS),
    ),
    Benchmark(title="Many passages", command="scale {million}"),
    Benchmark(title="Cold start", command="cold_start"),
    Benchmark(
        title="Search questions of strangers",
        command="clapnq {reports}/clapnq/questions.jsonl",
        needs=("clapnq/questions.jsonl",),
    ),
    Benchmark(
        title="Key sentences",
        command="key_sentences {reports}/bbc/articles.csv",
        needs=("bbc/articles.csv",),
        by_peers=True,
    ),
    Benchmark(title="Digests, sending", command="delivery bare"),
    Benchmark(title="Digests, composing", command="delivery fill"),
    Benchmark(title="Source page", command="web_page"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one benchmark; ``missing`` says why it has no result.

    ``broke`` tells a failure from what could not be measured here.
    """

    benchmark: Benchmark
    result: dict[str, Any] | None = None
    missing: str = ""
    broke: bool = False


def main() -> int:
    """Run the benchmarks asked for."""
    asked = _arguments()
    chosen = [one for one in BENCHMARKS if not asked.names or one.name in asked.names]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = list(_outcomes(chosen, asked, Path(folder)))
    if asked.names:
        for one in outcomes:
            print(one.benchmark.title, json.dumps(one.result) if one.result else one.missing)
    else:
        write([(one.benchmark.title, one.result, one.missing) for one in outcomes])
    return 1 if any(one.broke for one in outcomes) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suite", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="modules; all where none is named")
    parser.add_argument("--reports", type=Path, default=Path("../shared/data"))
    parser.add_argument("--peers", type=Path, help="a Python that has the bench group")
    parser.add_argument("--million", action="store_true", help="ask a million passages, too")
    asked = parser.parse_args()
    if unknown := set(asked.names) - {one.name for one in BENCHMARKS}:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    return asked


def _outcomes(
    chosen: Sequence[Benchmark], asked: argparse.Namespace, folder: Path
) -> Iterator[Outcome]:
    words = {
        "reports": str(asked.reports),
        "data": str(folder / "data"),
        "peers": f"--peers {asked.peers}" if asked.peers else "",
        "million": "--million" if asked.million else "",
    }
    for one in chosen:
        if missing := _missing(one, asked):
            print(f"{one.name}: {missing}", file=sys.stderr)
            yield Outcome(benchmark=one, missing=missing)
            continue
        if "{data}" in one.command and not (folder / "data").exists():
            _prepare(folder / "data", asked.reports)
        yield _run(one, words, asked.peers)


def _missing(one: Benchmark, asked: argparse.Namespace) -> str:
    absent = [need for need in one.needs if not (asked.reports / need).exists()]
    if absent:
        return f"not measured: no {' or '.join(absent)} in the folder that REPORTS names"
    if one.by_peers and asked.peers is None:
        return "not measured: its peer is compared with PEERS=1"
    return ""


def _prepare(data: Path, reports: Path) -> None:
    """Ingest the real reports once for all that ask them; the 404 page among them fails."""
    print("ingesting the reports that are asked", file=sys.stderr)
    ingest = ["-m", "bot.cli", "--data", str(data), "ingest", str(reports / _PAGES)]
    subprocess.run([sys.executable, *ingest], stdout=subprocess.DEVNULL, check=False)


def _run(one: Benchmark, words: dict[str, str], peers: Path | None) -> Outcome:
    python = str(peers) if one.by_peers else sys.executable
    command = shlex.split(f"benchmarks.{one.command}".format(**words))
    print(f"running {' '.join(command)}", file=sys.stderr, flush=True)
    done = subprocess.run([python, "-m", *command], stdout=subprocess.PIPE, text=True, check=False)
    *shown, last = done.stdout.splitlines() or [""]
    print(*shown, sep="\n", file=sys.stderr)
    try:
        return Outcome(benchmark=one, result=json.loads(last))
    except ValueError:
        missing = f"broke: it ended with {done.returncode} and no result"
        return Outcome(benchmark=one, missing=missing, broke=True)


if __name__ == "__main__":
    raise SystemExit(main())
