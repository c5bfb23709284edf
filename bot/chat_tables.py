"""Tables of what surrounds the conversation: groups, votes, suggestions, lookups."""

from __future__ import annotations

import sqlalchemy as sa

from index.sql import UtcDateTime, translated

metadata = sa.MetaData()

open_groups = sa.Table(
    "open_groups",
    metadata,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
)

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("answer", sa.String(32), primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("good", sa.Boolean, nullable=False),
    sa.Column("voted_at", UtcDateTime, nullable=False, index=True),
    sa.Index("votes_by_person", "person"),
)

suggestions = sa.Table(
    "suggestions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("answer", sa.String(32), nullable=False, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False, index=True),
)

lookups = sa.Table(
    "lookups",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("asked_on", sa.Date, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False, index=True),
)


def create(engine: sa.Engine) -> None:
    """Make the tables that are not there yet."""
    with translated(engine):
        metadata.create_all(engine)
