"""A table of priced work, bids or other contracts, for the benchmark of rates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from data.benchmark import PricedRoute, PriceKind
from data.imports.single import read_single_table
from data.units import MM_PER_MILE, round_half_up


class PricedRow(BaseModel):
    """One price for a day's work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    price_id: str = Field(min_length=1, max_length=64, coerce_numbers_to_str=True)
    supplier_id: str = Field(min_length=1, max_length=64, coerce_numbers_to_str=True)
    price_pounds_per_day: Decimal = Field(gt=0, le=100_000, decimal_places=2)
    miles: Decimal = Field(gt=0, le=2_000)
    minutes: Decimal = Field(gt=0, le=2_000)
    seats: int = Field(ge=1, le=100)
    kind: PriceKind = PriceKind.BID
    routes: int = Field(default=2, ge=1, le=20)
    passengers: int = Field(default=0, ge=0, le=200)
    passenger_miles: Decimal = Field(default=Decimal(0), ge=0, le=100_000)
    has_lift: bool = False
    assistants: int = Field(default=0, ge=0, le=20)
    session: str = Field(default="school", pattern="^(school|day service)$")
    area: str = Field(default="", max_length=64)
    days: int = Field(default=190, ge=1, le=366)


def read_priced_routes(path: Path) -> tuple[PricedRoute, ...]:
    """Read a table of bids or contracts, all of a day's work together in each row.

    Raises
    ------
    InputError
        With every problem of the table.
    """
    return tuple(
        _build_price(row.value) for row in read_single_table(path, PricedRow, key="price_id")
    )


def _build_price(row: PricedRow) -> PricedRoute:
    def metres(miles: Decimal) -> int:
        return round_half_up(Fraction(miles) * MM_PER_MILE / 1_000)

    return PricedRoute(
        price_id=row.price_id,
        kind=row.kind,
        supplier_id=row.supplier_id,
        pence_per_day=int(row.price_pounds_per_day * 100),
        loaded_m=metres(row.miles),
        route_s=round_half_up(Fraction(row.minutes) * 60),
        n_seats=row.seats,
        n_routes=row.routes,
        n_passengers=row.passengers,
        passenger_m=metres(row.passenger_miles),
        has_lift=row.has_lift,
        n_assistants=row.assistants,
        session=row.session,
        area=row.area,
        n_days=row.days,
    )
