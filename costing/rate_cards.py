"""Rate cards: which one holds on a date, what its rates have risen to, and what they say.

A rate card is read once per vehicle type and date into `Terms`: the flat charges in whole pence
and the rates in thousandths of a penny that formula F3 uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data.costs import FAR_M
from data.errors import ModelError, NoRateError
from data.fleet import OWN_PROVIDER_ID, Supplier, VehicleType
from data.inputs import Inputs
from data.money import Rate, RateBasis, RateCard, VatTreatment
from data.places import Session
from data.plans import Duty
from data.units import divide_half_up

VAT_STANDARD_BP = 2_000
"""Standard rate of VAT (Value Added Tax Act 1994, s. 2(1)). [0.01 %]"""

ZERO_RATED_PLACES = 10
"""Places, driver and crew included, from which carriage is zero-rated (same Act, sch. 8, group
8, item 4(a); VAT-1). Places are counted before any adaptation for disabled passengers.
"""

PRICING_BASES = frozenset(
    {RateBasis.FIXED, RateBasis.LOADED_MILE, RateBasis.HOUR, RateBasis.MINIMUM}
)
"""A session with none of these has no price of its own on the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """What a card charges in one session; rates are 0 where it charges nothing.

    Attributes
    ----------
    is_priced
        Whether a route of the session has a price of its own.
    bands
        (end of the band [m], rate [0.001 pence a mile]), from 0 on, the last ends at `FAR_M`.
    """

    is_priced: bool
    bands: tuple[tuple[int, int], ...] = ((FAR_M, 0),)
    fixed_pence: int = 0
    dead_mpence: int = 0
    hour_mpence: int = 0
    waiting_mpence: int = 0
    minimum_pence: int = 0
    assistant_pence: int = 0
    assistant_hour_mpence: int = 0
    trained_pence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a rate card says for one vehicle type on one date.

    Attributes
    ----------
    sessions
        Four, in the order of `Session`.
    day_pair_pence
        Day rate of an AM and PM pair, or None.
    day_included_m, day_excess_mpence
        Loaded distance of both routes that it includes, `FAR_M` for no limit, and the rate per
        mile beyond. [m], [0.001 pence]
    discount_bp
        Lot discount that the rates already hold. [0.01 %]
    """

    rate_card_id: str
    vehicle_type_id: str
    sessions: tuple[SessionTerms, ...]
    day_pair_pence: int | None = None
    day_included_m: int = FAR_M
    day_excess_mpence: int = 0
    discount_bp: int = 0


def find_discount_bp(card: RateCard, n_routes: int) -> int:
    """Find the lot discount of a card that prices so many routes of a day. [0.01 %]"""
    is_earned = card.has_discount and n_routes >= card.discount_from_routes
    return card.discount_bp if is_earned else 0


def count_anniversaries(start: date, on: date) -> int:
    """Count the anniversaries of a date up to and including another.

    The anniversary of 29 February in a common year is 28 February: where a month has no
    corresponding date its last day counts.

    Examples
    --------
    >>> count_anniversaries(date(2024, 2, 29), date(2025, 2, 27))
    0
    >>> count_anniversaries(date(2024, 2, 29), date(2025, 2, 28))
    1
    """
    day = start.day
    if (start.month, start.day) == (2, 29) and not _is_leap(on.year):
        day = 28
    has_passed = (on.month, on.day) >= (start.month, day)
    return max(0, on.year - start.year - (0 if has_passed else 1))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def uplift_mpence(amount_mpence: int, uplift_bp: int, n_times: int) -> int:
    """Raise a rate a number of times, rounding half up to 0.001 pence each time. [0.001 pence]

    Parameters
    ----------
    amount_mpence
        The rate when the card began. [0.001 pence]
    uplift_bp
        Rise on each anniversary; negative for a fall. [0.01 %]

    Examples
    --------
    >>> uplift_mpence(260_050, 300, 1), uplift_mpence(260_050, 300, 2)
    (267852, 275888)
    """
    for _ in range(n_times):
        amount_mpence = divide_half_up(amount_mpence * (10_000 + uplift_bp), 10_000)
    return amount_mpence


def is_valid(card: RateCard, on: date) -> bool:
    """Say whether a card holds on a date; both ends are included."""
    return card.valid_from <= on <= card.valid_to


def is_covering(card: RateCard, vehicle_type_id: str) -> bool:
    """Say whether a card prices routes with a vehicle type."""
    return any(
        rate.vehicle_type_id in (None, vehicle_type_id)
        and (rate.basis in PRICING_BASES or rate.basis is RateBasis.DAY_PAIR)
        for rate in card.rates
    )


def is_licensed(supplier: Supplier, vehicle_type: VehicleType) -> bool:
    """Say whether a supplier may run a vehicle type for the council (LIC-1, LIC-2)."""
    if vehicle_type.needs_psv_licence:
        has_permit = supplier.has_section_19_permit and not supplier.is_for_profit
        return supplier.has_psv_licence or has_permit
    return supplier.has_private_hire_licence or supplier.has_psv_licence


def find_vat_bp(card: RateCard, supplier: Supplier, vehicle_type: VehicleType) -> int:
    """Find the rate of VAT on a card's prices with a vehicle type (VAT-1, VAT-2). [0.01 %]"""
    if card.vat is VatTreatment.EXEMPT or not supplier.is_vat_registered:
        return 0
    is_zero_rated = vehicle_type.n_places_before_adaptation >= ZERO_RATED_PLACES
    return 0 if is_zero_rated else VAT_STANDARD_BP


