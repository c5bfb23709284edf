"""Subscriptions in SQL."""

from __future__ import annotations

from datetime import time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, bindparam, case, func, insert, or_, select, tuple_, update

from bot.deliveries import UNSUBSCRIBED, State, Subscriber
from bot.delivery_tables import CLOCK, DELIVERIES, NO_THREAD, SUBSCRIPTIONS
from bot.model import Place
from bot.plan import Standing
from bot.slots import next_slot
from bot.subscriptions import Subscription, SubscriptionError, parse, render
from index.sql import reading, writing

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine

MAX_PLACES = 50
_BATCH = 500
_UNSAID = Subscription(zone="UTC", times=(time(12),))  # a stored line says it all
_S = SUBSCRIPTIONS.c


class SubscriberStore:
    """Subscriptions, one for each place. Calls block.

    Raises:
        StoreError: from every method, when the database can't be used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def at(self, place: Place) -> Subscriber | None:
        """Return the subscription of a place, active or ended."""
        with reading(self._engine) as connection:
            row = connection.execute(select(SUBSCRIPTIONS).where(_is_at(place))).one_or_none()
        return None if row is None else read_subscriber(row)

    def of_chat(self, chat_id: int) -> list[Subscriber]:
        """Return the subscriptions of a chat, those of its topics included."""
        query = select(SUBSCRIPTIONS).where(_S.chat_id == chat_id).order_by(_S.thread_id)
        with reading(self._engine) as connection:
            return [read_subscriber(row) for row in connection.execute(query)]

    def reached(self) -> int:
        """Return the last change of the log that any subscription has considered, 0 for none."""
        with reading(self._engine) as connection:
            return connection.scalar(select(func.max(_S.cursor))) or 0

    def subscribe(
        self, place: Place, wanted: Subscription, *, now: datetime, head: int
    ) -> Subscriber:
        """Store what a place wants from now on.

        A new one, or one that a person had ended, begins at the end of the change log (``head``)
        with a first edition; any other goes on from where it stood.

        Raises:
            SubscriptionError: the chat has ``MAX_PLACES`` subscriptions already.
        """
        with writing(self._engine) as connection:
            row = connection.execute(select(SUBSCRIPTIONS).where(_is_at(place))).one_or_none()
            if row is None:
                _refuse_too_many(connection, place.chat_id)
            known = None if row is None else read_subscriber(row)
            values = _values(wanted, known, now, head)
            if known is None:
                made = {**_at(place), "created": now, "version": 1, **values}
                connection.execute(insert(SUBSCRIPTIONS).values(made))
            else:
                changed = update(SUBSCRIPTIONS).where(_S.id == known.id)
                connection.execute(changed.values(version=_S.version + 1, **values))
                if row is not None and known.ended not in {None, UNSUBSCRIBED}:
                    _reopen(connection, row, now)
            row = connection.execute(select(SUBSCRIPTIONS).where(_is_at(place))).one()
        return read_subscriber(row)

    def unsubscribe(self, place: Place, *, now: datetime) -> bool:
        """End a place's subscription on a person's word; False where none was active."""
        with writing(self._engine) as connection:
            return bool(end_subscriptions(connection, _is_at(place), UNSUBSCRIBED, now))

    def end_chat(self, chat_id: int, reason: str, *, now: datetime) -> int:
        """End all of a chat's subscriptions because the messenger says so; returns how many."""
        with writing(self._engine) as connection:
            return end_subscriptions(connection, _S.chat_id == chat_id, reason, now)

    def revive(self, chat_id: int, *, now: datetime) -> list[Subscriber]:
        """Bring back what the messenger had ended, not what a person had; returns those."""
        gone = (_S.chat_id == chat_id) & _S.active.is_(False) & (_S.ended != UNSUBSCRIBED)
        with writing(self._engine) as connection:
            rows = connection.execute(select(SUBSCRIPTIONS).where(gone)).all()
            for row in rows:
                values = {
                    "active": True,
                    "ended": None,
                    "ended_at": None,
                    "next_due": next_slot(read_subscriber(row).wanted, after=now),
                }
                changed = update(SUBSCRIPTIONS).where(_S.id == row.id)
                connection.execute(changed.values(version=_S.version + 1, **values))
                _reopen(connection, row, now)
            ids = [row.id for row in rows]
            back = connection.execute(select(SUBSCRIPTIONS).where(_S.id.in_(ids))).all()
        return [read_subscriber(row) for row in back]

    def migrate(self, old: int, new: int, *, now: datetime) -> None:
        """Follow a group to its new id; a subscription the new id has of its own is kept."""
        with writing(self._engine) as connection:
            migrate_chat(connection, old, new, now)

    def due(
        self, now: datetime, *, after: tuple[datetime, int] | None = None, limit: int
    ) -> list[Subscriber]:
        """List subscribers whose next slot has come, by slot and id, from past ``after`` on."""
        query = select(SUBSCRIPTIONS).where(_S.next_due <= now)
        if after is not None:
            query = query.where(tuple_(_S.next_due, _S.id) > tuple_(*after))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(_S.next_due, _S.id).limit(limit)).all()
        return [read_subscriber(row) for row in rows]

    def tick(self, now: datetime) -> datetime | None:
        """Remember the present and return the one remembered before."""
        with writing(self._engine) as connection:
            last = connection.scalar(select(CLOCK.c.last_tick))
            if last is None:
                connection.execute(insert(CLOCK).values(id=1, last_tick=now))
            else:
                connection.execute(update(CLOCK).values(last_tick=now))
        return last

    def realign(self, now: datetime, *, back: timedelta = timedelta(0)) -> None:
        """Compute all future slots anew, after the clock or the rules of a zone have changed.

        Nothing stays done with that lies in the future; what waits for its time waits as long as it
        was to, by a clock that was set ``back``.
        """
        last_id = 0
        while True:
            with writing(self._engine) as connection:
                later = select(SUBSCRIPTIONS).where(_S.next_due > now, _S.id > last_id)
                rows = connection.execute(later.order_by(_S.id).limit(_BATCH)).all()
                if not rows:
                    break
                last_id = rows[-1].id
                connection.execute(_REALIGNED, [_realigned(row, now) for row in rows])
        if back:
            with writing(self._engine) as connection:
                _bring_forward(connection, now, back)


