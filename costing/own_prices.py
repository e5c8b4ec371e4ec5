"""Prices of the own company's duties: formula F2, avoidable and fixed."""

from __future__ import annotations

from costing.charges import Charge, PriceBook, build_charge, stamp_lines
from costing.own_fleet import OwnRates, Piece, find_paid_s, find_pieces, find_type_rates
from data.fleet import OWN_PROVIDER_ID
from data.money import CostBasis, CostLine, OwnCosts
from data.plans import Duty, Plan


def price_own_duty(duty: Duty, book: PriceBook) -> list[CostLine]:
    """Price a duty of the own company: pieces of work, then what stays when it stops."""
    costs = book.inputs.own_costs
    rates = book.own_rates
    of_type = find_type_rates(rates, duty.vehicle_type_id)
    lines: list[CostLine] = []
    for piece in find_pieces(duty):
        routes = duty.routes[piece.first_route : piece.first_route + piece.n_routes]
        charges = price_piece(piece, costs, rates, of_type.running_mpence)
        ids = tuple(route.route_id for route in routes)
        lines.extend(stamp_lines(charges, duty, book, CostBasis.AVOIDABLE, ids))
    fixed = [
        build_charge("vehicle", 1, "vehicle day", 1_000 * of_type.vehicle_day_pence),
        build_charge("standing", 1, "vehicle day", 1_000 * of_type.standing_day_pence),
    ]
    direct_pence = sum(line.amount_pence for line in lines)
    direct_pence += sum(c.amount_pence for c in fixed)
    fixed.append(build_charge("overhead", direct_pence, "pence", 10 * costs.overhead_bp))
    ids = tuple(route.route_id for route in duty.routes)
    lines.extend(stamp_lines(fixed, duty, book, CostBasis.FIXED, ids))
    return lines


def price_piece(
    piece: Piece, costs: OwnCosts, rates: OwnRates, running_mpence: int
) -> list[Charge]:
    """Price a piece of work at avoidable cost (F2)."""
    paid_s = find_paid_s(costs, piece.from_s, piece.to_s)
    n, n_trained = piece.n_assistants, piece.n_trained_assistants
    charges = [
        build_charge("driver_hours", paid_s, "s", rates.driver_mpence),
        build_charge("assistant_hours", n * paid_s, "s", rates.assistant_mpence),
        build_charge("trained_assistant_hours", n_trained * paid_s, "s", rates.trained_mpence),
        build_charge("running", piece.total_m, "m", running_mpence),
    ]
    return [c for c in charges if c.quantity]


def price_idle_vehicles(plan: Plan, book: PriceBook) -> list[CostLine]:
    """Price the own vehicles that no duty uses: they cost in the full cost all the same."""
    idle: dict[str, int] = {}
    for vehicle in book.inputs.vehicles:
        idle[vehicle.vehicle_type_id] = idle.get(vehicle.vehicle_type_id, 0) + 1
    for duty in plan.duties:
        if duty.provider_id == OWN_PROVIDER_ID:
            idle[duty.vehicle_type_id] = idle.get(duty.vehicle_type_id, 0) - 1
    lines: list[CostLine] = []
    for type_id, n in sorted(idle.items()):
        if n <= 0:
            continue
        of_type = find_type_rates(book.own_rates, type_id)
        charges = [
            build_charge(
                "vehicle", n, "vehicle day", 1_000 * of_type.vehicle_day_pence, type_id
            ),
            build_charge(
                "standing", n, "vehicle day", 1_000 * of_type.standing_day_pence, type_id
            ),
        ]
        direct_pence = sum(c.amount_pence for c in charges)
        overhead_mpence = 10 * book.inputs.own_costs.overhead_bp
        charges.append(
            build_charge("overhead", direct_pence, "pence", overhead_mpence, type_id)
        )
        lines.extend(
            CostLine(
                plan_id=book.plan_id,
                duty_id="",
                route_id=None,
                provider_id=OWN_PROVIDER_ID,
                basis=CostBasis.FIXED,
                item=c.item,
                quantity=c.quantity,
                unit=c.unit,
                rate_mpence=c.rate_mpence,
                amount_pence=c.amount_pence,
                note=f"idle: {c.note}",
            )
            for c in charges
        )
    return lines