def find_rate_card(
    cards: Iterable[RateCard],
    supplier_id: str,
    vehicle_type_id: str,
    on: date,
    *,
    named_id: str | None = None,
) -> RateCard:
    """Find the card that a supplier's routes are priced by on a date.

    The named card if it holds; else, of the supplier's cards that hold and cover the type, the
    one that began last: a later agreement replaces an earlier one.

    Parameters
    ----------
    named_id
        The card a duty names, or None.

    Raises
    ------
    NoRateError
        If no card holds and covers the type.
    ModelError
        If two cards began on the same day, so that nobody can say which counts.
    """
    found = [
        card
        for card in cards
        if card.supplier_id == supplier_id
        and is_valid(card, on)
        and is_covering(card, vehicle_type_id)
    ]
    for card in found:
        if card.rate_card_id == named_id:
            return card
    if not found:
        named = f" (the duty names {named_id!r})" if named_id else ""
        raise NoRateError(
            f"supplier {supplier_id!r} has no rate card for vehicle type {vehicle_type_id!r} "
            f"on {on.isoformat()}{named}"
        )
    newest = max(card.valid_from for card in found)
    chosen = [card for card in found if card.valid_from == newest]
    if len(chosen) > 1:
        ids = ", ".join(sorted(card.rate_card_id for card in chosen))
        raise ModelError(
            f"supplier {supplier_id!r} has {len(chosen)} rate cards for vehicle type "
            f"{vehicle_type_id!r} that all began on {newest.isoformat()}: {ids}; "
            "end all but one"
        )
    return chosen[0]


def count_card_routes(duties: Iterable[Duty], inputs: Inputs, on: date) -> dict[str, int]:
    """Count the routes of a day that each card with a lot discount prices.

    Duties that no card prices are nobody's; whoever prices them says so.
    """
    counts: dict[str, int] = {}
    cards = tuple(inputs.rate_cards)
    if not any(card.has_discount for card in cards):
        return counts
    for duty in duties:
        if duty.provider_id == OWN_PROVIDER_ID:
            continue
        try:
            card = find_rate_card(
                cards, duty.provider_id, duty.vehicle_type_id, on, named_id=duty.rate_card_id
            )
        except (ModelError, NoRateError):
            continue
        if card.has_discount:
            n = counts.get(card.rate_card_id, 0)
            counts[card.rate_card_id] = n + len(duty.routes)
    return counts


