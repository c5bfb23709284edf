"""Links between near-copies in SQL, made in the transaction that stores a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, func, insert, or_, select, update

from index import near
from index.near import Link
from index.tables import CHANGES, NEAR_COPIES, NEAR_KEYS, REPORTS, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, RowMapping

    from index.model import ParsedReport
    from index.near import Compared

    Read = Callable[[RowMapping], ParsedReport]

_CANDIDATES: Final = 32


class NearStore:
    """Finds and keeps the links of near-copies.

    Args:
        read: makes a report of a row of the revisions.
    """

    def __init__(self, read: Read) -> None:
        self._read = read

    def relink(self, connection: Connection, new: Compared) -> set[str]:
        """Link a report whose newest revision was just stored, and what was hidden behind it.

        Returns:
            The ids of other reports that are shown now, or were until now.
        """
        freed = _free(connection, new.id)
        connection.execute(delete(NEAR_KEYS).where(NEAR_KEYS.c.report_id == new.id))
        if new.sketch:
            rows = [{"report_id": new.id, "key": key} for key in new.sketch]
            connection.execute(insert(NEAR_KEYS), rows)
        changed = set(freed)
        # The one that came in last is the copy; what was hidden until now came in after ``new``.
        for one in (*self._compared(connection, freed), new):
            for link in self._links(connection, one):
                _hide(connection, link)
                changed.add(link.copy)
        return changed - {new.id}

    def _links(self, connection: Connection, new: Compared) -> list[Link]:
        """Return the one link that hides ``new``, else all that hide others behind it."""
        if not _is_shown(connection, new.id):
            return []
        candidates = self._compared(connection, _candidates(connection, new))
        found = [link for old in candidates if (link := near.link(new, old)) is not None]
        behind = [link for link in found if link.copy == new.id]
        return [max(behind, key=lambda link: link.coverage)] if behind else found

    def _compared(self, connection: Connection, ids: list[str]) -> Iterator[Compared]:
        newest = and_(
            REPORTS.c.id == REVISIONS.c.report_id, REPORTS.c.revision == REVISIONS.c.revision
        )
        query = select(REVISIONS).join(REPORTS, newest).where(REPORTS.c.id.in_(ids))
        for row in connection.execute(query.order_by(REPORTS.c.id)).mappings().all():
            yield near.compared(row["report_id"], self._read(row))


def _candidates(connection: Connection, new: Compared) -> list[str]:
    """Return the shown reports whose sketches have most in common with a report's."""
    shared = func.count()
    query = (
        select(NEAR_KEYS.c.report_id)
        .join(REPORTS, REPORTS.c.id == NEAR_KEYS.c.report_id)
        .where(
            NEAR_KEYS.c.key.in_(new.sketch),
            NEAR_KEYS.c.report_id != new.id,
            REPORTS.c.duplicate_of.is_(None),
        )
        .group_by(NEAR_KEYS.c.report_id)
        .having(shared >= near.FEWEST_SHARED)
        .order_by(shared.desc(), NEAR_KEYS.c.report_id)
    )
    return list(connection.scalars(query.limit(_CANDIDATES)))


def _is_shown(connection: Connection, id_: str) -> bool:
    query = select(REPORTS.c.id).where(REPORTS.c.id == id_, REPORTS.c.duplicate_of.is_(None))
    return connection.scalar(query) is not None


def _free(connection: Connection, id_: str) -> list[str]:
    """Show the near-copies of a report again, and forget that it is one; return their ids."""
    copies = select(NEAR_COPIES.c.report_id)
    query = select(REPORTS.c.id).where(REPORTS.c.duplicate_of == id_, REPORTS.c.id.in_(copies))
    freed = list(connection.scalars(query.order_by(REPORTS.c.id)))
    shown = update(REPORTS).where(REPORTS.c.id.in_(freed)).values(duplicate_of=None)
    connection.execute(shown)
    connection.execute(delete(NEAR_COPIES).where(NEAR_COPIES.c.report_id.in_([id_, *freed])))
    return freed


def _hide(connection: Connection, link: Link) -> None:
    """Show a copy no more, and what was hidden behind it as its original's."""
    hidden = or_(REPORTS.c.id == link.copy, REPORTS.c.duplicate_of == link.copy)
    connection.execute(update(REPORTS).where(hidden).values(duplicate_of=link.original))
    connection.execute(insert(NEAR_COPIES).values(report_id=link.copy, coverage=link.coverage))


def is_copy(connection: Connection, id_: str) -> bool:
    """Tell whether a report is hidden as a near-copy, not as a duplicate."""
    query = select(NEAR_COPIES.c.report_id).where(NEAR_COPIES.c.report_id == id_)
    return connection.scalar(query) is not None


def hidden(connection: Connection, *, after: int) -> dict[str, list[str]]:
    """Return the near-copies of each report that the change log names past ``after``."""
    query = (
        select(REPORTS.c.id, REPORTS.c.duplicate_of)
        .join(NEAR_COPIES, NEAR_COPIES.c.report_id == REPORTS.c.id)
        .join(CHANGES, CHANGES.c.report_id == REPORTS.c.duplicate_of)
        .where(CHANGES.c.seq > after)
        .distinct()
        .order_by(REPORTS.c.id)
    )
    found: dict[str, list[str]] = {}
    for id_, original in connection.execute(query):
        found.setdefault(original, []).append(id_)
    return found


def copies(connection: Connection) -> list[Link]:
    """Return every near-copy with the report that is shown in its place."""
    query = select(NEAR_COPIES, REPORTS.c.duplicate_of)
    rows = connection.execute(
        query.join(REPORTS, REPORTS.c.id == NEAR_COPIES.c.report_id).order_by(REPORTS.c.id)
    )
    return [
        Link(copy=row.report_id, original=row.duplicate_of, coverage=row.coverage) for row in rows
    ]
