"""The tables of subscriptions, editions and deliveries."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from index.sql import UtcDateTime

METADATA: Final = MetaData()
NO_THREAD: Final = 0  # Telegram's threads are positive; NULL would escape the unique constraint
BIG_KEY: Final = BigInteger().with_variant(Integer, "sqlite")

SUBSCRIPTIONS: Final = Table(
    "subscriptions",
    METADATA,
    Column("id", BIG_KEY, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    # Why it ended: "unsubscribed" by a person, else what the messenger said.
    Column("ended", Text),
    Column("ended_at", UtcDateTime),
    # The last change of the log that was considered; no edition was sent yet while first.
    Column("cursor", BigInteger, nullable=False),
    Column("first", Boolean, nullable=False),
    # Slots up to here are done with; the next one, NULL while not active.
    Column("settled", UtcDateTime, nullable=False),
    Column("next_due", UtcDateTime),
    # Grows with each change, so that a plan made from an older row is not carried out.
    Column("version", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    UniqueConstraint("chat_id", "thread_id"),
    Index("subscriptions_due", "next_due", "id"),
)
EDITIONS: Final = Table(
    "editions",
    METADATA,
    Column("id", BIG_KEY, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("token", String(16), nullable=False, unique=True),
    # Why nobody gets it (nothing on the topics), else "".
    Column("empty", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("composed", UtcDateTime, nullable=False),
)
EDITION_REPORTS: Final = Table(
    "edition_reports",
    METADATA,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("report_id", String(64), primary_key=True, index=True),
    Column("revision", Integer, nullable=False),
)
DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("id", BIG_KEY, primary_key=True, autoincrement=True),
    Column("subscription_id", ForeignKey("subscriptions.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("edition_id", ForeignKey("editions.id")),
    Column("slot", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("silent", Boolean, nullable=False),
    # The standing before it: what a delivery that replaces it has to cover.
    Column("cursor_before", BigInteger, nullable=False),
    Column("first_before", Boolean, nullable=False),
    # When it may be tried (again); NULL for an unknown outcome that is left alone.
    Column("not_before", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    # Parts sent again although an earlier copy may have been accepted.
    Column("repeats", Integer, nullable=False),
    Column("parts_sent", Integer, nullable=False),
    Column("message_ids", JSON, nullable=False),
    # True from before a part's request leaves until its outcome is recorded.
    Column("started", Boolean, nullable=False),
    # True while the next part may have been accepted before without our knowing.
    Column("doubtful", Boolean, nullable=False),
    Column("claimed_by", BigInteger),
    Column("created", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    UniqueConstraint("subscription_id", "slot"),
    Index(
        "deliveries_once",
        "subscription_id",
        "edition_id",
        unique=True,
        sqlite_where=text("state NOT IN ('skipped', 'failed')"),
        postgresql_where=text("state NOT IN ('skipped', 'failed')"),
    ),
    Index("deliveries_waiting", "state", "not_before"),
    Index(
        "deliveries_due_of",
        "subscription_id",
        sqlite_where=text("state = 'due'"),
        postgresql_where=text("state = 'due'"),
    ),
    Index("deliveries_chat", "chat_id"),
)
CLOCK: Final = Table(
    "delivery_clock",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_tick", UtcDateTime, nullable=False),
)
