"""Editions in SQL: composed once, kept so that their buttons open what they opened at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.delivery_tables import EDITION_REPORTS, EDITIONS
from bot.editions import dump, load
from bot.model import Button, Message
from index.sql import reading, writing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Engine

    from bot.editions import Edition

_E = EDITIONS.c


class EditionStore:
    """Editions by the key of their contents. Calls block.

    Raises:
        StoreError: from every method, when the database can't be used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, key: str) -> tuple[int, str] | None:
        """Return the id of the edition of this key and why nobody gets it ("" if they do)."""
        with reading(self._engine) as connection:
            row = connection.execute(select(_E.id, _E.empty).where(_E.key == key)).one_or_none()
        return None if row is None else (row.id, row.empty)

    def add(
        self, key: str, edition: Edition, parts: Iterable[Message], *, empty: str, at: datetime
    ) -> int:
        """Store an edition unless one of its key is there, and return that one's id."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        row = dialect.insert(EDITIONS).values(
            key=key,
            token=edition.token,
            empty=empty,
            composed=at,
            content=dump(edition),
            parts=[_part_json(part) for part in parts],
        )
        with writing(self._engine) as connection:
            made = row.on_conflict_do_nothing(index_elements=[_E.key]).returning(_E.id)
            number: int | None = connection.scalar(made)
            if number is None:  # another sender composed it meanwhile
                theirs: int = connection.execute(select(_E.id).where(_E.key == key)).scalar_one()
                return theirs
            rows = [
                {"edition_id": number, "report_id": report_id, "revision": revision}
                for report_id, revision in _revisions(edition).items()
            ]
            if rows:
                connection.execute(insert(EDITION_REPORTS), rows)
        return number

    def parts(self, edition_id: int) -> tuple[Message, ...]:
        """Return the messages of an edition as they were composed."""
        with reading(self._engine) as connection:
            stored = connection.scalar(select(_E.parts).where(_E.id == edition_id))
        return tuple(_read_part(part) for part in stored or [])

    def by_token(self, token: str) -> tuple[int, Edition] | None:
        """Return the edition a button names, with its id."""
        query = select(_E.id, _E.content).where(_E.token == token)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row.id, load(row.content))


def _revisions(edition: Edition) -> dict[str, int]:
    """Return which revision of each report someone knows who has read this edition."""
    shown = {part.report.id: part.report.revision for part in edition.reports}
    return shown | {note.report.id: note.report.revision for note in edition.corrections}


def _part_json(message: Message) -> dict[str, object]:
    rows = [[[b.label, b.data, b.url] for b in row] for row in message.keyboard]
    return {"html": message.html, "keyboard": rows}


def _read_part(part: dict[str, object]) -> Message:
    rows = part["keyboard"]
    assert isinstance(rows, list)  # noqa: S101  (written by _part_json)
    return Message(
        html=str(part["html"]),
        keyboard=tuple(
            tuple(Button(label=label, data=data, url=url) for label, data, url in row)
            for row in rows
        ),
    )
