"""Version 1: inputs with their history, imports, plans, runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of version 1."""
    op.create_table(
        "documents",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_documents")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_import_files")),
    )
    op.create_table(
        "plans",
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("day_type_id", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=1), nullable=False),
        sa.Column("open_calendar_ids", sa.Text(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cost_pence", sa.BigInteger(), nullable=True),
        sa.Column("full_cost_pence", sa.BigInteger(), nullable=True),
        sa.Column("bound_pence", sa.BigInteger(), nullable=True),
        sa.Column("bound_policy", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=False),
        sa.Column("search_limit", sa.String(length=20), nullable=False),
        sa.Column("cpu_s", sa.Float(precision=53), nullable=False),
        sa.Column("wall_s", sa.Float(precision=53), nullable=False),
        sa.Column("n_workers", sa.Integer(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("matrix_hash", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plan_no", name=op.f("pk_plans")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_plans_fingerprint")),
    )
    op.create_index(op.f("ix_plans_plan_id"), "plans", ["plan_id"], unique=False)
    op.create_table(
        "pointers",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("version_no", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place", "name", name=op.f("pk_pointers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "snapshots",
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("n_records", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_no", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("inputs_hash", name=op.f("uq_snapshots_inputs_hash")),
    )
    op.create_index(op.f("ix_snapshots_place"), "snapshots", ["place"], unique=False)
    op.create_table(
        "duties",
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("duty_pos", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("vehicle_type_id", sa.Text(), nullable=False),
        sa.Column("base_place_id", sa.Text(), nullable=True),
        sa.Column("vehicle_id", sa.Text(), nullable=True),
        sa.Column("crew_ids", sa.Text(), nullable=False),
        sa.Column("rate_card_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_no"], ["plans.plan_no"], name=op.f("fk_duties_plan_no")),
        sa.PrimaryKeyConstraint("plan_no", "duty_pos", name=op.f("pk_duties")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "imports",
        sa.Column("import_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["inputs_hash"], ["snapshots.inputs_hash"], name=op.f("fk_imports_inputs_hash")
        ),
        sa.PrimaryKeyConstraint("import_no", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_place"), "imports", ["place"], unique=False)
    op.create_table(
        "record_versions",
        sa.Column("record_no", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("from_no", sa.Integer(), nullable=False),
        sa.Column("to_no", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["fingerprint"],
            ["documents.fingerprint"],
            name=op.f("fk_record_versions_fingerprint"),
        ),
        sa.ForeignKeyConstraint(
            ["from_no"], ["snapshots.snapshot_no"], name=op.f("fk_record_versions_from_no")
        ),
        sa.ForeignKeyConstraint(
            ["to_no"], ["snapshots.snapshot_no"], name=op.f("fk_record_versions_to_no")
        ),
        sa.PrimaryKeyConstraint("record_no", name=op.f("pk_record_versions")),
        sa.UniqueConstraint(
            "place",
            "kind",
            "record_id",
            "from_no",
            name=op.f("uq_record_versions_place_kind_record_id_from_no"),
        ),
    )
    op.create_index(
        "ix_record_versions_place_from_no_to_no",
        "record_versions",
        ["place", "from_no", "to_no"],
        unique=False,
    )
    op.create_table(
        "runs",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.String(length=27), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("matrix_hash", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=False),
        sa.Column("search_limit", sa.String(length=20), nullable=False),
        sa.Column("timetable_id", sa.Text(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("walks", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("baseline_measures", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["inputs_hash"], ["snapshots.inputs_hash"], name=op.f("fk_runs_inputs_hash")
        ),
        sa.PrimaryKeyConstraint("run_no", name=op.f("pk_runs")),
        sa.UniqueConstraint("run_id", name=op.f("uq_runs_run_id")),
    )
    op.create_index(op.f("ix_runs_place"), "runs", ["place"], unique=False)
    op.create_table(
        "unserved",
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("passenger_id", sa.Text(), nullable=False),
        sa.Column("session", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("relaxation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no"], ["plans.plan_no"], name=op.f("fk_unserved_plan_no")
        ),
        sa.PrimaryKeyConstraint("plan_no", "position", name=op.f("pk_unserved")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "check_reports",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("report_hash", sa.String(length=64), nullable=False),
        sa.Column("n_violations", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_no"], ["runs.run_no"], name=op.f("fk_check_reports_run_no")
        ),
        sa.PrimaryKeyConstraint("run_no", "position", name=op.f("pk_check_reports")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_check_reports_plan_id"), "check_reports", ["plan_id"], unique=False
    )
    op.create_table(
        "cost_lines",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("duty_id", sa.Text(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("rate_mpence", sa.BigInteger(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("shared_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_no"], ["runs.run_no"], name=op.f("fk_cost_lines_run_no")),
        sa.PrimaryKeyConstraint("run_no", "role", "position", name=op.f("pk_cost_lines")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dead_runs",
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("duty_pos", sa.Integer(), nullable=False),
        sa.Column("run_pos", sa.Integer(), nullable=False),
        sa.Column("from_place_id", sa.Text(), nullable=False),
        sa.Column("to_place_id", sa.Text(), nullable=False),
        sa.Column("depart_s", sa.Integer(), nullable=False),
        sa.Column("arrive_s", sa.Integer(), nullable=False),
        sa.Column("drive_m", sa.Integer(), nullable=False),
        sa.Column("before_route", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no", "duty_pos"],
            ["duties.plan_no", "duties.duty_pos"],
            name=op.f("fk_dead_runs_plan_no_duty_pos"),
        ),
        sa.PrimaryKeyConstraint("plan_no", "duty_pos", "run_pos", name=op.f("pk_dead_runs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_counts",
        sa.Column("import_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("n_read", sa.Integer(), nullable=False),
        sa.Column("n_accepted", sa.Integer(), nullable=False),
        sa.Column("n_rejected", sa.Integer(), nullable=False),
        sa.Column("n_blank", sa.Integer(), nullable=False),
        sa.Column("n_header", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "n_read = n_accepted + n_rejected + n_blank + n_header",
            name=op.f("ck_import_counts_rows_add_up"),
        ),
        sa.ForeignKeyConstraint(
            ["import_no"], ["imports.import_no"], name=op.f("fk_import_counts_import_no")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["import_files.sha256"], name=op.f("fk_import_counts_sha256")
        ),
        sa.PrimaryKeyConstraint("import_no", "position", name=op.f("pk_import_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passenger_shares",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("duty_id", sa.Text(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("session", sa.String(length=10), nullable=False),
        sa.Column("passenger_id", sa.Text(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_no"], ["runs.run_no"], name=op.f("fk_passenger_shares_run_no")
        ),
        sa.PrimaryKeyConstraint("run_no", "position", name=op.f("pk_passenger_shares")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quarantine",
        sa.Column("import_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_no"], ["imports.import_no"], name=op.f("fk_quarantine_import_no")
        ),
        sa.PrimaryKeyConstraint("import_no", "position", name=op.f("pk_quarantine")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "route_alternatives",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("duty_id", sa.Text(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("session", sa.String(length=10), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("vehicle_type_id", sa.Text(), nullable=False),
        sa.Column("planned_pence", sa.BigInteger(), nullable=False),
        sa.Column("planned_full_pence", sa.BigInteger(), nullable=False),
        sa.Column("n_rate_cards", sa.Integer(), nullable=False),
        sa.Column("bought_pence", sa.BigInteger(), nullable=True),
        sa.Column("bought_provider_id", sa.Text(), nullable=False),
        sa.Column("bought_vehicle_type_id", sa.Text(), nullable=False),
        sa.Column("bought_rate_card_id", sa.Text(), nullable=False),
        sa.Column("own_avoidable_pence", sa.BigInteger(), nullable=True),
        sa.Column("own_full_pence", sa.BigInteger(), nullable=True),
        sa.Column("own_vehicle_type_id", sa.Text(), nullable=False),
        sa.Column("own_depot_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_no"], ["runs.run_no"], name=op.f("fk_route_alternatives_run_no")
        ),
        sa.PrimaryKeyConstraint("run_no", "position", name=op.f("pk_route_alternatives")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "routes",
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("duty_pos", sa.Integer(), nullable=False),
        sa.Column("route_pos", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("session", sa.String(length=10), nullable=False),
        sa.Column("n_seats", sa.Integer(), nullable=False),
        sa.Column("n_wheelchair_spaces", sa.Integer(), nullable=False),
        sa.Column("n_assistants", sa.Integer(), nullable=False),
        sa.Column("n_trained_assistants", sa.Integer(), nullable=False),
        sa.Column("assistant_ids", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no", "duty_pos"],
            ["duties.plan_no", "duties.duty_pos"],
            name=op.f("fk_routes_plan_no_duty_pos"),
        ),
        sa.PrimaryKeyConstraint("plan_no", "duty_pos", "route_pos", name=op.f("pk_routes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_plans",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no"], ["plans.plan_no"], name=op.f("fk_run_plans_plan_no")
        ),
        sa.ForeignKeyConstraint(["run_no"], ["runs.run_no"], name=op.f("fk_run_plans_run_no")),
        sa.PrimaryKeyConstraint("run_no", "role", "position", name=op.f("pk_run_plans")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_run_plans_plan_no"), "run_plans", ["plan_no"], unique=False)
    op.create_table(
        "timetable_dates",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("day_type_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_no"], ["runs.run_no"], name=op.f("fk_timetable_dates_run_no")
        ),
        sa.PrimaryKeyConstraint("run_no", "position", name=op.f("pk_timetable_dates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "year_parts",
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day_type_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("n_dates", sa.Integer(), nullable=False),
        sa.Column("cost_pence", sa.BigInteger(), nullable=False),
        sa.Column("full_cost_pence", sa.BigInteger(), nullable=False),
        sa.Column("recoverable_vat_pence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_no"], ["runs.run_no"], name=op.f("fk_year_parts_run_no")),
        sa.PrimaryKeyConstraint("run_no", "position", name=op.f("pk_year_parts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stops",
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("duty_pos", sa.Integer(), nullable=False),
        sa.Column("route_pos", sa.Integer(), nullable=False),
        sa.Column("stop_pos", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=True),
        sa.Column("arrive_s", sa.Integer(), nullable=False),
        sa.Column("leave_s", sa.Integer(), nullable=False),
        sa.Column("drive_s", sa.Integer(), nullable=False),
        sa.Column("drive_m", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no", "duty_pos", "route_pos"],
            ["routes.plan_no", "routes.duty_pos", "routes.route_pos"],
            name=op.f("fk_stops_plan_no_duty_pos_route_pos"),
        ),
        sa.PrimaryKeyConstraint(
            "plan_no", "duty_pos", "route_pos", "stop_pos", name=op.f("pk_stops")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stop_passengers",
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("duty_pos", sa.Integer(), nullable=False),
        sa.Column("route_pos", sa.Integer(), nullable=False),
        sa.Column("stop_pos", sa.Integer(), nullable=False),
        sa.Column("is_boarding", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("passenger_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_no", "duty_pos", "route_pos", "stop_pos"],
            ["stops.plan_no", "stops.duty_pos", "stops.route_pos", "stops.stop_pos"],
            name=op.f("fk_stop_passengers_plan_no_duty_pos_route_pos_stop_pos"),
        ),
        sa.PrimaryKeyConstraint(
            "plan_no",
            "duty_pos",
            "route_pos",
            "stop_pos",
            "is_boarding",
            "position",
            name=op.f("pk_stop_passengers"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_stop_passengers_passenger_id"),
        "stop_passengers",
        ["passenger_id"],
        unique=False,
    )
