"""`wayfare expiries`: what has run out, what soon will, and what that bars."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from data.store import Store
from tests.cli.conftest import run
from tests.nightly.nights import STAMP
from tests.reports.hand_made import build_inputs


def test_papers_are_listed_the_first_to_run_out_first(tmp_path: Path) -> None:
    inputs = build_inputs()
    driver, helper = inputs.crews
    dated = replace(
        inputs,
        crews=(
            replace(driver, d1_until=date(2026, 10, 1), licence_until=date(2030, 1, 1)),
            replace(helper, checks_until=date(2026, 9, 1)),
        ),
    )
    (tmp_path / "handmade").mkdir()
    with Store.open(tmp_path / "handmade" / "wayfare.sqlite") as store:
        store.save_inputs(dated, created_utc=STAMP, code_version="t")
    done = run("expiries", "--place", "handmade", "--on", "2026-09-16", folder=tmp_path)
    assert done.code == 0, done.err
    first, second, total = done.out.splitlines()
    assert first == (
        "RAN OUT 2026-09-01  crew     c2              enhanced DBS check: after it is with no "
        "passenger"
    )
    assert second.startswith("runs out 2026-10-01  crew     c1              D1 entitlement")
    # 16 September and 56 days; the licence of 2030 is the third with a date.
    assert total == "2 of 3 papers with a date, by 2026-11-11"
