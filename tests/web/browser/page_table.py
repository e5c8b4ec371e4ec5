"""Every page that can be opened: one table of addresses, held against the routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.imports.edits import find_edited_sheets

PLANNER, COMMISSIONER, ASSURER = "a.hart", "c.moor", "d.ash"
ADMINISTRATOR, SUPPLIER, DRIVER = "m.page", "s.cole", "d.wood"

FILLED, EMPTY, DESK, ACCOUNTS = "filled", "empty", "desk", "accounts"
"""Places: with something of every kind, with nothing but inputs, with roads and a draft, and
one that people sign in to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One page to look at.

    Attributes
    ----------
    route
        Address as the router has it.
    path
        Address to open; names in braces are found in the place.
    place
        Which place serves it.
    person_id
        Who looks.
    status
        What it answers with.
    """

    route: str
    path: str
    place: str = FILLED
    person_id: str = PLANNER
    status: int = 200


def _both(route: str, person_id: str = PLANNER) -> tuple[Look, ...]:
    """Look at a page with something to show and with nothing."""
    return tuple(
        Look(route=route, path=route, place=place, person_id=person_id)
        for place in (FILLED, EMPTY)
    )


def _sheets() -> tuple[Look, ...]:
    """Look at every table of records."""
    return tuple(
        Look(route="/records/{sheet}", path=f"/records/{spec.name}", place=DESK)
        for spec in find_edited_sheets()
    )


LOOKS: tuple[Look, ...] = (
    *_both("/"),
    Look(route="/", path="/", place=DESK),
    Look(route="/days/{on}", path="/days/{day}"),
    Look(route="/days/{on}", path="/days/2026-12-25", place=EMPTY),
    Look(route="/proposals/{proposal_no}", path="/proposals/{proposal}"),
    *_both("/plans"),
    Look(route="/plans/{ref}", path="/plans/day~{day}"),
    Look(route="/plans/{ref}", path="/plans/latest", place=DESK),
    Look(
        route="/plans/{ref}/routes/{route_id}",
        path="/plans/latest/routes/{route}",
        place=DESK,
    ),
    Look(route="/drafts/{draft_no}", path="/drafts/{draft}", place=DESK),
    Look(
        route="/drafts/{draft_no}/routes/{route_id}",
        path="/drafts/{draft}/routes/{route}",
        place=DESK,
    ),
    Look(
        route="/drafts/{draft_no}/published",
        path="/drafts/{draft}/published",
        place=DESK,
    ),
    Look(
        route="/drafts/{draft_no}/places/{session}/{passenger_id}",
        path="/drafts/{draft}/places/am/{starter}",
        place=DESK,
    ),
    *_both("/records"),
    *_sheets(),
    Look(route="/records/{sheet}/record", path="/records/passengers/record?id=p1"),
    Look(route="/records/{sheet}/edit", path="/records/passengers/edit?id=p1"),
    Look(route="/records/{sheet}/new", path="/records/passengers/new"),
    *_both("/import"),
    *_both("/money", COMMISSIONER),
    Look(route="/money", path="/money", place=DESK, person_id=COMMISSIONER),
    *_both("/money/rates", COMMISSIONER),
    Look(route="/money/rates", path="/money/rates", place=DESK, person_id=COMMISSIONER),
    *_both("/money/benchmark", COMMISSIONER),
    Look(route="/money/benchmark", path="/money/benchmark", place=DESK, person_id=COMMISSIONER),
    *_both("/money/providers", COMMISSIONER),
    Look(
        route="/money/providers", path="/money/providers?point=0#plan", person_id=COMMISSIONER
    ),
    *_both("/money/tenders", COMMISSIONER),
    Look(
        route="/money/tenders/{tender_id}",
        path="/money/tenders/{tender}",
        person_id=COMMISSIONER,
    ),
    Look(
        route="/money/awards/{award_id}", path="/money/awards/{award}", person_id=COMMISSIONER
    ),
    Look(route="/money/awards/{award_id}", path="/money/awards/{award}"),
    *_both("/money/ledger", COMMISSIONER),
    Look(route="/money/{topic}", path="/money/invoices", person_id=COMMISSIONER),
    Look(route="/money/{topic}", path="/money/savings", person_id=COMMISSIONER),
    Look(
        route="/money/{topic}", path="/money/savings", place=EMPTY, person_id=COMMISSIONER
    ),
    *_both("/scenarios"),
    Look(route="/scenarios/new", path="/scenarios/new"),
    Look(route="/scenarios/new", path="/scenarios/new?like=electric-fleet"),
    Look(route="/scenarios/studies/new", path="/scenarios/studies/new"),
    *_both("/jobs"),
    Look(route="/jobs/{job_id}", path="/jobs/{job}"),
    Look(route="/jobs/{job_id}", path="/jobs/{failed}"),
    Look(route="/jobs/{job_id}", path="/jobs/{read}"),
    Look(route="/jobs/{job_id}", path="/jobs/{faulty}"),
    Look(route="/scenarios/compare", path="/scenarios/compare?run={base}&run={case}"),
    Look(route="/scenarios/compare", path="/scenarios/compare", status=422),
    *_both("/scenarios/draws"),
    *_both("/scenarios/training"),
    *_both("/scenarios/options"),
    *_both("/papers"),
    Look(route="/papers/{paper_id}", path="/papers/{paper}"),
    Look(route="/papers/{paper_id}", path="/papers/{paper}", person_id=ASSURER),
    *_both("/people", ADMINISTRATOR),
    Look(route="/people/{person_id}", path="/people/a.hart", person_id=ADMINISTRATOR),
    *_both("/audit", ADMINISTRATOR),
    *_both("/webhooks", ADMINISTRATOR),
    Look(route="/webhooks/{hook_no}", path="/webhooks/{hook}", person_id=ADMINISTRATOR),
    *_both("/supplier", SUPPLIER),
    Look(
        route="/supplier/{on}/{duty_id}",
        path="/supplier/{day}/{bought}",
        person_id=SUPPLIER,
    ),
    *_both("/driver", DRIVER),
    *_both("/sign-in"),
    Look(route="/sign-in", path="/sign-in", place=ACCOUNTS, person_id=""),
    Look(route="/set-up", path="/set-up", place=ACCOUNTS, person_id=""),
    Look(route="/account", path="/account", place=ACCOUNTS),
    Look(route="/account", path="/account"),
    Look(route="/account/second-factor", path="/account/second-factor", place=ACCOUNTS),
    *_both("/accessibility"),
    *_both("/about"),
    Look(route="", path="/no-such-page", status=404),
    Look(route="", path="/people", status=403),
)  # fmt: skip
"""Every page at least once; those that show what is kept, with and without it."""

NO_PAGES: Mapping[str, str] = {
    "/days": "leads on to the date that was chosen",
    "/plans/{ref}/map.json": "data of the map",
    "/basemap/{fingerprint}.pmtiles": "streets beneath the map",
    "/drafts/{draft_no}/search": "a part of the draft's page, which is looked at with it",
    "/money/tenders/{tender_id}/pack": "a workbook",
    "/papers/{paper_id}/picture/{sha256}": "a picture of a page that is looked at",
    "/papers/{paper_id}/file/{ending}": "a document",
    "/driver/worker.mjs": "a script",
    "/sign-in/provider": "leads on to the council's own sign-in",
    "/sign-in/provider/done": "leads on to where somebody wanted to go",
    "/account/stay": "keeps a session open, shows nothing",
}
"""Addresses that show no page of their own, and why."""
