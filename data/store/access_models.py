"""Tables of who comes in and what they did: accounts, sessions, tokens, webhooks, audit."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from data.store.models import HASH, STAMP, metadata, people

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("entry_no", Integer, primary_key=True, autoincrement=False),
    Column("place", Text, nullable=False),
    Column("at_utc", STAMP, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", String(60), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("record_id", Text, nullable=False),
    Column("before_hash", HASH, nullable=False),
    Column("after_hash", HASH, nullable=False),
    Column("reason", String(60), nullable=False),
    Column("previous_hash", HASH, nullable=False),
    Column("entry_hash", HASH, nullable=False, unique=True),
    Index("ix_audit_entries_kind_record_id", "kind", "record_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("person_id", String(40), ForeignKey(people.c.person_id), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("password_utc", STAMP),
    Column("second_factor", Text, nullable=False),
    Column("used_step", Integer, nullable=False),
    Column("recovery_hashes", Text, nullable=False),
    Column("subject", Text, unique=True),
    Column("works_for", Text, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    Column("person_id", String(40), ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("standing", HASH, nullable=False),
    Column("opened_utc", STAMP, nullable=False),
    Column("seen_utc", STAMP, nullable=False),
    Column("ended_utc", STAMP),
    sqlite_with_rowid=False,
)

throttles = Table(
    "throttles",
    metadata,
    Column("key_hash", HASH, primary_key=True),
    Column("n_failures", Integer, nullable=False),
    Column("last_utc", STAMP, nullable=False),
    sqlite_with_rowid=False,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_no", Integer, primary_key=True),
    Column("token_hash", HASH, nullable=False, unique=True),
    Column("person_id", String(40), ForeignKey(people.c.person_id), nullable=False),
    Column("label", Text, nullable=False),
    Column("is_read_only", Boolean, nullable=False),
    Column("created_utc", STAMP, nullable=False),
    Column("expires_utc", STAMP, nullable=False),
    Column("used_utc", STAMP),
    Column("revoked_utc", STAMP),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("hook_no", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created_by", String(40), ForeignKey(people.c.person_id), nullable=False),
    Column("created_utc", STAMP, nullable=False),
    Column("ended_utc", STAMP),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_no", Integer, primary_key=True),
    Column("hook_no", Integer, ForeignKey(webhooks.c.hook_no), nullable=False),
    Column("publication_no", Integer, nullable=False),
    Column("n_tries", Integer, nullable=False),
    Column("next_utc", STAMP, nullable=False),
    Column("done_utc", STAMP),
    Column("status", Integer, nullable=False),
    UniqueConstraint("hook_no", "publication_no"),
)

driver_notes = Table(
    "driver_notes",
    metadata,
    Column("note_no", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("service_date", Date, nullable=False),
    Column("duty_id", Text, nullable=False),
    Column("plan_id", Text, nullable=False),
    Column("route_id", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("person_id", String(40), ForeignKey(people.c.person_id), nullable=False),
    Column("at_utc", STAMP, nullable=False),
    Column("seen_by", Text, nullable=False),
    Index("ix_driver_notes_place_service_date", "place", "service_date"),
)
