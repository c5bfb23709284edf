"""A whole library on fakes: SQL is real, the model and the indexes are the tests' own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from index import attribution, lexicon, rank
from index.answer import AnswerSettings
from index.catalogue import Catalogue
from index.derive import Derivation
from index.fetch import Fetcher, FetchSettings
from index.library import Library
from index.parse import layouts, parse
from index.passages import PassageStore
from index.search import Search, SearchSettings
from index.sql import open_engine
from tests.fakes.embedder import WordEmbedder
from tests.fakes.indexes import MemoryVectors, MemoryWords, Shelf

if TYPE_CHECKING:
    from index.model import ParsedReport
    from index.ports import Embedder, LexicalIndex, Reranker, VectorIndex

SAMPLES: Final = Path("config/samples")
EVENING: Final = date(2025, 4, 14)
PASSAGE_CHARS: Final = 700


class StepClock:
    """Moves on by a second at every look."""

    def __init__(self) -> None:
        self._now = datetime(2025, 4, 14, 18, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the next second."""
        self._now += timedelta(seconds=1)
        return self._now


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


@dataclass
class Desk:
    """One data folder and a library over it; ``restart`` is another process on the same folder."""

    folder: Path
    embedder: Embedder = field(default_factory=WordEmbedder)
    dense: Shelf = field(default_factory=Shelf)
    words: Shelf = field(default_factory=Shelf)
    answers: AnswerSettings = field(default_factory=AnswerSettings)
    passage_chars: int = PASSAGE_CHARS
    private_addresses: bool = False
    most_bytes: int = 1_000_000
    timeout: float = 5.0
    reranker: Reranker | None = None

    def __post_init__(self) -> None:
        self.clock = StepClock()
        self.restart()

    def put(self, *drafts: ParsedReport, source: str | None = None) -> list[str]:
        """Store reports, each from a file of its own, make them searchable and return their ids."""
        found = []
        for one in drafts:
            name = source or f"{one.url or one.title}.html"
            arrived = self.clock.now()
            found.append(self.catalogue.store(one, source=name, arrived=arrived)[1])
        self.library.follow(quiet)
        return found

    def restart(self) -> None:
        """Forget everything but what is stored."""
        engine = open_engine(f"sqlite:///{self.folder / 'briefing.sqlite'}")
        self.catalogue, self.passages = Catalogue(engine), PassageStore(engine)
        self.catalogue.create()
        settings = FetchSettings(
            timeout=self.timeout,
            most_bytes=self.most_bytes,
            private_addresses=self.private_addresses,
        )
        self.library = Library(
            catalogue=self.catalogue,
            passages=self.passages,
            hold=object,
            open_search=self._search,
            read=partial(parse, layouts=layouts.load()),
            fetcher=Fetcher(settings),
            most_bytes=self.most_bytes,
            clock=self.clock,
        )

    @cached_property
    def _lexicon(self) -> lexicon.Lexicon:
        return lexicon.load()

    def _search(self) -> Search:
        fingerprint = f"{self.embedder.fingerprint}|{self.passage_chars}"
        vectors: VectorIndex = MemoryVectors(self.dense, fingerprint)
        words: LexicalIndex = MemoryWords(self.words, fingerprint)
        return Search(
            catalogue=self.catalogue,
            passages=self.passages,
            vectors=vectors,
            words=words,
            embedder=self.embedder,
            derivation=Derivation(
                catalogue=self.catalogue,
                passages=self.passages,
                embedder=self.embedder,
                attribute=partial(attribution.attribute, lexicon=self._lexicon),
                projections=(vectors, words),
                passage_chars=self.passage_chars,
            ),
            lexicon=self._lexicon,
            weights=rank.load_weights(),
            settings=SearchSettings(answer=self.answers),
            reranker=self.reranker,
        )
