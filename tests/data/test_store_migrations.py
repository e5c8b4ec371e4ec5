"""Stores are upgraded forward only, wholly or not at all, and never by an older program."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from data.errors import StoreError
from data.store import Store
from data.store.engine import build_engine, build_migration_config, upgrade_store
from data.store.models import metadata
from data.store.server import is_server_address
from tests.reports.hand_made import STAMP, build_inputs
from tests.store_places import Place, connect, list_tables, query

STORES = Path(__file__).parent / "stores"
"""Stores of every version, as text."""


def copy_old_store(path: Path, place: Place, version: str) -> None:
    """Make the tables of an old version on a server and fill them from a file."""
    engine = connect(place)
    tables = sa.MetaData()
    with engine.begin() as new, connect(path).connect() as old:
        config = build_migration_config()
        config.attributes["connection"] = new
        command.upgrade(config, version)
        tables.reflect(new)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                rows = [dict(row) for row in old.execute(sa.select(table)).mappings()]
                if rows:
                    new.execute(sa.insert(table), rows)


def test_migrations_lead_to_the_tables_the_program_uses(new_place: Place) -> None:
    engine = build_engine(new_place)
    upgrade_store(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_tables_hold_only_what_both_engines_can_do() -> None:
    # Both dialects can spell every table, whether or not a server is here.
    for table in metadata.sorted_tables:
        for dialect in (sa.dialects.postgresql.dialect(), sa.dialects.sqlite.dialect()):
            assert str(sa.schema.CreateTable(table).compile(dialect=dialect))
    names = {constraint.name for t in metadata.sorted_tables for constraint in t.constraints}
    assert None not in names
    # PostgreSQL cuts names at 63 bytes.
    assert all(len(str(name)) <= 63 for name in names)


def test_migrations_go_forward_only() -> None:
    script = ScriptDirectory.from_config(build_migration_config())
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == 1
    assert all(not hasattr(r.module, "downgrade") for r in revisions)
    assert all(r.revision == f"{n:04d}" for n, r in enumerate(reversed(revisions), start=1))


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "wayfare.sqlite"
    Store.open(path).close()
    before = path.read_bytes()
    Store.open(path).close()
    assert path.read_bytes() == before


def test_opening_again_on_any_engine_makes_nothing_anew(new_place: Place) -> None:
    Store.open(new_place).close()
    with Store.open(new_place) as store:
        store.save_inputs(build_inputs(), created_utc=STAMP, code_version="1")
    with Store.open(new_place) as store:
        assert len(store.list_inputs()) == 1


def test_an_older_program_refuses_a_newer_store(store_place: Place) -> None:
    Store.open(store_place).close()
    query(store_place, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"9999.*newer"):
        Store.open(store_place)


def test_another_programs_database_is_refused_and_left_alone(new_place: Place) -> None:
    query(new_place, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="not a store of wayfare"):
        Store.open(new_place)
    assert list_tables(new_place) == {"recipes"}


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    new_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = command.upgrade

    def upgrade_then_fail(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        raise OSError("planted")

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", upgrade_then_fail)
        with pytest.raises(OSError, match="planted"):
            Store.open(new_place)
    assert list_tables(new_place) == set()
    with Store.open(new_place) as store:
        assert store.list_runs() == ()


def test_a_program_killed_while_upgrading_leaves_the_store_as_it_was(new_place: Place) -> None:
    code = (
        "import os, signal, sys\n"
        "from alembic import command\n"
        "from data.store import Store\n"
        "real = command.upgrade\n"
        "def upgrade(*args):\n"
        "    real(*args)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "command.upgrade = upgrade\n"
        "Store.open(sys.argv[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(new_place)], check=False)
    assert done.returncode == -9
    assert list_tables(new_place) == set()
    Store.open(new_place).close()
    assert list_tables(new_place) == {*metadata.tables, "alembic_version"}


def test_two_programs_may_open_a_new_store_at_once(new_place: Place) -> None:
    code = "import sys; from data.store import Store; Store.open(sys.argv[1]).list_runs()"
    both = [subprocess.Popen([sys.executable, "-c", code, str(new_place)]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert list_tables(new_place) == {*metadata.tables, "alembic_version"}


@pytest.mark.parametrize("dump", sorted(STORES.glob("version-*.sql")), ids=lambda p: p.stem)
def test_a_store_of_every_version_opens_with_its_data(
    dump: Path, tmp_path: Path, new_place: Place
) -> None:
    path = tmp_path / "old.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    if is_server_address(new_place):
        copy_old_store(path, new_place, dump.stem.removeprefix("version-"))
    else:
        new_place = path
    with Store.open(new_place) as store:
        (listed,) = store.list_runs("handmade")
        run = store.find_run(listed.run_id)
        assert (run.plan.plan_id, run.plan.cost_pence) == ("handmade-wed", 12_345)
        assert len(run.plan.routes) == 4
        assert len(run.lines) == 6
        assert run.checks[0].is_good
        inputs = store.read_inputs(run.inputs_hash)
        assert [p.passenger_id for p in inputs.passengers] == [f"p{n}" for n in range(1, 9)]
        (kept,) = store.list_imports("handmade")
        assert store.read_import_file(kept.counts[0].sha256).startswith(b"PK")


def test_every_version_has_its_store() -> None:
    script = ScriptDirectory.from_config(build_migration_config())
    versions = {f"version-{revision.revision}" for revision in script.walk_revisions()}
    assert {path.stem for path in STORES.glob("version-*.sql")} == versions
