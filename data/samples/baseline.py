"""Today's plan in the style of one made by hand: one site a route, by postcode sector."""

from __future__ import annotations

from collections.abc import Sequence

from data.fleet import Supplier, Vehicle, VehicleType
from data.places import Site
from data.plans import CurrentRoute
from data.samples.drafts import Draft
from data.samples.seeds import Points, SiteSeed


def build_current_routes(
    drafts: Sequence[Draft],
    sites: Sequence[Site],
    site_seeds: Sequence[SiteSeed],
    points: Points,
    vehicles: Sequence[Vehicle],
    suppliers: Sequence[Supplier],
    vehicle_types: Sequence[VehicleType],
) -> tuple[CurrentRoute, ...]:
    """Build today's hand-made routes."""
    return ()
