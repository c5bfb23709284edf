"""What each command does: open the library, call it, print a document or a page for people."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from bot import documents, pages, settings
from bot.build import SystemClock, engine_for, library_for, model_for, rebuild
from index.errors import SettingsError
from index.evaluate import errors, judge, read_questions, table
from index.model import IngestStatus
from index.variants import variants

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.app import Parts
    from bot.terminal import TerminalChat
    from index.library import Library
    from index.variants import Ask

Command = Callable[["Namespace"], int]

_OK: Final = 0
_FAILED: Final = 1
_EVERY: Final = 25
_DEMO: Final = "what did Russia say about peacekeepers?"


def ingest(options: Namespace) -> int:
    """Read inputs; the exit code is 1 when one of them failed."""
    results = []
    library = _library(options)
    for result in library.ingest(options.inputs, _progress):
        results.append(result)
        if result.error:
            _note(f"failed: {result.error}")
        elif len(results) % _EVERY == 0:
            _note(f"{len(results)} inputs read")
    if options.json:
        _document(documents.ingest(results))
    else:
        for status in IngestStatus:
            count = sum(result.status is status for result in results)
            if count:
                print(f"{status.value}: {count}")
    return _FAILED if any(result.error for result in results) else _OK


def report(options: Namespace) -> int:
    """Show one report as parsed."""
    one = _library(options).report(options.id, options.revision)
    if options.json:
        _document(documents.report(one))
    else:
        print(pages.report(one))
    return _OK


def reports(options: Namespace) -> int:
    """List the reports."""
    found = _library(options).reports()
    if options.json:
        _document([documents.summary(one) for one in found])
    else:
        print(pages.reports(found))
    return _OK


def ask(options: Namespace) -> int:
    """Answer one question, or a file of them."""
    library = _searchable(options)

    def answer(line: dict[str, Any]) -> dict[str, Any]:
        return documents.answer(
            library.ask(line["question"], asked_on=line["asked_on"], history=line["history"])
        )

    if options.batch:
        return _batch(options, answer)
    asked = _question(options) | {"history": options.history}
    document = answer(asked)
    if options.json:
        _document(document)
    else:
        print(pages.answer(document))
    return _OK


def passages(options: Namespace) -> int:
    """Rank passages for one question, or a file of them."""
    library = _searchable(options)

    def ranked(line: dict[str, Any]) -> dict[str, Any]:
        found = library.ranked(line["question"], top=options.top, asked_on=line["asked_on"])
        return {"question": line["question"], "passages": documents.passages(found)}

    if options.batch:
        return _batch(options, ranked)
    document = ranked(_question(options))
    if options.json:
        _document(document)
    else:
        print(pages.passages(document))
    return _OK


def digest(options: Namespace) -> int:
    """Show the digest of a day."""
    document = documents.digest(_library(options).digest(options.date))
    if options.json:
        _document(document)
    else:
        print(pages.digest(document))
    return _OK


def evaluate(options: Namespace) -> int:
    """Measure answers on a file of questions with gold, beside other ways to answer."""
    questions = read_questions(options.questions)
    library = _searchable(options)
    ways: dict[str, Ask] = {
        "this build": lambda question, day, history: library.ask(
            question, asked_on=day, history=history
        )
    }
    found = variants(library.search)
    ways |= found if options.ablations else {"plain build": found["plain build"]}
    outcomes = {}
    for name, ask in ways.items():
        _note(f"{name}: {len(questions)} questions")
        outcomes[name] = [
            judge(one, ask(one.question, one.asked_on, one.history)) for one in questions
        ]
    document = {
        "ways": {name: table(found) for name, found in outcomes.items()},
        "errors": errors(outcomes["this build"]),
    }
    if options.json:
        _document(document)
    else:
        print(pages.evaluation(document))
    return _OK


def run(options: Namespace) -> int:
    """Start the bot."""
    loaded = settings.load(options.config)
    token = os.environ.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not token:
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is not set; put the token there that @BotFather gave you"
        )
    # A child process or a crash report has no use for it.
    del os.environ["TELEGRAM_BOT_TOKEN"]
    from bot.app import run_bot

    engine, library = _opened(options, loaded)
    run_bot(loaded, engine, library, token=token, api_url=options.api_url or loaded.chat.api_url)
    return _OK


def chat(options: Namespace) -> int:
    """Talk in this terminal."""
    terminal, _ = _terminal(options)
    terminal.run()
    return _OK


def demo(options: Namespace) -> int:
    """Show one question answered, its footnotes, and the newest day's digest."""
    from bot.dialogue import Request
    from bot.terminal import HERE

    terminal, parts = _terminal(options)
    terminal.demo(_DEMO, lambda: parts.commands.digest(Request(asker=HERE, text="")).messages)
    return _OK


