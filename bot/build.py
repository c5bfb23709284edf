"""The index's part of the composition root: settings and a data folder in, a library out."""

from __future__ import annotations

import logging
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from bot import schema
from index import attribution, chroma, lexicon, lock, rank
from index.advisory import DERIVING, SessionLock, alone
from index.answer import AnswerSettings
from index.catalogue import Catalogue
from index.derive import Derivation
from index.embed import ModelSettings, SentenceTransformerEmbedder
from index.errors import DamagedError, SettingsError
from index.feed_polling import FeedPolling
from index.feed_store import FeedStore
from index.fetch import Fetcher, FetchSettings
from index.folder_store import FolderStore
from index.lexical import TantivyIndex
from index.library import Library
from index.parse import layouts, parse
from index.passages import PassageStore
from index.polling import PollPolicy
from index.reconnect import ReconnectingVectors
from index.rerank import CrossEncoderReranker
from index.robots import Manners, MannerSettings
from index.search import Search, SearchSettings
from index.sql import open_engine
from index.watch import FolderWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chromadb.api import ClientAPI
    from sqlalchemy import Engine

    from bot.settings import Settings
    from index.derive import Progress
    from index.ports import VectorIndex

log = logging.getLogger(__name__)

_Opened = TypeVar("_Opened")