def build_terms(card: RateCard, vehicle_type_id: str, on: date, n_routes: int = 0) -> Terms:
    """Read a rate card for one vehicle type on one date.

    Rows for the vehicle type itself come before rows for all types, then rows for fewer
    sessions before rows for more. A lot discount is taken off every rate, rounded half up to
    0.001 pence; flat charges are then rounded half up to whole pence once, so that two
    assistants cost exactly twice one.

    Parameters
    ----------
    n_routes
        How many routes of the day the card prices, for its lot discount.

    Raises
    ------
    ModelError
        If the card cannot be read one way only, with every fault found: a negative rate, two
        rows for one thing, bands that overlap or do not reach the end, a day rate for half a
        day.
    """
    n_times = count_anniversaries(card.valid_from, on)
    off_bp = find_discount_bp(card, n_routes)
    rates = [r for r in card.rates if r.vehicle_type_id in (None, vehicle_type_id)]
    faults: list[str] = []
    if any(rate.amount_mpence < 0 for rate in rates):
        faults.append("a rate is below nought")

    def risen(rate: Rate | None) -> int:
        if rate is None:
            return 0
        full_mpence = uplift_mpence(rate.amount_mpence, card.uplift_bp, n_times)
        return divide_half_up(full_mpence * (10_000 - off_bp), 10_000)

    sessions = []
    for session in Session:
        rows = {b: _find_rows(rates, b, session) for b in RateBasis}
        bands = _build_bands(rows[RateBasis.LOADED_MILE], session, faults)
        one: dict[RateBasis, Rate | None] = {}
        for basis, found in rows.items():
            if basis in (RateBasis.LOADED_MILE, RateBasis.DAY_PAIR):
                continue
            if len(found) > 1:
                faults.append(f"{len(found)} rows say {basis} in session {session}")
            one[basis] = found[0] if found else None
        sessions.append(
            SessionTerms(
                is_priced=any(rows[basis] for basis in PRICING_BASES),
                bands=tuple((to_m, risen(rate)) for to_m, rate in bands),
                fixed_pence=divide_half_up(risen(one[RateBasis.FIXED]), 1_000),
                dead_mpence=risen(one[RateBasis.DEAD_MILE]),
                hour_mpence=risen(one[RateBasis.HOUR]),
                waiting_mpence=risen(one[RateBasis.WAITING_HOUR]),
                minimum_pence=divide_half_up(risen(one[RateBasis.MINIMUM]), 1_000),
                assistant_pence=divide_half_up(risen(one[RateBasis.ASSISTANT]), 1_000),
                assistant_hour_mpence=risen(one[RateBasis.ASSISTANT_HOUR]),
                trained_pence=divide_half_up(risen(one[RateBasis.TRAINED_ASSISTANT]), 1_000),
            )
        )
    pair = _find_day_pair(rates, faults)
    has_limit = pair is not None and pair.to_m is not None
    if has_limit and not _find_rows(rates, RateBasis.LOADED_MILE, Session.AM):
        faults.append("the day rate includes a distance but no mile rate says what more costs")
    if faults:
        shown = "; ".join(dict.fromkeys(faults))
        raise ModelError(
            f"rate card {card.rate_card_id!r}, vehicle type {vehicle_type_id!r}: {shown}"
        )
    return Terms(
        rate_card_id=card.rate_card_id,
        vehicle_type_id=vehicle_type_id,
        sessions=tuple(sessions),
        day_pair_pence=None if pair is None else divide_half_up(risen(pair), 1_000),
        day_included_m=FAR_M if pair is None or pair.to_m is None else pair.to_m,
        day_excess_mpence=sessions[0].bands[-1][1] if has_limit else 0,
        discount_bp=off_bp,
    )


def _find_rows(rates: list[Rate], basis: RateBasis, session: Session) -> list[Rate]:
    """Find the rows of a basis that count in a session: the most particular ones."""
    rows = [r for r in rates if r.basis is basis and session in r.sessions]
    if not rows:
        return []
    best = min((r.vehicle_type_id is None, len(r.sessions)) for r in rows)
    return [r for r in rows if (r.vehicle_type_id is None, len(r.sessions)) == best]


def _build_bands(
    rows: list[Rate], session: Session, faults: list[str]
) -> list[tuple[int, Rate | None]]:
    """Order mile bands from 0 to the end; a stretch before the first band is included free."""
    bands: list[tuple[int, Rate | None]] = []
    reached_m = 0
    for rate in sorted(rows, key=lambda r: r.from_m):
        to_m = FAR_M if rate.to_m is None else rate.to_m
        if rate.from_m < reached_m or to_m <= rate.from_m:
            faults.append(f"mile bands overlap or are empty in session {session}")
        if rate.from_m > reached_m:
            bands.append((rate.from_m, None))
        bands.append((to_m, rate))
        reached_m = to_m
    if not rows:
        return [(FAR_M, None)]
    if reached_m < FAR_M:
        faults.append(f"no mile rate beyond {reached_m} m in session {session}")
    return bands


def _find_day_pair(rates: list[Rate], faults: list[str]) -> Rate | None:
    """Find the day rate of an AM and PM pair."""
    rows = [r for r in rates if r.basis is RateBasis.DAY_PAIR]
    if any(not {Session.AM, Session.PM} <= r.sessions for r in rows):
        faults.append("a day rate must hold in both am and pm")
    rows = [r for r in rows if r.vehicle_type_id is not None] or rows
    if len(rows) > 1:
        faults.append(f"{len(rows)} rows say day_pair")
    return rows[0] if rows else None
