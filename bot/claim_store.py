"""Deliveries in a sender's hands, in SQL: claimed, recorded, taken back.

Many senders may claim at once: rows are claimed ``FOR UPDATE SKIP LOCKED`` where the database can.
A sender holds an advisory lock of its number while it lives (``bot.presence``), so that what it
leaves behind is found without looking at a clock; a SQLite file has one sender at a time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, select, update

from bot.deliveries import Accepted, Claim, Doubtful, Outcome, Postponed, Refused, Started, State
from bot.delivery_store import place_of
from bot.delivery_tables import CLOCK, DELIVERIES, NO_THREAD, SUBSCRIPTIONS
from bot.subscriber_store import end_subscriptions, migrate_chat
from index.sql import reading, writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from bot.model import Place
    from index.ports import Clock

_D = DELIVERIES.c
_S = SUBSCRIPTIONS.c


class ClaimStore:
    """Claims and their outcomes. Calls block.

    Raises:
        StoreError: from every method, when the database can't be used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, sender: int, *, now: datetime, limit: int) -> list[Claim]:
        """Take up to ``limit`` deliveries whose time has come; those in doubt come last."""
        with writing(self._engine) as connection:
            rows: list[Row[Any]] = []
            for state in (State.DUE, State.UNKNOWN):
                query = (
                    select(DELIVERIES)
                    .where(_D.state == state, _D.not_before <= now)
                    .order_by(_D.not_before, _D.id)
                    .limit(limit - len(rows))
                    .with_for_update(skip_locked=True)
                )
                rows += connection.execute(query).all() if len(rows) < limit else []
            if rows:
                connection.execute(_CLAIMED, [{"row_id": row.id, "sender": sender} for row in rows])
        return [_claim(row) for row in rows]

    def record(self, outcomes: Sequence[Outcome], clock: Clock) -> None:
        """Store what became of parts, all of it or nothing; waits begin now."""
        started = [{"row_id": o.delivery_id} for o in outcomes if isinstance(o, Started)]
        accepted = [o for o in outcomes if isinstance(o, Accepted)]
        parts = [_accepted_row(o) for o in accepted if not o.last]
        with writing(self._engine) as connection:
            # A look at the clock before this would miss its being set back in between.
            now = clock.now()
            # A wait that begins now is brought forward should the clock be set back after this.
            connection.execute(update(CLOCK).where(CLOCK.c.last_tick < now).values(last_tick=now))
            sent = [_accepted_row(o) | {"at": now} for o in accepted if o.last]
            # One part's acceptance comes before the next part's start.
            for statement, rows in ((_PART_ACCEPTED, parts), (_SENT, sent), (_STARTED, started)):
                if rows:
                    connection.execute(statement, rows)
            for outcome in outcomes:
                match outcome:
                    case Postponed():
                        _postpone(connection, outcome, now)
                    case Doubtful():
                        _doubt(connection, outcome, now)
                    case Refused():
                        _refuse(connection, outcome, now)
                    case _:
                        pass

    def migrate(self, old: int, new: int, *, now: datetime) -> None:
        """Follow a group to its new id."""
        with writing(self._engine) as connection:
            migrate_chat(connection, old, new, now)

    def recover(
        self, senders: Iterable[int], *, again: datetime, most_repeats: int
    ) -> tuple[int, int]:
        """Take back what senders that live no more had claimed.

        Returns:
            How many went back to waiting, and how many outcomes are in doubt because a request may
            have left; those are tried again at ``again``, unless repeated ``most_repeats`` times.
        """
        gone = and_(_D.state == State.CLAIMED, _D.claimed_by.in_(list(senders)))
        repeats = _D.repeats + case((_D.doubtful, 1), else_=0)
        with writing(self._engine) as connection:
            doubtful = connection.execute(
                update(DELIVERIES)
                .where(gone, _D.started)
                .values(state=State.UNKNOWN, doubtful=True, started=False, claimed_by=None)
                .values(repeats=repeats, reason="the sender stopped while sending")
                .values(not_before=case((repeats < most_repeats, again), else_=None))
            ).rowcount
            back = 0
            for state, in_doubt in ((State.UNKNOWN, True), (State.DUE, False)):
                back += connection.execute(
                    update(DELIVERIES)
                    .where(gone, _D.doubtful.is_(in_doubt))
                    .values(state=state, claimed_by=None)
                ).rowcount
        return back, doubtful

    def claimers(self) -> list[int]:
        """List the senders that have claims."""
        query = select(_D.claimed_by).where(_D.state == State.CLAIMED).distinct()
        with reading(self._engine) as connection:
            return [sender for sender in connection.scalars(query) if sender is not None]

    def confirm(self, edition_id: int, place: Place, *, part: int, at: datetime) -> bool:
        """Settle a doubt by evidence: this part of an edition was seen in this place.

        Returns:
            Whether there was that doubt. The message's id stays unknown and is noted as 0.
        """
        in_doubt = and_(
            _D.edition_id == edition_id,
            _D.chat_id == place.chat_id,
            _D.thread_id == (place.thread_id or NO_THREAD),
            _D.state == State.UNKNOWN,
            _D.parts_sent == part,
        )
        with writing(self._engine) as connection:
            row = connection.execute(
                select(_D.id, _D.message_ids).where(in_doubt).with_for_update()
            ).one_or_none()
            if row is None:
                return False
            seen = {
                "message_ids": [*row.message_ids, 0],
                "parts_sent": part + 1,
                "doubtful": False,
                "state": State.DUE,
                "not_before": at,
                "reason": "",
            }
            connection.execute(update(DELIVERIES).where(_D.id == row.id).values(seen))
        return True


