"""The façade: everything a person or script asks of the index, in the words of docs/design.md.

What needs SQL alone works beside another process; what needs vectors and words opens the search
index on first use, which takes the data folder's lock.
"""

from __future__ import annotations

from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from index import sources
from index.digest import compose
from index.errors import BusyError
from index.intake import Intake
from index.model import Corpus, Digest, Span
from index.robots import Manners, MannerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from index.catalogue import Catalogue
    from index.derive import Progress
    from index.fetch import Fetcher
    from index.model import (
        Answer,
        Arrival,
        DigestReport,
        Document,
        IngestResult,
        ParsedReport,
        Quote,
        RankedPassage,
        Report,
        ReportSummary,
        SourceHealth,
    )
    from index.near import Link
    from index.passages import PassageStore, StoredPassage
    from index.ports import Clock
    from index.said import Said, Voice
    from index.search import Search
    from index.topic import Found, Sentence


class Library:
    """Ingests, answers and digests. Safe to call from several threads."""

    def __init__(  # noqa: PLR0913  (all that a library is made of)
        self,
        *,
        catalogue: Catalogue,
        passages: PassageStore,
        hold: Callable[[], object],
        open_search: Callable[[], Search],
        read: Callable[[Document], list[ParsedReport]],
        fetcher: Fetcher,
        most_bytes: int,
        clock: Clock,
        manners: Manners | None = None,
        watched: Sequence[Callable[[], list[SourceHealth]]] = (),
    ) -> None:
        self._catalogue = catalogue
        self._passages = passages
        self._hold = hold
        self._open_search = open_search
        self._held: object | None = None
        self._opening = Lock()
        self._opened: Search | None = None
        self._read = read
        self._fetcher = fetcher
        self._most_bytes = most_bytes
        self._clock = clock
        self._manners = manners or Manners(fetcher.ask, MannerSettings())
        self._watched = watched

    @property
    def search(self) -> Search:
        """The open search index; opening takes the data folder's lock."""
        with self._opening:
            if self._opened is None:
                self._held = self._held or self._hold()
                self._opened = self._open_search()
            return self._opened

    def ingest(self, inputs: Iterable[str], progress: Progress) -> Iterator[IngestResult]:
        """Read inputs one by one and say what became of each, then bring the search index up.

        Another process that holds the index brings it up itself; what is stored is not lost.
        """
        intake = self.intake()
        for name in sources.expand(inputs):
            yield from intake.take(name)
        self.follow_if_free(progress)

    def intake(self) -> Intake:
        """Return what reads inputs into this library."""
        return Intake(
            catalogue=self._catalogue,
            fetcher=self._fetcher,
            manners=self._manners,
            read=self._read,
            most_bytes=self._most_bytes,
            clock=self._clock,
        )

    def follow_if_free(self, progress: Progress) -> None:
        """Make stored reports searchable, unless another process holds the index and does so."""
        try:
            self.follow(progress)
        except BusyError as busy:
            progress(f"stored, not yet searchable here: {busy}", 0, 0)

    def follow(self, progress: Progress) -> int:
        """Make searchable whatever is stored and not yet indexed; return passages encoded."""
        return self.search.follow(progress)

    def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
        """Answer with quotes from reports published by ``asked_on``, or refuse."""
        asked, *before = (sources.shown(one) for one in (question, *history))
        return self.search.ask(asked, asked_on=asked_on, history=before)

    def ranked(self, question: str, *, top: int, asked_on: date) -> list[RankedPassage]:
        """Return the best passages for a question, whatever their date: retrieval alone."""
        return self.search.ranked(sources.shown(question), top=top, asked_on=asked_on)

    def about(self, topic: str, *, today: date) -> Found:
        """Find every sentence of reports published by ``today`` that speaks of a topic."""
        return self.search.research.about(sources.shown(topic), today)

    def named(self, name: str) -> list[Voice]:
        """Return who may be meant by a name, who says most first."""
        return self.search.research.named(sources.shown(name))

    def said(self, voice: Voice, about: str, *, today: date) -> Said:
        """Return what a voice says, newest first: of a topic, or of anything (no topic)."""
        return self.search.research.said(voice, sources.shown(about), today)

    def quote(self, sentence: Sentence) -> Quote:
        """Cite one of those sentences."""
        return self.search.research.quote(sentence)

    def report(self, report_id: str, revision: int | None = None) -> Report:
        """Return one stored revision, the newest by default; NotFoundError if there is none."""
        return self._catalogue.report(report_id, revision)

    def reports(self) -> list[ReportSummary]:
        """List all reports, newest published first, undated last."""
        return self._catalogue.summaries()

    def near_copies(self) -> list[Link]:
        """List reports that say again what another one says, each with the one shown instead."""
        return self._catalogue.near_copies()

    def around(self, quote: Quote) -> Span:
        """Return the span of the blocks a quote touches."""
        blocks = self.report(quote.report_id, quote.revision).blocks
        touched = [block for block in blocks if block.overlaps(quote)]
        return Span(
            start=min([quote.start, *(block.start for block in touched)]),
            end=max([quote.end, *(block.end for block in touched)]),
        )

    def digest(self, day: date) -> Digest:
        """Compose the digest of the reports published on ``day``."""
        ids = self._catalogue.on_day(day)
        return Digest(date=day, reports=tuple(self.digest_report(id_) for id_ in ids))

    def digest_report(self, report_id: str, revision: int | None = None) -> DigestReport:
        """Compose one report's part of a digest."""
        report = self._catalogue.report(report_id, revision)
        earlier: list[str] = []
        if report.published is not None:
            for id_ in self._catalogue.previous_day(report.publisher, report.published):
                before = self._catalogue.report(id_)
                earlier += [span.of(before.text) for span in before.takeaways]
        return compose(report, self._passages.of_report(report.id, report.revision), earlier)

    def arrivals(self, *, after: int = 0) -> list[Arrival]:
        """List the change log past ``after``, oldest first."""
        return self._catalogue.changes(after=after)

    def passages(self, report_id: str, revision: int) -> list[StoredPassage]:
        """Return the passages of a revision, in reading order; none if it was never indexed."""
        return self._passages.of_report(report_id, revision)

    def newest_arrival(self) -> datetime | None:
        """Return when the newest report was stored."""
        return self._catalogue.newest_arrival()

    def newest_day(self) -> date | None:
        """Return the latest published date in the store."""
        return self._catalogue.newest_day()

    def corpus(self) -> Corpus:
        """Count what is stored."""
        searched = self._catalogue.searched(date.max)
        return Corpus(
            reports=searched.reports,
            passages=self._passages.count(),
            duplicates=len(self._catalogue.duplicates()),
            near_copies=len(self._catalogue.near_copies()),
            publishers=tuple(
                (name or "unknown", count) for name, count in self._catalogue.publishers()
            ),
            first=searched.first,
            last=searched.last,
        )

    def sources(self) -> list[SourceHealth]:
        """List watched feeds and folders, publishers, then every input whose last try failed."""
        return [
            *(one for health in self._watched for one in health()),
            *self._catalogue.health(),
        ]

    def failures(self) -> list[tuple[str, str]]:
        """List inputs whose last try failed, with the reason."""
        return self._catalogue.failures()

    def closeness(self, topics: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
        """Return cosine similarities in meaning: a row a text, a column a topic."""
        return self.search.closeness(topics, texts)

    def warm(self) -> None:
        """Load the model and open the indexes before the first question needs them."""
        self.search.closeness(["warm"], ["up"])

    def stop_fetching(self) -> None:
        """Let no further request begin of those that wait their turn."""
        self._manners.stop()

    def close(self) -> None:
        """Give back connections and the data folder's lock."""
        self._fetcher.close()
        self._opened = None
        self._held = None
