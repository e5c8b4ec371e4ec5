"""Studies: read strictly, run as a whole, today's plan priced as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.plans import LockKind
from data.samples import build_sample
from scenarios.changes import Draft
from scenarios.changes.market import KeepProviders
from scenarios.definition import build_scenario, read_scenarios
from scenarios.library import find_scenarios, find_study_folder, list_studies
from scenarios.study_file import find_planned, read_study

SCENARIO = 'scenario_id = "{}"\ntitle = "T"\nplanned = "{}"\n'


def write_study(folder: Path, **changes: str) -> Path:
    fields = {
        "study_id": '"s"', "title": '"T"', "council": '"C"', "price_base": '"2026/27"',
        "today": '"today"', "options": '["more"]', "recommended": '"more"',
        "purpose": '["P."]', "recommendations": '["R {net.more}."]', "background": '["B."]',
        "equality": '["E."]', "legal": '["L `section 5`."]',
    } | changes  # fmt: skip
    text = "\n".join(f"{key} = {value}" for key, value in fields.items())
    text += '\n[[risks]]\nrisk="r"\nlikelihood="low"\neffect="low"\nanswer="a"\nowner="o"\n'
    (folder / "study.toml").write_text(text)
    (folder / "today.toml").write_text(SCENARIO.format("today", "by_hand"))
    (folder / "more.toml").write_text(SCENARIO.format("more", "search"))
    return folder


def find_codes(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read_study(folder, find_planned(read_scenarios([folder])))
    return [(p.code, p.column) for p in caught.value.problems]


def test_the_stock_study_is_whole() -> None:
    assert list_studies() == ("vecteo-review",)
    folder = find_study_folder("vecteo-review")
    assert folder is not None
    scenarios = find_scenarios(["vecteo-review"])
    study = read_study(folder, find_planned(scenarios))
    assert {s.scenario_id for s in scenarios} | {"baseline"} == set(study.scenario_ids)
    assert {q.ref for q in study.questions} >= {"VEC4a", "VEC9", "VEC12", "SCL6-8"}


def test_a_study_is_read_with_the_scenarios_beside_it(tmp_path: Path) -> None:
    folder = write_study(tmp_path)
    study = read_study(folder, find_planned(read_scenarios([folder])))
    assert study.scenario_ids == ("today", "baseline", "more")
    assert study.label("baseline", "Title") == "Planned as a whole"
    assert study.label("more", "Title") == "Title"


def test_faults_of_a_study_are_told_at_once(tmp_path: Path) -> None:
    folder = write_study(
        tmp_path, options='["more", "nosuch"]', recommended='"today"', today='"more"',
        purpose='["It saves £5."]', legal='["Since 1996."]',
    )  # fmt: skip
    assert find_codes(folder) == [
        ("Y015", "nosuch"), ("Y015", "recommended"), ("Y015", "today"),
        ("Y016", "purpose[1]"), ("Y016", "legal[1]"),
    ]  # fmt: skip


def test_an_unknown_key_of_a_study_is_told(tmp_path: Path) -> None:
    folder = write_study(tmp_path, optoins="[]")
    assert find_codes(folder) == [("Y002", "optoins")]


def test_a_scenario_planned_otherwise_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        build_scenario({"scenario_id": "a", "title": "T", "planned": "by_luck"}, "a.toml")
    assert [p.code for p in caught.value.problems] == ["Y003"]


def test_everybody_is_locked_to_todays_provider() -> None:
    import numpy as np

    inputs = build_sample("grid")
    draft = Draft(inputs=inputs, rng=np.random.default_rng(1))
    KeepProviders(kind="keep_providers").apply(draft)
    added = draft.inputs.locks[len(inputs.locks) :]
    assert {k.kind for k in added} == {LockKind.PASSENGER_ON_SUPPLIER}
    wanted = {(c.passenger_id, c.session): c.provider_id for c in inputs.current_routes}
    assert {(k.passenger_id, k.session): k.target_id for k in added} == wanted
