"""Documents: equal values give equal bytes, whatever order their sets were made in."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from data.fleet import Electric
from data.inputs import Inputs, fingerprint, read_document, write_document
from data.passengers import Passenger
from data.places import Gate
from data.plans import Plan
from data.runs import RunRecord
from data.samples import build_sample
from tests.reports.hand_made import build_inputs, build_passenger, build_run


def write_slowly(value: Any) -> bytes:
    """Write a document by looking for sets everywhere: the reference twin."""

    def sort_sets(value: Any, plain: Any) -> Any:
        if dataclasses.is_dataclass(value):
            return {
                field.name: sort_sets(getattr(value, field.name), plain[field.name])
                for field in dataclasses.fields(value)
                if not (
                    field.metadata.get("is_late")
                    and getattr(value, field.name) == field.default
                )
            }
        if isinstance(value, (set, frozenset)):
            return sorted(plain)
        if isinstance(value, (tuple, list)):
            return [sort_sets(v, p) for v, p in zip(value, plain, strict=True)]
        return plain

    plain = TypeAdapter(type(value)).dump_python(value, mode="json")
    text = json.dumps(sort_sets(value, plain), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Inputs, build_sample("grid")),
        (Inputs, build_inputs()),
        (RunRecord, build_run()),
        (Plan, build_run().plan),
    ],
    ids=["grid", "hand-made", "run", "plan"],
)
def test_documents_are_those_of_the_slow_twin_and_read_back(kind: type, value: Any) -> None:
    document = write_document(value)
    assert document == write_slowly(value)
    assert read_document(kind, document) == value


def test_a_list_that_came_later_leaves_older_fingerprints_alone() -> None:
    inputs = build_inputs()
    assert "gates" not in json.loads(write_document(inputs))
    gate = Gate(gate_id="G", site_id="S1", name="Mill Lane", place_id="S1")
    gated = dataclasses.replace(inputs, gates=(gate,))
    assert json.loads(write_document(gated))["gates"] == [
        {"gate_id": "G", "site_id": "S1", "name": "Mill Lane", "place_id": "S1"}
    ]
    assert fingerprint(gated) != fingerprint(inputs)
    assert read_document(Inputs, write_document(gated)) == gated


def test_the_order_in_which_a_set_was_made_does_not_show() -> None:
    names = [f"p{n}" for n in range(200)]
    made = [
        build_passenger(1, apart_from=frozenset(order))
        for order in (names, names[::-1], names[100:] + names[:100])
    ]
    assert len({fingerprint(passenger) for passenger in made}) == 1
    held = json.loads(write_document(made[0]))["apart_from"]
    assert held == sorted(names)
    assert read_document(Passenger, write_document(made[0])) == made[0]


def test_a_late_field_shows_only_where_it_is_used() -> None:
    # Kept runs name their inputs by fingerprint: a field that came later must not change it.
    inputs = build_inputs()
    plain = json.loads(write_document(inputs))
    assert "electric" not in plain["vehicle_types"][0]
    assert "n_chargers" not in plain["depots"][0]
    assert "electricity_mpence_per_kwh" not in plain["own_costs"]
    electric = Electric(range_m=90_000, energy_wh_per_mile=600, charge_w=7_400)
    first = dataclasses.replace(inputs.vehicle_types[0], electric=electric)
    changed = dataclasses.replace(inputs, vehicle_types=(first, *inputs.vehicle_types[1:]))
    assert fingerprint(changed) != fingerprint(inputs)
    assert read_document(Inputs, write_document(changed)) == changed
