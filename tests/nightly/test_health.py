"""How a place stands: the last plan, its age and state, disk and store, also as metrics."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from data.plans import PlanState
from data.store import Store
from data.workspace import Workspace
from nightly.health import Health, find_health, write_metrics
from tests.nightly.nights import PLACE, begin, build_candidate, build_publication, open_store
from tests.reports.hand_made import SERVICE_DATE

EVE = datetime(2026, 9, 15, 20, 0, tzinfo=UTC)
"""The evening before the hand-made service date; published at 18:00 the same day."""


def build_place(folder: Path, state: PlanState | None = PlanState.OPTIMISED) -> Workspace:
    """Build the small council, with a plan of some state published for its service date."""
    made = Workspace(root=folder, place=PLACE)
    made.open_folder()
    with open_store(made.store_path) as store:
        if state is not None:
            publish(store, state)
    return made


def publish(store: Store, state: PlanState, on: date = SERVICE_DATE) -> None:
    """Publish a plan of a state, two hours before the evening."""
    begin(store, on=on)
    candidate = build_candidate(store, state=state)
    fence_no = store.nights.take_fence(PLACE, taken_utc=EVE)
    found = build_publication(candidate, fence_no, on=on)
    store.nights.publish(found, candidate.plan_hash)


def read_metrics(found: Health) -> dict[str, float]:
    """Read the metrics by Prometheus's own parser: each once, with its kind and its place."""
    values: dict[str, float] = {}
    for family in text_string_to_metric_families(write_metrics(found)):
        (sample,) = family.samples
        assert family.type == "gauge"
        assert family.documentation
        assert sample.name == family.name
        assert sample.labels == {"place": PLACE}
        values[sample.name.removeprefix("wayfare_")] = sample.value
    return values


def test_a_place_whose_plan_stands_is_healthy(tmp_path: Path) -> None:
    found = find_health(build_place(tmp_path), EVE)
    assert found.faults == ()
    assert (found.next_date, found.age_s) == (SERVICE_DATE, 2 * 3600)
    assert found.current == found.last
    values = read_metrics(found)
    assert values.pop("disk_free_bytes") == found.free_bytes > 0
    assert values.pop("disk_size_bytes") >= found.free_bytes
    assert values.pop("store_bytes") == (tmp_path / PLACE / "wayfare.sqlite").stat().st_size
    assert values == {
        "health_timestamp_seconds": EVE.timestamp(),
        "next_date_published": 1,
        "next_date_state": 2,
        "last_publication_age_seconds": 7200,
        "proposals_waiting": 0,
        "store_sound": 1,
        "faults": 0,
    }


@pytest.mark.parametrize(
    ("state", "number", "n_faults"),
    [(None, -1, 0), (PlanState.STALE, 0, 1), (PlanState.REPAIRED, 1, 0)],
)
def test_the_state_of_the_next_date_is_told(
    tmp_path: Path, state: PlanState | None, number: int, n_faults: int
) -> None:
    found = find_health(build_place(tmp_path, state), EVE)
    values = read_metrics(found)
    assert values["next_date_state"] == number
    assert values["next_date_published"] == (state is not None)
    # Nothing published yet is no fault of a place whose nights have not begun; stale is one.
    assert values["faults"] == n_faults
    if state is None:
        assert values["last_publication_age_seconds"] == -1
    if n_faults:
        assert found.faults == ("plan: stale for 2026-09-16",)


def test_a_day_with_service_and_no_plan_is_a_fault_from_six(tmp_path: Path) -> None:
    place = build_place(tmp_path, None)
    # Nights have begun: there is a plan for the day before, and none for the day itself.
    with Store.open(place.store_path) as store:
        publish(store, PlanState.OPTIMISED, date(2026, 9, 15))
    before, after = (datetime(2026, 9, 16, h, m, tzinfo=UTC) for h, m in ((4, 59), (5, 0)))
    late = "plan: none published for today, 2026-09-16"
    assert late not in find_health(place, before).faults
    assert late in find_health(place, after).faults


def test_a_calendar_that_ends_is_a_fault(tmp_path: Path) -> None:
    found = find_health(build_place(tmp_path), datetime(2031, 9, 15, tzinfo=UTC))
    assert found.next_date is None
    assert any(text.startswith("calendar: no data for 2031-09-1") for text in found.faults)


@pytest.mark.parametrize("damage", ["junk", "flipped", "none"])
def test_a_store_that_cannot_be_read_is_told_in_the_metrics_too(
    tmp_path: Path, damage: str
) -> None:
    place = build_place(tmp_path)
    content = bytearray(place.store_path.read_bytes())
    if damage == "flipped":
        # A page in the middle, overwritten: some table cannot be walked any more.
        content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    for path in place.folder.glob("wayfare.sqlite*"):
        path.unlink()
    if damage != "none":
        place.store_path.write_bytes(b"junk" * 999 if damage == "junk" else content)
    found = find_health(place, EVE)
    values = read_metrics(found)
    assert values["store_sound"] == 0
    assert values["faults"] >= 1
    assert any(text.startswith("store: ") for text in found.faults)


def test_a_full_disk_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = build_place(tmp_path)
    usage = shutil.disk_usage(tmp_path)
    little = type(usage)(total=usage.total, used=usage.used, free=100 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: little)
    found = find_health(place, EVE)
    assert found.faults == ("disk: 100 MB free, 500 wanted",)
    assert read_metrics(found)["disk_free_bytes"] == 100 << 20


def test_a_place_without_inputs_says_what_it_lacks(tmp_path: Path) -> None:
    made = Workspace(root=tmp_path, place=PLACE)
    made.open_folder()
    Store.open(made.store_path).close()
    found = find_health(made, EVE)
    assert found.is_store_sound
    (fault,) = found.faults
    assert fault.startswith("place: ")
    assert found.next_date is None
    assert found.last is None
