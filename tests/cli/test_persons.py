"""`wayfare store person, erase, retain, pseudonymise`: give, erase, expire, hand on."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.common import now
from data.store import Store
from tests.cli.conftest import Town, run

GONE = "P0003"


@pytest.fixture(scope="module")
def words(own_town: Town) -> tuple[str, ...]:
    """The grid town after one passenger left, with an administrator and a planner."""
    place = ("--place", "grid", "--folder", str(own_town.folder))
    for person, role in (("z.admin", "administrator"), ("a.hart", "planner")):
        run("people", "add", person, "--name", person, "--role", role, *place)
    with Store.open(own_town.folder / "grid" / "wayfare.sqlite") as store:
        inputs = store.read_inputs(store.find_inputs_hash("grid"))
        homes = {h.place_id for h in inputs.homes if h.passenger_id == GONE}
        store.save_inputs(
            replace(
                inputs,
                passengers=tuple(
                    replace(
                        p,
                        apart_from=p.apart_from - {GONE},
                        together_with=p.together_with - {GONE},
                    )
                    for p in inputs.passengers
                    if p.passenger_id != GONE
                ),
                homes=tuple(h for h in inputs.homes if h.passenger_id != GONE),
                demands=tuple(d for d in inputs.demands if d.passenger_id != GONE),
                places=tuple(p for p in inputs.places if p.place_id not in homes),
                locks=tuple(x for x in inputs.locks if x.passenger_id != GONE),
                current_routes=tuple(
                    r for r in inputs.current_routes if r.passenger_id != GONE
                ),
            ),
            created_utc=now(),
            code_version="test",
        )
    return place


def write_book(path: Path, text: str) -> None:
    """Write a workbook of one cell."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write(0, 0, text)
    book.close()


def find_names(folder: Path, name: str) -> list[str]:
    """Find files in which a name stands, byte for byte or in a workbook."""
    from data.store.person_rows import holds_any

    return [
        p.name for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".pdf"
        and (name.encode() in p.read_bytes() or (p.suffix == ".xlsx"
             and holds_any(p.read_bytes(), {name})))
    ]  # fmt: skip


def test_only_an_administrator_may(words: tuple[str, ...], own_town: Town) -> None:
    for command in (
        ("person", GONE), ("erase", GONE, "--reason", "x"), ("retain",),
        ("pseudonymise", "uni"),
    ):  # fmt: skip
        done = run("store", *command, "--as", "a.hart", *words)
        assert (done.code, "may not do this" in done.err) == (30, True), command
    assert find_names(own_town.folder, "Passenger 0003")


def test_a_person_gets_everything_then_is_erased(
    words: tuple[str, ...], own_town: Town
) -> None:
    grid = own_town.folder / "grid"
    version = grid / "published" / "2026-11-18" / "v0001-optimised"
    version.mkdir(parents=True)
    for name, who in (("driver.xlsx", "Passenger 0003"), ("other.xlsx", "Passenger 0005")):
        write_book(version / name, who)
        (grid / "outputs").mkdir(exist_ok=True)
        write_book(grid / "outputs" / name, who)
    (version.parent / "current.json").write_text('{"version": "v0001-optimised"}')
    given = run("store", "person", GONE, "--as", "z.admin", *words)
    assert given.code == 0, given.err
    (as_json,) = (own_town.folder / "grid" / "persons").glob("subject-access-*.json")
    held = json.loads(as_json.read_text())
    assert held["names"] == ["Passenger 0003"]
    assert as_json.stat().st_mode & 0o777 == 0o600
    tables = {row["table"] for row in held["rows"]}
    assert tables >= {"documents", "stop_passengers", "passenger_shares"}
    assert {"outputs/driver.xlsx", f"{version.relative_to(grid)}/driver.xlsx"} <= set(
        held["files"]
    )
    assert not any("other" in name for name in held["files"])
    text = as_json.with_suffix(".txt").read_text()
    assert 'name: "Passenger 0003"' in text
    assert "Education Act 1996" in text

    tried = run(
        "store", "erase", GONE, "--as", "z.admin", "--reason", "R7", "--dry-run", *words
    )
    assert (tried.code, "nothing was erased" in tried.out) == (0, True)
    kept = run("store", "erase", "P0004", "--as", "z.admin", "--reason", "R7", *words)
    assert (kept.code, "is carried" in kept.err) == (30, True)
    done = run("store", "erase", GONE, "--as", "z.admin", "--reason", "R7", *words)
    assert done.code == 0, done.err
    assert find_names(own_town.folder, "Passenger 0003") == []
    assert find_names(own_town.folder, "Passenger 0004")
    # Another's output stays; half a published version would be taken for a whole one.
    assert (grid / "outputs" / "other.xlsx").exists()
    assert not version.exists()
    assert not (version.parent / "current.json").exists()
    again = run("store", "person", GONE, "--as", "z.admin", *words)
    assert (again.code, "Nothing is held" in again.err) == (30, True)
    # The old run is shown and its outputs are made again as before.
    assert run("store", "history", *words).code == 0


def test_nothing_expires_before_its_time_and_a_wrong_setting_is_refused(
    words: tuple[str, ...], own_town: Town
) -> None:
    done = run("store", "retain", "--as", "z.admin", "--dry-run", *words)
    assert done.code == 0, done.err
    assert {line.split()[-1] for line in done.out.splitlines()[:-1]} == {"0"}
    settings = own_town.folder / "grid" / "retention.toml"
    settings.write_text("passengr = 12\nplan = 0\n")
    wrong = run("store", "retain", "--as", "z.admin", *words)
    assert wrong.code == 30
    assert "passengr is not a known key (did you mean passenger?)" in wrong.err
    assert "plan: " in wrong.err
    settings.write_text("output = 1\n")
    assert run("store", "retain", "--as", "z.admin", *words).code == 0
    settings.unlink()


def test_two_recipients_exports_join_only_on_what_is_coarse(
    words: tuple[str, ...], own_town: Town
) -> None:
    from data.personal.pseudonyms import JOINABLE

    tables = {}
    for recipient in ("uni", "audit"):
        done = run("store", "pseudonymise", recipient, "--as", "z.admin", *words)
        assert done.code == 0, done.err
        out = own_town.folder / "grid" / "outputs" / f"pseudonymised-{recipient}"
        for name in ("passengers.csv", "journeys.csv"):
            with (out / name).open(newline="") as file:
                tables[recipient, name] = list(csv.DictReader(file))
            assert not find_names(out, "Passenger 0004")
    for name in ("passengers.csv", "journeys.csv"):
        first, second = tables["uni", name], tables["audit", name]
        assert len(first) == len(second) > 10
        for column in first[0]:
            same = {r[column] for r in first} & {r[column] for r in second}
            assert column in JOINABLE or not same, column
        # The order says nothing either: the same rows stand elsewhere.
        bare = [[v for k, v in r.items() if k != "pseudonym"] for r in first]
        assert bare != [[v for k, v in r.items() if k != "pseudonym"] for r in second]
    wrong = run("store", "pseudonymise", "../x", "--as", "z.admin", *words)
    assert (wrong.code, "W003" in wrong.err) == (30, True)
    key = own_town.folder / "grid" / "keys" / "pseudonyms.key"
    assert key.stat().st_mode & 0o777 == 0o600
