"""What was asked and answered, and which updates were seen, in SQL (SQLite or PostgreSQL)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.answer_json import dump_answer, load_answer
from bot.model import Place
from bot.service import Turn
from bot.views import Asker
from index.errors import StoreError
from index.sql import UtcDateTime, reading, translated, writing

if TYPE_CHECKING:
    from datetime import datetime

_NO_THREAD = 0  # Telegram's threads are positive

metadata = sa.MetaData()

_turns = sa.Table(
    "turns",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("thread", sa.BigInteger, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Index("turns_by_asker", "person", "chat", "thread", "number"),
)

_updates = sa.Table(
    "handled_updates",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
)


def create(engine: sa.Engine) -> None:
    """Make the tables that are not there yet."""
    with translated(engine):
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
        with writing(self._engine) as connection:
            connection.execute(
                _turns.insert().values(
                    id=turn.id,
                    **_of(turn.asker),
                    asked_at=turn.asked_at,
                    question=turn.answer.question,
                    answer=dump_answer(turn.answer),
                )
            )

    def turn(self, answer_id: str) -> Turn | None:
        """Return the turn of that id."""
        return self._one(_turns.select().where(_turns.c.id == answer_id))

    def ids(self) -> list[str]:
        """List the ids of all turns, oldest first."""
        with reading(self._engine) as connection:
            return list(
                connection.execute(sa.select(_turns.c.id).order_by(_turns.c.number)).scalars()
            )

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
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())[::-1]

    def forget(self, person: int) -> int:
        """Erase all turns of a person and count them."""
        return self._delete(_turns.delete().where(_turns.c.person == person))

    def prune_turns(self, before: datetime) -> int:
        """Erase turns asked before a moment and count them; their buttons say so from then on."""
        return self._delete(_turns.delete().where(_turns.c.asked_at < before))

    def move_chat(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup."""
        with writing(self._engine) as connection:
            connection.execute(_turns.update().where(_turns.c.chat == old).values(chat=new))

    def first_time(self, update_id: int, seen_at: datetime) -> bool:
        """Tell whether an update was never seen before, and remember it from now on."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        row = dialect.insert(_updates).values(id=update_id, seen_at=seen_at)
        with writing(self._engine) as connection:
            new = connection.execute(row.on_conflict_do_nothing().returning(_updates.c.id))
            return new.scalar_one_or_none() is not None

    def prune_updates(self, before: datetime) -> int:
        """Forget updates seen before a moment and count them."""
        return self._delete(_updates.delete().where(_updates.c.seen_at < before))

    def _one(self, query: sa.Select[Any]) -> Turn | None:
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _read(row)

    def _delete(self, statement: sa.Delete) -> int:
        with writing(self._engine) as connection:
            return connection.execute(statement).rowcount


def _of(asker: Asker) -> dict[str, int]:
    thread = asker.place.thread_id or _NO_THREAD
    return {"person": asker.person, "chat": asker.place.chat_id, "thread": thread}


def _read(row: sa.Row[Any]) -> Turn:
    try:
        answer = load_answer(row.answer)
    except ValueError as error:
        raise StoreError(
            f"answer {row.id} was stored by another version of this program"
        ) from error
    return Turn(
        id=row.id,
        asker=Asker(person=row.person, place=Place(chat_id=row.chat, thread_id=row.thread or None)),
        asked_at=row.asked_at,
        answer=answer,
    )
