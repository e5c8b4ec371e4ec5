"""One session as arrays: requests, sites, travel times and offers, in the solving direction.

Every session is solved as requests carried **to** sites. A homeward session is solved by exact
time reversal: the matrix is transposed, a moment t becomes 86 400 - t, alighting at home takes
the part of boarding, and the window of leaving the site becomes the window of arriving there.
The rules of a plan are stated so that the reversal loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.places import Session
from data.policy import Policy
from data.units import S_PER_DAY
from routing.offers import OfferPrices

IntArray = NDArray[np.int64]
Int32Array = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuity:
    """A price on every passenger carried by another crew than the reference says.

    The price of a route is ``pence`` x (its passengers with a label - the most that share one
    label): the least number of passengers who change crew if one crew drives the route.

    Attributes
    ----------
    labels
        Reference of each passenger id, e.g. the duty or route that carries them in the morning;
        passengers without one are free.
    pence
        Price of each passenger who differs. [pence]
    """

    labels: Mapping[str, str]
    pence: int


@dataclass(frozen=True, kw_only=True, eq=False)
class PointChoices:
    """Where requests may be collected, as compressed rows of m choices.

    Attributes
    ----------
    start
        (n + 1,) where the choices of each request begin; a request without any has one place.
    row
        (m,) row of the travel arrays.
    max_ride_s
        (m,) limit on the time aboard, the walk taken off. [s]
    walk_m
        (m,) walk from home. [m]
    """

    start: IntArray
    row: IntArray
    max_ride_s: IntArray
    walk_m: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionProblem:
    """What the search of one session works on.

    n requests (one passenger each, sorted by passenger id), k sites (sorted by id), r place
    rows, o offers in the order of the cost model. A **node** below n is a request; node n + j
    is the visit of site j. All times are solving times: `to_real_s` turns them into clock time.

    Attributes
    ----------
    request_row, site_row
        Row of the travel arrays.
    request_site
        (n,) position of the request's site.
    service_s
        (n,) time at the home stop: boarding outward, alighting homeward. [s]
    site_service_s
        (n,) time the request adds to the dwell at its site. [s]
    max_ride_s
        (n,) limit on the time aboard, the walk to a pick-up point already taken off. [s]
    from_s, by_s
        (n,) window at the home stop. Outward it binds the arrival at the stop, homeward the end
        of the request's own service (in real time: the start of the passenger's alighting). [s]
    n_seats, n_spaces
        (n,) seats and wheelchair spaces taken.
    n_crew, n_shared, n_trained_crew, n_trained_shared
        (n,) assistants of the passenger's own or named (counted once, with the first of the
        passengers who share the name), and shared needs; the same of trained assistants.
    group
        (n,) requests with one number ride together.
    apart_start, apart_with
        Requests that must not share a route, as compressed rows.
    is_allowed
        (n, o) whether the offer may carry the passenger at all.
    site_from_s, site_by_s, site_dwell_s
        (k,) window of arriving at the site and fixed time there. [s]
    duration_s, distance_m
        (r, r) in the solving direction. [s], [m]
    scarcity_pence
        (o,) price of using a scarce offer, inside the search only. [pence]
    labels, label_pence
        (c, n) reference crew of each request (-1 for none) and (c,) price of each that differs.
    neighbours
        (n, q) other requests in order of how little time they add together; -1 pads.
    assistant_seats
        Seats an assistant takes: 1 by the rules, 0 in benchmark files that do not count them.
    points
        Other places where requests may be collected; None where nobody has a choice.
    alone_pence
        (n, o) price of each request on a route of its own, as `packing.price_each_alone` finds
        it; None until that was asked for. Scarcity is no part of it. [pence]
    is_limited
        Each vehicle runs one route at most: an offer has `n_vehicles` routes. Not so in a day,
        where a vehicle works several routes and its duties look to that.
    """

    session: Session
    day_type_id: str
    policy: Policy
    max_sites: int
    passenger_ids: tuple[str, ...]
    home_ids: tuple[str, ...]
    assistant_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    place_ids: tuple[str, ...]
    request_row: Int32Array
    request_site: Int32Array
    service_s: Int32Array
    site_service_s: Int32Array
    max_ride_s: Int32Array
    from_s: Int32Array
    by_s: Int32Array
    n_seats: Int32Array
    n_spaces: Int32Array
    n_crew: Int32Array
    n_shared: Int32Array
    n_trained_crew: Int32Array
    n_trained_shared: Int32Array
    is_alone: BoolArray
    is_adult: BoolArray
    group: Int32Array
    apart_start: Int32Array
    apart_with: Int32Array
    is_allowed: BoolArray
    site_row: Int32Array
    site_from_s: Int32Array
    site_by_s: Int32Array
    site_dwell_s: Int32Array
    duration_s: Int32Array
    distance_m: Int32Array
    offers: OfferPrices
    scarcity_pence: IntArray
    labels: Int32Array
    label_pence: IntArray
    neighbours: Int32Array
    assistant_seats: int = 1
    points: PointChoices | None = None
    alone_pence: IntArray | None = None
    is_limited: bool = False

    @property
    def n_requests(self) -> int:
        """How many requests there are."""
        return len(self.passenger_ids)

    @property
    def n_sites(self) -> int:
        """How many sites there are."""
        return len(self.site_ids)

    @property
    def is_homeward(self) -> bool:
        """Whether the session is solved in reversed time."""
        return self.session.is_homeward

    def is_site(self, node: int) -> bool:
        """Whether a node is the visit of a site."""
        return node >= self.n_requests

    def row_of(self, node: int) -> int:
        """Row of the travel arrays of a node."""
        n = self.n_requests
        return int(self.request_row[node] if node < n else self.site_row[node - n])

    def to_real_s(self, solving_s: int) -> int:
        """Turn a solving time into clock time, or back. [s after midnight]"""
        return S_PER_DAY - solving_s if self.is_homeward else solving_s
