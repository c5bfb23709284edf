"""The catalogue: every report, revision and endnote in SQL, the only truth.

A report comes in within one transaction with one entry of the change log; whatever is derived from
it (passages, vectors, words) follows that log and may be rebuilt at any time.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, insert, or_, select, update

from index import near, near_store
from index.errors import NotFoundError
from index.model import (
    Arrival,
    Block,
    BlockKind,
    Endnote,
    IngestResult,
    IngestStatus,
    Marker,
    ParsedReport,
    Report,
    ReportSummary,
    Searched,
    SourceHealth,
    Takeaway,
)
from index.sql import UtcDateTime, queue_up, reading, writing
from index.tables import CHANGES, INPUTS, METADATA, NEAR_COPIES, REPORTS, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine, RowMapping, Select

    from index.near import Link

_NEWEST: Final = and_(
    REPORTS.c.id == REVISIONS.c.report_id, REPORTS.c.revision == REVISIONS.c.revision
)
_ID: Final = re.compile(r"[a-z2-7]{1,16}")
_MOST_REVISIONS: Final = 2**31 - 1
_SUMMARY: Final = (
    REVISIONS.c.report_id.label("id"),
    REVISIONS.c.revision,
    REVISIONS.c.publisher,
    REVISIONS.c.publisher_confirmed,
    REVISIONS.c.title,
    REVISIONS.c.authors,
    REVISIONS.c.published,
    REVISIONS.c.url,
    REVISIONS.c.language,
)


class Catalogue:
    """Reports in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._near = near_store.NearStore(_report)

    def create(self) -> None:
        """Create what is missing of the tables."""
        with writing(self._engine) as connection:
            queue_up(connection)
            METADATA.create_all(connection)

    def store(
        self, report: ParsedReport, *, source: str, arrived: datetime
    ) -> tuple[IngestStatus, str]:
        """Store one report and say what it was; a duplicate is stored and points to its original.

        Returns:
            What became of it, and the id to read it by: the original's for a duplicate.
        """
        id_ = _id(report)
        keys = {"content_key": _content_key(report), "text_key": _text_key(report)}
        compared = near.compared(id_, report)
        with writing(self._engine) as connection:
            queue_up(connection)
            last = connection.execute(
                select(REVISIONS.c.content_key, REPORTS)
                .join(REPORTS, _NEWEST)
                .where(REPORTS.c.id == id_)
            ).one_or_none()
            before = _content_from(connection, id_, source)
            if last is not None and keys["content_key"] in (last.content_key, before):
                if last.duplicate_of is not None and not near_store.is_copy(connection, id_):
                    return IngestStatus.DUPLICATE, last.duplicate_of
                same = before == keys["content_key"]
                return (IngestStatus.UNCHANGED if same else IngestStatus.DUPLICATE), id_
            original = _original(connection, keys["text_key"], id_)
            revision = 1 if last is None else last.revision + 1
            head = {"revision": revision, "duplicate_of": original}
            if last is None:
                connection.execute(insert(REPORTS).values(id=id_, **head))
            else:
                connection.execute(update(REPORTS).where(REPORTS.c.id == id_).values(**head))
            connection.execute(
                insert(REVISIONS).values(
                    report_id=id_,
                    revision=revision,
                    source=source,
                    arrived=arrived,
                    **keys,
                    **_row(report),
                )
            )
            others = self._near.relink(connection, compared)
            if original is not None:
                follow = update(REPORTS).where(REPORTS.c.duplicate_of == id_)
                connection.execute(follow.values(duplicate_of=original))
            for changed in (id_, *sorted(others)):
                _log_change(connection, changed, arrived)
        if original is not None:
            return IngestStatus.DUPLICATE, original
        return (IngestStatus.ADDED if last is None else IngestStatus.UPDATED), id_

    def note_input(self, result: IngestResult, *, at: datetime) -> None:
        """Remember what became of an input, so that a failure is a row and not a silence."""
        failed = result.status is IngestStatus.FAILED
        values: dict[str, Any] = {
            "status": result.status.value,
            "error": result.error,
            "reports": list(result.reports),
            "tried": at,
        }
        if not failed:
            values["succeeded"] = at
        with writing(self._engine) as connection:
            known = connection.execute(
                update(INPUTS).where(INPUTS.c.name == result.input).values(**values)
            )
            if known.rowcount == 0:
                connection.execute(insert(INPUTS).values(name=result.input, **values))

    def failures(self) -> list[tuple[str, str]]:
        """List inputs whose last try failed, with the reason."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(INPUTS.c.name, INPUTS.c.error)
                .where(INPUTS.c.status == IngestStatus.FAILED.value)
                .order_by(INPUTS.c.name)
            )
            return [(row.name, row.error) for row in rows]

    def health(self) -> list[SourceHealth]:
        """List the publishers with the arrival of their newest report, then failing inputs."""
        arrived = func.max(REVISIONS.c.arrived, type_=UtcDateTime()).label("arrived")
        query = _current(REVISIONS.c.publisher, func.count().label("total"), arrived)
        with reading(self._engine) as connection:
            found = [
                SourceHealth(
                    name=row.publisher or "unknown",
                    reports=row.total,
                    last_success=row.arrived,
                    last_error=None,
                )
                for row in connection.execute(
                    query.group_by(REVISIONS.c.publisher).order_by(REVISIONS.c.publisher)
                )
            ]
            failing = select(INPUTS).where(INPUTS.c.status == IngestStatus.FAILED.value)
            found += [
                SourceHealth(
                    name=row.name,
                    reports=len(row.reports),
                    last_success=row.succeeded,
                    last_error=row.error,
                )
                for row in connection.execute(failing.order_by(INPUTS.c.name))
            ]
        return found

    def report(self, report_id: str, revision: int | None = None) -> Report:
        """Read one revision, the newest by default.

        Raises:
            NotFoundError: there is no such report or revision.
        """
        what = f"report {report_id!r}" if revision is None else f"{report_id!r} r{revision}"
        missing = NotFoundError(f"{what} is not stored; `briefing reports` lists what is")
        # A database may not be able to hold what anybody can type.
        if not _ID.fullmatch(report_id) or not 0 < (revision or 1) <= _MOST_REVISIONS:
            raise missing
        query = select(REVISIONS).join(REPORTS, REPORTS.c.id == REVISIONS.c.report_id)
        query = query.where(REVISIONS.c.report_id == report_id)
        wanted = REPORTS.c.revision if revision is None else revision
        with reading(self._engine) as connection:
            row = connection.execute(query.where(REVISIONS.c.revision == wanted)).mappings().first()
        if row is None:
            raise missing
        return _report(row)

    def summaries(self, ids: Sequence[str] | None = None) -> list[ReportSummary]:
        """List reports (all, or those of ``ids``), newest published first, undated last."""
        query = _current(*_SUMMARY)
        if ids is not None:
            query = query.where(REPORTS.c.id.in_(ids))
        query = query.order_by(
            REVISIONS.c.published.is_(None), REVISIONS.c.published.desc(), REVISIONS.c.report_id
        )
        with reading(self._engine) as connection:
            return [_summary(row) for row in connection.execute(query).mappings()]

    def on_day(self, day: date) -> list[str]:
        """List the ids of the reports published on a day, in order of arrival."""
        query = _current(REPORTS.c.id).where(REVISIONS.c.published == day)
        with reading(self._engine) as connection:
            return list(connection.scalars(query.order_by(REVISIONS.c.arrived, REPORTS.c.id)))

    def previous_day(self, publisher: str | None, before: date) -> list[str]:
        """List the ids of a publisher's reports of the last day before ``before`` that has any."""
        mine = REVISIONS.c.publisher == publisher if publisher else REVISIONS.c.publisher.is_(None)
        last = _current(func.max(REVISIONS.c.published)).where(mine, REVISIONS.c.published < before)
        with reading(self._engine) as connection:
            day = connection.scalar(last)
            if day is None:
                return []
            return list(
                connection.scalars(_current(REPORTS.c.id).where(mine, REVISIONS.c.published == day))
            )

    def newest_day(self) -> date | None:
        """Return the latest published date."""
        with reading(self._engine) as connection:
            newest: date | None = connection.scalar(_current(func.max(REVISIONS.c.published)))
        return newest

    def newest_arrival(self) -> datetime | None:
        """Return when the newest change was stored."""
        newest: datetime | None
        with reading(self._engine) as connection:
            newest = connection.scalar(select(func.max(CHANGES.c.arrived)))
        return newest

    def days(self) -> dict[str, date | None]:
        """Return the published date of every report, by id."""
        with reading(self._engine) as connection:
            query = _current(REPORTS.c.id, REVISIONS.c.published)
            return {row.id: row.published for row in connection.execute(query)}

    def changes(self, *, after: int = 0) -> list[Arrival]:
        """List the change log past ``after``, oldest first."""
        query = (
            select(
                CHANGES,
                REVISIONS.c.published,
                REPORTS.c.duplicate_of,
                and_(
                    REPORTS.c.revision == CHANGES.c.revision, REPORTS.c.duplicate_of.is_(None)
                ).label("current"),
            )
            .join(REPORTS, REPORTS.c.id == CHANGES.c.report_id)
            .join(
                REVISIONS,
                and_(
                    REVISIONS.c.report_id == CHANGES.c.report_id,
                    REVISIONS.c.revision == CHANGES.c.revision,
                ),
            )
            .where(CHANGES.c.seq > after)
            .order_by(CHANGES.c.seq)
        )
        with reading(self._engine) as connection:
            copies = near_store.hidden(connection, after=after)
            return [
                Arrival(
                    seq=row.seq,
                    report_id=row.report_id,
                    revision=row.revision,
                    arrived=row.arrived,
                    published=row.published,
                    current=bool(row.current),
                    original=row.duplicate_of,
                    copies=tuple(copies.get(row.report_id, ())),
                )
                for row in connection.execute(query)
            ]

    def publishers(self) -> list[tuple[str | None, int]]:
        """Count reports by publisher, most first."""
        total = func.count().label("total")
        query = _current(REVISIONS.c.publisher, total).group_by(REVISIONS.c.publisher)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(total.desc(), REVISIONS.c.publisher))
            return [(row.publisher, row.total) for row in rows]

    def searched(self, last: date) -> Searched:
        """Describe what a question asked on day ``last`` is asked of, undated reports included."""
        open_then = or_(REVISIONS.c.published <= last, REVISIONS.c.published.is_(None))
        query = _current(
            func.count().label("reports"),
            func.min(REVISIONS.c.published).label("first"),
            func.max(REVISIONS.c.published).label("last"),
        ).where(open_then)
        with reading(self._engine) as connection:
            total = connection.execute(query).one()
            names = connection.scalars(
                _current(REVISIONS.c.publisher)
                .where(open_then, REVISIONS.c.publisher.is_not(None))
                .distinct()
                .order_by(REVISIONS.c.publisher)
            )
            return Searched(
                reports=total.reports,
                first=total.first,
                last=total.last,
                publishers=tuple(names),
            )

    def duplicates(self) -> list[tuple[str, str]]:
        """List duplicates with the id of their original; near-copies are none."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(REPORTS.c.id, REPORTS.c.duplicate_of)
                .join(NEAR_COPIES, NEAR_COPIES.c.report_id == REPORTS.c.id, isouter=True)
                .where(REPORTS.c.duplicate_of.is_not(None), NEAR_COPIES.c.report_id.is_(None))
            )
            return [(row.id, row.duplicate_of) for row in rows]

    def near_copies(self) -> list[Link]:
        """List near-copies with the report that is shown in their place."""
        with reading(self._engine) as connection:
            return near_store.copies(connection)


def _current(*columns: Any) -> Select[Any]:  # noqa: ANN401
    """Select from the newest revisions of what is no duplicate."""
    return select(*columns).join(REPORTS, _NEWEST).where(REPORTS.c.duplicate_of.is_(None))


def _log_change(connection: Connection, id_: str, arrived: datetime) -> None:
    revision = select(REPORTS.c.revision).where(REPORTS.c.id == id_).scalar_subquery()
    connection.execute(insert(CHANGES).values(report_id=id_, revision=revision, arrived=arrived))


def _original(connection: Connection, text_key: str, id_: str) -> str | None:
    query = _current(REPORTS.c.id).where(REVISIONS.c.text_key == text_key, REPORTS.c.id != id_)
    query = query.order_by(REVISIONS.c.arrived, REPORTS.c.id).limit(1)
    original: str | None = connection.scalar(query)
    return original


def _content_from(connection: Connection, id_: str, source: str) -> str | None:
    """Return the content key of what a source last gave as this report.

    Where several files hold different states of one report, reading them all again changes nothing.
    """
    query = select(REVISIONS.c.content_key).where(
        REVISIONS.c.report_id == id_, REVISIONS.c.source == source
    )
    content: str | None = connection.scalar(query.order_by(REVISIONS.c.revision.desc()).limit(1))
    return content


def _id(report: ParsedReport) -> str:
    """Name a report by what stays when its text is revised: its address, else title and date."""
    if report.url:
        identity: Sequence[str] = ("url", report.url)
    elif report.title:
        day = report.published.isoformat() if report.published else ""
        identity = ("title", report.publisher or "", report.title, day)
    else:
        identity = ("text", _text_key(report))
    digest = hashlib.sha256("\x1f".join(identity).encode()).digest()
    return base64.b32encode(digest)[:12].decode().lower()


def _text_key(report: ParsedReport) -> str:
    words = re.sub(r"[\W_]+", "", report.text).casefold() or report.text
    return hashlib.sha256(words.encode()).hexdigest()


def _content_key(report: ParsedReport) -> str:
    row = json.dumps(_row(report), default=str, sort_keys=True)
    return hashlib.sha256(row.encode()).hexdigest()


def _row(report: ParsedReport) -> dict[str, Any]:
    return {
        "publisher": report.publisher,
        "publisher_confirmed": report.publisher_confirmed,
        "title": report.title,
        "authors": list(report.authors),
        "published": report.published,
        "url": report.url,
        "language": report.language,
        "text": report.text,
        "structure": {
            "blocks": [[block.kind.value, block.start, block.end] for block in report.blocks],
            "markers": [[mark.label, mark.start, mark.end] for mark in report.markers],
            "takeaways": [[span.start, span.end] for span in report.takeaways],
            "endnotes": [[note.label, note.text, list(note.urls)] for note in report.endnotes],
        },
    }


def _report(row: RowMapping) -> Report:
    structure: Mapping[str, list[list[Any]]] = row["structure"]
    return Report(
        id=row["report_id"],
        revision=row["revision"],
        publisher=row["publisher"],
        publisher_confirmed=row["publisher_confirmed"],
        title=row["title"],
        authors=tuple(row["authors"]),
        published=row["published"],
        url=row["url"],
        language=row["language"],
        text=row["text"],
        blocks=tuple(
            Block(kind=BlockKind(kind), start=start, end=end)
            for kind, start, end in structure["blocks"]
        ),
        markers=tuple(
            Marker(label=label, start=start, end=end) for label, start, end in structure["markers"]
        ),
        endnotes=tuple(
            Endnote(label=label, text=text, urls=tuple(urls))
            for label, text, urls in structure["endnotes"]
        ),
        takeaways=tuple(Takeaway(start=start, end=end) for start, end in structure["takeaways"]),
    )


def _summary(row: RowMapping) -> ReportSummary:
    return ReportSummary(**{**row, "authors": tuple(row["authors"])})
