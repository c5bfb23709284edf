"""Updates in a worker's hands, in SQL: each is served by one worker, and by another if that dies.

An update is claimed before anything is done about it and done when its reply was accepted. The
messenger sends an update again until a worker says that it is done, so what a dead worker left is
found when it comes again: its claim is taken over, for its number (``bot.presence``) is free.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from index.sql import UtcDateTime, translated, writing

if TYPE_CHECKING:
    from datetime import datetime

    from bot.presence import Presence

metadata = sa.MetaData()

_claims = sa.Table(
    "update_claims",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("worker", sa.Integer, nullable=False),
    sa.Column("replying", sa.Boolean, nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
    sa.Column("claimed_at", UtcDateTime, nullable=False, index=True),
)


class Begun(Enum):
    """What became of the wish to serve an update."""

    MINE = auto()
    MINE_IN_DOUBT = auto()
    """Taken over from a worker that died when a reply may have left."""
    ELSEWHERE = auto()
    """A living worker is at it."""
    DONE = auto()


def create(engine: sa.Engine) -> None:
    """Make the table if it is not there yet."""
    with translated(engine):
        metadata.create_all(engine)


class UpdateClaims:
    """The claims of one worker among those of all. Calls block.

    Raises:
        StoreError: from every method, when the database can't be used.
    """

    def __init__(self, engine: sa.Engine, presence: Presence) -> None:
        self._engine = engine
        self._presence = presence
        self._at_work: set[int] = set()

    def begin(self, update_id: int, now: datetime) -> Begun:
        """Claim an update, unless it is done or a living worker is at it."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        mine = {"worker": self._presence.sender, "claimed_at": now}
        row = dialect.insert(_claims).values(id=update_id, replying=False, done=False, **mine)
        this = _claims.c.id == update_id
        with writing(self._engine) as connection:
            new = connection.execute(row.on_conflict_do_nothing().returning(_claims.c.id))
            if new.scalar_one_or_none() is not None:
                self._at_work.add(update_id)
                return Begun.MINE
            known = connection.execute(sa.select(_claims).where(this)).one()
        if known.done:
            return Begun.DONE
        if not self._is_left(update_id, known.worker):
            return Begun.ELSEWHERE
        with writing(self._engine) as connection:
            taken = connection.execute(
                sa.update(_claims)
                .where(this, _claims.c.worker == known.worker, ~_claims.c.done)
                .values(**mine)
            )
            if taken.rowcount == 0:
                return Begun.ELSEWHERE
            self._at_work.add(update_id)
        return Begun.MINE_IN_DOUBT if known.replying else Begun.MINE

    def replying(self, update_id: int) -> None:
        """Note that a reply is about to leave."""
        self._set(update_id, replying=True)

    def finish(self, update_id: int) -> None:
        """Note that an update is done."""
        self._set(update_id, done=True)

    def let_go(self, update_id: int) -> None:
        """Be at work on an update no more, however that ended."""
        self._at_work.discard(update_id)

    def prune(self, before: datetime) -> int:
        """Forget updates claimed before a moment and count them."""
        with writing(self._engine) as connection:
            old = sa.delete(_claims).where(_claims.c.claimed_at < before)
            return connection.execute(old).rowcount

    def _is_left(self, update_id: int, worker: int) -> bool:
        if worker == self._presence.sender:
            return update_id not in self._at_work  # this worker could not finish it
        return bool(self._presence.gone([worker]))

    def _set(self, update_id: int, **values: bool) -> None:
        with writing(self._engine) as connection:
            this = _claims.c.id == update_id
            connection.execute(sa.update(_claims).where(this).values(**values))
