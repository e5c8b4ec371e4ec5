"""Tables of the store: only what SQLite and PostgreSQL both can do.

Amounts are whole pence in 64-bit integers, times whole seconds, stamps UTC text in ISO 8601
to the microsecond with a closing ``Z`` (sorts as text on both engines), short closed lists JSON
text. Tables whose key has a meaning of its own are kept in its order without a second copy
(``sqlite_with_rowid``), which halves them. Groups of tables: inputs with their history,
imports, plans, runs, results.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

HASH = String(64)
STAMP = String(27)

documents = Table(
    "documents",
    metadata,
    Column("fingerprint", HASH, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("snapshot_no", Integer, primary_key=True),
    Column("inputs_hash", HASH, nullable=False, unique=True),
    Column("place", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("created_utc", STAMP, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("n_records", Integer, nullable=False),
    Column("orders", Text, nullable=False),
)

record_versions = Table(
    "record_versions",
    metadata,
    Column("record_no", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("record_id", Text, nullable=False),
    Column("fingerprint", HASH, ForeignKey(documents.c.fingerprint), nullable=False),
    Column("from_no", Integer, ForeignKey(snapshots.c.snapshot_no), nullable=False),
    Column("to_no", Integer, ForeignKey(snapshots.c.snapshot_no)),
    UniqueConstraint("place", "kind", "record_id", "from_no"),
    Index("ix_record_versions_place_from_no_to_no", "place", "from_no", "to_no"),
)

pointers = Table(
    "pointers",
    metadata,
    Column("place", Text, primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("target", Text, nullable=False),
    Column("version_no", Integer, nullable=False),
    sqlite_with_rowid=False,
)

import_files = Table(
    "import_files",
    metadata,
    Column("sha256", HASH, primary_key=True),
    Column("n_bytes", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("import_no", Integer, primary_key=True),
    Column("place", Text, nullable=False, index=True),
    Column("created_utc", STAMP, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("inputs_hash", HASH, ForeignKey(snapshots.c.inputs_hash)),
)

import_counts = Table(
    "import_counts",
    metadata,
    Column("import_no", Integer, ForeignKey(imports.c.import_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("sha256", HASH, ForeignKey(import_files.c.sha256), nullable=False),
    Column("sheet", Text, nullable=False),
    Column("n_read", Integer, nullable=False),
    Column("n_accepted", Integer, nullable=False),
    Column("n_rejected", Integer, nullable=False),
    Column("n_blank", Integer, nullable=False),
    Column("n_header", Integer, nullable=False),
    CheckConstraint(
        "n_read = n_accepted + n_rejected + n_blank + n_header", name="rows_add_up"
    ),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("import_no", Integer, ForeignKey(imports.c.import_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("codes", Text, nullable=False),
    Column("cells", Text, nullable=False),
    sqlite_with_rowid=False,
)

plans = Table(
    "plans",
    metadata,
    Column("plan_no", Integer, primary_key=True),
    Column("plan_id", Text, nullable=False, index=True),
    Column("fingerprint", HASH, nullable=False, unique=True),
    Column("place", Text, nullable=False),
    Column("day_type_id", Text, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("week", String(1), nullable=False),
    Column("open_calendar_ids", Text, nullable=False),
    Column("early_closings", Text),
    Column("service_date", Date),
    Column("state", String(20), nullable=False),
    Column("cost_pence", BigInteger),
    Column("full_cost_pence", BigInteger),
    Column("bound_pence", BigInteger),
    Column("bound_policy", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("steps", BigInteger, nullable=False),
    Column("search_limit", String(20), nullable=False),
    Column("cpu_s", Float(53), nullable=False),
    Column("wall_s", Float(53), nullable=False),
    Column("n_workers", Integer, nullable=False),
    Column("inputs_hash", HASH, nullable=False),
    Column("matrix_hash", HASH, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("flags", Text, nullable=False),
)

duties = Table(
    "duties",
    metadata,
    Column("plan_no", Integer, ForeignKey(plans.c.plan_no), primary_key=True),
    Column("duty_pos", Integer, primary_key=True),
    Column("duty_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("vehicle_type_id", Text, nullable=False),
    Column("base_place_id", Text),
    Column("vehicle_id", Text),
    Column("crew_ids", Text, nullable=False),
    Column("rate_card_id", Text),
    sqlite_with_rowid=False,
)

routes = Table(
    "routes",
    metadata,
    Column("plan_no", Integer, primary_key=True),
    Column("duty_pos", Integer, primary_key=True),
    Column("route_pos", Integer, primary_key=True),
    Column("route_id", Text, nullable=False),
    Column("session", String(10), nullable=False),
    Column("n_seats", Integer, nullable=False),
    Column("n_wheelchair_spaces", Integer, nullable=False),
    Column("n_assistants", Integer, nullable=False),
    Column("n_trained_assistants", Integer, nullable=False),
    Column("assistant_ids", Text, nullable=False),
    ForeignKeyConstraint(["plan_no", "duty_pos"], ["duties.plan_no", "duties.duty_pos"]),
    sqlite_with_rowid=False,
)

_ROUTE_KEY = ("plan_no", "duty_pos", "route_pos")

stops = Table(
    "stops",
    metadata,
    Column("plan_no", Integer, primary_key=True),
    Column("duty_pos", Integer, primary_key=True),
    Column("route_pos", Integer, primary_key=True),
    Column("stop_pos", Integer, primary_key=True),
    Column("place_id", Text, nullable=False),
    Column("site_id", Text),
    Column("arrive_s", Integer, nullable=False),
    Column("leave_s", Integer, nullable=False),
    Column("drive_s", Integer, nullable=False),
    Column("drive_m", Integer, nullable=False),
    ForeignKeyConstraint(_ROUTE_KEY, [f"routes.{name}" for name in _ROUTE_KEY]),
    sqlite_with_rowid=False,
)

_STOP_KEY = (*_ROUTE_KEY, "stop_pos")

stop_passengers = Table(
    "stop_passengers",
    metadata,
    Column("plan_no", Integer, primary_key=True),
    Column("duty_pos", Integer, primary_key=True),
    Column("route_pos", Integer, primary_key=True),
    Column("stop_pos", Integer, primary_key=True),
    Column("is_boarding", Boolean, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("passenger_id", Text, nullable=False, index=True),
    ForeignKeyConstraint(_STOP_KEY, [f"stops.{name}" for name in _STOP_KEY]),
    sqlite_with_rowid=False,
)

dead_runs = Table(
    "dead_runs",
    metadata,
    Column("plan_no", Integer, primary_key=True),
    Column("duty_pos", Integer, primary_key=True),
    Column("run_pos", Integer, primary_key=True),
    Column("from_place_id", Text, nullable=False),
    Column("to_place_id", Text, nullable=False),
    Column("depart_s", Integer, nullable=False),
    Column("arrive_s", Integer, nullable=False),
    Column("drive_m", Integer, nullable=False),
    Column("before_route", Integer, nullable=False),
    ForeignKeyConstraint(["plan_no", "duty_pos"], ["duties.plan_no", "duties.duty_pos"]),
    sqlite_with_rowid=False,
)

unserved = Table(
    "unserved",
    metadata,
    Column("plan_no", Integer, ForeignKey(plans.c.plan_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("passenger_id", Text, nullable=False),
    Column("session", String(10), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("relaxation", Text, nullable=False),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("run_no", Integer, primary_key=True),
    Column("run_id", Text, nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("place", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("created_utc", STAMP, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("inputs_hash", HASH, ForeignKey(snapshots.c.inputs_hash), nullable=False),
    Column("matrix_hash", HASH, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("steps", BigInteger, nullable=False),
    Column("search_limit", String(20), nullable=False),
    Column("timetable_id", Text),
    Column("settings", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("walks", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("is_synthetic", Boolean, nullable=False),
    Column("measures", Text),
    Column("baseline_measures", Text),
    Column("fingerprint", HASH, nullable=False),
)

run_plans = Table(
    "run_plans",
    metadata,
    Column("run_no", Integer, ForeignKey(runs.c.run_no), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("plan_no", Integer, ForeignKey(plans.c.plan_no), nullable=False, index=True),
    sqlite_with_rowid=False,
)

timetable_dates = Table(
    "timetable_dates",
    metadata,
    Column("run_no", Integer, ForeignKey(runs.c.run_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("service_date", Date, nullable=False),
    Column("day_type_id", Text, nullable=False),
    sqlite_with_rowid=False,
)

cost_lines = Table(
    "cost_lines",
    metadata,
    Column("run_no", Integer, ForeignKey(runs.c.run_no), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("plan_id", Text, nullable=False),
    Column("duty_id", Text, nullable=False),
    Column("route_id", Text),
    Column("provider_id", Text, nullable=False),
    Column("basis", String(20), nullable=False),
    Column("item", String(40), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("rate_mpence", BigInteger, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("shared_by", Text, nullable=False),
    sqlite_with_rowid=False,
)

passenger_shares = Table(
    "passenger_shares",
    metadata,
    Column("run_no", Integer, ForeignKey(runs.c.run_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("plan_id", Text, nullable=False),
    Column("duty_id", Text, nullable=False),
    Column("route_id", Text, nullable=False),
    Column("session", String(10), nullable=False),
    Column("passenger_id", Text, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

year_parts = Table(
    "year_parts",
    metadata,
    Column("run_no", Integer, ForeignKey(runs.c.run_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("day_type_id", Text, nullable=False),
    Column("plan_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("first_date", Date, nullable=False),
    Column("last_date", Date, nullable=False),
    Column("n_dates", Integer, nullable=False),
    Column("cost_pence", BigInteger, nullable=False),
    Column("full_cost_pence", BigInteger, nullable=False),
    Column("recoverable_vat_pence", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

route_alternatives = Table(
    "route_alternatives",
    metadata,
    Column("run_no", Integer, ForeignKey(runs.c.run_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("plan_id", Text, nullable=False),
    Column("duty_id", Text, nullable=False),
    Column("route_id", Text, nullable=False),
    Column("session", String(10), nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("vehicle_type_id", Text, nullable=False),
    Column("planned_pence", BigInteger, nullable=False),
    Column("planned_full_pence", BigInteger, nullable=False),
    Column("n_rate_cards", Integer, nullable=False),
    Column("bought_pence", BigInteger),
    Column("bought_provider_id", Text, nullable=False),
    Column("bought_vehicle_type_id", Text, nullable=False),
    Column("bought_rate_card_id", Text, nullable=False),
    Column("own_avoidable_pence", BigInteger),
    Column("own_full_pence", BigInteger),
    Column("own_vehicle_type_id", Text, nullable=False),
    Column("own_depot_id", Text, nullable=False),
    sqlite_with_rowid=False,
)

check_reports = Table(
    "check_reports",
    metadata,
    Column("run_no", Integer, ForeignKey(runs.c.run_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("plan_id", Text, nullable=False, index=True),
    Column("report_hash", HASH, nullable=False),
    Column("n_violations", Integer, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

results = Table(
    "results",
    metadata,
    Column("result_no", Integer, primary_key=True),
    Column("result_id", Text, nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("place", Text, nullable=False),
    Column("parent_id", Text, nullable=False, index=True),
    Column("created_utc", STAMP, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("fingerprint", HASH, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_results_place_kind", "place", "kind"),
)

people = Table(
    "people",
    metadata,
    Column("person_id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("added_utc", STAMP, nullable=False),
    sqlite_with_rowid=False,
)

person_roles = Table(
    "person_roles",
    metadata,
    Column("term_no", Integer, primary_key=True),
    Column("person_id", String(40), ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("from_utc", STAMP, nullable=False),
    Column("to_utc", STAMP),
)

eligibility_events = Table(
    "eligibility_events",
    metadata,
    Column("place", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("person_id", String(40), ForeignKey(people.c.person_id)),
    Column("created_utc", STAMP, nullable=False),
    Column("fingerprint", HASH, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)

day_changes = Table(
    "day_changes",
    metadata,
    Column("change_no", Integer, primary_key=True),
    Column("place", Text, nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("target_id", Text, nullable=False),
    Column("first_date", Date, nullable=False),
    Column("last_date", Date),
    Column("leave_s", Integer),
    Column("received_utc", STAMP, nullable=False),
    Column("source", Text, nullable=False),
    Column("withdrawn_utc", STAMP),
)

fences = Table(
    "fences",
    metadata,
    Column("place", Text, primary_key=True),
    Column("fence_no", Integer, nullable=False),
    Column("taken_utc", STAMP, nullable=False),
    sqlite_with_rowid=False,
)

nights = Table(
    "nights",
    metadata,
    Column("night_no", Integer, primary_key=True),
    Column("night_key", HASH, nullable=False, unique=True),
    Column("place", Text, nullable=False),
    Column("service_date", Date, nullable=False),
    Column("inputs_hash", HASH, nullable=False),
    Column("settings", Text, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("started_utc", STAMP, nullable=False),
    Column("ended_utc", STAMP),
    Column("outcome", Text, nullable=False),
    Index("ix_nights_place_service_date", "place", "service_date"),
)

candidates = Table(
    "candidates",
    metadata,
    Column("night_no", Integer, ForeignKey(nights.c.night_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("saved_utc", STAMP, nullable=False),
    Column("plan_no", Integer, ForeignKey(plans.c.plan_no), nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)

publications = Table(
    "publications",
    metadata,
    Column("publication_no", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("service_date", Date, nullable=False),
    Column("version_no", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("day_type_id", Text, nullable=False),
    Column("plan_no", Integer, ForeignKey(plans.c.plan_no), nullable=False),
    Column("standing_no", Integer, ForeignKey(plans.c.plan_no), nullable=False),
    Column("night_key", HASH, nullable=False),
    Column("fence_no", Integer, nullable=False),
    Column("published_utc", STAMP, nullable=False),
    Column("fingerprint", HASH, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("place", "service_date", "version_no"),
    UniqueConstraint("night_key", "state", "plan_no"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("proposal_no", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("service_date", Date, nullable=False),
    Column("day_type_id", Text, nullable=False),
    Column("plan_no", Integer, ForeignKey(plans.c.plan_no), nullable=False),
    Column("base_hash", HASH, nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_utc", STAMP),
    Column("proposed_utc", STAMP, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("place", "base_hash", "plan_no"),
)

record_edits = Table(
    "record_edits",
    metadata,
    Column("edit_no", Integer, primary_key=True),
    Column("place", Text, nullable=False, index=True),
    Column("from_hash", HASH, ForeignKey(snapshots.c.inputs_hash), nullable=False),
    Column("to_hash", HASH, ForeignKey(snapshots.c.inputs_hash), nullable=False),
    Column("person_id", String(40), nullable=False),
    Column("edited_utc", STAMP, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

field_changes = Table(
    "field_changes",
    metadata,
    Column("edit_no", Integer, ForeignKey(record_edits.c.edit_no), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sheet", String(40), nullable=False),
    Column("record_id", Text, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("heading", String(60), nullable=False),
    Column("was", Text, nullable=False),
    Column("now", Text, nullable=False),
    Index("ix_field_changes_sheet_record_id", "sheet", "record_id"),
    sqlite_with_rowid=False,
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_no", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("service_date", Date, nullable=False),
    Column("base_plan_no", Integer, ForeignKey(plans.c.plan_no), nullable=False),
    Column("base_hash", HASH, nullable=False),
    Column("base_label", Text, nullable=False),
    Column("inputs_hash", HASH, nullable=False),
    Column("edits", Text, nullable=False),
    Column("n_done", Integer, nullable=False),
    Column("version_no", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_utc", STAMP, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_utc", STAMP, nullable=False),
    Column("proposal_no", Integer, ForeignKey(proposals.c.proposal_no)),
    Index("ix_drafts_place_state", "place", "state"),
)

draft_searches = Table(
    "draft_searches",
    metadata,
    Column("search_no", Integer, primary_key=True),
    Column("draft_no", Integer, ForeignKey(drafts.c.draft_no), nullable=False, index=True),
    Column("version_no", Integer, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_utc", STAMP, nullable=False),
    Column("told_utc", STAMP, nullable=False),
    Column("wants_stop", Integer, nullable=False),
    Column("progress", Text, nullable=False),
    Column("plan_no", Integer, ForeignKey(plans.c.plan_no)),
    Column("message", Text, nullable=False),
)
