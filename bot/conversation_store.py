"""What was asked and answered, and which updates were seen, in SQL (SQLite or PostgreSQL)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from bot.model import Place
from bot.service import Turn
from bot.views import Asker
from index.errors import StoreError
from index.model import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_THREAD = 0  # Telegram's threads are positive


class _Moment(sa.TypeDecorator[datetime]):
    """An aware moment, stored in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        del dialect  # SQLite forgets the zone, PostgreSQL gives the session's
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


metadata = sa.MetaData()

_turns = sa.Table(
    "turns",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("thread", sa.BigInteger, nullable=False),
    sa.Column("asked_at", _Moment, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Index("turns_by_asker", "person", "chat", "thread", "number"),
)

_updates = sa.Table(
    "handled_updates",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seen_at", _Moment, nullable=False, index=True),
)

_ANSWER = TypeAdapter(Answer)


def create(engine: sa.Engine) -> None:
    """Make the tables that are not there yet."""
    with _translated():
        metadata.create_all(engine)


class SqlConversationStore:
    """``bot.service.ConversationStore`` and the memory of updates over one engine.

    Raises:
        StoreError: the database can't be used, or holds an answer this program can't read.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def save(self, turn: Turn) -> None:
        """Store a turn."""
        with self._writing() as connection:
            connection.execute(
                _turns.insert().values(
                    id=turn.id,
                    **_of(turn.asker),
                    asked_at=turn.asked_at,
                    question=turn.answer.question,
                    answer=_ANSWER.dump_json(turn.answer).decode(),
                )
            )

    def turn(self, answer_id: str) -> Turn | None:
        """Return the turn of that id."""
        return self._one(_turns.select().where(_turns.c.id == answer_id))

    def last(self, asker: Asker) -> Turn | None:
        """Return the newest turn of a person at a place."""
        newest = _turns.c.number.desc()
        return self._one(_turns.select().filter_by(**_of(asker)).order_by(newest).limit(1))

    def questions(self, asker: Asker, *, since: datetime, limit: int) -> list[str]:
        """Return the newest questions asked at ``since`` or later, oldest first."""
        query = (
            sa.select(_turns.c.question)
            .filter_by(**_of(asker))
            .where(_turns.c.asked_at >= since)
            .order_by(_turns.c.number.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return list(connection.execute(query).scalars())[::-1]

    def forget(self, person: int) -> int:
        """Erase all turns of a person and count them."""
        return self._delete(_turns.delete().where(_turns.c.person == person))

    def prune_turns(self, before: datetime) -> int:
        """Erase turns asked before a moment and count them; their buttons say so from then on."""
        return self._delete(_turns.delete().where(_turns.c.asked_at < before))

    def move_chat(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup."""
        with self._writing() as connection:
            connection.execute(_turns.update().where(_turns.c.chat == old).values(chat=new))

    def first_time(self, update_id: int, seen_at: datetime) -> bool:
        """Tell whether an update was never seen before, and remember it from now on."""
        try:
            with self._writing() as connection:
                connection.execute(_updates.insert().values(id=update_id, seen_at=seen_at))
        except _SeenError:
            return False
        return True

    def prune_updates(self, before: datetime) -> int:
        """Forget updates seen before a moment and count them."""
        return self._delete(_updates.delete().where(_updates.c.seen_at < before))

    def _one(self, query: sa.Select[Any]) -> Turn | None:
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _read(row)

    def _delete(self, statement: sa.Delete) -> int:
        with self._writing() as connection:
            return connection.execute(statement).rowcount

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with _translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with _translated(), self._engine.begin() as connection:
            yield connection


class _SeenError(StoreError):
    """A row with that key is there already."""


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the library's errors into ours; their texts may hold questions, so they stay behind."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        raise _SeenError("a row with that key is stored already") from error
    except sa.exc.SQLAlchemyError as error:
        kind = type(error).__name__
        raise StoreError(f"the store of conversations can't be used ({kind})") from error


def _of(asker: Asker) -> dict[str, int]:
    thread = asker.place.thread_id or _NO_THREAD
    return {"person": asker.person, "chat": asker.place.chat_id, "thread": thread}


def _read(row: sa.Row[Any]) -> Turn:
    try:
        answer = _ANSWER.validate_json(row.answer)
    except ValidationError as error:
        raise StoreError(
            f"answer {row.id} was stored by another version of this program"
        ) from error
    return Turn(
        id=row.id,
        asker=Asker(person=row.person, place=Place(chat_id=row.chat, thread_id=row.thread or None)),
        asked_at=row.asked_at,
        answer=answer,
    )
