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

STORES = Path(__file__).parent / "stores"
"""Stores of every version, as text."""


def read_tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    try:
        return {
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type='table'"
            )
        }
    finally:
        connection.close()


def test_migrations_lead_to_the_tables_the_program_uses(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "wayfare.sqlite")
    upgrade_store(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_tables_hold_only_what_both_engines_can_do() -> None:
    # Both dialects can spell every table; SQLite is what the other tests run on.
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


def test_an_older_program_refuses_a_newer_store(tmp_path: Path) -> None:
    path = tmp_path / "wayfare.sqlite"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=r"9999.*newer"):
        Store.open(path)


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="not a store of wayfare"):
        Store.open(path)
    assert read_tables(path) == {"recipes"}


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wayfare.sqlite"
    real = command.upgrade

    def upgrade_then_fail(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        raise OSError("planted")

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", upgrade_then_fail)
        with pytest.raises(OSError, match="planted"):
            Store.open(path)
    assert read_tables(path) == set()
    with Store.open(path) as store:
        assert store.list_runs() == ()


def test_a_program_killed_while_upgrading_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "wayfare.sqlite"
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
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -9
    assert read_tables(path) == set()
    Store.open(path).close()
    assert read_tables(path) == {*metadata.tables, "alembic_version"}


def test_two_programs_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wayfare.sqlite"
    code = "import sys; from data.store import Store; Store.open(sys.argv[1]).list_runs()"
    both = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert read_tables(path) == {*metadata.tables, "alembic_version"}


@pytest.mark.parametrize("dump", sorted(STORES.glob("version-*.sql")), ids=lambda p: p.stem)
def test_a_store_of_every_version_opens_with_its_data(dump: Path, tmp_path: Path) -> None:
    path = tmp_path / "wayfare.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    with Store.open(path) as store:
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