_REALIGNED = (
    update(SUBSCRIPTIONS)
    .where(_S.id == bindparam("row_id"))
    .values(next_due=bindparam("slot"), settled=bindparam("done"))
)


_SOONER = (
    update(DELIVERIES)
    .where(DELIVERIES.c.id == bindparam("row_id"))
    .values(not_before=bindparam("sooner"))
)


def read_subscriber(row: Row[Any]) -> Subscriber:
    """Read a row of the subscriptions table."""
    return Subscriber(
        id=row.id,
        place=Place(chat_id=row.chat_id, thread_id=row.thread_id or None),
        wanted=_read_line(row.line),
        ended=None if row.active else row.ended,
        standing=Standing(cursor=row.cursor, first=row.first),
        settled=row.settled,
        next_due=row.next_due,
        version=row.version,
    )


def end_subscriptions(
    connection: Connection, which: ColumnElement[bool], reason: str, now: datetime
) -> int:
    """End the active subscriptions among ``which`` and skip what they still waited for.

    Should the subscription come back, it goes on where the last message certainly arrived: from
    before what nobody got, and with the rest of what is in doubt or half sent (``_reopen``).
    """
    ids = connection.scalars(select(_S.id).where(which, _S.active)).all()
    for subscription_id in ids:
        waiting = (DELIVERIES.c.subscription_id == subscription_id) & DELIVERIES.c.state.in_(
            [State.DUE, State.UNKNOWN]
        )
        # What came before something that was sent is not gone back to: that would come twice.
        reached = connection.scalar(
            select(func.max(DELIVERIES.c.id)).where(
                DELIVERIES.c.subscription_id == subscription_id, _may_have_been_seen()
            )
        )
        unsent = connection.execute(
            select(DELIVERIES.c.cursor_before, DELIVERIES.c.first_before)
            .where(waiting, DELIVERIES.c.id > (reached or 0))
            .order_by(DELIVERIES.c.id)
            .limit(1)
        ).one_or_none()
        connection.execute(
            update(DELIVERIES)
            .where(waiting)
            .values(state=State.SKIPPED, reason=reason, not_before=None, finished=now)
        )
        back = {} if unsent is None else {"cursor": unsent[0], "first": unsent[1]}
        connection.execute(
            update(SUBSCRIPTIONS)
            .where(_S.id == subscription_id)
            .values(active=False, ended=reason, ended_at=now, next_due=None, **back)
            .values(version=_S.version + 1)
        )
    return len(ids)


