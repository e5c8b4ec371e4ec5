"""Version 7: edits of records, with the cells they changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of edits."""
    op.create_table(
        "record_edits",
        sa.Column("edit_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("from_hash", sa.String(length=64), nullable=False),
        sa.Column("to_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("edited_utc", sa.String(length=27), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_hash"], ["snapshots.inputs_hash"], name=op.f("fk_record_edits_from_hash")
        ),
        sa.ForeignKeyConstraint(
            ["to_hash"], ["snapshots.inputs_hash"], name=op.f("fk_record_edits_to_hash")
        ),
        sa.PrimaryKeyConstraint("edit_no", name=op.f("pk_record_edits")),
    )
    op.create_index(op.f("ix_record_edits_place"), "record_edits", ["place"], unique=False)
    op.create_table(
        "field_changes",
        sa.Column("edit_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=60), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edit_no"], ["record_edits.edit_no"], name=op.f("fk_field_changes_edit_no")
        ),
        sa.PrimaryKeyConstraint("edit_no", "position", name=op.f("pk_field_changes")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_field_changes_sheet_record_id",
        "field_changes",
        ["sheet", "record_id"],
        unique=False,
    )