_CLAIMED = (
    update(DELIVERIES)
    .where(_D.id == bindparam("row_id"))
    .values(state=State.CLAIMED, claimed_by=bindparam("sender"))
)
_STARTED = update(DELIVERIES).where(_D.id == bindparam("row_id")).values(started=True)
_PART_ACCEPTED = (
    update(DELIVERIES)
    .where(_D.id == bindparam("row_id"))
    .values(parts_sent=bindparam("parts"), message_ids=bindparam("ids"))
    .values(started=False, doubtful=False, attempts=0, reason="")
    .values(repeats=_D.repeats + bindparam("again"))
)
_SENT = _PART_ACCEPTED.values(
    state=State.SENT, claimed_by=None, not_before=None, finished=bindparam("at")
)


def _claim(row: Row[Any]) -> Claim:
    return Claim(
        id=row.id,
        place=place_of(row),
        edition_id=row.edition_id,
        silent=row.silent,
        parts_sent=row.parts_sent,
        message_ids=tuple(row.message_ids),
        doubtful=row.doubtful,
        attempts=row.attempts,
        repeats=row.repeats,
    )


def _accepted_row(outcome: Accepted) -> dict[str, object]:
    return {
        "row_id": outcome.delivery_id,
        "parts": len(outcome.message_ids),
        "ids": list(outcome.message_ids),
        "again": int(outcome.repeat),
    }


def _postpone(connection: Connection, outcome: Postponed, now: datetime) -> None:
    """Put a delivery back: into doubt if it was in doubt before, else among what is due."""
    back = update(DELIVERIES).where(_D.id == outcome.delivery_id)
    values = {
        "claimed_by": None,
        "started": False,
        "not_before": now + outcome.wait,
        "attempts": outcome.attempts,
        "reason": outcome.reason,
    }
    resting = case((_D.doubtful, State.UNKNOWN.value), else_=State.DUE.value)
    connection.execute(back.values(state=resting, **values))


def _doubt(connection: Connection, outcome: Doubtful, now: datetime) -> None:
    values = {
        "state": State.UNKNOWN,
        "doubtful": True,
        "started": False,
        "claimed_by": None,
        "not_before": None if outcome.wait is None else now + outcome.wait,
        "reason": outcome.reason,
        "repeats": _D.repeats + int(outcome.repeat),
    }
    connection.execute(update(DELIVERIES).where(_D.id == outcome.delivery_id).values(values))


def _refuse(connection: Connection, outcome: Refused, now: datetime) -> None:
    """Close a delivery and, where the chat refuses the bot, the subscription with it."""
    this = _D.id == outcome.delivery_id
    if outcome.ends:
        # Due again first, so that ending the subscription skips it and remembers where it stood.
        back = Postponed(delivery_id=outcome.delivery_id, wait=timedelta(0), attempts=0, reason="")
        _postpone(connection, back, now)
        row = connection.execute(select(_D.subscription_id, _D.chat_id).where(this)).one()
        which = _S.chat_id == row.chat_id if outcome.whole_chat else _S.id == row.subscription_id
        end_subscriptions(connection, which, outcome.reason, now)
    closed = {
        "state": State.SKIPPED if outcome.ends else State.FAILED,
        "reason": outcome.reason,
        "claimed_by": None,
        "started": False,
        "not_before": None,
        "finished": now,
    }
    connection.execute(update(DELIVERIES).where(this).values(closed))
