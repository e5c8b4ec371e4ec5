"""Version 4: what was proposed, decided and appealed about entitlement to travel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of events."""
    op.create_table(
        "eligibility_events",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_eligibility_events_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "place", "case_id", "number", name=op.f("pk_eligibility_events")
        ),
        sqlite_with_rowid=False,
    )