def migrate_chat(connection: Connection, old: int, new: int, now: datetime) -> None:
    """Give a chat's subscriptions and open deliveries its new id."""
    taken = set(connection.scalars(select(_S.thread_id).where(_S.chat_id == new)))
    twice = (_S.chat_id == old) & _S.thread_id.in_(taken)
    end_subscriptions(connection, twice, f"the chat moved to {new}, which has its own", now)
    moved = update(SUBSCRIPTIONS).where(_S.chat_id == old, _S.thread_id.not_in(taken))
    connection.execute(moved.values(chat_id=new, version=_S.version + 1))
    open_ones = DELIVERIES.c.state.in_([State.DUE, State.CLAIMED, State.UNKNOWN])
    connection.execute(
        update(DELIVERIES).where(DELIVERIES.c.chat_id == old, open_ones).values(chat_id=new)
    )


def _values(
    wanted: Subscription, known: Subscriber | None, now: datetime, head: int
) -> dict[str, object]:
    """Return the row of what is wanted from now on, but for its place."""
    values: dict[str, object] = {
        "line": render(wanted),
        "active": True,
        "ended": None,
        "ended_at": None,
    }
    if known is None or known.ended == UNSUBSCRIBED:
        values |= {"cursor": head, "first": True, "settled": now}
    elif known.next_due is None or known.next_due > now:
        # What an outage has left overdue stays overdue; times gone by today are not made up for.
        values |= {"settled": known.settled if known.ended else now}
    else:
        return values
    return values | {"next_due": next_slot(wanted, after=now)}


def _bring_forward(connection: Connection, now: datetime, back: timedelta) -> None:
    waiting = select(DELIVERIES.c.id, DELIVERIES.c.not_before).where(
        DELIVERIES.c.state.in_([State.DUE, State.UNKNOWN]), DELIVERIES.c.not_before > now
    )
    sooner = [
        {"row_id": row.id, "sooner": max(row.not_before - back, now)}
        for row in connection.execute(waiting)
    ]
    if sooner:
        connection.execute(_SOONER, sooner)


def _realigned(row: Row[Any], now: datetime) -> dict[str, object]:
    subscriber = read_subscriber(row)
    done = min(subscriber.settled, now)
    return {"row_id": row.id, "slot": next_slot(subscriber.wanted, after=done), "done": done}


def _reopen(connection: Connection, row: Row[Any], now: datetime) -> None:
    """Let what was in doubt or half sent when a subscription ended be due again."""
    begun = or_(DELIVERIES.c.doubtful, DELIVERIES.c.parts_sent > 0)
    ended_with_it = and_(
        DELIVERIES.c.subscription_id == row.id,
        DELIVERIES.c.state == State.SKIPPED,
        DELIVERIES.c.reason == row.ended,
        DELIVERIES.c.finished == row.ended_at,
    )
    resting = case((DELIVERIES.c.doubtful, State.UNKNOWN.value), else_=State.DUE.value)
    connection.execute(
        update(DELIVERIES)
        .where(ended_with_it, begun)
        .values(state=resting, not_before=now, finished=None, reason="")
    )


def _may_have_been_seen() -> ColumnElement[bool]:
    seen = [State.SENT, State.UNKNOWN, State.CLAIMED]
    return or_(DELIVERIES.c.state.in_(seen), DELIVERIES.c.parts_sent > 0, DELIVERIES.c.doubtful)


def _refuse_too_many(connection: Connection, chat_id: int) -> None:
    count = connection.scalar(select(func.count()).where(_S.chat_id == chat_id)) or 0
    if count >= MAX_PLACES:
        raise SubscriptionError(
            f"This chat has {count} subscriptions, as many as one chat can have;"
            " end one with /unsubscribe in its topic first."
        )


def _at(place: Place) -> dict[str, int]:
    return {"chat_id": place.chat_id, "thread_id": place.thread_id or NO_THREAD}


def _is_at(place: Place) -> ColumnElement[bool]:
    return (_S.chat_id == place.chat_id) & (_S.thread_id == (place.thread_id or NO_THREAD))


@lru_cache(maxsize=4096)
def _read_line(line: str) -> Subscription:
    return parse(line, _UNSAID)
