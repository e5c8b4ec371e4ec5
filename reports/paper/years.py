"""Cost by year of the recommended option: real, cash and present value, with its break-even."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from data.papers import Unit
from reports.paper.figures import Book

N_YEARS = 5
DISCOUNT_BP = 350
"""Real, for the first thirty years. [0.01 %] HM Treasury, The Green Book, 2026."""
PRICES_BP = 300
"""Yearly rise of contract prices and pay. [0.01 %] UKCOA and route-one, 2022; grade B."""
RETURN_BP = 500
"""Share of those on an offer who return to a vehicle each year after the first. [0.01 %]
Assumed for travel training, range 0 to 15 %; grade C."""

REVIEWS = {
    "discount rate": date(2027, 9, 30),
    "rise of prices": date(2027, 9, 30),
    "return to a vehicle": date(2027, 9, 30),
}
"""By when each of the three must be looked at again; a paper after that day is refused (M6)."""

_WHOLE = 10_000
_RATES = (
    ("rate.discount", "Discount rate a year, real", DISCOUNT_BP, "HM Treasury Green Book 2026"),
    ("rate.prices", "Rise of prices a year", PRICES_BP, "UKCOA, route-one 2022; grade B"),
    ("rate.return", "Share of people on an offer who return to a vehicle each year", RETURN_BP,
     "assumed, range 0 to 15 per cent; grade C"),
)  # fmt: skip


def write_years(book: Book, base: str, option: str, first: date) -> None:
    """Write the years of an option into the book.

    The first year brings no saving on transport: vehicles go on until each trainee is signed
    off (ALT-2), and what falls due once is paid. From the second year the net saving counts,
    less each year by those who return to a vehicle.

    Parameters
    ----------
    base, option
        Scenario ids.
    first
        First date of the first year.
    """
    for key, label, value, source in _RATES:
        book.read(key, label, value, Unit.SHARE_BP, source=source)
    net, once = book[f"net.{option}"], book[f"once.{option}"]
    group = net.group
    keep = 1 - Fraction(RETURN_BP, _WHOLE)
    rise, discount = 1 + Fraction(PRICES_BP, _WHOLE), 1 + Fraction(DISCOUNT_BP, _WHOLE)
    kinds = ("cost", "real", "nominal", "present")
    for k in range(1, N_YEARS + 1):
        year = f"{first.year + k - 1}/{(first.year + k) % 100:02d}"
        tail = f"{k}.{option}"
        part = (-1, once.key) if k == 1 else (keep ** (k - 2), net.key)
        real = book.add(
            f"real.{tail}", f"Net saving, today's prices: {year}", [part], group=group
        )
        for key, words, parts in (
            ("cost", "Transport and offers, today's prices", [(1, f"year.{base}"), (-1, real)]),
            ("nominal", "Net saving, cash of the year", [(rise ** (k - 1), real)]),
            ("present", "Present value of the net saving", [(discount ** (1 - k), real)]),
        ):
            book.add(f"{key}.{tail}", f"{words}: {year}", parts, group=group)
    for key in kinds:
        names = [f"{key}.{k}.{option}" for k in range(1, N_YEARS + 1)]
        label = book[names[0]].label.split(":")[0]
        book.add(f"{key}.all.{option}", f"{label}: all years", [(1, n) for n in names],
                 group=group)  # fmt: skip
    weights = sum(
        (keep ** (k - 2) / discount ** (k - 1) for k in range(2, N_YEARS + 1)), Fraction(0)
    )
    book.add(
        f"switch.{option}",
        "Net saving a year at which the present value of all years is nought",
        [(1 / weights, once.key)],
        group=group,
    )
