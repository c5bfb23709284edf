"""👍 and 👎 in SQL, one of each person and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.chat_tables import votes
from index.sql import reading, writing

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """How many answers were voted good and bad."""

    good: int
    bad: int


class FeedbackStore:
    """Votes over one engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def vote(self, answer_id: str, person: int, *, good: bool, at: datetime) -> None:
        """Store what a person thinks of an answer, in place of what they thought before."""
        mine = sa.and_(votes.c.answer == answer_id, votes.c.person == person)
        with writing(self._engine) as connection:
            connection.execute(votes.delete().where(mine))
            connection.execute(
                votes.insert().values(answer=answer_id, person=person, good=good, voted_at=at)
            )

    def counts(self) -> Votes:
        """Count all votes."""
        query = sa.select(votes.c.good, sa.func.count()).group_by(votes.c.good)
        with reading(self._engine) as connection:
            found = {bool(good): int(n) for good, n in connection.execute(query)}
        return Votes(good=found.get(True, 0), bad=found.get(False, 0))

    def forget(self, person: int) -> bool:
        """Erase a person's votes; tell whether there were any."""
        with writing(self._engine) as connection:
            gone = votes.delete().where(votes.c.person == person)
            return connection.execute(gone).rowcount > 0

    def prune(self, before: datetime) -> int:
        """Erase votes given before a moment and count them."""
        with writing(self._engine) as connection:
            return connection.execute(votes.delete().where(votes.c.voted_at < before)).rowcount
