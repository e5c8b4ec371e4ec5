"""Reasons of unserved journeys held against the inputs (C10): doubts are notes only."""

from __future__ import annotations

from data.plans import Unserved, UnservedReason
from routing.checks.case import Case, find_drive, find_home

MOST_NAMED = 5
"""Doubtful reasons a report names one by one."""


def find_doubts(case: Case) -> tuple[str, ...]:
    """Find reasons that the inputs contradict, as sentences with the passenger's id.

    A reason that only a search can prove, such as a lack of capacity, is not judged.
    """
    doubts = [
        f"{u.passenger_id} in session {u.session}: {u.reason} is stated, but {doubt}."
        for u in case.plan.unserved
        if (doubt := _find_doubt(case, u)) is not None
    ]
    n_more = len(doubts) - MOST_NAMED
    more = (f"{n_more} more unserved journeys with a doubtful reason.",) if n_more > 0 else ()
    return (*doubts[:MOST_NAMED], *more)


def _find_doubt(case: Case, unserved: Unserved) -> str | None:
    """Find what speaks against a reason or its evidence."""
    traveller = case.travellers.get((unserved.session, unserved.passenger_id))
    passenger = case.passengers.get(unserved.passenger_id)
    if traveller is None or passenger is None:
        return None
    if unserved.reason is UnservedReason.SITE_CLOSED:
        return f"site {traveller.site_id} is open"
    direct_s = _find_direct_s(case, unserved)
    if unserved.reason is UnservedReason.NO_ROAD and direct_s is not None:
        return f"the matrix has a drive of {direct_s} s"
    if direct_s is None:
        return None
    limit_s = passenger.max_ride_s
    is_under = limit_s is not None and limit_s < direct_s
    if unserved.reason is UnservedReason.RIDE_LIMIT_UNDER_DIRECT and not is_under:
        own = "has no own limit" if limit_s is None else f"may ride {limit_s} s"
        return f"the direct drive takes {direct_s} s and the passenger {own}"
    stated_s = dict(unserved.evidence).get("direct_s", direct_s)
    if stated_s != direct_s:
        return f"the direct drive takes {direct_s} s, not {stated_s} s as in its evidence"
    return None


def _find_direct_s(case: Case, unserved: Unserved) -> int | None:
    """Find the direct drive of an unserved journey in its direction and period. [s]"""
    traveller = case.travellers[unserved.session, unserved.passenger_id]
    home = find_home(case, unserved.session, unserved.passenger_id)
    site = case.sites.get(traveller.site_id)
    if home is None or site is None:
        return None
    ends = (home.place_id, site.place_id)
    from_id, to_id = ends[::-1] if unserved.session.is_homeward else ends
    direct = find_drive(case, from_id, to_id, unserved.session.period)
    return None if direct is None else direct[0]
