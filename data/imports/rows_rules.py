"""Rows of the sheets about rules between people and about today's plan."""

from __future__ import annotations

from typing import Annotated

from data.imports.columns import CellKind, Column, Row
from data.imports.rows_people import PassengerId
from data.places import Session
from data.plans import LockKind

_K = CellKind

OneSession = Annotated[
    Session | None,
    Column(
        kind=_K.CHOICE,
        about="Session it holds for; blank for all four.",
        choices=tuple(Session),
    ),
]

APART = "apart"
TOGETHER = "together"


class RelationshipRow(Row):
    """A rule about a passenger and somebody else: a companion, a supplier, a route."""

    kind: Annotated[
        str,
        Column(
            kind=_K.CHOICE,
            about="apart, together (passengers); passenger_on_route (label of a route); "
            "passenger_on_supplier, passenger_not_with_supplier.",
            example="apart",
            choices=(APART, TOGETHER, *LockKind),
            synonyms=(("sibling", TOGETHER), ("not with", APART), ("keep apart", APART)),
        ),
    ]
    passenger_id: PassengerId
    other_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER,
            about="The other passenger, the supplier (own for the own company) or the route.",
            example="P0002",
        ),
    ]
    session: OneSession = None
    lock_id: Annotated[
        str | None,
        Column(kind=_K.IDENTIFIER, about="Identifier of a lock; made where blank."),
    ] = None


class CurrentPlanRow(Row):
    """A passenger's position on a route as it runs today: the plan to compare with."""

    route_name: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Route as known today.", example="R101")
    ]
    session: Annotated[
        Session,
        Column(
            kind=_K.CHOICE,
            about="Session of the route.",
            example="am",
            choices=tuple(Session),
        ),
    ]
    provider_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER,
            about="Supplier that runs it; own for the own company.",
            example="SUP1",
            refers_to="suppliers",
        ),
    ]
    vehicle_type_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER,
            about="Type of vehicle.",
            example="minibus16",
            refers_to="vehicle_types",
        ),
    ]
    sequence: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            about="Order in which passengers are collected or brought home.",
            example=1,
        ),
    ]
    passenger_id: PassengerId
    price_pence_per_day: Annotated[
        int | None,
        Column(
            kind=_K.POUNDS,
            heading="price_pounds_per_day",
            about="Agreed price of the route a day, net of VAT; on any of its rows.",
            example=112.5,
        ),
    ] = None
