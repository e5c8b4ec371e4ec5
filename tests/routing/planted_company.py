"""Violations planted in what duties use: vehicles, crews, suppliers, rate cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from data.fleet import CrewRole
from tests.routing.planted import (
    Planted,
    Planter,
    change_duty,
    find_fact,
    is_bought,
    is_own,
    is_own_bus,
    plants,
)


@plants("PROVIDER_UNKNOWN")
def name_unknown_provider(p: Planter) -> Planted | None:
    return change_duty(p, lambda x: True, provider_id="nobody")


@plants("VEHICLE_TYPE_UNKNOWN")
def name_unknown_type(p: Planter) -> Planted | None:
    return change_duty(p, lambda x: True, vehicle_type_id="boat")


@plants("VEHICLE_MISSING")
def run_without_vehicle(p: Planter) -> Planted | None:
    return change_duty(p, is_own, vehicle_id=None, is_only=True)


@plants("VEHICLE_UNKNOWN")
def run_with_unknown_vehicle(p: Planter) -> Planted | None:
    return change_duty(p, is_own, vehicle_id="V-none", is_only=True)


@plants("VEHICLE_TYPE")
def swap_vehicle_type(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    other = "wav" if spot.duty.vehicle_type_id != "wav" else "bus"
    vehicle_id = spot.duty.vehicle_id
    inputs = p.with_one("vehicles", "vehicle_id", vehicle_id, vehicle_type_id=other)
    return p.planted(spot, "duty", inputs=inputs, is_only=True)


@plants("VEHICLE_TWICE")
def share_vehicle(p: Planter) -> Planted | None:
    one = p.spot(is_own)
    two = p.spot(lambda x: one is not None and is_own(x) and x.d != one.d)
    if one is None or two is None:
        return None
    return p.planted(plan=p.with_duty(one, vehicle_id=two.duty.vehicle_id), over=1)


@plants("CREW_TWICE")
def share_driver(p: Planter) -> Planted | None:
    one = p.spot(is_own)
    two = p.spot(lambda x: one is not None and is_own(x) and x.d != one.d)
    if one is None or two is None:
        return None
    crew_ids = (two.duty.crew_ids[0], *one.duty.crew_ids[1:])
    return p.planted(plan=p.with_duty(one, crew_ids=crew_ids), over=1)


@plants("CREW_TWICE")
def count_assistant_twice(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: len(x.duty.crew_ids) > 1)
    if spot is None:
        return None
    crew_ids = (*spot.duty.crew_ids, spot.duty.crew_ids[-1])
    plan = p.with_duty(spot, crew_ids=crew_ids)
    return p.planted(spot, "duty", plan=plan, over=1, is_only=True)


@plants("CREW_UNKNOWN")
def add_unknown_crew(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    plan = p.with_duty(spot, crew_ids=(*spot.duty.crew_ids, "C-none"))
    return p.planted(spot, "duty", plan=plan, is_only=True)


@plants("CREW_DEPOT")
def borrow_crew(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[-1], depot_id="depot-far")
    return p.planted(spot, "duty", inputs=inputs, is_only=True)


@plants("CREW_HOURS")
def start_before_crew(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    from_s = find_fact(p, spot).start_s + 1
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[0], from_s=from_s)
    return p.planted(spot, "duty", inputs=inputs, over=1, is_only=True)


@plants("CREW_HOURS")
def keep_crew_late(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    to_s = find_fact(p, spot).end_s - 1
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[0], to_s=to_s)
    return p.planted(spot, "duty", inputs=inputs, over=1, is_only=True)


@plants("DRIVER_COUNT")
def leave_driver_at_home(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    plan = p.with_duty(spot, crew_ids=spot.duty.crew_ids[1:])
    return p.planted(spot, "duty", plan=plan, over=1, is_only=True)


@plants("CREW_ASSISTANTS")
def leave_assistants_at_home(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: len(x.duty.crew_ids) > 1)
    if spot is None:
        return None
    plan = p.with_duty(spot, crew_ids=spot.duty.crew_ids[:1])
    is_needed = any(route.n_assistants > len(route.assistant_ids) for route in spot.duty.routes)
    return p.planted(spot, "duty", plan=plan) if is_needed else None


@plants("CREW_TRAINED")
def send_untrained_crew(p: Planter) -> Planted | None:
    trained = {c.crew_id for c in p.inputs.crews if c.is_medically_trained}
    spot = p.spot(lambda x: bool(trained & set(x.duty.crew_ids)))
    if spot is None:
        return None
    (crew_id, *_) = sorted(trained & set(spot.duty.crew_ids))
    inputs = p.with_one("crews", "crew_id", crew_id, is_medically_trained=False)
    return p.planted(spot, "duty", inputs=inputs, over=1, is_only=True)


@plants("CREW_ASSISTANTS")
def send_named_assistant_of_other_crew(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: is_own(x) and x.route.n_assistants > len(x.route.assistant_ids))
    if spot is None:
        return None
    driver = next(c for c in p.inputs.crews if c.crew_id == spot.duty.crew_ids[0])
    stranger = replace(driver, crew_id="A-new", role=CrewRole.ASSISTANT)
    inputs = replace(p.inputs, crews=(*p.inputs.crews, stranger))
    plan = p.with_route(spot, assistant_ids=(*spot.route.assistant_ids, "A-new"))
    return p.planted(spot, "route", plan=plan, inputs=inputs, is_only=True)


@plants("OWN_WITH_SUPPLIER")
def lend_vehicle_to_supplier(p: Planter) -> Planted | None:
    return change_duty(p, is_bought, vehicle_id="V-lent", is_only=True)


def _licence(p: Planter, *, is_bus: bool, **changes: bool) -> Planted | None:
    spot = p.spot(lambda x: is_bought(x) and (x.duty.vehicle_type_id == "bus") is is_bus)
    if spot is None:
        return None
    inputs = p.with_one("suppliers", "supplier_id", spot.duty.provider_id, **changes)
    return p.planted(spot, "duty", inputs=inputs)


@plants("LICENCE_PSV")
def take_psv_licence(p: Planter) -> Planted | None:
    return _licence(
        p,
        is_bus=True,
        has_psv_licence=False,
        has_section_19_permit=False,
        has_private_hire_licence=True,
    )


@plants("LICENCE_PSV")
def use_permit_for_profit(p: Planter) -> Planted | None:
    return _licence(
        p,
        is_bus=True,
        has_psv_licence=False,
        has_section_19_permit=True,
        is_for_profit=True,
    )


@plants("LICENCE_PRIVATE_HIRE")
def take_private_hire_licence(p: Planter) -> Planted | None:
    return _licence(
        p,
        is_bus=False,
        has_psv_licence=False,
        has_section_19_permit=True,
        is_for_profit=False,
        has_private_hire_licence=False,
    )


def _take_entitlement(p: Planter, name: str) -> Planted | None:
    spot = p.spot(is_own_bus)
    if spot is None:
        return None
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[0], **{name: False})
    return p.planted(spot, "duty", inputs=inputs, is_only=True)


@plants("DRIVER_D1")
def take_d1(p: Planter) -> Planted | None:
    return _take_entitlement(p, "has_d1")


@plants("DRIVER_CPC")
def take_cpc(p: Planter) -> Planted | None:
    return _take_entitlement(p, "has_cpc")


@plants("CREW_LICENCE")
def let_a_licence_run_out(p: Planter) -> Planted | None:
    return _let_run_out(p, "crews", "crew_id", "licence_until")


@plants("CREW_CHECKS")
def let_a_check_run_out(p: Planter) -> Planted | None:
    return _let_run_out(p, "crews", "crew_id", "checks_until")


@plants("VEHICLE_INSPECTION")
def let_an_inspection_run_out(p: Planter) -> Planted | None:
    return _let_run_out(p, "vehicles", "vehicle_id", "inspection_until")


@plants("DRIVER_D1")
def let_d1_run_out(p: Planter) -> Planted | None:
    return _let_run_out(p, "crews", "crew_id", "d1_until")


@plants("DRIVER_CPC")
def let_a_cpc_run_out(p: Planter) -> Planted | None:
    return _let_run_out(p, "crews", "crew_id", "cpc_until")


def _let_run_out(p: Planter, table: str, key: str, name: str) -> Planted | None:
    """Let a paper run out on the day before; on its last date it was good."""
    spot = p.spot(is_own_bus)
    if spot is None:
        return None
    value = spot.duty.crew_ids[0] if table == "crews" else str(spot.duty.vehicle_id)
    on = p.plan.service_date or p.inputs.service_date
    inputs = p.with_one(table, key, value, **{name: on - timedelta(days=1)})
    return p.planted(spot, "duty", inputs=inputs, is_only=True)


@plants("OPERATOR_LICENCE")
def let_an_operator_licence_run_out(p: Planter) -> Planted | None:
    spot = p.spot(is_own_bus)
    if spot is None:
        return None
    on = p.plan.service_date or p.inputs.service_date
    over = replace(
        p.inputs,
        depots=tuple(
            replace(d, operator_licence_until=on - timedelta(days=1)) for d in p.inputs.depots
        ),
    )
    return p.planted(spot, "duty", inputs=over)


@plants("SUPPLIER_VEHICLES")
def take_a_vehicle(p: Planter) -> Planted | None:
    spot = p.spot(is_bought)
    if spot is None:
        return None
    inputs = p.with_one("suppliers", "supplier_id", spot.duty.provider_id, vehicles=())
    n_used = sum(
        (d.provider_id, d.vehicle_type_id) == (spot.duty.provider_id, spot.duty.vehicle_type_id)
        for d in p.plan.duties
    )
    return p.planted(inputs=inputs, over=n_used, is_only=True)


def _take_assistants(p: Planter, name: str, count: str) -> Planted | None:
    spot = p.spot(lambda x: is_bought(x) and getattr(x.route, count) > 0)
    if spot is None:
        return None
    n_out = sum(
        getattr(route, count)
        for duty in p.plan.duties
        for route in duty.routes
        if duty.provider_id == spot.duty.provider_id and route.session is spot.route.session
    )
    supplier_id = spot.duty.provider_id
    inputs = p.with_one("suppliers", "supplier_id", supplier_id, **{name: n_out - 1})
    return p.planted(inputs=inputs, over=1, is_only=True)


@plants("SUPPLIER_ASSISTANTS")
def take_an_assistant(p: Planter) -> Planted | None:
    return _take_assistants(p, "n_assistants", "n_assistants")


@plants("SUPPLIER_TRAINED")
def take_a_trained_assistant(p: Planter) -> Planted | None:
    return _take_assistants(p, "n_trained_assistants", "n_trained_assistants")


@plants("AREA")
def shrink_area(p: Planter) -> Planted | None:
    spot = p.spot(is_bought)
    if spot is None:
        return None
    places = {x.place_id: x for x in p.inputs.places}
    stop, centre = places[spot.stop.place_id], places[p.inputs.depots[0].place_id]
    east_m, north_m = stop.easting_m - centre.easting_m, stop.northing_m - centre.northing_m
    away_m = 0
    while away_m**2 < east_m**2 + north_m**2:
        away_m += 1
    if not away_m:
        return None
    inputs = p.with_one(
        "suppliers",
        "supplier_id",
        spot.duty.provider_id,
        area_centre_place_id=centre.place_id,
        area_radius_m=away_m - 1,
    )
    return p.planted(spot, "stop", inputs=inputs, over=1, is_only=True)


@plants("RATE_CARD_MISSING")
def buy_without_card(p: Planter) -> Planted | None:
    return change_duty(p, is_bought, rate_card_id=None, is_only=True)


@plants("RATE_CARD_UNKNOWN")
def buy_with_unknown_card(p: Planter) -> Planted | None:
    return change_duty(p, is_bought, rate_card_id="R-none", is_only=True)


@plants("RATE_CARD_OWN")
def charge_own_duty(p: Planter) -> Planted | None:
    return change_duty(p, is_own, rate_card_id="R-T0", is_only=True)


@plants("RATE_CARD_SUPPLIER")
def buy_at_anothers_rate(p: Planter) -> Planted | None:
    spot = p.spot(is_bought)
    if spot is None:
        return None
    other = "T0" if spot.duty.provider_id != "T0" else "T1"
    return change_duty(
        p,
        lambda x: x.d == spot.d,
        rate_card_id=f"R-{other}",
        is_only=True,
    )


@plants("RATE_CARD_DATE")
def let_card_expire(p: Planter) -> Planted | None:
    spot = p.spot(is_bought)
    if spot is None:
        return None
    last = p.inputs.service_date - timedelta(days=2)
    card_id = spot.duty.rate_card_id
    inputs = p.with_one(
        "rate_cards", "rate_card_id", card_id, valid_from=date(2020, 1, 1), valid_to=last
    )
    return p.planted(spot, "duty", inputs=inputs, over=2, is_only=True)


@plants("RATE_CARD_TYPE")
def let_card_cover_others(p: Planter) -> Planted | None:
    spot = p.spot(is_bought)
    if spot is None:
        return None
    card_id = spot.duty.rate_card_id
    (card,) = (x for x in p.inputs.rate_cards if x.rate_card_id == card_id)
    rates = tuple(replace(rate, vehicle_type_id="boat") for rate in card.rates)
    inputs = p.with_one("rate_cards", "rate_card_id", card_id, rates=rates)
    return p.planted(spot, "route", inputs=inputs, is_only=True)
