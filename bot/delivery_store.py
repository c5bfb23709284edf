"""Deliveries in SQL, on SQLite and PostgreSQL: how they are made, and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.deliveries import (
    DeliveryRecord,
    Filling,
    Overview,
    Pending,
    Problem,
    State,
)
from bot.delivery_tables import DELIVERIES, EDITION_REPORTS, NO_THREAD, SUBSCRIPTIONS
from bot.model import Place
from bot.plan import Standing
from index.sql import reading, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

REPLACED = "replaced by a later edition that covers it"
_D = DELIVERIES.c
_S = SUBSCRIPTIONS.c
_FINISHED = (State.SKIPPED, State.FAILED)
_OPEN = (State.DUE, State.CLAIMED, State.UNKNOWN)
_PROBLEMS = 10


class DeliveryStore:
    """Deliveries: filled, claimed, recorded. Calls block.

    Raises:
        StoreError: from every method, when the database can't be used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def pending(self, subscribers: Sequence[int]) -> dict[int, Pending]:
        """Return, by subscriber, the earliest delivery of which nothing was sent yet."""
        query = (
            select(_D.subscription_id, _D.id, _D.cursor_before, _D.first_before)
            .where(_D.subscription_id.in_(subscribers), _D.state == literal_column("'due'"))
            .where(_D.parts_sent == 0, _D.edition_id.is_not(None))
            .order_by(_D.id.desc())
        )
        with reading(self._engine) as connection:
            return {
                row.subscription_id: Pending(
                    delivery_id=row.id,
                    standing=Standing(cursor=row.cursor_before, first=row.first_before),
                )
                for row in connection.execute(query)
            }

    def had(
        self,
        subscribers: Sequence[int],
        reports: Iterable[str],
        *,
        but: Sequence[int] = (),
    ) -> dict[int, dict[str, int]]:
        """Return, by subscriber, the newest revision of each of these reports on its way or sent.

        Deliveries ``but`` are left out of account.
        """
        reports = sorted(reports)
        if not reports or not subscribers:
            return {}
        query = (
            select(_D.subscription_id, EDITION_REPORTS.c.report_id, EDITION_REPORTS.c.revision)
            .join(EDITION_REPORTS, EDITION_REPORTS.c.edition_id == _D.edition_id)
            .where(_D.subscription_id.in_(subscribers), _D.state.not_in(_FINISHED))
            .where(EDITION_REPORTS.c.report_id.in_(reports), _D.id.not_in(but))
        )
        found: dict[int, dict[str, int]] = {}
        with reading(self._engine) as connection:
            for subscriber, report_id, revision in connection.execute(query):
                revisions = found.setdefault(subscriber, {})
                revisions[report_id] = max(revision, revisions.get(report_id, 0))
        return found

    def fill(self, fillings: Sequence[Filling], *, now: datetime) -> int:
        """Carry out decisions in one transaction and count the deliveries made.

        A decision is dropped, to be taken anew, where its subscriber has changed since or where
        what it would replace is being sent; a slot that has a delivery gets no second one, nor does
        a subscriber get an edition a second time.
        """
        with writing(self._engine) as connection:
            current = _current(connection, fillings)
            taken_slots, taken_editions = _taken(connection, current)
            made, moved = [], []
            for filling in current:
                again = (filling.subscriber.id, filling.slot) in taken_slots
                if not again and not _replace(connection, filling.replaces, now):
                    continue
                if filling.slot is not None and not again:
                    had = (filling.subscriber.id, filling.edition_id) in taken_editions
                    made.append(_delivery_row(filling, now, had=had))
                moved.append(_moved_row(filling, keep_standing=again))
            if made:
                connection.execute(insert(DELIVERIES), made)
            if moved:
                connection.execute(_MOVED, moved)
        return len(made)

    def overview(self) -> Overview:
        """Count how deliveries and subscriptions stand."""
        by_state = select(_D.state, func.count().label("n"), func.min(_D.slot).label("oldest"))
        by_reason = (
            select(_D.state, _D.reason, func.count().label("n"))
            .where(_D.state.in_([State.FAILED, State.UNKNOWN]), _D.reason != "")
            .group_by(_D.state, _D.reason)
            .order_by(func.count().desc(), _D.state, _D.reason)
            .limit(_PROBLEMS)
        )
        by_ending = select(_S.ended, func.count()).where(_S.active.is_(False)).group_by(_S.ended)
        with reading(self._engine) as connection:
            states = connection.execute(by_state.group_by(_D.state)).all()
            problems = connection.execute(by_reason).all()
            ended = connection.execute(by_ending).all()
            repeats = connection.scalar(select(func.sum(_D.repeats))) or 0
            active = connection.scalar(select(func.count()).where(_S.active)) or 0
        return Overview(
            states=dict.fromkeys(State, 0) | {State(row.state): row.n for row in states},
            repeats=int(repeats),
            oldest={State(row.state): row.oldest for row in states if row.state in _OPEN},
            problems=tuple(
                Problem(state=State(row.state), reason=row.reason, count=row.n) for row in problems
            ),
            active=active,
            ended={str(reason): n for reason, n in ended},
        )

    def waiting(self) -> int:
        """Count deliveries that are still to be tried or in a sender's hands."""
        unfinished = or_(_D.state == State.CLAIMED, _D.not_before.is_not(None))
        still = and_(_D.state.in_(_OPEN), unfinished)
        with reading(self._engine) as connection:
            return connection.scalar(select(func.count()).where(still)) or 0

    def records(
        self,
        *,
        states: Collection[State] = tuple(State),
        chat_id: int | None = None,
        limit: int = 100,
    ) -> list[DeliveryRecord]:
        """List deliveries of these states, newest first."""
        query: Select[Any] = select(DELIVERIES).where(_D.state.in_(states))
        query = query.order_by(_D.id.desc()).limit(limit)
        if chat_id is not None:
            query = query.where(_D.chat_id == chat_id)
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(query)]

    def prune(self, *, before: datetime) -> int:
        """Forget skipped slots from before a moment and count them."""
        old = DELIVERIES.delete().where(_D.state == State.SKIPPED, _D.slot < before)
        with writing(self._engine) as connection:
            return connection.execute(old).rowcount


