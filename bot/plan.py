"""What goes into a subscriber's next edition: decided from the change log, nothing touched.

An edition holds the reports that came in since the last one and were published no more than
``max_age`` days before they came in, so that a back-filled archive floods nobody; undated reports
belong to the edition after they came in. The first edition also holds the newest report day of the
store. A report the subscriber has had and that was revised since is up for a correction, and so is
a fuller report in whose place a near-copy of it was sent. Copies of what is shown are left out.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from bot.ports import Arrival

MAX_AGE_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Revision:
    """One state of one report."""

    report_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Revised:
    """A report the subscriber got at revision ``had`` and that is at ``now`` since.

    ``had_as`` names the near-copy that was sent in its place, "" where it was sent itself.
    """

    report_id: str
    had: int
    now: int
    had_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a subscriber has come: the last change seen, and whether no edition was sent yet."""

    cursor: int
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one edition takes from the change log, newest report first, undated ones last."""

    reports: tuple[Revision, ...] = ()
    revised: tuple[Revised, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.reports or self.revised)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that an edition's content depends on: equal contents are composed once.

    Args:
        selection: the reports and revisions to draw from.
        topics: keep matching takeaways only; none means all.
        publishers: keep these publishers' reports only; none means all.
        since: the day from which a subscriber is caught up, None for a regular edition.
        quiet_day: the local day and minute of an edition that says nothing is new, else "".
    """

    selection: Selection
    topics: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    since: date | None = None
    quiet_day: str = ""

    @property
    def key(self) -> str:
        """Name these contents in 64 hexadecimal digits; equal contents have equal names."""
        chosen = self.selection
        parts = (
            [[r.report_id, r.number] for r in chosen.reports],
            [[r.report_id, r.had, r.now, r.had_as] for r in chosen.revised],
            sorted(topic.casefold() for topic in self.topics),
            sorted(self.publishers),
            self.since.isoformat() if self.since else None,
            self.quiet_day,
        )
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """The change log from some point on, ascending, with the reports of the newest day beside it.

    ``newest`` is used for first editions; ``max_age`` is in days.
    """

    arrivals: Sequence[Arrival]
    newest: tuple[Revision, ...] = ()
    newest_day: date | None = None
    max_age: int = MAX_AGE_DAYS
    _places: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", [arrival.seq for arrival in self.arrivals])

    def head(self, cursor: int) -> int:
        """Return the last sequence number, or ``cursor`` where nothing came in after it."""
        return max(self._places[-1], cursor) if self._places else cursor

    def after(self, cursor: int) -> Sequence[Arrival]:
        """Return what came in after ``cursor``."""
        return self.arrivals[bisect_right(self._places, cursor) :]

    def reports(self) -> frozenset[str]:
        """Name all reports that may be in an edition."""
        came_in = {arrival.report_id for arrival in self.arrivals}
        return frozenset(came_in | self.revised_or_newest())

    def revised_or_newest(self) -> frozenset[str]:
        """Name the reports of which it matters whether a subscriber had them before."""
        revised = {a.report_id for a in self.arrivals if a.revision > 1 or a.copies}
        copies = {copy for arrival in self.arrivals for copy in arrival.copies}
        return frozenset(revised | copies | {report.report_id for report in self.newest})


def select(log: ChangeLog, standing: Standing, had: Mapping[str, int]) -> Selection:
    """Choose what the next edition of a subscriber holds.

    Args:
        log: the change log, reaching back at least to the standing's cursor.
        standing: how far the subscriber has come.
        had: revision of each report they got already, at least of ``log.revised_or_newest()``.
    """
    chosen: dict[str, tuple[int, date | None]] = {}
    revised: dict[str, Revised] = {}
    if standing.first:
        chosen |= {
            r.report_id: (r.number, log.newest_day) for r in log.newest if r.report_id not in had
        }
    for arrival in log.after(standing.cursor):
        if arrival.original is not None:
            continue
        known = _known(arrival, had)
        if known is not None:
            if known.had_as or known.now > known.had:
                revised[arrival.report_id] = known
        elif arrival.report_id in chosen or is_fresh(arrival, log.max_age):
            chosen[arrival.report_id] = (arrival.revision, arrival.published)
    return Selection(
        reports=_newest_first(chosen),
        revised=tuple(sorted(revised.values())),
    )


def _known(arrival: Arrival, had: Mapping[str, int]) -> Revised | None:
    """Return what a subscriber had of a report, itself or as a near-copy, and what it is now."""
    for id_ in (arrival.report_id, *arrival.copies):
        if id_ in had:
            as_ = "" if id_ == arrival.report_id else id_
            return Revised(
                report_id=arrival.report_id, had=had[id_], now=arrival.revision, had_as=as_
            )
    return None


def is_fresh(arrival: Arrival, max_age: int) -> bool:
    """Tell whether a report is news: undated, or published at most ``max_age`` days before."""
    if arrival.published is None:
        return True
    return (arrival.arrived.date() - arrival.published).days <= max_age


def _newest_first(chosen: Mapping[str, tuple[int, date | None]]) -> tuple[Revision, ...]:
    dated = [(day, report_id, number) for report_id, (number, day) in chosen.items() if day]
    dated.sort(key=lambda entry: entry[0], reverse=True)
    undated = [(report_id, number) for report_id, (number, day) in chosen.items() if not day]
    return _revisions([(report_id, number) for _, report_id, number in dated] + undated)


def _revisions(pairs: Iterable[tuple[str, int]]) -> tuple[Revision, ...]:
    return tuple(Revision(report_id=report_id, number=number) for report_id, number in pairs)
