"""The checker on the documented example, with every number worked by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import InputError
from data.passengers import AssistantNeed
from data.places import Session
from data.plans import Unserved, UnservedReason
from routing.check import check_plan, judge_file
from routing.checks.codes import CHECK_CODES
from tests.routing.example_town import (
    PAGE,
    ROOT,
    build_small_inputs,
    build_small_matrix,
    find_example,
    read_example,
    with_stop,
)


def test_documented_example_is_a_good_plan(tmp_path: Path) -> None:
    path = tmp_path / "example.json"
    path.write_text(find_example(), encoding="utf-8")
    report = judge_file(path, build_small_inputs(), build_small_matrix())
    assert report.violations == ()
    # Six stops in two routes: four drives between them, and four dead runs by the base.
    assert report.counts.n_legs == 8
    # P1 leaves home at 28 560 and is at school at 29 580; in the afternoon the bus leaves at
    # 54 960 and P1 begins to alight at 55 890. P2 rides 600 s both ways.
    (row,) = report.ride_guide
    assert (row.n_rides, row.n_above, row.worst_s) == (4, 0, 1020)


def test_units_and_conventions_stand_in_the_first_ten_lines() -> None:
    top = "\n".join(PAGE.read_text("utf-8").splitlines()[:11])
    for word in (
        "seconds after local midnight",
        "metres",
        "pence",
        "UTF-8",
        "null",
        "key path",
    ):
        assert word in top


def test_every_violation_has_its_line_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "violations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.+) \|$", page, re.MULTILINE)
    assert sorted(rows) == sorted((c.code, c.rule, c.meaning) for c in CHECK_CODES.values())


def test_ride_is_measured_from_the_end_of_boarding_to_arrival() -> None:
    # P1 boards from 28 500 to 28 560 and arrives at 29 580: 1 020 s, not 1 080.
    inputs = build_small_inputs()
    for max_ride_s, n_found in ((1020, 0), (1019, 1)):
        people = (replace(inputs.passengers[0], max_ride_s=max_ride_s), inputs.passengers[1])
        report = check_plan(
            read_example(), replace(inputs, passengers=people), build_small_matrix()
        )
        assert len(report.violations) == n_found
    (violation,) = report.violations
    assert (violation.code, violation.route_id, violation.stop_number) == (
        "RIDE_LIMIT",
        "D1-am",
        1,
    )
    assert (violation.found, violation.limit, violation.over) == (1020, 1019, 1)
    assert violation.sentence == (
        "Duty D1, route D1-am, stop 1: passenger P1 rides 17 min, 1 s over the limit of "
        "16 min 59 s."
    )


def test_ride_limit_without_own_is_the_larger_of_cap_and_share_of_direct() -> None:
    # P1's direct drive is 780 s; at 130 % that allows 1 014 s, six seconds less than the ride.
    inputs = build_small_inputs()
    for cap_s, bp, over in ((0, 13_000, 6), (1020, 13_000, None), (0, 13_077, None)):
        policy = replace(inputs.policy, ride_cap_primary_s=cap_s, direct_ride_bp=bp)
        report = check_plan(
            read_example(), replace(inputs, policy=policy), build_small_matrix()
        )
        assert [v.over for v in report.violations if v.route_id == "D1-am"] == (
            [] if over is None else [over]
        )


def test_seat_of_the_assistant_counts() -> None:
    # One seat for P1 and one for the assistant; P2 is in the wheelchair space.
    plan = read_example()
    (duty,) = plan.duties
    small = replace(duty.routes[0].layout, n_seats=1)
    routes = (replace(duty.routes[0], layout=small), duty.routes[1])
    report = check_plan(
        replace(plan, duties=(replace(duty, routes=routes),)),
        build_small_inputs(),
        build_small_matrix(),
    )
    assert report.codes == ("LAYOUT_SEATS", "LAYOUT_UNKNOWN")
    (seats,) = (v for v in report.violations if v.code == "LAYOUT_SEATS")
    assert (seats.found, seats.limit) == (2, 1)


def test_stated_arrival_must_follow_from_the_drive() -> None:
    plan = with_stop(read_example(), 0, 1, arrive_s=28_799, leave_s=28_979)
    report = check_plan(plan, build_small_inputs(), build_small_matrix())
    places = [(v.code, v.stop_number, v.over) for v in report.violations]
    assert places == [("ARRIVE_TIME", 2, 1), ("ARRIVE_TIME", 3, 1)]


def test_gap_of_an_hour_is_driven_by_the_base_only_if_the_way_fits() -> None:
    # The gap from 29 820 to 54 600 is 24 780 s. With that as the split it goes by the base;
    # a second more, and the vehicle is to wait at the school.
    inputs = build_small_inputs()
    for split_gap_s, codes in ((24_780, ()), (24_781, ("GAP_NOT_DIRECT",))):
        costs = replace(inputs.own_costs, split_gap_s=split_gap_s)
        report = check_plan(
            read_example(), replace(inputs, own_costs=costs), build_small_matrix()
        )
        assert report.codes == codes


def test_shared_assistants_are_rounded_up_by_the_ratio() -> None:
    # Two passengers who share: one assistant at a ratio of two, two at a ratio of one.
    inputs = build_small_inputs()
    people = tuple(replace(p, assistant=AssistantNeed.SHARED) for p in inputs.passengers)
    for ratio, codes in ((2, ()), (1, ("ASSISTANTS_SHORT",))):
        policy = replace(inputs.policy, shared_assistant_ratio=ratio)
        judged = replace(inputs, passengers=people, policy=policy)
        assert check_plan(read_example(), judged, build_small_matrix()).codes == codes


def test_driving_time_counts_loaded_and_dead_drives() -> None:
    # Loaded 240 + 600 twice, dead 300 + 480 + 480 + 300: 3 240 s.
    inputs = build_small_inputs()
    for most_s, codes in ((3240, ()), (3239, ("HOURS_DRIVING",))):
        policy = replace(inputs.policy, max_driving_s=most_s)
        report = check_plan(
            read_example(), replace(inputs, policy=policy), build_small_matrix()
        )
        assert report.codes == codes


def test_break_is_standing_time_at_the_base_not_at_a_stop() -> None:
    # Before the long stand at the base 300 + 840 + 480 = 1 620 s are driven, and after it as
    # many; the gap of 24 780 s less two drives of 480 s leaves 23 820 s to stand.
    inputs = build_small_inputs()
    for break_s, after_s, codes in (
        (23_820, 1620, ()),
        (23_820, 1619, ("HOURS_BREAK",)),
        (23_821, 1620, ("HOURS_BREAK",)),
        (23_821, 3240, ()),
    ):
        policy = replace(inputs.policy, break_s=break_s, break_after_driving_s=after_s)
        report = check_plan(
            read_example(), replace(inputs, policy=policy), build_small_matrix()
        )
        assert report.codes == codes


def test_plan_with_ids_and_times_only_is_completed_and_judged(tmp_path: Path) -> None:
    bare = re.sub(r', "drive_s": \d+, "drive_m": \d+', "", find_example())
    bare = re.sub(r',\s*"dead_runs": \[.*?\]', "", bare, flags=re.DOTALL)
    assert "drive" not in bare
    path = tmp_path / "bare.json"
    path.write_text(bare, encoding="utf-8")
    report = judge_file(path, build_small_inputs(), build_small_matrix())
    assert report.violations == ()
    assert any("drives" in note for note in report.notes)
    late = bare.replace("28800", "28801")
    path.write_text(late, encoding="utf-8")
    report = judge_file(path, build_small_inputs(), build_small_matrix())
    assert report.codes == ("ARRIVE_TIME", "HOME_DWELL")


def test_plan_that_states_some_drives_is_not_completed(tmp_path: Path) -> None:
    text = re.sub(r', "drive_s": 600, "drive_m": 5400', "", find_example(), count=1)
    path = tmp_path / "some.json"
    path.write_text(text, encoding="utf-8")
    report = judge_file(path, build_small_inputs(), build_small_matrix())
    assert report.codes == ("DRIVE_DISTANCE", "DRIVE_TIME")


def test_file_in_another_format_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(find_example().replace('"leave_s": 28560', '"leave_s": "08:00"'), "utf-8")
    with pytest.raises(InputError) as caught:
        judge_file(path, build_small_inputs(), build_small_matrix())
    (problem,) = caught.value.problems
    assert problem.column == "$.plan.duties[0].routes[0].stops[0].leave_s"


def test_made_from_other_inputs_is_a_note_and_no_violation() -> None:
    plan = replace(read_example(), inputs_hash="0" * 64, matrix_hash="1" * 64)
    report = check_plan(plan, build_small_inputs(), build_small_matrix())
    assert report.is_good
    assert len(report.notes) == 2


def test_strange_stops_are_violations() -> None:
    plan = with_stop(read_example(), 0, 0, place_id="Z", boarding=("P1", "P1", "P9"))
    report = check_plan(plan, build_small_inputs(), build_small_matrix())
    assert {"PLACE_UNKNOWN", "NO_PATH", "PASSENGER_UNKNOWN", "BOARDS_TWICE"} <= set(
        report.codes
    )


@pytest.mark.parametrize(
    ("reason", "max_ride_s", "evidence", "doubt"),
    [
        # P1's direct drive to school takes 780 s.
        (UnservedReason.RIDE_LIMIT_UNDER_DIRECT, 779, (("direct_s", 780),), None),
        (UnservedReason.RIDE_LIMIT_UNDER_DIRECT, 780, (("direct_s", 780),), "may ride 780 s"),
        (UnservedReason.RIDE_LIMIT_UNDER_DIRECT, None, (("limit_s", 1),), "has no own limit"),
        (UnservedReason.RIDE_LIMIT_UNDER_DIRECT, 700, (("direct_s", 800),), "not 800 s"),
        (UnservedReason.NO_ROAD, None, (("n_paths", 0),), "a drive of 780 s"),
        (UnservedReason.SITE_CLOSED, None, (("n_open", 0),), "is open"),
        (UnservedReason.NO_CAPACITY_LEFT, None, (("n_seats", 0),), None),
        (UnservedReason.NO_CAPACITY_LEFT, None, (), "lack evidence"),
    ],
)
def test_reasons_that_the_inputs_contradict_are_noted(
    reason: UnservedReason,
    max_ride_s: int | None,
    evidence: tuple[tuple[str, int], ...],
    doubt: str | None,
) -> None:
    inputs = build_small_inputs()
    people = (replace(inputs.passengers[0], max_ride_s=max_ride_s), inputs.passengers[1])
    unserved = tuple(
        Unserved(
            passenger_id=passenger_id,
            session=session,
            reason=reason if passenger_id == "P1" else UnservedReason.NO_PLACE_FOUND_IN_TIME,
            evidence=evidence if passenger_id == "P1" else (("steps", 1),),
            relaxation="Something else.",
        )
        for passenger_id in ("P1", "P2")
        for session in (Session.AM, Session.PM)
    )
    plan = replace(read_example(), duties=(), unserved=unserved)
    report = check_plan(plan, replace(inputs, passengers=people), build_small_matrix())
    assert report.is_good
    if doubt is None:
        assert report.notes == ()
    else:
        assert any(doubt in note for note in report.notes)


def test_only_the_first_doubts_are_named_one_by_one() -> None:
    inputs = build_small_inputs()
    entry = Unserved(
        passenger_id="P1",
        session=Session.AM,
        reason=UnservedReason.SITE_CLOSED,
        evidence=(("n_open", 0),),
        relaxation="Open it.",
    )
    plan = replace(read_example(), unserved=(entry,) * 7)
    notes = check_plan(plan, inputs, build_small_matrix()).notes
    assert len(notes) == 6
    assert notes[-1] == "2 more unserved journeys with a doubtful reason."
