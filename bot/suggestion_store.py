"""Follow-up questions offered under answers, in SQL: buttons carry their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.chat_tables import suggestions
from index.sql import reading, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A question that the reports answer; ``id`` is short and can't be guessed."""

    id: str
    question: str


class SuggestionStore:
    """Suggestions over one engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def save(
        self, answer_id: str, person: int, offered: Sequence[Suggestion], *, at: datetime
    ) -> None:
        """Store what is offered under an answer to a person, in order."""
        rows = [
            {
                "id": one.id,
                "answer": answer_id,
                "place": place,
                "person": person,
                "question": one.question,
                "made_at": at,
            }
            for place, one in enumerate(offered)
        ]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(suggestions.insert(), rows)

    def of_answer(self, answer_id: str) -> list[Suggestion]:
        """Return what is offered under an answer."""
        query = (
            sa.select(suggestions.c.id, suggestions.c.question)
            .where(suggestions.c.answer == answer_id)
            .order_by(suggestions.c.place)
        )
        with reading(self._engine) as connection:
            return [Suggestion(id=id_, question=asked) for id_, asked in connection.execute(query)]

    def question(self, suggestion_id: str) -> str | None:
        """Return the question of that id."""
        query = sa.select(suggestions.c.question).where(suggestions.c.id == suggestion_id)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one_or_none()

    def forget(self, person: int) -> bool:
        """Erase what was offered to a person; tell whether there was any."""
        with writing(self._engine) as connection:
            gone = suggestions.delete().where(suggestions.c.person == person)
            return connection.execute(gone).rowcount > 0

    def prune(self, before: datetime) -> int:
        """Erase what was offered before a moment and count it."""
        with writing(self._engine) as connection:
            gone = suggestions.delete().where(suggestions.c.made_at < before)
            return connection.execute(gone).rowcount
