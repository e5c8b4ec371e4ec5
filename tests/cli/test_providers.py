"""Who should run what, and ways to buy, on the command line; the files they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.choices import ProviderStudy
from data.store import Store
from tests.cli.conftest import Done, Town, run
from tests.reports.readers import find_faults, read_sheets


@pytest.fixture(scope="module")
def done(own_town: Town) -> Done:
    return run(
        "providers", "--place", "grid", "--step", 50, "--fewer", 1, "--more", 1,
        "--transition", 100, folder=own_town.folder,
    )  # fmt: skip


def test_the_choice_is_proven_shown_and_kept(done: Done, own_town: Town) -> None:
    assert done.code == 0, done.err
    assert "proven least" in done.out
    with Store.open(own_town.folder / "grid" / "wayfare.sqlite") as store:
        study = store.find_result(ProviderStudy, place="grid")
    assert [p.target_bp for p in study.frontier] == [0, 5_000, 10_000]
    assert all(choice.is_proven for choice in study.best)
    # The plan is one of the choices, so the best is no dearer as paid.
    short = study.best[0]
    assert short.paid_pence + sum(r.transition_pence for r in short.routes) <= (
        study.planned_pence + 10 * len(short.routes) + short.risk_pence + 20_000
    )


def test_the_workbook_adds_up_and_the_chart_is_there(done: Done, own_town: Town) -> None:
    assert done.code == 0
    outputs: Path = own_town.folder / "grid" / "outputs"
    book = (outputs / "providers.xlsx").read_bytes()
    assert find_faults(book) == []
    sheets = read_sheets(book)
    with Store.open(own_town.folder / "grid" / "wayfare.sqlite") as store:
        study = store.find_result(ProviderStudy, place="grid")
    for name, choice in (
        ("Routes, short run", study.best[0]),
        ("Routes, long run", study.best[1]),
    ):
        total = next(row for row in sheets[name] if row and row[0] == "all")
        assert round(100 * total[6]) == choice.paid_pence
        assert round(100 * total[7]) == choice.risk_pence
    assert (outputs / "providers.png").read_bytes().startswith(b"\x89PNG")


def test_ways_to_buy_say_that_they_are_simulated(own_town: Town) -> None:
    at = ("--place", "grid")
    assert run("tender", "lots", *at, "--all", folder=own_town.folder).code == 0
    found = run("tender", "models", *at, "--draws", 10, folder=own_town.folder)
    assert found.code == 0, found.err
    assert "SIMULATION" in found.out
    outputs = own_town.folder / "grid" / "outputs" / "tender"
    sheets = read_sheets((outputs / "models.xlsx").read_bytes())
    assert any("SIMULATION" in str(cell) for row in sheets["Simulation"] for cell in row)
    assert len(sheets["Draws"]) >= 50
    assert (outputs / "models.png").is_file()
