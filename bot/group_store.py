"""The groups whose administrators asked for the bot, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.chat_tables import open_groups
from index.sql import reading, writing

if TYPE_CHECKING:
    from datetime import datetime


class GroupStore:
    """``bot.door.OpenGroups``, and changing them."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def has(self, chat_id: int) -> bool:
        """Tell whether a group is one of them."""
        query = sa.select(open_groups.c.chat).where(open_groups.c.chat == chat_id)
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def open(self, chat_id: int, at: datetime) -> bool:
        """Add a group; tell whether it is new."""
        if self.has(chat_id):
            return False
        with writing(self._engine) as connection:
            # Of two administrators at the same moment the later one changes nothing.
            connection.execute(open_groups.delete().where(open_groups.c.chat == chat_id))
            connection.execute(open_groups.insert().values(chat=chat_id, opened_at=at))
        return True

    def close(self, chat_id: int) -> bool:
        """Take a group out; tell whether it was in."""
        with writing(self._engine) as connection:
            gone = open_groups.delete().where(open_groups.c.chat == chat_id)
            return connection.execute(gone).rowcount > 0

    def move_chat(self, old: int, new: int) -> None:
        """Follow a group that became a supergroup."""
        with writing(self._engine) as connection:
            connection.execute(open_groups.delete().where(open_groups.c.chat == new))
            moved = open_groups.update().where(open_groups.c.chat == old).values(chat=new)
            connection.execute(moved)
