"""Version 8: drafts of plans, and the searches around their edits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables of drafts."""
    op.create_table(
        "drafts",
        sa.Column("draft_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("base_plan_no", sa.Integer(), nullable=False),
        sa.Column("base_hash", sa.String(length=64), nullable=False),
        sa.Column("base_label", sa.Text(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("edits", sa.Text(), nullable=False),
        sa.Column("n_done", sa.Integer(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_utc", sa.String(length=27), nullable=False),
        sa.Column("proposal_no", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["base_plan_no"], ["plans.plan_no"], name=op.f("fk_drafts_base_plan_no")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_no"], ["proposals.proposal_no"], name=op.f("fk_drafts_proposal_no")
        ),
        sa.PrimaryKeyConstraint("draft_no", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_place_state", "drafts", ["place", "state"], unique=False)
    op.create_table(
        "draft_searches",
        sa.Column("search_no", sa.Integer(), nullable=False),
        sa.Column("draft_no", sa.Integer(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_utc", sa.String(length=27), nullable=False),
        sa.Column("told_utc", sa.String(length=27), nullable=False),
        sa.Column("wants_stop", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_no"], ["drafts.draft_no"], name=op.f("fk_draft_searches_draft_no")
        ),
        sa.ForeignKeyConstraint(
            ["plan_no"], ["plans.plan_no"], name=op.f("fk_draft_searches_plan_no")
        ),
        sa.PrimaryKeyConstraint("search_no", name=op.f("pk_draft_searches")),
    )
    op.create_index(
        op.f("ix_draft_searches_draft_no"), "draft_searches", ["draft_no"], unique=False
    )
