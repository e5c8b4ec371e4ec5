"""Plans in the store: one row per duty, route, stop, passenger at a stop and dead run."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from data.errors import StoreError
from data.fleet import Layout
from data.inputs import fingerprint
from data.places import Session, Week
from data.plans import (
    DayType,
    DeadRun,
    Duty,
    Plan,
    PlanState,
    Route,
    SearchRecord,
    Stop,
    Unserved,
    UnservedReason,
)
from data.store import models
from data.store.rows import insert_all, insert_one, read_pairs, read_texts, write_list

Key = tuple[int, ...]


def save_plan_rows(connection: sa.Connection, plan: Plan) -> int:
    """Save a plan's rows, unless the store holds this very plan; return its number.

    Raises
    ------
    StoreError
        If what the rows say is not the plan.
    """
    content = fingerprint(plan)
    found = connection.execute(
        sa.select(models.plans.c.plan_no).where(models.plans.c.fingerprint == content)
    ).scalar()
    if found is not None:
        return int(found)
    number = insert_one(connection, models.plans, _build_head(plan) | {"fingerprint": content})
    duties: list[dict[str, Any]] = []
    dead_runs: list[dict[str, Any]] = []
    routes: list[dict[str, Any]] = []
    stops: list[dict[str, Any]] = []
    stop_passengers: list[dict[str, Any]] = []
    for duty_pos, duty in enumerate(plan.duties):
        key = {"plan_no": number, "duty_pos": duty_pos}
        duties.append(key | _build_duty_row(duty))
        dead_runs += [
            key | {"run_pos": run_pos} | _build_dead_run_row(run)
            for run_pos, run in enumerate(duty.dead_runs)
        ]
        for route_pos, route in enumerate(duty.routes):
            route_key = key | {"route_pos": route_pos}
            routes.append(route_key | _build_route_row(route))
            for stop_pos, stop in enumerate(route.stops):
                stop_key = route_key | {"stop_pos": stop_pos}
                stops.append(stop_key | _build_stop_row(stop))
                for is_boarding, passenger_ids in (
                    (True, stop.boarding),
                    (False, stop.alighting),
                ):
                    stop_passengers += [
                        stop_key
                        | {
                            "is_boarding": is_boarding,
                            "position": position,
                            "passenger_id": passenger_id,
                        }
                        for position, passenger_id in enumerate(passenger_ids)
                    ]
    insert_all(connection, models.duties, duties)
    insert_all(connection, models.dead_runs, dead_runs)
    insert_all(connection, models.routes, routes)
    insert_all(connection, models.stops, stops)
    insert_all(connection, models.stop_passengers, stop_passengers)
    insert_all(
        connection,
        models.unserved,
        [
            {
                "plan_no": number,
                "position": position,
                "passenger_id": one.passenger_id,
                "session": one.session.value,
                "reason": one.reason.value,
                "evidence": write_list(one.evidence),
                "relaxation": one.relaxation,
            }
            for position, one in enumerate(plan.unserved)
        ],
    )
    if read_plan_rows(connection, number) != plan:
        raise StoreError(
            f"The plan {plan.plan_id} does not read back as it was written; nothing was saved."
        )
    return number


def find_plan_no(connection: sa.Connection, plan_id: str, run_id: str | None) -> int:
    """Find the number of the newest plan of an id, or of the one a run holds.

    Raises
    ------
    StoreError
        If there is none.
    """
    query = (
        sa.select(models.plans.c.plan_no)
        .where(models.plans.c.plan_id == plan_id)
        .order_by(models.plans.c.plan_no.desc())
        .limit(1)
    )
    if run_id is not None:
        query = query.join(
            models.run_plans, models.run_plans.c.plan_no == models.plans.c.plan_no
        ).join(models.runs, models.runs.c.run_no == models.run_plans.c.run_no)
        query = query.where(models.runs.c.run_id == run_id)
    number = connection.execute(query).scalar()
    if number is None:
        raise StoreError(f"The store holds no plan {plan_id}.")
    return int(number)


def read_plan_rows(connection: sa.Connection, plan_no: int) -> Plan:
    """Read a plan back from its rows alone.

    Raises
    ------
    StoreError
        If there is none of the number.
    """
    head = connection.execute(
        sa.select(models.plans).where(models.plans.c.plan_no == plan_no)
    ).one_or_none()
    if head is None:
        raise StoreError(f"The store holds no plan number {plan_no}.")
    unserved = _read_rows(connection, models.unserved, plan_no)
    return Plan(
        plan_id=head.plan_id,
        place=head.place,
        day_type=DayType(
            day_type_id=head.day_type_id,
            weekday=head.weekday,
            week=Week(head.week),
            open_calendar_ids=frozenset(read_texts(head.open_calendar_ids)),
            early_closings=tuple(
                (str(site_id), int(at_s))
                for site_id, at_s in read_pairs(head.early_closings or "[]")
            ),
        ),
        service_date=head.service_date,
        duties=_read_duties(connection, plan_no),
        unserved=tuple(
            Unserved(
                passenger_id=row.passenger_id,
                session=Session(row.session),
                reason=UnservedReason(row.reason),
                evidence=tuple(
                    (str(name), int(value)) for name, value in read_pairs(row.evidence)
                ),
                relaxation=row.relaxation,
            )
            for row in unserved
        ),
        state=PlanState(head.state),
        cost_pence=head.cost_pence,
        full_cost_pence=head.full_cost_pence,
        bound_pence=head.bound_pence,
        bound_policy=head.bound_policy,
        search=SearchRecord(
            seed=head.seed,
            steps=head.steps,
            limit=head.search_limit,
            cpu_s=head.cpu_s,
            wall_s=head.wall_s,
            n_workers=head.n_workers,
        ),
        inputs_hash=head.inputs_hash,
        matrix_hash=head.matrix_hash,
        code_version=head.code_version,
        flags=read_texts(head.flags),
    )


def _build_head(plan: Plan) -> dict[str, Any]:
    """Build the row of the plan itself."""
    return {
        "plan_id": plan.plan_id,
        "place": plan.place,
        "day_type_id": plan.day_type.day_type_id,
        "weekday": plan.day_type.weekday,
        "week": plan.day_type.week.value,
        "open_calendar_ids": write_list(sorted(plan.day_type.open_calendar_ids)),
        "early_closings": write_list(plan.day_type.early_closings),
        "service_date": plan.service_date,
        "state": plan.state.value,
        "cost_pence": plan.cost_pence,
        "full_cost_pence": plan.full_cost_pence,
        "bound_pence": plan.bound_pence,
        "bound_policy": plan.bound_policy,
        "seed": plan.search.seed,
        "steps": plan.search.steps,
        "search_limit": plan.search.limit,
        "cpu_s": plan.search.cpu_s,
        "wall_s": plan.search.wall_s,
        "n_workers": plan.search.n_workers,
        "inputs_hash": plan.inputs_hash,
        "matrix_hash": plan.matrix_hash,
        "code_version": plan.code_version,
        "flags": write_list(plan.flags),
    }


def _build_duty_row(duty: Duty) -> dict[str, Any]:
    """Build the row of a duty, without its key."""
    return {
        "duty_id": duty.duty_id,
        "provider_id": duty.provider_id,
        "vehicle_type_id": duty.vehicle_type_id,
        "base_place_id": duty.base_place_id,
        "vehicle_id": duty.vehicle_id,
        "crew_ids": write_list(duty.crew_ids),
        "rate_card_id": duty.rate_card_id,
    }


def _build_dead_run_row(run: DeadRun) -> dict[str, Any]:
    """Build the row of a dead run, without its key."""
    return {
        "from_place_id": run.from_place_id,
        "to_place_id": run.to_place_id,
        "depart_s": run.depart_s,
        "arrive_s": run.arrive_s,
        "drive_m": run.drive_m,
        "before_route": run.before_route,
    }


def _build_route_row(route: Route) -> dict[str, Any]:
    """Build the row of a route, without its key."""
    return {
        "route_id": route.route_id,
        "session": route.session.value,
        "n_seats": route.layout.n_seats,
        "n_wheelchair_spaces": route.layout.n_wheelchair_spaces,
        "n_assistants": route.n_assistants,
        "n_trained_assistants": route.n_trained_assistants,
        "assistant_ids": write_list(route.assistant_ids),
    }


def _build_stop_row(stop: Stop) -> dict[str, Any]:
    """Build the row of a stop, without its key and passengers."""
    return {
        "place_id": stop.place_id,
        "site_id": stop.site_id,
        "arrive_s": stop.arrive_s,
        "leave_s": stop.leave_s,
        "drive_s": stop.drive_s,
        "drive_m": stop.drive_m,
    }


def _read_rows(connection: sa.Connection, table: sa.Table, plan_no: int) -> list[Any]:
    """Read a plan's rows of one table in the order of its key."""
    query = sa.select(table).where(table.c.plan_no == plan_no)
    return list(connection.execute(query.order_by(*table.primary_key.columns)))


