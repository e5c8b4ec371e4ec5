"""Rows of the bid forms of a tender."""

from __future__ import annotations

from typing import Annotated

from data.imports.columns import CellKind, Column, Row, SheetSpec

_K = CellKind

BidderId = Annotated[
    str,
    Column(
        kind=_K.IDENTIFIER,
        about="Identifier of the supplier.",
        example="SUP1",
        refers_to="bidders",
    ),
]


class BidderRow(Row):
    """One supplier that bids."""

    supplier_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the supplier.", example="SUP1")
    ]
    name: Annotated[
        str, Column(kind=_K.TEXT, about="Name of the supplier.", example="Estuary Cars Ltd")
    ]
    tender_id: Annotated[
        str,
        Column(kind=_K.IDENTIFIER, about="Tender that is bid for, as the invitation says."),
    ]
    quality_bp: Annotated[
        int,
        Column(
            kind=_K.PERCENT,
            heading="quality_percent",
            about="Score of the quality questions; the council fills it in.",
            example=80,
            most=10_000,
        ),
    ] = 10_000
    min_contracts: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            about="Takes at least so many contract routes, or none.",
            most=10_000,
        ),
    ] = 0
    is_small: Annotated[
        bool, Column(kind=_K.YES_NO, heading="small_firm", about="Counts as a small firm.")
    ] = False


class BidRow(Row):
    """One price for a lot, or for some contract routes, all of them or none."""

    bid_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the bid.", example="SUP1-001")
    ]
    supplier_id: BidderId
    lot_id: Annotated[
        str | None,
        Column(kind=_K.IDENTIFIER, about="Lot that is bid for; or else contract_ids."),
    ] = None
    contract_ids: Annotated[
        tuple[str, ...],
        Column(
            kind=_K.IDENTIFIERS,
            about="Contract routes that are bid for, separated by semicolons; several are a "
            "package, won whole or not at all.",
            example="C001; C004",
        ),
    ] = ()
    price_pence: Annotated[
        int,
        Column(
            kind=_K.POUNDS,
            heading="price_pounds_per_day",
            about="Price of a day on which all of them run, without VAT.",
            example=182.5,
        ),
    ]
    requires: Annotated[
        tuple[str, ...],
        Column(kind=_K.IDENTIFIERS, about="Own bids without which this one does not stand."),
    ] = ()
    excludes: Annotated[
        tuple[str, ...],
        Column(kind=_K.IDENTIFIERS, about="Own bids beside which this one does not stand."),
    ] = ()


class BidDiscountRow(Row):
    """A rebate on everything a supplier wins, from a number of contract routes on."""

    supplier_id: BidderId
    from_contracts: Annotated[
        int,
        Column(
            kind=_K.WHOLE, about="From so many contract routes won.", example=5, most=10_000
        ),
    ]
    discount_bp: Annotated[
        int,
        Column(
            kind=_K.PERCENT,
            heading="discount_percent",
            about="Rebate on every price of the supplier.",
            example=2,
            most=9_000,
        ),
    ]


class BidCapacityRow(Row):
    """Most contract routes that a supplier takes."""

    supplier_id: BidderId
    vehicle_type_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER,
            about="Vehicle type of the contract routes, as the invitation names it; blank for "
            "all together.",
        ),
    ] = None
    max_contracts: Annotated[
        int,
        Column(kind=_K.WHOLE, about="Most contract routes won.", example=8, most=10_000),
    ]


BID_SHEETS: tuple[SheetSpec, ...] = (
    SheetSpec(
        name="bidders",
        title="Who bids",
        about="One supplier a row.",
        model=BidderRow,
        is_required=True,
        aliases=("bidder",),
    ),
    SheetSpec(
        name="bids",
        title="Prices",
        about="One price a row; every price stands by itself unless it says otherwise.",
        model=BidRow,
        is_required=True,
        aliases=("prices",),
    ),
    SheetSpec(
        name="discounts",
        title="Rebates for winning much",
        about="One threshold a row.",
        model=BidDiscountRow,
        aliases=("discount",),
    ),
    SheetSpec(
        name="capacity",
        title="The most that is taken",
        about="One limit a row.",
        model=BidCapacityRow,
        aliases=("capacities", "limits"),
    ),
)
"""The forms of a bid, in their order."""
