"""Words for codes: what sessions, reasons, flags, cost items and needs are called."""

from __future__ import annotations

from collections.abc import Mapping

from data.fleet import OWN_PROVIDER_ID, Layout
from data.inputs import Inputs
from data.money import CostBasis
from data.passengers import AssistantNeed, Passenger, Wheelchair
from data.places import Session, SiteKind
from data.plans import PlanState, UnservedReason

SESSION_WORDS: Mapping[Session, str] = {
    Session.AM: "Morning, to school",
    Session.DAY_OUT: "Out to day service",
    Session.DAY_HOME: "Home from day service",
    Session.PM: "Afternoon, home from school",
}

SITE_KIND_WORDS: Mapping[SiteKind, str] = {
    SiteKind.SCHOOL: "school",
    SiteKind.SPECIAL_SCHOOL: "special school",
    SiteKind.ALTERNATIVE_PROVISION: "alternative provision",
    SiteKind.COLLEGE: "college",
    SiteKind.DAY_CENTRE: "day service",
}

STATE_WORDS: Mapping[PlanState, str] = {
    PlanState.OPTIMISED: "optimised",
    PlanState.REPAIRED: "repaired: last plan with today's changes, not optimised",
    PlanState.STALE: "stale: an earlier plan with removals only",
    PlanState.BASELINE: "today's hand-made plan",
    PlanState.EDITED: "edited by a planner",
}

REASON_WORDS: Mapping[UnservedReason, str] = {
    UnservedReason.RIDE_LIMIT_UNDER_DIRECT: "The ride limit is shorter than the direct drive.",
    UnservedReason.WINDOW_UNREACHABLE: "No time fits both home and site.",
    UnservedReason.NOT_RECEIVED: "Nobody is at home to receive the passenger in time.",
    UnservedReason.NO_VEHICLE_FITS: "No vehicle fits the passenger.",
    UnservedReason.NO_ASSISTANT: "No assistant of the kind needed is left.",
    UnservedReason.CONTRADICTORY_COMPANIONS: "Rules on who rides together contradict.",
    UnservedReason.NO_VALID_RATE: "No rate card is valid on the date.",
    UnservedReason.BARRED_EVERYWHERE: "Every provider is barred for the passenger.",
    UnservedReason.LOCK_IMPOSSIBLE: "A planner's lock cannot be kept.",
    UnservedReason.NO_ROAD: "No road leads there.",
    UnservedReason.SITE_CLOSED: "The site is closed.",
    UnservedReason.NO_CAPACITY_LEFT: "No vehicle or crew is left at the time.",
    UnservedReason.NO_PLACE_FOUND_IN_TIME: "The search found no place before it ended.",
}

BASIS_WORDS: Mapping[CostBasis, str] = {
    CostBasis.CONTRACT: "contract price",
    CostBasis.AVOIDABLE: "own, avoidable",
    CostBasis.FIXED: "own, fixed (full cost only)",
    CostBasis.RECOVERABLE_VAT: "VAT paid and recovered (in no cost)",
    CostBasis.INCOME: "income from others (in no cost)",
}

FLAG_WORDS: Mapping[str, str] = {
    "schematic_network": (
        "Roads are a schematic stand-in, not real streets: distances and times are indicative "
        "and lines on maps are drawn straight."
    ),
    "not_for_eligibility": (
        "Walking distances from this network must not be used for eligibility decisions."
    ),
    "no_one_ways": "The source of the roads has no one-way streets.",
    "no_turn_restrictions": "The source of the roads has no turn bans.",
    "no_footpaths": "The source of the roads has no footpaths.",
    "not_english_law": "Outside England: English eligibility rules do not apply.",
    "beyond_network": (
        "Some places lie beyond the road network: legs to them are a straight line times a "
        "factor."
    ),
}

SYNTHETIC_WORDS = "People are made up; any likeness is chance."


def describe_flags(flags: tuple[str, ...]) -> tuple[str, ...]:
    """Describe each flag of a result in a sentence; an unknown one stands for itself."""
    return tuple(FLAG_WORDS.get(flag, flag.replace("_", " ")) for flag in flags)


def build_provider_names(inputs: Inputs) -> dict[str, str]:
    """Build the name of each provider by id."""
    names = {s.supplier_id: s.name for s in inputs.suppliers}
    return names | {OWN_PROVIDER_ID: "Own company"}


def describe_equipment(passenger: Passenger) -> tuple[str, ...]:
    """Describe what a crew must know to carry a passenger, never why.

    The need code (a diagnosis) is not among it; nor are names of other passengers.
    """
    words = list(describe_handling(passenger))
    if passenger.n_seats > 1:
        words.append("seat beside kept free")
    if passenger.assistant is AssistantNeed.SHARED:
        words.append("assistant aboard")
    if passenger.travels_alone:
        words.append("travels alone")
    if passenger.must_be_received:
        words.append("hand over to a person at home")
    return tuple(words)


def describe_handling(passenger: Passenger) -> tuple[str, ...]:
    """Describe what whoever helps a passenger in or out of a vehicle must know."""
    words: list[str] = []
    if passenger.wheelchair is Wheelchair.STAYS:
        words.append("stays in wheelchair")
    elif passenger.wheelchair is Wheelchair.TRANSFERS:
        words.append("transfers to a seat, wheelchair stowed")
    if passenger.needs_lift and passenger.wheelchair is not Wheelchair.STAYS:
        words.append("needs the lift")
    if passenger.assistant is AssistantNeed.ONE_TO_ONE:
        words.append("assistant of own")
    if passenger.needs_trained_assistant:
        words.append("assistant medically trained")
    # The chair itself has been said.
    has_chair = passenger.wheelchair is not Wheelchair.NONE
    return (
        *words,
        *(e for e in passenger.equipment if not (has_chair and e.casefold() == "wheelchair")),
    )


def describe_count(n: int, one: str, many: str = "") -> str:
    """Describe a number of things.

    Examples
    --------
    >>> describe_count(1, "seat"), describe_count(2, "seat"), describe_count(0, "bus", "buses")
    ('1 seat', '2 seats', '0 buses')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def describe_layout(layout: Layout) -> str:
    """Describe how a vehicle is set up.

    Examples
    --------
    >>> describe_layout(Layout(n_seats=8, n_wheelchair_spaces=2))
    '8 seats and 2 wheelchair spaces'
    """
    seats = describe_count(layout.n_seats, "seat")
    if not layout.n_wheelchair_spaces:
        return seats
    return f"{seats} and {describe_count(layout.n_wheelchair_spaces, 'wheelchair space')}"
