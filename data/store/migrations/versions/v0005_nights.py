"""Version 5: the night: changes of the day, fences, candidates, publications, proposals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of the night."""
    op.create_table(
        "day_changes",
        sa.Column("change_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("leave_s", sa.Integer(), nullable=True),
        sa.Column("received_utc", sa.String(length=27), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("withdrawn_utc", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("change_no", name=op.f("pk_day_changes")),
    )
    op.create_index(op.f("ix_day_changes_place"), "day_changes", ["place"], unique=False)
    op.create_table(
        "fences",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("fence_no", sa.Integer(), nullable=False),
        sa.Column("taken_utc", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_fences")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "nights",
        sa.Column("night_no", sa.Integer(), nullable=False),
        sa.Column("night_key", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("started_utc", sa.String(length=27), nullable=False),
        sa.Column("ended_utc", sa.String(length=27), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("night_no", name=op.f("pk_nights")),
        sa.UniqueConstraint("night_key", name=op.f("uq_nights_night_key")),
    )
    op.create_index(
        "ix_nights_place_service_date", "nights", ["place", "service_date"], unique=False
    )
    op.create_table(
        "candidates",
        sa.Column("night_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("saved_utc", sa.String(length=27), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["night_no"], ["nights.night_no"], name=op.f("fk_candidates_night_no")
        ),
        sa.ForeignKeyConstraint(
            ["plan_no"], ["plans.plan_no"], name=op.f("fk_candidates_plan_no")
        ),
        sa.PrimaryKeyConstraint("night_no", "position", name=op.f("pk_candidates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proposals",
        sa.Column("proposal_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("day_type_id", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("base_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_utc", sa.String(length=27), nullable=True),
        sa.Column("proposed_utc", sa.String(length=27), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no"], ["plans.plan_no"], name=op.f("fk_proposals_plan_no")
        ),
        sa.PrimaryKeyConstraint("proposal_no", name=op.f("pk_proposals")),
        sa.UniqueConstraint(
            "place", "base_hash", "plan_no", name=op.f("uq_proposals_place_base_hash_plan_no")
        ),
    )
    op.create_table(
        "publications",
        sa.Column("publication_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("day_type_id", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("standing_no", sa.Integer(), nullable=False),
        sa.Column("night_key", sa.String(length=64), nullable=False),
        sa.Column("fence_no", sa.Integer(), nullable=False),
        sa.Column("published_utc", sa.String(length=27), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no"], ["plans.plan_no"], name=op.f("fk_publications_plan_no")
        ),
        sa.ForeignKeyConstraint(
            ["standing_no"], ["plans.plan_no"], name=op.f("fk_publications_standing_no")
        ),
        sa.PrimaryKeyConstraint("publication_no", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "night_key",
            "state",
            "plan_no",
            name=op.f("uq_publications_night_key_state_plan_no"),
        ),
        sa.UniqueConstraint(
            "place",
            "service_date",
            "version_no",
            name=op.f("uq_publications_place_service_date_version_no"),
        ),
    )