def samples(options: Namespace) -> int:
    """Read the sample reports; a second time nothing changes."""
    with resources.as_file(resources.files("config") / "samples") as folder:
        options.inputs = [str(folder)]
        return ingest(options)


def check(options: Namespace) -> int:
    """Validate the settings and what they name."""
    loaded = settings.load(options.config)
    model_for(loaded).verify()
    if options.json:
        _document({"ok": True})
    else:
        print("The settings are valid.")
    return _OK


def reindex(options: Namespace) -> int:
    """Derive everything anew."""
    loaded = settings.load(options.config)
    engine = engine_for(loaded, options.data)
    encoded = rebuild(loaded, options.data, engine).follow(_progress)
    if options.json:
        _document({"passages": encoded})
    else:
        print(f"{encoded} passages")
    return _OK


def stats(options: Namespace) -> int:
    """Count what is stored."""
    library = _library(options)
    corpus = library.corpus()
    document = {
        "reports": corpus.reports,
        "passages": corpus.passages,
        "publishers": dict(corpus.publishers),
        "from": corpus.first,
        "to": corpus.last,
        "duplicates": corpus.duplicates,
        "failed": [{"input": name, "error": why} for name, why in library.failures()],
    }
    if options.json:
        _document(document)
    else:
        print(pages.stats(document))
    return _OK


def _library(options: Namespace) -> Library:
    return _opened(options, settings.load(options.config))[1]


def _searchable(options: Namespace) -> Library:
    """Open the library and index what an earlier process stored and did not come to index."""
    library = _library(options)
    library.follow(_progress)
    return library


def _opened(options: Namespace, loaded: settings.Settings) -> tuple[Engine, Library]:
    engine = engine_for(loaded, options.data)
    return engine, library_for(loaded, options.data, engine, command=options.command)


def _terminal(options: Namespace) -> tuple[TerminalChat, Parts]:
    from rich.console import Console

    from bot.app import chat_parts
    from bot.terminal import TerminalChat

    loaded = settings.load(options.config)
    engine, library = _opened(options, loaded)
    library.follow(_progress)
    parts = chat_parts(loaded, engine, library, may_change=lambda _: True)
    return TerminalChat(parts.dialogue, Console(), parts.texts), parts


def _question(options: Namespace) -> dict[str, Any]:
    if options.question is None:
        raise SettingsError("a question is missing: give one, or a file of them with --batch")
    return {"question": options.question, "asked_on": options.asked_on or _today()}


def _batch(options: Namespace, work: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Work through a file of questions; a line that is none fails alone."""
    failed = False
    with _output(options.out) as write:
        for number, text in enumerate(_lines(options.batch), start=1):
            try:
                line = _line(text, options)
            except (ValueError, TypeError, RecursionError) as error:
                failed = True
                _note(f"{options.batch}, line {number}: {error}")
                write({"id": None, "error": f"line {number}: {error}"})
                continue
            write({"id": line.get("id")} | work(line))
    return _FAILED if failed else _OK


def _line(text: bytes, options: Namespace) -> dict[str, Any]:
    line = json.loads(text)
    if not isinstance(line, dict) or not isinstance(line.get("question"), str):
        raise TypeError('not a question: want {"id": …, "question": "…"}')
    history = line.get("history") or []
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise TypeError("history is not a list of questions")
    day = line.get("asked_on")
    asked_on = date.fromisoformat(day) if day else options.asked_on or _today()
    return line | {"asked_on": asked_on, "history": history}


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        raise SettingsError(f"--batch {path} can't be read: {error}") from error


@contextmanager
def _output(path: Path | None) -> Iterator[Callable[[Any], None]]:
    if path is None:
        yield _document
        return
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--out {path} can't be written: {error}") from error
    with file:
        yield lambda document: print(_json(document), file=file)


def _document(document: object) -> None:
    print(_json(document))


def _json(document: object) -> str:
    text = json.dumps(document, ensure_ascii=False, default=documents.default)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, as a question may hold: JSON can escape it
        return json.dumps(document, default=documents.default)
    return text


def _today() -> date:
    return SystemClock().now().date()


def _progress(stage: str, done: int, total: int) -> None:
    _note(f"{stage}: {done} of {total}" if total else stage)


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