def _read_duties(connection: sa.Connection, plan_no: int) -> tuple[Duty, ...]:
    """Read a plan's duties with all that belongs to them."""
    aboard: dict[tuple[int, int, int, bool], list[str]] = defaultdict(list)
    for row in _read_rows(connection, models.stop_passengers, plan_no):
        key = (row.duty_pos, row.route_pos, row.stop_pos, bool(row.is_boarding))
        aboard[key].append(row.passenger_id)
    stops: dict[Key, list[Stop]] = defaultdict(list)
    for row in _read_rows(connection, models.stops, plan_no):
        place = (row.duty_pos, row.route_pos, row.stop_pos)
        stops[row.duty_pos, row.route_pos].append(
            Stop(
                place_id=row.place_id,
                site_id=row.site_id,
                arrive_s=row.arrive_s,
                leave_s=row.leave_s,
                boarding=tuple(aboard[(*place, True)]),
                alighting=tuple(aboard[(*place, False)]),
                drive_s=row.drive_s,
                drive_m=row.drive_m,
            )
        )
    routes: dict[int, list[Route]] = defaultdict(list)
    for row in _read_rows(connection, models.routes, plan_no):
        routes[row.duty_pos].append(
            Route(
                route_id=row.route_id,
                session=Session(row.session),
                stops=tuple(stops[row.duty_pos, row.route_pos]),
                layout=Layout(n_seats=row.n_seats, n_wheelchair_spaces=row.n_wheelchair_spaces),
                n_assistants=row.n_assistants,
                n_trained_assistants=row.n_trained_assistants,
                assistant_ids=read_texts(row.assistant_ids),
            )
        )
    dead_runs: dict[int, list[DeadRun]] = defaultdict(list)
    for row in _read_rows(connection, models.dead_runs, plan_no):
        dead_runs[row.duty_pos].append(
            DeadRun(
                from_place_id=row.from_place_id,
                to_place_id=row.to_place_id,
                depart_s=row.depart_s,
                arrive_s=row.arrive_s,
                drive_m=row.drive_m,
                before_route=row.before_route,
            )
        )
    return tuple(
        Duty(
            duty_id=row.duty_id,
            provider_id=row.provider_id,
            vehicle_type_id=row.vehicle_type_id,
            routes=tuple(routes[row.duty_pos]),
            dead_runs=tuple(dead_runs[row.duty_pos]),
            base_place_id=row.base_place_id,
            vehicle_id=row.vehicle_id,
            crew_ids=read_texts(row.crew_ids),
            rate_card_id=row.rate_card_id,
        )
        for row in _read_rows(connection, models.duties, plan_no)
    )