_MOVED = (
    update(SUBSCRIPTIONS)
    .where(_S.id == bindparam("row_id"))
    .values(
        cursor=bindparam("to_cursor"),
        first=bindparam("to_first"),
        settled=bindparam("to_settled"),
        next_due=bindparam("to_due"),
        version=_S.version + 1,
    )
)


def _current(connection: Connection, fillings: Sequence[Filling]) -> list[Filling]:
    """Lock the subscribers and keep the decisions that were taken of what they are now."""
    query = (
        select(_S.id, _S.version)
        .where(_S.id.in_([filling.subscriber.id for filling in fillings]), _S.active)
        .with_for_update(skip_locked=True)
    )
    versions = {row.id: row.version for row in connection.execute(query)}
    return [f for f in fillings if versions.get(f.subscriber.id) == f.subscriber.version]


def _taken(
    connection: Connection, fillings: Sequence[Filling]
) -> tuple[set[tuple[int, datetime | None]], set[tuple[int, int | None]]]:
    """Return the slots that have a delivery, and the editions that are sent or on their way."""
    replaced = [f.replaces.delivery_id for f in fillings if f.replaces]
    editions = {f.edition_id for f in fillings if f.edition_id is not None}
    slots = {f.slot for f in fillings if f.slot is not None}
    query = select(_D.subscription_id, _D.slot, _D.edition_id, _D.state, _D.id).where(
        _D.subscription_id.in_([f.subscriber.id for f in fillings]),
        or_(_D.slot.in_(slots), _D.edition_id.in_(editions)),
    )
    rows = connection.execute(query).all()
    return (
        {(row.subscription_id, row.slot) for row in rows},
        {
            (row.subscription_id, row.edition_id)
            for row in rows
            if row.state not in _FINISHED and row.id not in replaced
        },
    )


def _replace(connection: Connection, pending: Pending | None, now: datetime) -> bool:
    """Skip a delivery that a later one covers; False where a sender has it by now."""
    if pending is None:
        return True
    untouched = (_D.id == pending.delivery_id, _D.state == State.DUE, _D.parts_sent == 0)
    skipped = (
        update(DELIVERIES)
        .where(*untouched)
        .values(state=State.SKIPPED, reason=REPLACED, not_before=None, finished=now)
    )
    return connection.execute(skipped).rowcount == 1


def _delivery_row(filling: Filling, now: datetime, *, had: bool) -> dict[str, object]:
    subscriber, pending = filling.subscriber, filling.replaces
    before = pending.standing if pending else subscriber.standing
    sends = filling.edition_id is not None and not had
    return {
        "subscription_id": subscriber.id,
        "chat_id": subscriber.place.chat_id,
        "thread_id": subscriber.place.thread_id or NO_THREAD,
        "edition_id": filling.edition_id,
        "slot": filling.slot,
        "state": State.DUE if sends else State.SKIPPED,
        "reason": "the subscriber has this edition" if had else filling.reason,
        "silent": subscriber.wanted.quiet,
        "cursor_before": before.cursor,
        "first_before": before.first,
        "not_before": now if sends else None,
        "attempts": 0,
        "repeats": 0,
        "parts_sent": 0,
        "message_ids": [],
        "started": False,
        "doubtful": False,
        "claimed_by": None,
        "created": now,
        "finished": None if sends else now,
    }


def _moved_row(filling: Filling, *, keep_standing: bool) -> dict[str, object]:
    subscriber = filling.subscriber
    standing = subscriber.standing if keep_standing else filling.standing
    return {
        "row_id": subscriber.id,
        "to_cursor": standing.cursor,
        "to_first": standing.first,
        "to_settled": filling.slot or subscriber.settled,
        "to_due": filling.next_due,
    }


def _record(row: Row[Any]) -> DeliveryRecord:
    return DeliveryRecord(
        id=row.id,
        place=place_of(row),
        edition_id=row.edition_id,
        slot=row.slot,
        state=State(row.state),
        reason=row.reason,
        parts_sent=row.parts_sent,
        repeats=row.repeats,
        message_ids=tuple(row.message_ids),
        not_before=row.not_before,
        finished=row.finished,
    )


def place_of(row: Row[Any]) -> Place:
    """Read where a delivery goes."""
    return Place(chat_id=row.chat_id, thread_id=row.thread_id or None)
