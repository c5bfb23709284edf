"""Filling the outbox: for each subscriber whose slot has come, an edition to deliver or a reason.

Composing comes first and outside any transaction, each edition once for all who get the same; then
the decisions of a batch are stored together. Whatever stops this in between, the slots stay due.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.deliveries import Filling
from bot.editions import compose
from bot.plan import MAX_AGE_DAYS, ChangeLog, Contents, Revision, Selection, Standing, select
from bot.slots import Due, due, next_slot
from bot.zones import zone_info
from index.errors import BriefingError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.deliveries import Pending, Subscriber
    from bot.digest_render import DigestRenderer
    from bot.digest_stores import Stores
    from bot.editions import Edition
    from bot.ports import Reports
    from bot.subscriptions import Subscription
    from bot.topics import TopicFinder

log = logging.getLogger(__name__)

BATCH = 50
NOTHING_NEW = "nothing new"
NOTHING_MATCHING = "nothing new on the topics and publishers chosen"
_COMPOSED = 2048

Position = tuple["datetime", int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One batch: how many subscribers were seen and deliveries made, and where to go on."""

    seen: int
    made: int
    position: Position | None


class Filler:
    """Decides and stores what is due. Calls block; one at a time.

    Args:
        max_age: days before its arrival that a report may have been published to be news.
    """

    def __init__(
        self,
        stores: Stores,
        reports: Reports,
        finder: TopicFinder,
        renderer: DigestRenderer,
        *,
        max_age: int = MAX_AGE_DAYS,
        batch: int = BATCH,
    ) -> None:
        self._stores = stores
        self._reports = reports
        self._finder = finder
        self._renderer = renderer
        self._max_age = max_age
        self._batch = batch
        self._log: tuple[int, ChangeLog] | None = None
        self._known: dict[Contents, tuple[int, str]] = {}

    def fill(self, now: datetime, position: Position | None = None) -> Filled:
        """Fill for the next batch of subscribers past ``position``; None begins anew.

        Raises:
            StoreError: the database can't be used; nothing of this batch is stored.
        """
        if position is None:
            self._log = None
        stores = self._stores
        subscribers = stores.subscribers.due(now, after=position, limit=self._batch)
        if not subscribers:
            return Filled(seen=0, made=0, position=None)
        made = stores.deliveries.fill(self._decide(subscribers, now), now=now)
        last = subscribers[-1]
        assert last.next_due is not None  # noqa: S101  (it is what they were chosen by)
        return Filled(seen=len(subscribers), made=made, position=(last.next_due, last.id))

    def preview(self, subscriber: Subscriber, now: datetime) -> Edition:
        """Compose what a subscriber would get now, with what still waits; nothing is stored."""
        wanted, deliveries = subscriber.wanted, self._stores.deliveries
        waiting = deliveries.pending([subscriber.id]).get(subscriber.id)
        standing = waiting.standing if waiting else subscriber.standing
        log = self._change_log([standing], fresh=True)
        but = [waiting.delivery_id] if waiting else []
        had = deliveries.had([subscriber.id], log.reports(), but=but)
        selection = select(log, standing, had.get(subscriber.id, {}))
        slot = _due(wanted, subscriber.settled, now)
        late = waiting is not None or (slot is not None and slot.is_catching_up)
        since = _day(wanted, subscriber.settled) if selection and late else None
        quiet_day = "" if selection else _minute(wanted, now)
        contents = _contents(wanted, selection, since=since, quiet_day=quiet_day)
        return compose(contents, self._reports, self._finder)

    def edition_of(self, contents: Contents, now: datetime) -> tuple[int, str]:
        """Return the id of an edition, composed if it wasn't yet, and why nobody gets it ("").

        Raises:
            BriefingError: it can't be composed or stored.
        """
        known = self._known.get(contents)
        if known is not None:
            return known
        key = contents.key
        known = self._stores.editions.find(key)
        if known is None:
            edition = compose(contents, self._reports, self._finder)
            empty = NOTHING_MATCHING if edition.is_empty and not contents.quiet_day else ""
            parts = self._renderer.edition(edition)
            number = self._stores.editions.add(key, edition, parts, empty=empty, at=now)
            known = (number, empty)
        if len(self._known) >= _COMPOSED:
            self._known.clear()
        self._known[contents] = known
        return known

    def _decide(self, subscribers: Sequence[Subscriber], now: datetime) -> list[Filling]:
        ids = [subscriber.id for subscriber in subscribers]
        deliveries = self._stores.deliveries
        pending = deliveries.pending(ids)
        standings = [s.standing for s in subscribers] + [p.standing for p in pending.values()]
        log = self._change_log(standings)
        asked = log.revised_or_newest()
        had = deliveries.had(ids, asked)
        if pending:
            but = [each.delivery_id for each in pending.values()]
            had_but = deliveries.had(list(pending), log.reports(), but=but)
        usual: dict[Standing, Selection] = {}  # what those get who have had nothing of it
        decisions = []
        for subscriber in subscribers:
            standing, mine = subscriber.standing, had.get(subscriber.id)
            if mine is None and standing not in usual:
                usual[standing] = select(log, standing, {})
            selection = usual[standing] if mine is None else select(log, standing, mine)
            waiting = pending.get(subscriber.id)
            if waiting is not None and selection:
                selection = select(log, waiting.standing, had_but.get(subscriber.id, {}))
            try:
                decisions.append(self._filling(subscriber, selection, waiting, log, now))
            except StoreError:
                raise
            except BriefingError as error:
                # This subscriber stays due; the others must not wait for it.
                _log_failure(subscriber, error)
        return decisions

    def _filling(
        self,
        subscriber: Subscriber,
        selection: Selection,
        waiting: Pending | None,
        log: ChangeLog,
        now: datetime,
    ) -> Filling:
        """Decide one subscriber's slot; what still waits is covered by what is new."""
        wanted, standing = subscriber.wanted, subscriber.standing
        following = _next_slot(wanted, now)
        slot = _due(wanted, subscriber.settled, now)
        if slot is None:
            return Filling(subscriber=subscriber, slot=None, next_due=following, standing=standing)
        number, reason = None, NOTHING_NEW
        if selection:
            late = slot.is_catching_up or waiting is not None
            since = _day(wanted, subscriber.settled) if late else None
            number, reason = self._unless_empty(_contents(wanted, selection, since=since), now)
        sent = number is not None
        if number is None and wanted.always and waiting is None:
            number, _ = self.edition_of(
                _contents(wanted, Selection(), quiet_day=_minute(wanted, slot.slot)), now
            )
        head = log.head(standing.cursor)
        return Filling(
            subscriber=subscriber,
            slot=slot.slot,
            next_due=following,
            edition_id=number,
            reason=reason if number is None else "",
            standing=Standing(cursor=head, first=standing.first and not sent),
            replaces=waiting if sent else None,
        )

    def _unless_empty(self, contents: Contents, now: datetime) -> tuple[int | None, str]:
        number, empty = self.edition_of(contents, now)
        return (None, empty) if empty else (number, "")

    def _change_log(self, standings: Sequence[Standing], *, fresh: bool = False) -> ChangeLog:
        """Return the change log back to the earliest of these standings, read once a round."""
        start = min(standing.cursor for standing in standings)
        first = any(standing.first for standing in standings)
        if not fresh and self._log is not None:
            known_start, known = self._log
            if known_start <= start and (known.newest or not first):
                return known
            start = min(start, known_start)
        day = self._reports.newest_day() if first else None
        log = ChangeLog(
            arrivals=self._reports.arrivals(after=start),
            newest=self._published_on(day) if day else (),
            newest_day=day,
            max_age=self._max_age,
        )
        if not fresh:
            self._log = (start, log)
        return log

    def _published_on(self, day: date) -> tuple[Revision, ...]:
        return tuple(
            Revision(report_id=report.id, number=report.revision)
            for report in self._reports.reports()
            if report.published == day
        )


def _log_failure(subscriber: Subscriber, error: BriefingError) -> None:
    """Note that one subscriber's edition could not be made."""
    log.error("no edition for subscription %d yet: %s", subscriber.id, error)


def _contents(
    wanted: Subscription,
    selection: Selection,
    *,
    since: date | None = None,
    quiet_day: str = "",
) -> Contents:
    return Contents(
        selection=selection,
        topics=wanted.topics if selection else (),
        publishers=wanted.publishers if selection else (),
        since=since,
        quiet_day=quiet_day,
    )


@lru_cache(maxsize=4096)
def _due(wanted: Subscription, settled: datetime, now: datetime) -> Due | None:
    return due(wanted, settled=settled, now=now)


@lru_cache(maxsize=4096)
def _next_slot(wanted: Subscription, now: datetime) -> datetime:
    return next_slot(wanted, after=now)


def _day(wanted: Subscription, moment: datetime) -> date:
    return moment.astimezone(zone_info(wanted.zone)).date()


def _minute(wanted: Subscription, moment: datetime) -> str:
    return f"{moment.astimezone(zone_info(wanted.zone)):%Y-%m-%d %H:%M}"
