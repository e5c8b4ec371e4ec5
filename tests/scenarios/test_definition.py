"""Scenario files: strict reading, all faults at once, bases in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from scenarios.changes import KINDS
from scenarios.definition import (
    find_named_numbers,
    fix_changes,
    gather_changes,
    read_scenario,
    read_scenarios,
)
from scenarios.library import find_scenarios, list_library


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
    names = [n.name for n in find_named_numbers(story, (story,))]
    kind = "offer_travel_training"
    assert names == [f"{kind}.completion", f"{kind}.sustained", f"{kind}.cost_per_start_pounds"]
    (plain,) = fix_changes(story)
    (drawn,) = fix_changes(story, (story,), {f"{kind}.completion": 0.7})
    assert plain.model_dump()["completion"] == 0.80
    assert drawn.model_dump()["completion"] == 0.7
    assert drawn.model_dump()["sustained"] == 0.82


def test_equal_changes_of_several_scenarios_share_their_draws_by_name(tmp_path: Path) -> None:
    text = """
    scenario_id = "ID"
    title = "T"
    base_id = "BASE"
    [[changes]]
    kind = "pay_award"
    percent = { low = 1, high = 4 }
    [[changes]]
    kind = "change_rates"
    percent = { low = -3, mode = 0, high = 3, name = "fuel" }
    """
    write(tmp_path, "a", text.replace("ID", "a", 1).replace("BASE", "baseline"))
    write(tmp_path, "b", text.replace("ID", "b", 1).replace("BASE", "a"))
    stories = read_scenarios([tmp_path])
    names = {s.scenario_id: [n.name for n in find_named_numbers(s, stories)] for s in stories}
    assert names["a"] == ["pay_award.percent", "fuel"]
    # the second award of the chain is another one; what has a name of its own is the same
    assert names["b"] == ["pay_award.percent", "fuel", "pay_award#2.percent", "fuel"]
    first, second = (
        fix_changes(s, stories, {"pay_award.percent": 2.0, "fuel": 1.5}) for s in stories
    )
    assert [c.model_dump()["percent"] for c in first] == [2.0, 1.5]
    assert [c.model_dump()["percent"] for c in second] == [2.0, 1.5, 2.5, 1.5]


def test_whole_numbers_are_drawn_whole_and_a_range_keeps_the_limits_of_its_key(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path,
        "s",
        """
        scenario_id = "s"
        title = "S"
        [[changes]]
        kind = "set_ride_limits"
        primary_minutes = { low = 40, mode = 45, high = 61 }
        [[changes]]
        kind = "starters"
        number = { values = [5, 8], shares = [0.25, 0.75] }
        """,
    )
    story = read_scenario(path)
    assert [n.is_whole for n in story.uncertain] == [True, True]
    name = "set_ride_limits.primary_minutes"
    (limits, starters) = fix_changes(story, (), {name: 44.5})
    assert limits.model_dump()["primary_minutes"] == 45
    assert starters.model_dump()["number"] == 8

    path.write_text(path.read_text().replace("high = 61", "high = 200"))
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    (problem,) = caught.value.problems
    assert problem.column == "changes[1] set_ride_limits.primary_minutes"
    assert "at 200" in problem.cause


@pytest.mark.parametrize(
    "text",
    [
        "{ low = 3, high = 1 }",
        "{ low = nan, high = 1 }",
        '{ distribution = "triangular", low = 1, high = 2 }',
        '{ distribution = "normal", mean = 1, sd = 0, low = 0, high = 2 }',
        '{ distribution = "normal", mean = 5, sd = 1, low = 0, high = 2 }',
        '{ distribution = "normal", mean = 0, sd = 9, low = -1, high = 1 }',
        '{ distribution = "lognormal", mean = 9, sd = 1, low = 0, high = 2 }',
        '{ distribution = "gauss", mean = 9, low = 0, high = 2 }',
        "{ values = [1, 2], shares = [0.5, 0.6] }",
        "{ values = [2, 1], shares = [0.5, 0.5] }",
        "{ values = [2], shares = [0.5, 0.5] }",
        '{ low = 1, high = 2, name = "Not A Name" }',
        "{ low = -140, high = 2 }",
    ],
)
def test_impossible_ranges_are_refused_with_their_key(tmp_path: Path, text: str) -> None:
    path = write(
        tmp_path,
        "s",
        f"""
        scenario_id = "s"
        title = "S"
        [[changes]]
        kind = "pay_award"
        percent = {text}
        """,
    )
    assert {(code, key.split(".")[1]) for code, key in codes(path)} == {("Y003", "percent")}


def test_every_kind_says_what_it_does() -> None:
    for kind, model in KINDS.items():
        assert model.__doc__, kind
        assert "extra" in model.model_config