class SystemClock:
    """The one clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


def engine_for(settings: Settings, data: Path) -> Engine:
    """Open the database the settings name, or the data folder's own."""
    return open_engine(settings.stores.database_url or f"sqlite:///{data / 'briefing.sqlite'}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What is looked at again and again for new reports."""

    store: FeedStore
    feeds: FeedPolling
    folders: FolderWatch


def library_for(settings: Settings, data: Path, engine: Engine, *, command: str) -> Library:
    """Wire a library over one database and data folder.

    The search index opens on first use, and takes the lock of the data folder for ``command``.
    """
    catalogue, passages = Catalogue(engine), PassageStore(engine)
    schema.prepare(engine)
    fetcher = Fetcher(
        FetchSettings(
            timeout=settings.sources.timeout,
            most_bytes=settings.sources.most_bytes,
            private_addresses=settings.sources.private_addresses,
            user_agent=settings.sources.user_agent,
        )
    )
    manners = MannerSettings(spacing=settings.feeds.spacing, name=settings.feeds.robots_name)
    return Library(
        catalogue=catalogue,
        passages=passages,
        hold=partial(lock.hold, data, command),
        open_search=partial(_search, settings, data, engine, catalogue, passages),
        read=partial(parse, layouts=layouts.load()),
        fetcher=fetcher,
        most_bytes=settings.sources.most_bytes,
        clock=SystemClock(),
        manners=Manners(fetcher.ask, manners),
        watched=(_feeds(settings, engine).health, _folders(settings, engine).health),
    )


def watching_for(settings: Settings, engine: Engine, library: Library) -> Watching:
    """Wire what polls feeds and looks at folders, for the reports of a library."""
    store, intake = _feeds(settings, engine), library.intake()
    policy = PollPolicy(
        every=timedelta(minutes=settings.feeds.every_minutes),
        longest=timedelta(minutes=settings.feeds.longest_minutes),
        pages=settings.feeds.pages,
    )
    return Watching(
        store=store,
        feeds=FeedPolling(store, intake, policy=policy, clock=SystemClock()),
        folders=FolderWatch(
            _folders(settings, engine),
            intake.take,
            quiet=timedelta(seconds=settings.folders.quiet_seconds),
            clock=SystemClock(),
        ),
    )


def _feeds(settings: Settings, engine: Engine) -> FeedStore:
    published = [feed for one in layouts.load().publishers for feed in one.feeds]
    return FeedStore(engine, listed=[*settings.feeds.addresses, *published])


def _folders(settings: Settings, engine: Engine) -> FolderStore:
    paths = [str(Path(path).expanduser().resolve()) for path in settings.folders.paths]
    return FolderStore(engine, folders=paths)


@contextmanager
def holding(data: Path, command: str) -> Iterator[None]:
    """Hold the lock of a data folder.

    Raises:
        BusyError: another process has it; the text says which.
    """
    held = lock.hold(data, command)
    try:
        yield
    finally:
        held.release()


def rebuild(settings: Settings, data: Path, engine: Engine) -> Library:
    """Forget everything derived and return a library that derives it anew when it follows."""
    # Another worker that derives would store, after this, as if nothing were forgotten.
    with holding(data, "reindex"), alone(SessionLock(engine, DERIVING)):
        chroma.drop(chroma_for(settings, data))
        shutil.rmtree(data / "words", ignore_errors=True)
        passages = PassageStore(engine)
        schema.prepare(engine)
        passages.clear()
    return library_for(settings, data, engine, command="reindex")


def copy_vectors(
    source: Settings, target: Settings, data: Path, engines: tuple[Engine, Engine], note: Progress
) -> int:
    """Copy a data folder's vectors to the Chroma of other settings and count them.

    Raises:
        StoreError: the other one holds something else, or not what was written.
        ModelError: the vectors were built with another model or chunking than the settings say.
    """
    ours, theirs = (
        chroma.ChromaIndex(chroma_for(one, data), _fingerprint(one)) for one in (source, target)
    )
    count = ours.copy_to(theirs, note)
    old, new = map(PassageStore, engines)
    new.advance(theirs.instance, old.checkpoint(ours.instance))
    return count


def _fingerprint(settings: Settings) -> str:
    return f"{model_for(settings).fingerprint}|{settings.index.passage_chars}"


def model_for(settings: Settings) -> SentenceTransformerEmbedder:
    """Return the embedder the settings name; nothing is loaded yet."""
    return SentenceTransformerEmbedder(
        ModelSettings(
            name=settings.model.name,
            question_prompt=settings.model.question_prompt,
            passage_prompt=settings.model.passage_prompt,
            precision=settings.model.precision,
        )
    )


def _search(
    settings: Settings, data: Path, engine: Engine, catalogue: Catalogue, passages: PassageStore
) -> Search:
    embedder = model_for(settings)
    fingerprint = _fingerprint(settings)
    vectors = _vectors(settings, data, fingerprint)
    folder = data / "words"
    words = _sound(lambda: TantivyIndex(folder, fingerprint), lambda: shutil.rmtree(folder))
    names = lexicon.load()
    return Search(
        catalogue=catalogue,
        passages=passages,
        vectors=vectors,
        words=words,
        embedder=embedder,
        derivation=Derivation(
            catalogue=catalogue,
            passages=passages,
            embedder=embedder,
            attribute=partial(attribution.attribute, lexicon=names),
            projections=(words,) if settings.stores.chroma_url else (vectors, words),
            passage_chars=settings.index.passage_chars,
            shared=(vectors,) if settings.stores.chroma_url else (),
            turn=SessionLock(engine, DERIVING),
        ),
        lexicon=names,
        reranker=CrossEncoderReranker(name) if (name := settings.answers.reranker) else None,
        weights=rank.load_weights(),
        settings=SearchSettings(
            dense=settings.index.dense,
            lexical=settings.index.lexical,
            reranked=settings.answers.reranked,
            answer=AnswerSettings(
                quotes=settings.answers.quotes,
                quote_chars=settings.answers.quote_chars,
                widen_gap=settings.answers.widen_gap,
                threshold=settings.answers.threshold,
            ),
        ),
    )


def _vectors(settings: Settings, data: Path, fingerprint: str) -> VectorIndex:
    def connect() -> chroma.ChromaIndex:
        return chroma.ChromaIndex(chroma_for(settings, data), fingerprint)

    def checked() -> chroma.ChromaIndex:
        opened = connect()
        opened.check()
        return opened

    if settings.stores.chroma_url:
        return ReconnectingVectors(connect, settings.stores.chroma_url)
    return _sound(checked, lambda: chroma.discard(data / "chroma"))


def _sound(open_: Callable[[], _Opened], discard: Callable[[], None]) -> _Opened:
    """Open what is derived; where it is damaged, it is deleted and comes back from SQL."""
    try:
        return open_()
    except DamagedError as error:
        log.warning("%s; it is made anew", error)
        discard()
        return open_()


def chroma_for(settings: Settings, data: Path) -> ClientAPI:
    """Open the Chroma the settings name, or the data folder's own.

    Raises:
        SettingsError: stores.chroma_url is not an address.
    """
    if not settings.stores.chroma_url:
        return chroma.embedded(data / "chroma")
    address = urlsplit(settings.stores.chroma_url)
    if address.scheme != "http" or not address.hostname:
        raise SettingsError(
            f"setting stores.chroma_url: {settings.stores.chroma_url!r} is not http://host:port"
        )
    return chroma.server(address.hostname, address.port or 8000)
