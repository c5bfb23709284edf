"""What each command does: open the library, call it, print a document or a page for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot import delivery_commands, documents, pages, settings
from bot.batch import Asked, opened
from bot.build import SystemClock, chroma_for, engine_for, library_for, model_for, rebuild
from bot.feedback_store import FeedbackStore
from bot.migrate_store import migrate
from bot.servers import await_servers
from bot.web_wiring import check_public_url, web_if_set
from index.errors import InputError, SettingsError
from index.evaluate import errors, judge, read_questions, table
from index.variants import variants

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import Engine

    from bot.terminal import TerminalChat
    from bot.wiring import Parts
    from index.library import Library
    from index.variants import Ask

Command = Callable[["Namespace"], int]
Shown = TypeVar("Shown", dict[str, Any], list[dict[str, Any]])

_OK: Final = 0
_FAILED: Final = 1
_EVERY: Final = 25
_DEMO: Final = "what did Russia say about peacekeepers?"


def ingest(options: Namespace) -> int:
    """Read inputs; the exit code is 1 when one of them failed."""
    results = []
    with _library(options) as library:
        for result in library.ingest(options.inputs, _progress):
            results.append(result)
            if result.error:
                _note(f"failed: {result.error}")
            elif len(results) % _EVERY == 0:
                _note(f"{len(results)} inputs read")
    _show(options, documents.ingest(results), pages.ingest)
    return _FAILED if any(result.error for result in results) else _OK


def report(options: Namespace) -> int:
    """Show one report as parsed."""
    with _library(options) as library:
        one, links = library.report(options.id, options.revision), library.near_copies()
    _show(options, documents.report(one, links), pages.report)
    return _OK


def reports(options: Namespace) -> int:
    """List the reports."""
    with _library(options) as library:
        links = library.near_copies()
        found = [documents.summary(one, links) for one in library.reports()]
    _show(options, found, pages.reports)
    return _OK


def ask(options: Namespace) -> int:
    """Answer one question, or a file of them."""

    def answer(library: Library, asked: Asked) -> dict[str, Any]:
        found = library.ask(asked.question, asked_on=asked.asked_on, history=asked.history)
        return documents.answer(found) | {"question": asked.question}

    return _questions(options, answer, pages.answer)


def passages(options: Namespace) -> int:
    """Rank passages for one question, or a file of them."""

    def ranked(library: Library, asked: Asked) -> dict[str, Any]:
        found = library.ranked(asked.question, top=options.top, asked_on=asked.asked_on)
        return {"question": asked.question, "passages": documents.passages(found)}

    return _questions(options, ranked, pages.passages)


def digest(options: Namespace) -> int:
    """Show the digest of a day, or what a chat would get now."""
    if options.chat is not None:
        return delivery_commands.preview(options)
    with _library(options) as library:
        document = documents.digest(library.digest(options.date))
    _show(options, document, pages.digest)
    return _OK


def evaluate(options: Namespace) -> int:
    """Measure answers on a file of questions with gold, beside other ways to answer."""
    try:
        questions = read_questions(options.questions)
    except InputError as error:
        raise SettingsError(str(error)) from error
    outcomes = {}
    with _searchable(options) as library:
        found = variants(library.search)
        ways: dict[str, Ask] = {
            "this build": lambda question, day, history: library.ask(
                question, asked_on=day, history=history
            )
        }
        ways |= found if options.ablations else {"plain build": found["plain build"]}
        for name, way in ways.items():
            _note(f"{name}: {len(questions)} questions")
            outcomes[name] = [
                judge(one, way(one.question, one.asked_on, one.history)) for one in questions
            ]
    document = {
        "ways": {name: table(judged) for name, judged in outcomes.items()},
        "errors": errors(outcomes["this build"]),
    }
    _show(options, document, pages.evaluation)
    return _OK


def run(options: Namespace) -> int:
    """Start the bot."""
    token = os.environ.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not token:
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is not set; put the token there that @BotFather gave you"
        )
    # A child process or a crash report has no use for it.
    del os.environ["TELEGRAM_BOT_TOKEN"]
    from bot.app import run_bot

    await_servers(settings.load(options.config), options.data)
    with _opened(options) as (loaded, engine, library):
        api_url = options.api_url or loaded.chat.api_url
        web = web_if_set(loaded, options.data, served=options.web)
        run_bot(loaded, engine, library, token=token, api_url=api_url, web=web)
    return _OK


def chat(options: Namespace) -> int:
    """Talk in this terminal."""
    with _terminal(options) as (terminal, _):
        terminal.run()
    return _OK


def demo(options: Namespace) -> int:
    """Show one question answered, its footnotes, and the newest day's digest."""
    from bot.dialogue import Request
    from bot.terminal import HERE

    with _terminal(options) as (terminal, parts):
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
    check_public_url(loaded.web.public_url)
    model = model_for(loaded)
    model.verify()
    if loaded.model.name != settings.load().model.name:  # only loading tells about another one
        _note(f"{loaded.model.name}: {model.dimensions} dimensions")
    if loaded.stores.database_url:
        with _library(options) as library:
            library.newest_day()
    if loaded.stores.chroma_url:
        chroma_for(loaded, options.data)
    _show(options, {"ok": True}, lambda _: "The settings are valid.")
    return _OK


