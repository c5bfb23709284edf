"""Updates in a worker's hands, and what /timeline and its kin were asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables; a data folder of an unreleased program may have them."""
    op.create_table(
        "update_claims",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("replying", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index(
        "ix_update_claims_claimed_at",
        "update_claims",
        ["claimed_at"],
        if_not_exists=True,
    )
    op.create_table(
        "lookups",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    for column in ("person", "made_at"):
        op.create_index(f"ix_lookups_{column}", "lookups", [column], if_not_exists=True)
