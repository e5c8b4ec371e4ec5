"""Version 2: results worked out beside runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of results."""
    op.create_table(
        "results",
        sa.Column("result_no", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("result_no", name=op.f("pk_results")),
        sa.UniqueConstraint("result_id", name=op.f("uq_results_result_id")),
    )
    op.create_index(op.f("ix_results_place_kind"), "results", ["place", "kind"], unique=False)
    op.create_index(op.f("ix_results_parent_id"), "results", ["parent_id"], unique=False)
