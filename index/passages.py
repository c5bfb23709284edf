"""Passages in SQL, as derived from the catalogue: sentences, vectors, tokens, and checkpoints.

Deriving them costs the model's time, so they are kept; deleting them loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import Select, and_, delete, func, insert, or_, select, tuple_, update

from index.model import BlockKind, Span, Statement
from index.ports import Indexed
from index.sql import reading, writing
from index.tables import CHECKPOINTS, PASSAGES, REPORTS, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Engine, RowMapping

    from index.ports import Vector, Window

_BATCH: Final = 500
_NEWEST: Final = and_(
    REPORTS.c.id == PASSAGES.c.report_id,
    REPORTS.c.revision == PASSAGES.c.revision,
    REPORTS.c.duplicate_of.is_(None),
)
_OF_REVISION: Final = and_(
    REVISIONS.c.report_id == PASSAGES.c.report_id, REVISIONS.c.revision == PASSAGES.c.revision
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSentence(Span):
    """A sentence of a passage.

    Args:
        tokens: which of the passage's tokens are its own, first and past the last.
        statements: who says it.
        days: first and last of each period it names.
    """

    kind: BlockKind
    block: int
    tokens: tuple[int, int]
    statements: tuple[Statement, ...]
    days: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageText(Span):
    """What a passage says, without what a model makes of it."""

    report_id: str
    revision: int
    ordinal: int
    published: date | None
    text: str
    sentences: tuple[StoredSentence, ...]

    @property
    def id(self) -> str:
        """Name of the passage in every projection."""
        return f"{self.report_id}.{self.revision}.{self.ordinal}"

    def slice(self, span: Span) -> str:
        """Return the text of a span of the report that lies inside."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage(PassageText):
    """A passage as derived: ``signs`` is one bit a dimension, shape (tokens, dimensions / 8)."""

    vector: Vector
    signs: NDArray[np.uint8]


class PassageStore:
    """Reads and writes passages and the checkpoints of the projections."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def checkpoint(self, instance: str) -> int:
        """Return up to which change a projection has followed; 0 for one never seen."""
        with reading(self._engine) as connection:
            query = select(CHECKPOINTS.c.seq).where(CHECKPOINTS.c.instance == instance)
            return connection.scalar(query) or 0

    def advance(self, instance: str, seq: int) -> None:
        """Note that a projection has followed the change log up to ``seq``."""
        with writing(self._engine) as connection:
            _advance(connection, instance, seq)

    def replace(self, passages: Sequence[StoredPassage], *, instance: str, seq: int) -> None:
        """Store the passages of whole revisions and the checkpoint, in one transaction.

        Passages of older revisions stay, so that every projection can still be told to forget them.
        """
        revisions = {(passage.report_id, passage.revision) for passage in passages}
        with writing(self._engine) as connection:
            for report_id, revision in revisions:
                connection.execute(
                    delete(PASSAGES).where(
                        PASSAGES.c.report_id == report_id, PASSAGES.c.revision == revision
                    )
                )
            if passages:
                connection.execute(insert(PASSAGES), [_row(passage) for passage in passages])
            _advance(connection, instance, seq)

    def current(self, report_ids: Sequence[str]) -> list[Indexed]:
        """Return what projections hold of some reports: their newest revision's passages."""
        query = _newest(
            PASSAGES.c.report_id,
            PASSAGES.c.revision,
            PASSAGES.c.ordinal,
            PASSAGES.c.text,
            PASSAGES.c.vector,
            REVISIONS.c.published,
        ).where(PASSAGES.c.report_id.in_(report_ids))
        with reading(self._engine) as connection:
            return [
                Indexed(
                    id=f"{row.report_id}.{row.revision}.{row.ordinal}",
                    text=row.text,
                    vector=np.frombuffer(row.vector, np.float16).astype(np.float32),
                    day=row.published,
                )
                for row in connection.execute(query)
            ]

    def stale(self, report_ids: Sequence[str]) -> list[str]:
        """Return the ids of passages of some reports that no answer may use any more."""
        query = (
            select(PASSAGES.c.report_id, PASSAGES.c.revision, PASSAGES.c.ordinal)
            .join(REPORTS, REPORTS.c.id == PASSAGES.c.report_id)
            .where(
                PASSAGES.c.report_id.in_(report_ids),
                or_(REPORTS.c.revision != PASSAGES.c.revision, REPORTS.c.duplicate_of.is_not(None)),
            )
        )
        with reading(self._engine) as connection:
            return [".".join(map(str, row)) for row in connection.execute(query)]

    def load(self, ids: Sequence[str]) -> dict[str, StoredPassage]:
        """Read passages by id; what is not current any more is left out."""
        keys = [_key(id_) for id_ in ids]
        found: dict[str, StoredPassage] = {}
        with reading(self._engine) as connection:
            for first in range(0, len(keys), _BATCH):
                query = _newest(PASSAGES, REVISIONS.c.published).where(
                    tuple_(PASSAGES.c.report_id, PASSAGES.c.revision, PASSAGES.c.ordinal).in_(
                        keys[first : first + _BATCH]
                    )
                )
                for row in connection.execute(query).mappings():
                    passage = _passage(row)
                    found[passage.id] = passage
        return found

    def vectors(self, window: Window, *, most: int) -> tuple[list[str], Vector] | None:
        """Return ids and vectors, shape ``(ids, dimensions)``, of the dated passages of a window.

        None where there are more than ``most``.
        """
        published = REVISIONS.c.published
        query = _newest(
            PASSAGES.c.report_id, PASSAGES.c.revision, PASSAGES.c.ordinal, PASSAGES.c.vector
        ).where(published >= (window.first or date.min), published <= (window.last or date.max))
        with reading(self._engine) as connection:
            rows = connection.execute(query.limit(most + 1)).all()
        if len(rows) > most:
            return None
        vectors = np.frombuffer(b"".join(row.vector for row in rows), np.float16)
        return (
            [f"{row.report_id}.{row.revision}.{row.ordinal}" for row in rows],
            vectors.reshape(len(rows), -1 if rows else 0).astype(np.float32),
        )

    def texts(self, ids: Sequence[str] | None = None) -> Iterator[PassageText]:
        """Read what current passages say: those of ``ids``, or all."""
        query = _newest(
            *(PASSAGES.c[name] for name in ("report_id", "revision", "ordinal", "start", "text")),
            PASSAGES.c.sentences,
            REVISIONS.c.published,
        )
        keys = None if ids is None else [_key(id_) for id_ in ids]
        key = tuple_(PASSAGES.c.report_id, PASSAGES.c.revision, PASSAGES.c.ordinal)
        batches = (
            [query]
            if keys is None
            else [
                query.where(key.in_(keys[first : first + _BATCH]))
                for first in range(0, len(keys), _BATCH)
            ]
        )
        for batch in batches:
            with reading(self._engine) as connection:
                rows = connection.execute(batch).all()
            for row in rows:
                yield PassageText(
                    start=row.start,
                    end=row.start + len(row.text),
                    report_id=row.report_id,
                    revision=row.revision,
                    ordinal=row.ordinal,
                    published=row.published,
                    text=row.text,
                    sentences=tuple(_sentence(packed) for packed in row.sentences),
                )

    def of_report(self, report_id: str, revision: int) -> list[StoredPassage]:
        """Read all passages of a revision, in reading order; none if it was never indexed."""
        query = (
            select(PASSAGES, REVISIONS.c.published)
            .join(REVISIONS, _OF_REVISION)
            .where(PASSAGES.c.report_id == report_id, PASSAGES.c.revision == revision)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(PASSAGES.c.ordinal)).mappings()
            return [_passage(row) for row in rows]

    def count(self) -> int:
        """Count current passages."""
        with reading(self._engine) as connection:
            return connection.scalar(_newest(func.count())) or 0

    def clear(self) -> None:
        """Forget everything derived, so that it is derived anew."""
        with writing(self._engine) as connection:
            connection.execute(delete(PASSAGES))
            connection.execute(delete(CHECKPOINTS))


