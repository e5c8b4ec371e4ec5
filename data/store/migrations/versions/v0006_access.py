"""Version 6: who comes in and what they did: accounts, sessions, tokens, webhooks, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_SQLITE_GUARD = """
CREATE TRIGGER audit_entries_{verb} BEFORE {verb} ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is added to, never changed'); END
"""
_POSTGRESQL_GUARD = """
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the audit log is added to, never changed'; END
$$ LANGUAGE plpgsql
"""
_POSTGRESQL_TRIGGER = """
CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
"""


def upgrade() -> None:
    """Make the tables, and refuse every change of the audit log that is not an addition."""
    op.create_table(
        "audit_entries",
        sa.Column("entry_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at_utc", sa.String(length=27), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("before_hash", sa.String(length=64), nullable=False),
        sa.Column("after_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_audit_entries_entry_hash")),
    )
    op.create_index(
        "ix_audit_entries_kind_record_id", "audit_entries", ["kind", "record_id"], unique=False
    )
    op.create_table(
        "throttles",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("n_failures", sa.Integer(), nullable=False),
        sa.Column("last_utc", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_throttles")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "accounts",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("password_utc", sa.String(length=27), nullable=True),
        sa.Column("second_factor", sa.Text(), nullable=False),
        sa.Column("used_step", sa.Integer(), nullable=False),
        sa.Column("recovery_hashes", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("works_for", sa.Text(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_accounts_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("subject", name=op.f("uq_accounts_subject")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_no", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("is_read_only", sa.Boolean(), nullable=False),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("expires_utc", sa.String(length=27), nullable=False),
        sa.Column("used_utc", sa.String(length=27), nullable=True),
        sa.Column("revoked_utc", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_api_tokens_person_id")
        ),
        sa.PrimaryKeyConstraint("token_no", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_table(
        "driver_notes",
        sa.Column("note_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("duty_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at_utc", sa.String(length=27), nullable=False),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_driver_notes_person_id")
        ),
        sa.PrimaryKeyConstraint("note_no", name=op.f("pk_driver_notes")),
    )
    op.create_index(
        "ix_driver_notes_place_service_date",
        "driver_notes",
        ["place", "service_date"],
        unique=False,
    )
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("standing", sa.String(length=64), nullable=False),
        sa.Column("opened_utc", sa.String(length=27), nullable=False),
        sa.Column("seen_utc", sa.String(length=27), nullable=False),
        sa.Column("ended_utc", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_web_sessions_person_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_web_sessions_person_id"), "web_sessions", ["person_id"], unique=False
    )
    op.create_table(
        "webhooks",
        sa.Column("hook_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("ended_utc", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.person_id"], name=op.f("fk_webhooks_created_by")
        ),
        sa.PrimaryKeyConstraint("hook_no", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "deliveries",
        sa.Column("delivery_no", sa.Integer(), nullable=False),
        sa.Column("hook_no", sa.Integer(), nullable=False),
        sa.Column("publication_no", sa.Integer(), nullable=False),
        sa.Column("n_tries", sa.Integer(), nullable=False),
        sa.Column("next_utc", sa.String(length=27), nullable=False),
        sa.Column("done_utc", sa.String(length=27), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hook_no"], ["webhooks.hook_no"], name=op.f("fk_deliveries_hook_no")
        ),
        sa.PrimaryKeyConstraint("delivery_no", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "hook_no", "publication_no", name=op.f("uq_deliveries_hook_no_publication_no")
        ),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_SQLITE_GUARD.format(verb=verb))
    else:
        op.execute(_POSTGRESQL_GUARD)
        op.execute(_POSTGRESQL_TRIGGER)
