"""Prices of bought routes: formula F3 on the terms of a rate card."""

from __future__ import annotations

from dataclasses import dataclass

from costing.charges import (
    Charge,
    PriceBook,
    build_charge,
    compute_amount_pence,
    stamp_lines,
)
from costing.own_fleet import find_dead_runs
from costing.rate_cards import SessionTerms, Terms, build_terms, find_rate_card, find_vat_bp
from data.errors import ModelError, NoRateError
from data.money import CostBasis, CostLine
from data.places import Session
from data.plans import Duty, Route, Stop
from data.units import MM_PER_MILE, divide_half_up

SESSION_IDX = {session: i for i, session in enumerate(Session)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteUse:
    """What of a route a supplier charges for.

    Attributes
    ----------
    loaded_m, dead_m
        Distance with passengers, and of the dead runs charged with the route. [m]
    route_s, waiting_s
        From arrival at the first stop to departure from the last, and waiting at sites. [s]
    """

    session: Session
    loaded_m: int
    dead_m: int
    route_s: int
    waiting_s: int
    n_assistants: int
    n_trained_assistants: int


def price_supplier_duty(duty: Duty, book: PriceBook) -> list[CostLine]:
    """Price a supplier's duty: a day pair where the card has one, else route by route.

    Raises
    ------
    NoRateError
        If the supplier has no valid card, or it has no price for a session.
    ModelError
        If the supplier or vehicle type does not exist.
    """
    terms, vat_bp = _find_terms(duty, book)
    has_base = book.suppliers[duty.provider_id].base_place_id is not None
    dead_m = find_dead_m(duty) if has_base else (0,) * len(duty.routes)
    uses = [
        find_use(route, metres, book) for route, metres in zip(duty.routes, dead_m, strict=True)
    ]
    pair = find_pair(duty, terms)
    lines: list[CostLine] = []
    missing: list[str] = []
    for i, (route, use) in enumerate(zip(duty.routes, uses, strict=True)):
        session = terms.sessions[SESSION_IDX[use.session]]
        crew = price_crew(use, session)
        if i in pair:
            lines.extend(stamp_lines(crew, duty, book, CostBasis.CONTRACT, (route.route_id,)))
            if i == max(pair):
                lines.extend(_price_pair(duty, pair, uses, lines, terms, vat_bp, book))
            continue
        if not session.is_priced:
            missing.append(
                f"rate card {terms.rate_card_id!r} has no price for a single route with "
                f"vehicle type {terms.vehicle_type_id!r} in session {use.session}"
            )
            continue
        charges = [*price_run(use, session), *crew]
        lines.extend(stamp_lines(charges, duty, book, CostBasis.CONTRACT, (route.route_id,)))
        net_pence = sum(c.amount_pence for c in charges)
        lines.append(_price_vat(net_pence, vat_bp, duty, book, (route.route_id,)))
    if missing:
        raise NoRateError("; ".join(dict.fromkeys(missing)))
    if terms.discount_bp:
        lines.append(_state_discount(duty, terms, book))
    return lines


def _state_discount(duty: Duty, terms: Terms, book: PriceBook) -> CostLine:
    """Make the line that says which lot discount the rates of a duty hold; it adds nothing."""
    n_routes = book.n_routes[terms.rate_card_id]
    percent = f"{terms.discount_bp // 100}.{terms.discount_bp % 100:02}".rstrip("0").rstrip(".")
    note = f"{percent} % off every rate: the card prices {n_routes} routes"
    charge = build_charge("lot_discount", n_routes, "route", 0, note)
    ids = tuple(route.route_id for route in duty.routes)
    return stamp_lines([charge], duty, book, CostBasis.CONTRACT, ids)[0]


def price_run(use: RouteUse, terms: SessionTerms) -> list[Charge]:
    """Price a supplier's route without its assistants, raised to the minimum (F3)."""
    charges = [
        build_charge("fixed", 1, "route", 1_000 * terms.fixed_pence),
        _price_loaded(use.loaded_m, terms),
        build_charge("dead_mile", use.dead_m, "m", terms.dead_mpence),
        build_charge("hour", use.route_s, "s", terms.hour_mpence),
        build_charge("waiting_hour", use.waiting_s, "s", terms.waiting_mpence),
    ]
    short_pence = terms.minimum_pence - sum(c.amount_pence for c in charges)
    if short_pence > 0:
        note = f"to the minimum of {terms.minimum_pence} pence"
        charges.append(build_charge("minimum_top_up", 1, "route", 1_000 * short_pence, note))
    return [c for c in charges if c.rate_mpence or c.amount_pence]


def price_crew(use: RouteUse, terms: SessionTerms) -> list[Charge]:
    """Price a supplier's assistants on a route."""
    n = use.n_assistants
    charges = [
        build_charge("assistant", n, "assistant", 1_000 * terms.assistant_pence),
        build_charge("assistant_hour", n * use.route_s, "s", terms.assistant_hour_mpence),
        build_charge(
            "trained_assistant",
            use.n_trained_assistants,
            "assistant",
            1_000 * terms.trained_pence,
        ),
    ]
    return [c for c in charges if c.amount_pence]


def _price_loaded(loaded_m: int, terms: SessionTerms) -> Charge:
    """Price loaded miles in bands: one line, rounded once over all bands."""
    used: list[tuple[int, int]] = []
    from_m = 0
    for to_m, mpence in terms.bands:
        if loaded_m > from_m:
            used.append((min(loaded_m, to_m) - from_m, mpence))
        from_m = to_m
    if len(used) <= 1:
        return build_charge(
            "loaded_mile", loaded_m, "m", used[0][1] if used else terms.bands[0][1]
        )
    return Charge(
        item="loaded_mile",
        quantity=loaded_m,
        unit="m in bands",
        rate_mpence=0,
        amount_pence=divide_half_up(sum(m * mpence for m, mpence in used), MM_PER_MILE),
        note=" + ".join(f"{m} m at {mpence} mpence a mile" for m, mpence in used),
    )


def find_pair(duty: Duty, terms: Terms) -> tuple[int, ...]:
    """Find the positions of the first AM and first PM route, if a day rate joins them."""
    sessions = [route.session for route in duty.routes]
    if terms.day_pair_pence is None or not {Session.AM, Session.PM} <= set(sessions):
        return ()
    return (sessions.index(Session.AM), sessions.index(Session.PM))


def _price_pair(
    duty: Duty,
    pair: tuple[int, ...],
    uses: list[RouteUse],
    so_far: list[CostLine],
    terms: Terms,
    vat_bp: int,
    book: PriceBook,
) -> list[CostLine]:
    """Price a day pair; its VAT is on the day rate, the miles beyond it, and both crews."""
    ids = tuple(duty.routes[i].route_id for i in pair)
    loaded_m = sum(uses[i].loaded_m for i in pair)
    beyond_m = max(0, loaded_m - terms.day_included_m)
    charges = [build_charge("day_pair", 1, "pair", 1_000 * (terms.day_pair_pence or 0))]
    if beyond_m:
        note = f"beyond {terms.day_included_m} m included"
        charges.append(build_charge("day_excess", beyond_m, "m", terms.day_excess_mpence, note))
    crew_pence = sum(line.amount_pence for line in so_far if line.route_id in ids)
    net_pence = crew_pence + sum(c.amount_pence for c in charges)
    return [
        *stamp_lines(charges, duty, book, CostBasis.CONTRACT, ids),
        _price_vat(net_pence, vat_bp, duty, book, ids),
    ]


def _price_vat(
    net_pence: int, vat_bp: int, duty: Duty, book: PriceBook, route_ids: tuple[str, ...]
) -> CostLine:
    """Make the line of VAT, which says the treatment also when it is nought (VAT-2)."""
    is_recovered = book.inputs.policy.is_vat_recovered
    basis = CostBasis.RECOVERABLE_VAT if is_recovered else CostBasis.CONTRACT
    if vat_bp == 0:
        note = "zero-rated, exempt or not registered"
    else:
        note = "recovered" if is_recovered else "not recovered"
    charge = build_charge("vat", net_pence, "pence", 10 * vat_bp, note)
    return stamp_lines([charge], duty, book, basis, route_ids)[0]


def _find_terms(duty: Duty, book: PriceBook) -> tuple[Terms, int]:
    """Find the terms and the VAT rate that a supplier's duty is priced by."""
    key = (duty.provider_id, duty.vehicle_type_id, duty.rate_card_id)
    if key not in book.terms:
        supplier = book.suppliers.get(duty.provider_id)
        vehicle_type = book.types.get(duty.vehicle_type_id)
        if supplier is None or vehicle_type is None:
            raise ModelError(
                f"duty {duty.duty_id!r} names provider {duty.provider_id!r} and vehicle type "
                f"{duty.vehicle_type_id!r}, of which at least one does not exist"
            )
        card = find_rate_card(
            book.inputs.rate_cards,
            duty.provider_id,
            duty.vehicle_type_id,
            book.on,
            named_id=duty.rate_card_id,
        )
        book.terms[key] = (
            build_terms(
                card,
                duty.vehicle_type_id,
                book.on,
                book.n_routes.get(card.rate_card_id, 0),
            ),
            find_vat_bp(card, supplier, vehicle_type),
        )
    return book.terms[key]


def find_use(route: Route, dead_m: int, book: PriceBook) -> RouteUse:
    """Measure what a supplier charges for.

    Raises
    ------
    ModelError
        If the route names a site or passenger that the inputs have not.
    """
    try:
        waiting_s = sum(_find_waiting_s(stop, book) for stop in route.stops)
    except KeyError as error:
        raise ModelError(
            f"route {route.route_id!r} names {error}, which the inputs have not"
        ) from error
    return RouteUse(
        session=route.session,
        loaded_m=route.loaded_m,
        dead_m=dead_m,
        route_s=route.end_s - route.start_s,
        waiting_s=waiting_s,
        n_assistants=route.n_assistants,
        n_trained_assistants=route.n_trained_assistants,
    )


def _find_waiting_s(stop: Stop, book: PriceBook) -> int:
    """Find how long a vehicle stands at a site beyond its dwell. [s]"""
    if stop.site_id is None:
        return 0
    dwell_s = book.site_dwell_s[stop.site_id]
    dwell_s += sum(book.boarding_s[p] for p in stop.boarding)
    dwell_s += sum(book.alighting_s[p] for p in stop.alighting)
    return max(0, stop.leave_s - stop.arrive_s - dwell_s)


def find_dead_m(duty: Duty) -> tuple[int, ...]:
    """Find the dead miles charged with each route: to it, and back to base after it. [m]"""
    n_routes = len(duty.routes)
    dead_m = [0] * n_routes
    for k, runs in enumerate(find_dead_runs(duty)):
        for j, run in enumerate(runs):
            is_leading = k < n_routes and (k == 0 or j == len(runs) - 1)
            dead_m[k if is_leading else k - 1] += run.drive_m
    return tuple(dead_m)


def compute_run_pence(use: RouteUse, terms: SessionTerms) -> int:
    """Work out what `price_run` comes to, without its lines. [pence]"""
    mpence = 0
    from_m = 0
    for to_m, rate_mpence in terms.bands:
        if use.loaded_m <= from_m:
            break
        mpence += (min(use.loaded_m, to_m) - from_m) * rate_mpence
        from_m = to_m
    run_pence = terms.fixed_pence + divide_half_up(mpence, MM_PER_MILE)
    if terms.dead_mpence:
        run_pence += compute_amount_pence(use.dead_m, "m", terms.dead_mpence)
    if terms.hour_mpence:
        run_pence += compute_amount_pence(use.route_s, "s", terms.hour_mpence)
    if terms.waiting_mpence:
        run_pence += compute_amount_pence(use.waiting_s, "s", terms.waiting_mpence)
    return max(run_pence, terms.minimum_pence)


def compute_crew_pence(use: RouteUse, terms: SessionTerms) -> int:
    """Work out what `price_crew` comes to, without its lines. [pence]"""
    if use.n_assistants == 0:
        return 0
    hours_pence = compute_amount_pence(
        use.n_assistants * use.route_s, "s", terms.assistant_hour_mpence
    )
    per_head_pence = use.n_assistants * terms.assistant_pence
    return per_head_pence + hours_pence + use.n_trained_assistants * terms.trained_pence
