"""The tables of the index: what is the truth (reports) and what is derived from it (passages)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from index.sql import UtcDateTime

METADATA: Final = MetaData()

REPORTS: Final = Table(
    "reports",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("duplicate_of", ForeignKey("reports.id"), index=True),
)
REVISIONS: Final = Table(
    "revisions",
    METADATA,
    Column("report_id", ForeignKey("reports.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("publisher", Text),
    Column("publisher_confirmed", Boolean, nullable=False),
    Column("title", Text),
    Column("authors", JSON, nullable=False),
    Column("published", Date, index=True),
    Column("url", Text),
    Column("language", String(35), nullable=False),
    Column("text", Text, nullable=False),
    Column("structure", JSON, nullable=False),
    Column("content_key", String(64), nullable=False),
    Column("text_key", String(64), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("arrived", UtcDateTime, nullable=False),
)
CHANGES: Final = Table(
    "changes",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("report_id", ForeignKey("reports.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("arrived", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
NEAR_KEYS: Final = Table(
    "near_keys",
    METADATA,
    Column("report_id", ForeignKey("reports.id"), primary_key=True),
    Column("key", BigInteger, primary_key=True, autoincrement=False, index=True),
)
NEAR_COPIES: Final = Table(
    "near_copies",
    METADATA,
    Column("report_id", ForeignKey("reports.id"), primary_key=True),
    Column("coverage", Float, nullable=False),
)
INPUTS: Final = Table(
    "inputs",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("status", String(16), nullable=False),
    Column("error", Text),
    Column("reports", JSON, nullable=False),
    Column("tried", UtcDateTime, nullable=False),
    Column("succeeded", UtcDateTime),
)
PASSAGES: Final = Table(
    "passages",
    METADATA,
    Column("report_id", ForeignKey("reports.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", JSON, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("token_signs", LargeBinary, nullable=False),
)
CHECKPOINTS: Final = Table(
    "checkpoints",
    METADATA,
    Column("instance", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
)
FEEDS: Final = Table(
    "feeds",
    METADATA,
    Column("address", Text, primary_key=True),  # as it was given; never changes
    Column("url", Text, nullable=False),  # where it is now
    Column("added", Boolean, nullable=False),  # by a person, rather than by the settings
    Column("title", Text),
    Column("etag", Text),
    Column("modified", Text),
    Column("next_poll", UtcDateTime),  # null: never again
    Column("rest_until", UtcDateTime),
    Column("tried", UtcDateTime),
    Column("succeeded", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
)
FEED_ENTRIES: Final = Table(
    "feed_entries",
    METADATA,
    Column("feed", ForeignKey("feeds.address", ondelete="CASCADE"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("state", String(64), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_try", UtcDateTime),  # null: not until it changes
    Column("reports", JSON, nullable=False),
)
WATCHED_FOLDERS: Final = Table(
    "watched_folders",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("succeeded", UtcDateTime),
    Column("error", Text),
)
WATCHED_FILES: Final = Table(
    "watched_files",
    METADATA,
    Column("folder", ForeignKey("watched_folders.name", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("stamp", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("read", Boolean, nullable=False),
    Column("reports", JSON, nullable=False),
)