def reindex(options: Namespace) -> int:
    """Derive everything anew."""
    loaded = settings.load(options.config)
    with closing(rebuild(loaded, options.data, engine_for(loaded, options.data))) as library:
        encoded = library.follow(_progress)
    _show(options, {"passages": encoded}, lambda _: f"{encoded} passages")
    return _OK


def migrate_store(options: Namespace) -> int:
    """Copy everything stored to the servers that another settings file names."""
    source, target = settings.load(options.config), settings.load(options.to_config)
    counts = migrate(source, target, options.data, _progress)
    _show(options, {"copied": counts}, lambda one: _lines_of(one["copied"]))
    return _OK


def stats(options: Namespace) -> int:
    """Count what is stored."""
    with _opened(options) as (_, engine, library):
        votes = FeedbackStore(engine).counts()
        document = documents.stats(library.corpus(), library.failures(), library.sources(), votes)
    _show(options, document, pages.stats)
    return _OK


@contextmanager
def _opened(options: Namespace) -> Iterator[tuple[settings.Settings, Engine, Library]]:
    """Open what is stored; in the end connections and the data folder's lock are given back."""
    loaded = settings.load(options.config)
    engine = engine_for(loaded, options.data)
    try:
        with closing(library_for(loaded, options.data, engine, command=options.command)) as library:
            yield loaded, engine, library
    finally:
        engine.dispose()


@contextmanager
def _library(options: Namespace) -> Iterator[Library]:
    with _opened(options) as (_, _, library):
        yield library


@contextmanager
def _searchable(options: Namespace) -> Iterator[Library]:
    """Open the library and index what an earlier process stored and did not come to index."""
    with _library(options) as library:
        library.follow(_progress)
        yield library


@contextmanager
def _terminal(options: Namespace) -> Iterator[tuple[TerminalChat, Parts]]:
    from rich.console import Console

    from bot.terminal import TerminalChat
    from bot.terminal_history import History
    from bot.wiring import chat_parts

    with _opened(options) as (loaded, engine, library):
        library.follow(_progress)
        web = web_if_set(loaded, options.data)
        parts = chat_parts(loaded, engine, library, may_change=lambda _: True, web=web)
        typed = History(options.data / "typed_lines")
        at_hand = sys.stdin.isatty() and sys.stdout.isatty()
        console = Console(force_interactive=at_hand)
        with typed if at_hand else nullcontext():
            yield TerminalChat(parts.dialogue, console, parts.texts, forget=typed.forget), parts


def _questions(
    options: Namespace,
    answer: Callable[[Library, Asked], dict[str, Any]],
    page: Callable[[dict[str, Any]], str],
) -> int:
    """Answer the one question or the file of them; what is wrong with either is said first."""
    asked_on = options.asked_on or _today()
    if options.batch is None:
        if options.out is not None:
            raise SettingsError("--out says where the answers of a --batch go; name one, too")
        asked = Asked(question=options.question, asked_on=asked_on, history=tuple(options.history))
        with _searchable(options) as library:
            document = answer(library, asked)
        _show(options, document, page)
        return _OK
    if options.history:
        raise SettingsError("--history goes with a QUESTION; the lines of --batch have their own")
    with opened(options.batch, options.out) as batch, _searchable(options) as library:
        whole = batch.run(partial(answer, library), asked_on=asked_on, note=_note)
    return _OK if whole else _FAILED


def _lines_of(counts: dict[str, int]) -> str:
    return "\n".join(f"{name}: {count}" for name, count in counts.items())


def _show(options: Namespace, document: Shown, page: Callable[[Shown], str]) -> None:
    print(documents.line(document) if options.json else page(document))


def _today() -> date:
    return SystemClock().now().date()


def _progress(stage: str, done: int, total: int) -> None:
    _note(f"{stage}: {done} of {total}" if total else stage)


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
