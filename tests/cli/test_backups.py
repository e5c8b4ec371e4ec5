"""`wayfare store key, backup, drill, restore`: sealed, tried out, brought back."""

from __future__ import annotations

import re
import sqlite3

from data.store.backup import hash_file
from tests.cli.conftest import Town, run


def test_a_backup_is_sealed_drilled_and_restored(own_town: Town) -> None:
    words = ("--place", "grid", "--folder", str(own_town.folder))
    top = own_town.folder
    key, target = top / "backup.key", top / "grid.sealed"
    runs = run("store", "history", *words).out
    assert "violations 0" in runs
    assert run("store", "key", key).code == 0
    made = run("store", "backup", target, "--key-file", key, *words)
    assert (made.code, ", sealed, sha256 " in made.out) == (0, True), made.err
    drilled = run("store", "drill", target, "--key-file", key, *words)
    assert drilled.code == 0, drilled.err
    assert re.search(r"audit log whole, plans judged: [1-9]", drilled.out)
    assert not list((top / "grid").glob(".drill-*"))
    without = run("store", "drill", target, *words)
    assert (without.code, "give its key" in without.err) == (40, True)
    back = run("store", "restore", target, "--key-file", key, *words)
    assert back.code == 0, back.err
    assert run("store", "history", *words).out == runs


def test_a_drill_finds_a_plan_that_is_not_what_was_judged(own_town: Town) -> None:
    words = ("--place", "grid", "--folder", str(own_town.folder))
    target = own_town.folder / "changed.sqlite"
    assert run("store", "backup", target, *words).code == 0
    connection = sqlite3.connect(target)
    connection.execute("UPDATE stops SET arrive_s = arrive_s + 1 WHERE site_id IS NOT NULL")
    connection.commit()
    connection.close()
    # Somebody who can change a backup can change its hash too.
    note = target.with_name(f"{target.name}.sha256")
    note.write_text(f"{hash_file(target)}  {target.name}\n")
    drilled = run("store", "drill", target, *words)
    assert (drilled.code, "finds otherwise than it did" in drilled.err) == (40, True)
