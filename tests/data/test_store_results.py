"""Results worked out beside runs: kept as they were written, read as long as they can be."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.choices import FleetPoint, ProviderStudy
from data.errors import StoreError
from data.store import Store, models


def build_study() -> ProviderStudy:
    point = FleetPoint(
        vehicle_type_id="bus",
        n_vehicles=3,
        paid_pence=500,
        fixed_pence=150,
        is_proven=False,
        bound_pence=None,
    )
    return ProviderStudy(
        study_id="tiny-providers-1",
        place="tiny",
        run_id="run",
        inputs_hash="0" * 64,
        created_utc=datetime(2026, 11, 22, tzinfo=UTC),
        code_version="0.1.0",
        title="Tiny",
        priced_on="2026-11-25",
        n_days=190,
        planned_pence=600,
        best=(),
        frontier=(),
        fleet=(point,),
        joint=(),
        hours=(),
        spare=None,
        is_synthetic=True,
        flags=(),
    )


def rewrite(path: Path, body: str, *, is_signed: bool) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    values = {"body": body}
    if is_signed:
        values["fingerprint"] = hashlib.sha256(body.encode()).hexdigest()
    with engine.begin() as connection:
        connection.execute(sa.update(models.results).values(values))
    engine.dispose()


def test_a_result_written_before_a_field_was_kept_is_still_read(tmp_path: Path) -> None:
    path, study = tmp_path / "wayfare.sqlite", build_study()
    with Store.open(path) as store:
        store.save_result(study, place="tiny")
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        body = connection.execute(sa.select(models.results.c.body)).scalar_one()
    engine.dispose()
    older = json.loads(body)
    del older["fleet"][0]["bound_pence"]
    rewrite(path, json.dumps(older), is_signed=True)
    with Store.open(path) as store:
        assert store.find_result(ProviderStudy, place="tiny") == study


def test_a_result_changed_from_outside_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wayfare.sqlite"
    with Store.open(path) as store:
        store.save_result(build_study(), place="tiny")
    rewrite(path, "{}", is_signed=False)
    with Store.open(path) as store, pytest.raises(StoreError, match="does not match its hash"):
        store.find_result(ProviderStudy, place="tiny")
