"""Composing an edition: from chosen reports to what all its subscribers read. Pure but for reading.

An edition is composed once for all who get the same; it is stored as composed, so that its buttons
open what they opened on the first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  (stored editions are validated by their annotations)
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import TypeAdapter, ValidationError

from bot.topics import Match  # noqa: TC001  (validated by annotation)
from index.errors import NotFoundError, StoreError
from index.model import DigestItem, DigestReport  # noqa: TC001  (validated by annotation)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.plan import Contents, Revised
    from bot.topics import TopicFinder

TOKEN = 16

Kind = Literal["regular", "catching_up", "nothing_new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A takeaway and the topics it matches; its number is its place in the edition."""

    item: DigestItem
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionReport:
    """One report's part of an edition. ``report.takeaways`` are the entries' items."""

    report: DigestReport
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Takeaways that a revision withdrew and those it gave in their place, verbatim."""

    report: DigestReport
    withdrawn: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What subscribers of the same contents get.

    Args:
        token: names it in buttons: 16 hexadecimal digits.
        since: the day from which someone is caught up.
        day: the local day and minute on which nothing was new, else "".
    """

    token: str
    kind: Kind
    reports: tuple[EditionReport, ...]
    corrections: tuple[Correction, ...]
    topics: tuple[str, ...]
    since: date | None
    day: str

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to read in it."""
        return not self.reports and not self.corrections

    def entry(self, number: int) -> tuple[DigestReport, Entry] | None:
        """Return a takeaway by its number, counted from 1 through the whole edition."""
        counted = [(part.report, entry) for part in self.reports for entry in part.entries]
        return counted[number - 1] if 1 <= number <= len(counted) else None


class ReportParts(Protocol):
    """Where composed parts of digests come from: ``bot.ports.Reports`` is one."""

    def digest_report(self, report_id: str, revision: int | None = None) -> DigestReport:
        """Compose one report's part; NotFoundError where it is not stored (any more)."""
        ...


def compose(contents: Contents, parts: ReportParts, finder: TopicFinder) -> Edition:
    """Compose the edition of these contents; reports that are gone by now are left out."""
    reports = []
    for chosen in contents.selection.reports:
        part = _part(parts, chosen.report_id, chosen.number)
        if part is not None and _is_wanted(part, contents):
            reports += _matching(part, contents.topics, finder)
    corrections = []
    for revised in contents.selection.revised:
        corrections += _correction(revised, contents, parts, finder)
    kind: Kind = "catching_up" if contents.since else "regular"
    return Edition(
        token=contents.key[:TOKEN],
        kind=kind if reports or corrections else "nothing_new",
        reports=tuple(reports),
        corrections=tuple(corrections),
        topics=contents.topics,
        since=contents.since,
        day=contents.quiet_day,
    )


def dump(edition: Edition) -> str:
    """Write an edition as JSON."""
    return _EDITION.dump_json(edition).decode()


def load(document: str) -> Edition:
    """Read what ``dump`` wrote.

    Raises:
        StoreError: it was written by a newer program or is damaged.
    """
    try:
        return _EDITION.validate_json(document)
    except ValidationError as error:
        raise StoreError(
            f"a stored edition can't be read ({error.error_count()} faults); was it stored by a"
            " newer version of this program?"
        ) from error


_EDITION = TypeAdapter(Edition)


def _part(parts: ReportParts, report_id: str, revision: int) -> DigestReport | None:
    try:
        return parts.digest_report(report_id, revision)
    except NotFoundError:
        return None


def _is_wanted(part: DigestReport, contents: Contents) -> bool:
    return not contents.publishers or part.publisher in contents.publishers


def _matching(
    part: DigestReport,
    topics: Sequence[str],
    finder: TopicFinder,
) -> list[EditionReport]:
    """Keep the takeaways that match a topic, or all where there is none to match."""
    found = finder(topics, [item.text for item in part.takeaways])
    entries = tuple(
        Entry(item=item, matches=matching)
        for item, matching in zip(part.takeaways, found, strict=True)
        if matching or not topics
    )
    return [EditionReport(report=part, entries=entries)] if entries else []


def _correction(
    revised: Revised,
    contents: Contents,
    parts: ReportParts,
    finder: TopicFinder,
) -> list[Correction]:
    """Say what changed among a report's published takeaways, if anything that matters here."""
    before = _part(parts, revised.had_as or revised.report_id, revised.had)
    after = _part(parts, revised.report_id, revised.now)
    if before is None or after is None or not _is_wanted(after, contents):
        return []
    if "extractive" in {before.kind, after.kind}:
        return []
    old, new = ([_plain(item.text) for item in part.takeaways] for part in (before, after))
    withdrawn = [i.text for i in before.takeaways if _plain(i.text) not in new]
    given = [i.text for i in after.takeaways if _plain(i.text) not in old]
    if contents.topics and not any(finder(contents.topics, [*withdrawn, *given])):
        return []
    if not withdrawn and not given:
        return []
    return [Correction(report=after, withdrawn=tuple(withdrawn), now=tuple(given))]


def _plain(text: str) -> str:
    """Return a text but for its white space: a change of that is none."""
    return " ".join(text.split())
