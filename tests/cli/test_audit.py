"""The command that checks the chain of the audit log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from data.audit import AuditEntry
from data.store import Store
from tests.cli.conftest import run
from tests.web.places import NOW, PLACE, build_place


def test_the_chain_is_checked_and_a_changed_entry_is_named(tmp_path: Path) -> None:
    workspace = build_place(tmp_path)
    words = ("store", "audit", "--place", PLACE)
    assert "empty" in run(*words, folder=tmp_path).out
    with Store.open(workspace.store_path) as store:
        for n in range(3):
            entry = AuditEntry(
                place=PLACE, at_utc=NOW, person_id="a.hart", action="t", record_id=str(n)
            )
            last = store.audit.add_entry(entry)
    good = run(*words, folder=tmp_path)
    assert good.code == 0, good.err
    assert "3 entries" in good.out
    assert last.entry_hash in good.out
    with closing(sqlite3.connect(workspace.store_path)) as database, database:
        database.execute("DROP TRIGGER audit_entries_update")
        database.execute("UPDATE audit_entries SET person_id = 'b.lane' WHERE entry_no = 2")
    bad = run(*words, folder=tmp_path)
    assert bad.code == 40
    assert "broken at 1 entries: 2." in bad.err
