"""Self-delivered against commissioned, route by route, every price side by side."""

from __future__ import annotations

from datetime import date

from costing.break_even import find_break_even
from costing.charges import PriceBook, compute_amount_pence
from costing.market_prices import MarketPrices
from costing.own_alone import OwnAlone, price_own_alone
from costing.paid import find_paid
from costing.prices import price_plan
from costing.rate_cards import VAT_STANDARD_BP, find_vat_bp
from costing.reach import Reach
from costing.route_market import build_route_market
from costing.sellers import Seller
from costing.shares import share_duty_costs
from costing.should_cost import RouteFacts, ShouldCost, find_least_should_cost
from costing.suitability import RouteNeed, is_fitting
from costing.supplier_prices import SESSION_IDX, find_use
from data.comparisons import BreakEven, CardPrice, PlanComparison, RouteComparison
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.market import MarketCosts
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Duty, Plan, PlanState, Route


def compare_plan(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    market: MarketCosts,
    on: date | None = None,
    *,
    run_id: str = "",
) -> PlanComparison:
    """Compare each route of a plan: own cost, contract price, every rate card, should-cost.

    Rows answer "what if this route alone were given to ..."; nobody's capacity is looked at.

    Parameters
    ----------
    market
        What should-cost stands on.
    on
        Date whose rates hold; the plan's service date, or else that of the inputs, by default.

    Raises
    ------
    NoRateError
        If the plan itself has no price on the date.
    ModelError
        If the plan names passengers or places that the inputs or the matrix have not.
    """
    priced_on = on or plan.service_date or inputs.service_date
    costs = share_duty_costs(price_plan(plan, inputs, priced_on), plan)
    on_market = build_route_market(plan, inputs, matrix, priced_on)
    book, reach, needs = on_market.book, on_market.reach, on_market.needs
    prices = on_market.prices
    paid = find_paid(plan, inputs)
    bases = sorted(reach.supplier_bases | {place_id for _, _, place_id in reach.own_bases})
    duties = [duty for duty in plan.duties for _ in duty.routes]
    rows = []
    for r, (duty, route, cost) in enumerate(zip(duties, plan.routes, costs, strict=True)):
        own = price_own_alone(route, needs[r], reach, book)
        should = _price_should(route, needs[r], reach, bases, inputs, market)
        paid_pence = paid.pence[r]
        rows.append(
            RouteComparison(
                duty_id=duty.duty_id,
                route_id=route.route_id,
                route_name=paid.names[r],
                session=route.session,
                provider_id=duty.provider_id,
                vehicle_type_id=duty.vehicle_type_id,
                n_passengers=len(route.passenger_ids),
                loaded_m=route.loaded_m,
                route_s=route.end_s - route.start_s,
                planned_pence=cost.cost_pence,
                planned_full_pence=cost.full_cost_pence,
                paid_pence=paid_pence,
                paid_vat_pence=_find_paid_vat(paid_pence, duty, book),
                own_avoidable_pence=own.avoidable_pence if own else None,
                own_full_pence=own.full_pence if own else None,
                own_vehicle_type_id=own.vehicle_type_id if own else "",
                should_pence=should.net_pence if should else None,
                should_vat_pence=should.vat_pence if should else 0,
                should_vehicle_type_id=should.vehicle_type_id if should else "",
                cards=_list_cards(prices, r),
                break_even=_find_break_even(route, duty, prices, r, own, reach, book),
            )
        )
    return PlanComparison(
        run_id=run_id,
        plan_id=plan.plan_id,
        plan_words=(
            "today's routes" if plan.state is PlanState.BASELINE else "the plan's routes"
        ),
        priced_on=priced_on,
        price_base=f"rates in force on {priced_on.day} {priced_on:%B %Y}",
        is_vat_recovered=inputs.policy.is_vat_recovered,
        routes=tuple(rows),
        ghosts=paid.ghosts if plan.state is PlanState.BASELINE else (),
    )