def _newest(*columns: Any) -> Select[Any]:  # noqa: ANN401
    """Select from the passages of newest revisions of what is no duplicate."""
    return (
        select(*columns).select_from(PASSAGES).join(REPORTS, _NEWEST).join(REVISIONS, _OF_REVISION)
    )


def _advance(connection: Connection, instance: str, seq: int) -> None:
    known = connection.execute(
        update(CHECKPOINTS).where(CHECKPOINTS.c.instance == instance).values(seq=seq)
    )
    if known.rowcount == 0:
        connection.execute(insert(CHECKPOINTS).values(instance=instance, seq=seq))


def _key(id_: str) -> tuple[str, int, int]:
    report_id, revision, ordinal = id_.split(".")
    return report_id, int(revision), int(ordinal)


def _row(passage: StoredPassage) -> dict[str, Any]:
    return {
        "report_id": passage.report_id,
        "revision": passage.revision,
        "ordinal": passage.ordinal,
        "start": passage.start,
        "text": passage.text,
        "sentences": [
            [
                sentence.start,
                sentence.end,
                sentence.kind.value,
                sentence.block,
                *sentence.tokens,
                [
                    [said.speaker, said.side, said.cue, said.date and said.date.isoformat()]
                    for said in sentence.statements
                ],
                [[first.isoformat(), last.isoformat()] for first, last in sentence.days],
            ]
            for sentence in passage.sentences
        ],
        "vector": passage.vector.astype(np.float16).tobytes(),
        "token_signs": passage.signs.tobytes(),
    }


def _passage(row: RowMapping) -> StoredPassage:
    vector = np.frombuffer(row["vector"], np.float16).astype(np.float32)
    signs = np.frombuffer(row["token_signs"], np.uint8).reshape(-1, len(vector) // 8)
    return StoredPassage(
        start=row["start"],
        end=row["start"] + len(row["text"]),
        report_id=row["report_id"],
        revision=row["revision"],
        ordinal=row["ordinal"],
        published=row["published"],
        text=row["text"],
        sentences=tuple(_sentence(packed) for packed in row["sentences"]),
        vector=vector,
        signs=signs,
    )


def _sentence(packed: list[Any]) -> StoredSentence:
    start, end, kind, block, first, last, said, days = packed
    return StoredSentence(
        start=start,
        end=end,
        kind=BlockKind(kind),
        block=block,
        tokens=(first, last),
        statements=tuple(
            Statement(
                speaker=speaker,
                side=side,
                cue=cue,
                date=date.fromisoformat(day) if day else None,
            )
            for speaker, side, cue, day in said
        ),
        days=tuple((date.fromisoformat(one), date.fromisoformat(two)) for one, two in days),
    )
