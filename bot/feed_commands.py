"""`briefing feeds`: which feeds are polled, and polling them now."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from collections import Counter
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bot import documents, settings
from bot.build import SystemClock, engine_for, library_for, watching_for

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction
    from collections.abc import Callable, Iterator

    from bot.build import Watching
    from index.feed_polling import Poll
    from index.library import Library
    from index.model import IngestResult
    from index.polling import WatchedFeed
    from index.watch import FolderLook

    Document = dict[str, Any]

_OK: Final = 0
_FAILED: Final = 1
_BAD: Final = frozenset({"failed", "gone"})


def register(
    actions: _SubParsersAction[ArgumentParser], common: Callable[[], ArgumentParser]
) -> None:
    """Add the actions of `briefing feeds`; ``common`` makes the options that all commands take."""

    def action(name: str, run: Callable[[Namespace], int], help_: str) -> ArgumentParser:
        made = actions.add_parser(name, help=help_, description=help_, parents=[common()])
        made.set_defaults(run=run)
        return made

    one = action("add", add, "poll feeds from now on")
    one.add_argument("addresses", nargs="+", type=_address, metavar="URL")
    action("list", list_, "show the feeds and watched folders, and how they fare")
    one = action("remove", remove, "poll feeds no more; their reports stay")
    one.add_argument("addresses", nargs="+", metavar="URL")
    one = action("poll", poll, "poll feeds and look at watched folders now")
    one.add_argument("addresses", nargs="*", metavar="URL", help="default: everything watched")


def add(options: Namespace) -> int:
    """Add feeds; nothing is fetched yet."""
    now = SystemClock().now()
    with _opened(options) as (_, watching):
        rows = [
            {"feed": one, "status": "added" if watching.store.add(one, now=now) else "known"}
            for one in options.addresses
        ]
    _show(options, {"feeds": rows}, lambda one: _lines(one["feeds"], "{status}: {feed}"))
    return _OK


def list_(options: Namespace) -> int:
    """List what is watched."""
    with _opened(options) as (_, watching):
        reports = watching.store.reports()
        feeds = [_feed(one, len(reports.get(one.address, ()))) for one in watching.store.feeds()]
        folders = [documents.source(one) for one in watching.folders.health()]
    _show(options, {"feeds": feeds, "folders": folders}, _listed)
    return _OK


def remove(options: Namespace) -> int:
    """Remove feeds; the exit code is 1 when one of them was not to be removed."""
    with _opened(options) as (_, watching):
        rows = [_removed(watching, address) for address in options.addresses]
    _show(
        options,
        {"feeds": rows},
        lambda one: "\n".join(row["error"] or f"removed: {row['feed']}" for row in one["feeds"]),
    )
    return _FAILED if any(row["error"] for row in rows) else _OK


def poll(options: Namespace) -> int:
    """Poll now; the exit code is 1 when a feed, a folder or something in one failed."""
    with _opened(options) as (library, watching):
        feeds = [_polled(one) for one in watching.feeds.now(options.addresses)]
        folders = []
        if not options.addresses:
            folders = [_looked(one) for one in watching.folders.look()]
        document = {"feeds": feeds, "folders": folders}
        if any(file["reports"] for one in (*feeds, *folders) for file in one["files"]):
            library.follow_if_free(_progress)
    _show(options, document, _polls)
    failed = any(
        one["status"] in _BAD or any(file["error"] for file in one["files"])
        for one in (*feeds, *folders)
    )
    return _FAILED if failed else _OK


def _removed(watching: Watching, address: str) -> Document:
    feed = watching.store.find(address)
    error = None
    if feed is None:
        error = f"{address} is not among the feeds; `briefing feeds list` shows them"
    elif not watching.store.remove(feed.address):
        error = f"{address} is listed in the settings; take it out of feeds.addresses there"
    return {"feed": address, "status": "failed" if error else "removed", "error": error}


def _feed(one: WatchedFeed, reports: int) -> Document:
    return {
        "feed": one.address,
        "url": one.url,
        "title": one.title,
        "reports": reports,
        "last_success": one.succeeded,
        "last_error": one.error,
        "failures": one.failures,
        "next_poll": one.next_poll,
        "listed": not one.added,
    }


def _polled(one: Poll) -> Document:
    return {
        "feed": one.feed,
        "status": one.status,
        "error": one.error,
        "left": one.left,
        "files": _files(one.results),
    }


def _looked(one: FolderLook) -> Document:
    return {
        "folder": one.folder,
        "status": "failed" if one.error else "read",
        "error": one.error,
        "left": one.waiting,
        "files": _files(one.results),
    }


def _files(results: tuple[IngestResult, ...]) -> list[Document]:
    files: list[Document] = documents.ingest(list(results))["files"]
    return files


def _listed(document: Document) -> str:
    lines = []
    for one in document["feeds"]:
        moved = f", now at {one['url']}" if one["url"] != one["feed"] else ""
        due = f"next poll {_moment(one['next_poll'])}" if one["next_poll"] else "polled no more"
        lines.append(f"{one['feed']}{moved}: {one['title'] or 'not read yet'}; {due}")
        lines.append(_health(one))
    for one in document["folders"]:
        lines += [f"{one['name']}: a folder", _health(one)]
    return "\n".join(lines) or "No feeds are polled; `briefing feeds add URL` adds one."


def _health(one: Document) -> str:
    success = _moment(one["last_success"]) if one["last_success"] else "never"
    error = f"; last error: {one['last_error']}" if one["last_error"] else ""
    return f"  {one['reports']} reports, last success {success}{error}"


def _polls(document: Document) -> str:
    lines = []
    for one in (*document["feeds"], *document["folders"]):
        counts = Counter(file["status"] for file in one["files"])
        said = [one["status"], *(f"{count} {status}" for status, count in counts.items())]
        if one["left"]:
            said.append(f"{one['left']} left for later")
        lines.append(f"{one.get('feed') or one['folder']}: {', '.join(said)}")
        errors = [one["error"], *(file["error"] for file in one["files"])]
        lines += [f"  {error}" for error in errors if error]
    return "\n".join(lines) or "Nothing is watched; `briefing feeds add URL` adds a feed."


def _lines(rows: list[Document], template: str) -> str:
    return "\n".join(template.format(**row) for row in rows)


def _moment(moment: Any) -> str:  # noqa: ANN401  (a value of a document)
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _address(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        parts = urlsplit("")
    is_address = parts.scheme in {"http", "https"} and parts.hostname
    if not is_address or not text.isprintable() or " " in text.strip():
        raise ArgumentTypeError(f"{text!r} is not an address like https://host/feed")
    return text.strip()


@contextmanager
def _opened(options: Namespace) -> Iterator[tuple[Library, Watching]]:
    loaded = settings.load(options.config)
    engine = engine_for(loaded, options.data)
    try:
        with closing(library_for(loaded, options.data, engine, command=options.command)) as library:
            watching = watching_for(loaded, engine, library)
            watching.store.enter_listed(now=SystemClock().now())
            yield library, watching
    finally:
        engine.dispose()


def _show(options: Namespace, document: Document, page: Callable[[Document], str]) -> None:
    print(documents.line(document) if options.json else page(document))


def _progress(stage: str, done: int, total: int) -> None:
    print(f"{stage}: {done} of {total}" if total else stage, file=sys.stderr, flush=True)
