"""What is derived from the catalogue follows its change log: passages, vectors, words.

Each step is idempotent and notes how far it came in SQL after its store is durable, so a crash at
any point costs some work and never a person. A projection made anew has no checkpoint and is filled
from the start, without the model: the passages hold their vectors.

Of several processes over one database, one at a time encodes and fills what they share; each fills
its own projections. No projection goes past what is encoded, which may lag behind the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby, islice
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from index.chunk import chunks
from index.passages import StoredPassage, StoredSentence
from index.periods import periods_in_report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from index.catalogue import Catalogue
    from index.chunk import Chunk
    from index.model import Report, Span, Statement
    from index.passages import PassageStore
    from index.ports import Embedder, EncodedPassage, Projection

    Attribute = Callable[[Report, Sequence[Sequence[Span]]], list[list[tuple[Statement, ...]]]]
    Progress = Callable[[str, int, int], None]

_WINDOW: Final = 2_000  # passages encoded and stored at a time: enough to sort by length
_REPORTS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A passage on its way to the model, with what each of its sentences states."""

    report: Report
    chunk: Chunk
    said: tuple[tuple[Statement, ...], ...]
    days: tuple[tuple[tuple[date, date], ...], ...]


class Turn(Protocol):
    """Whose turn it is, among processes, to derive into what they share."""

    def take(self) -> bool:
        """Tell whether it is this process's turn; it stays so until released."""
        ...

    def release(self) -> None:
        """Give the turn back."""
        ...


class _Alone:
    def take(self) -> bool:
        return True

    def release(self) -> None:
        pass


class Derivation:
    """Brings passages and projections up to the change log.

    Args:
        catalogue: the reports and their change log.
        passages: what is derived from them, and how far each projection came.
        embedder: encodes passages.
        attribute: says who speaks in the sentences of a report.
        projections: those of this process alone.
        passage_chars: characters of a passage, at most.
        shared: projections of all processes over this database.
        turn: taken to encode and to fill what is shared; None where there is one process.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        passages: PassageStore,
        embedder: Embedder,
        attribute: Attribute,
        projections: Sequence[Projection],
        passage_chars: int,
        shared: Sequence[Projection] = (),
        turn: Turn | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._passages = passages
        self._embedder = embedder
        self._attribute = attribute
        self._projections = projections
        self._shared = shared
        self._turn = turn or _Alone()
        self._most = passage_chars
        self._following = Lock()

    @property
    def instance(self) -> str:
        """Name the passages by how they are made: another model or length makes others."""
        return f"passages|{self._embedder.fingerprint}|{self._most}"

    def follow(self, progress: Progress) -> int:
        """Derive whatever is missing and return how many passages were encoded.

        While another process encodes, it alone does; what it has done is followed.
        """
        # Whoever comes second finds nothing left to do; two at once would write over each other.
        with self._following:
            encoded = 0
            if self._turn.take():
                try:
                    encoded = self._encode(progress)
                    self._project(self._shared, progress)
                finally:
                    self._turn.release()
            else:
                progress("another process is indexing", 0, 0)
            self._project(self._projections, progress)
        return encoded

    def behind(self) -> int:
        """Count the changes that passages or a projection have not followed yet."""
        names = [self.instance, *(one.instance for one in (*self._projections, *self._shared))]
        slowest = min(self._passages.checkpoint(name) for name in names)
        return len(self._catalogue.changes(after=slowest))

    def _encode(self, progress: Progress) -> int:
        changes = self._catalogue.changes(after=self._passages.checkpoint(self.instance))
        window: list[_Draft] = []
        encoded = 0
        for number, change in enumerate(changes, start=1):
            if change.current:
                report = self._catalogue.report(change.report_id, change.revision)
                window += self._drafts(report)
            if len(window) >= _WINDOW or number == len(changes):
                progress("encoding reports", number, len(changes))
                self._passages.replace(self._stored(window), instance=self.instance, seq=change.seq)
                encoded += len(window)
                window = []
        return encoded

    def _stored(self, window: Sequence[_Draft]) -> list[StoredPassage]:
        texts = [draft.chunk.passage.of(draft.report.text) for draft in window]
        encoded = dict(self._embedder.passages(texts))
        return [
            StoredPassage(
                start=draft.chunk.passage.start,
                end=draft.chunk.passage.end,
                report_id=draft.report.id,
                revision=draft.report.revision,
                ordinal=draft.chunk.passage.ordinal,
                published=draft.report.published,
                text=text,
                sentences=_sentences(draft, encoded[place]),
                vector=encoded[place].vector,
                signs=encoded[place].signs,
            )
            for place, (draft, text) in enumerate(zip(window, texts, strict=True))
        ]

    def _drafts(self, report: Report) -> list[_Draft]:
        """Cut a report and attribute it block by block: speakers carry over between sentences."""
        cut = chunks(report, most=self._most)
        sentences = [sentence for chunk in cut for sentence in chunk.sentences]
        blocks = [list(block) for _, block in groupby(sentences, key=attrgetter("block"))]
        said = chain.from_iterable(self._attribute(report, blocks))
        return [
            _Draft(
                report=report,
                chunk=chunk,
                said=tuple(islice(said, len(chunk.sentences))),
                days=tuple(_days(report, sentence) for sentence in chunk.sentences),
            )
            for chunk in cut
        ]

    def _project(self, projections: Sequence[Projection], progress: Progress) -> None:
        # A report that has come in since then has no passages yet: it must not be passed.
        encoded = self._passages.checkpoint(self.instance)
        for projection in projections:
            after = self._passages.checkpoint(projection.instance)
            changes = [one for one in self._catalogue.changes(after=after) if one.seq <= encoded]
            for first in range(0, len(changes), _REPORTS):
                batch = changes[first : first + _REPORTS]
                ids = sorted({change.report_id for change in batch})
                projection.delete(self._passages.stale(ids))
                projection.upsert(self._passages.current(ids))
                self._passages.advance(projection.instance, batch[-1].seq)
                progress("indexing reports", first + len(batch), len(changes))


def _sentences(draft: _Draft, encoded: EncodedPassage) -> tuple[StoredSentence, ...]:
    """Give each sentence the run of tokens that starts inside it."""
    inside = draft.chunk.sentences
    offset = draft.chunk.passage.start
    firsts = np.searchsorted(encoded.starts, [sentence.start - offset for sentence in inside])
    bounds = [*firsts.tolist(), len(encoded.starts)]
    return tuple(
        StoredSentence(
            start=sentence.start,
            end=sentence.end,
            kind=sentence.kind,
            block=sentence.block,
            tokens=(bounds[place], bounds[place + 1]),
            statements=draft.said[place],
            days=draft.days[place],
        )
        for place, sentence in enumerate(inside)
    )


def _days(report: Report, sentence: Span) -> tuple[tuple[date, date], ...]:
    if report.published is None:
        return ()
    named = periods_in_report(sentence.of(report.text), report.published)
    return tuple((period.first, period.last) for period in named)
