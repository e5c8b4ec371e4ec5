"""Version 3: the register of people who propose, assure and approve."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of people and of the roles they hold."""
    op.create_table(
        "people",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_utc", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person_roles",
        sa.Column("term_no", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("from_utc", sa.String(length=27), nullable=False),
        sa.Column("to_utc", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_person_roles_person_id")
        ),
        sa.PrimaryKeyConstraint("term_no", name=op.f("pk_person_roles")),
    )
    op.create_index(
        op.f("ix_person_roles_person_id"), "person_roles", ["person_id"], unique=False
    )