def _price_should(
    route: Route,
    need: RouteNeed,
    reach: Reach,
    bases: list[str],
    inputs: Inputs,
    market: MarketCosts,
) -> ShouldCost | None:
    """Price should-cost from the base of anyone that is nearest in time."""
    runs = [found for base in bases if (found := reach.find_runs(base, route)) is not None]
    out_s, back_s, dead_m = min(runs, key=lambda x: (x[0] + x[1], x), default=(0, 0, 0))
    facts = RouteFacts(
        loaded_m=route.loaded_m,
        route_s=route.end_s - route.start_s,
        dead_m=dead_m,
        dead_s=out_s + back_s,
        n_assistants=need.n_assistants,
        n_trained_assistants=need.n_trained_assistants,
    )
    fitting = [t for t in inputs.vehicle_types if is_fitting(t, need)]
    return find_least_should_cost(facts, fitting, market)


def _list_cards(prices: MarketPrices, r: int) -> tuple[CardPrice, ...]:
    """List each rate card's price of a route, with the card's cheapest type that fits."""
    best: dict[str, tuple[int, tuple[str, str, str], CardPrice]] = {}
    for s, seller in enumerate(prices.sellers):
        cost_pence = int(prices.cost_pence[r, s])
        if cost_pence < 0:
            continue
        card_id = seller.terms.rate_card_id
        if card_id in best and best[card_id][:2] <= (cost_pence, seller.key):
            continue
        price = CardPrice(
            rate_card_id=card_id,
            provider_id=seller.supplier.supplier_id,
            vehicle_type_id=seller.vehicle_type.vehicle_type_id,
            net_pence=int(prices.net_pence[r, s]),
            vat_pence=int(prices.vat_pence[r, s]),
            cost_pence=cost_pence,
        )
        best[card_id] = (cost_pence, seller.key, price)
    return tuple(price for _, _, price in sorted(best.values(), key=lambda b: b[:2]))


def _find_paid_vat(paid_pence: int | None, duty: Duty, book: PriceBook) -> int:
    """Find the VAT on a contract price, by the supplier's card or else by the vehicle."""
    if paid_pence is None or duty.provider_id == OWN_PROVIDER_ID:
        return 0
    supplier, vehicle_type = book.suppliers[duty.provider_id], book.types[duty.vehicle_type_id]
    cards = [c for c in book.inputs.rate_cards if c.rate_card_id == duty.rate_card_id]
    vat_bp = VAT_STANDARD_BP
    if cards:
        vat_bp = find_vat_bp(cards[0], supplier, vehicle_type)
    return compute_amount_pence(paid_pence, "pence", 10 * vat_bp)


def _find_break_even(
    route: Route,
    duty: Duty,
    prices: MarketPrices,
    r: int,
    own: OwnAlone | None,
    reach: Reach,
    book: PriceBook,
) -> BreakEven:
    """Find where the cheapest bid and own cost meet; nowhere for a day rate of two routes."""
    best = prices.find_best(r)
    if best is None or own is None:
        return BreakEven()
    seller = prices.sellers[best]
    terms = seller.terms.sessions[SESSION_IDX[route.session]]
    if not terms.is_priced or _is_paired(seller, duty):
        return BreakEven()
    dead_m = 0
    base_id = seller.supplier.base_place_id
    if base_id is not None and terms.dead_mpence:
        runs = reach.find_runs(base_id, route)
        dead_m = runs[2] if runs is not None else 0
    counted_bp = 0 if book.inputs.policy.is_vat_recovered else seller.vat_bp
    return find_break_even(find_use(route, dead_m, book), terms, counted_bp, own, book)


def _is_paired(seller: Seller, duty: Duty) -> bool:
    """Whether a seller would charge a day rate for a duty's morning and afternoon."""
    sessions = {route.session for route in duty.routes}
    return seller.terms.day_pair_pence is not None and {Session.AM, Session.PM} <= sessions
