"""What was looked up in the reports, in SQL: the buttons that turn its pages carry its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat_tables import lookups
from index.sql import reading, writing

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A topic or a name as typed in a chat, and what of it ``about`` is asked.

    ``id`` is short and can't be guessed; ``asked_on`` is the day whose reports are the last read.
    """

    id: str
    chat: int
    person: int
    text: str
    about: str = ""
    asked_on: date
    made_at: datetime


class LookupStore:
    """Lookups over one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, *made: Lookup) -> None:
        """Store what was looked up."""
        names = [column.name for column in lookups.columns]
        rows = [{name: getattr(one, name) for name in names} for one in made]
        with writing(self._engine) as connection:
            connection.execute(lookups.insert(), rows)

    def lookup(self, lookup_id: str) -> Lookup | None:
        """Return the lookup of that id."""
        query = lookups.select().where(lookups.c.id == lookup_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else Lookup(**row)

    def forget(self, person: int) -> bool:
        """Erase what a person looked up; tell whether there was any."""
        with writing(self._engine) as connection:
            gone = lookups.delete().where(lookups.c.person == person)
            return connection.execute(gone).rowcount > 0

    def prune(self, before: datetime) -> int:
        """Erase what was looked up before a moment and count it."""
        with writing(self._engine) as connection:
            gone = lookups.delete().where(lookups.c.made_at < before)
            return connection.execute(gone).rowcount
