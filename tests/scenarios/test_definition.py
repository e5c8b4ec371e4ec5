"""Scenario files: strict reading, all faults at once, bases in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputError
from scenarios.changes import KINDS
from scenarios.definition import (
    find_scenario_ranges,
    fix_changes,
    gather_changes,
    read_scenario,
    read_scenarios,
)
from scenarios.library import find_scenarios, list_library
from scenarios.numbers import Range


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def codes(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    return [(p.code, p.column) for p in caught.value.problems]


def test_every_fault_of_a_file_is_named_at_once_with_its_key(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "bad",
        """
        scenario_id = "Travel training"
        titel = "x"
        [[changes]]
        kind = "offer_travel_trainin"
        [[changes]]
        kind = "offer_travel_training"
        starts_per_year = true
        completon = 0.4
        sustained = { low = 2, mode = 1, high = 3 }
        cost_per_start_pounds = { low = 1, mode = 2, high = 3, sorce = "x" }
        [[changes]]
        kind = "set_bell_times"
        site_id = "S1"
        arrive_by = "25:99"
        [[changes]]
        percent = 3
        """,
    )
    found = set(codes(path))
    assert found >= {
        ("Y003", "scenario_id"),
        ("Y002", "titel"),
        ("Y003", "title"),
        ("Y004", "changes[1].kind"),
        ("Y003", "changes[2] offer_travel_training.starts_per_year"),
        ("Y002", "changes[2] offer_travel_training.completon"),
        ("Y003", "changes[2] offer_travel_training.sustained"),
        ("Y002", "changes[2] offer_travel_training.cost_per_start_pounds.sorce"),
        ("Y003", "changes[3] set_bell_times.arrive_by"),
        ("Y004", "changes[4].kind"),
    }
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    text = str(caught.value)
    assert "did you mean completion?" in text
    assert "did you mean title?" in text
    assert "did you mean offer_travel_training?" in text
    assert "did you mean source?" in text


@pytest.mark.parametrize("content", [b"scenario_id =", b"\xff\xfe\x00x", b"[[[["])
def test_what_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    assert codes(path) == [("Y001", "")]
    assert codes(tmp_path / "absent.toml") == [("Y001", "")]


def test_bases_come_before_what_stands_on_them(tmp_path: Path) -> None:
    write(tmp_path, "a", 'scenario_id = "a"\ntitle = "A"\nbase_id = "b"\n')
    write(
        tmp_path,
        "b",
        'scenario_id = "b"\ntitle = "B"\n[[changes]]\nkind = "pay_award"\npercent = 1\n',
    )
    found = read_scenarios([tmp_path])
    assert [s.scenario_id for s in found] == ["b", "a"]
    assert [c.model_dump()["kind"] for c in gather_changes(found[1], found)] == ["pay_award"]


def test_a_base_that_loops_or_is_missing_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a", 'scenario_id = "a"\ntitle = "A"\nbase_id = "b"\n')
    write(tmp_path, "b", 'scenario_id = "b"\ntitle = "B"\nbase_id = "a"\n')
    write(tmp_path, "c", 'scenario_id = "c"\ntitle = "C"\nbase_id = "baselin"\n')
    write(tmp_path, "d", 'scenario_id = "a"\ntitle = "D"\n')
    with pytest.raises(InputError) as caught:
        read_scenarios([tmp_path])
    assert {p.code for p in caught.value.problems} == {"Y005", "Y006"}


def test_the_stock_holds_at_least_fifteen_scenarios_of_distinct_names() -> None:
    library = list_library()
    assert len({s.scenario_id for s in library}) >= 15
    assert all(s.changes for s in library)
    assert find_scenarios(["travel-training"])[0].scenario_id == "travel-training"
    with pytest.raises(InputError, match="travel-training"):
        find_scenarios(["travel-trainin"])


def test_a_range_becomes_the_number_given_or_its_most_likely_one() -> None:
    story = find_scenarios(["travel-training"])[0]
    names = [name for name, _ in find_scenario_ranges(story.changes)]
    assert names == ["1.completion", "1.sustained", "1.cost_per_start_pounds"]
    (plain,) = fix_changes(story.changes)
    (drawn,) = fix_changes(story.changes, {"1.completion": 0.7})
    assert plain.model_dump()["completion"] == 0.80
    assert drawn.model_dump()["completion"] == 0.7
    assert drawn.model_dump()["sustained"] == 0.82


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_draws_stay_in_their_range_and_grow_with_their_quantile(u: float, v: float) -> None:
    found = Range(low=2, mode=3, high=7)
    assert 2 <= found.draw(u) <= 7
    if u < v:
        assert found.draw(u) <= found.draw(v)


def test_the_mean_of_a_range_is_that_of_pert() -> None:
    # (low + 4 mode + high) / 6 = (2 + 12 + 7) / 6 = 3.5
    found = Range(low=2, mode=3, high=7)
    draws = [found.draw((k + 0.5) / 2_000) for k in range(2_000)]
    assert sum(draws) / len(draws) == pytest.approx(3.5, abs=1e-3)


def test_every_kind_says_what_it_does() -> None:
    for kind, model in KINDS.items():
        assert model.__doc__, kind
        assert "extra" in model.model_config
