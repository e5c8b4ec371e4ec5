"""Units, the one rounding rule, and exact shares.

Money is whole pence, time whole seconds after local midnight of the service day, distance whole
metres. Rates are thousandths of a penny (``_mpence``). Every amount is rounded once per cost
line, half a penny away from zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

MM_PER_MILE = 1_609_344
"""Millimetres in a statute mile (Weights and Measures Act 1985, sch. 1)."""

LATE = {"is_late": True}
"""Metadata of a field that came later: documents leave it out while it has its default, so that
inputs and runs kept before it keep their fingerprints."""

S_PER_HOUR = 3_600
S_PER_DAY = 86_400


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers, rounding half away from zero.

    Raises
    ------
    ValueError
        If the denominator is not positive.

    Examples
    --------
    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(7, 3)
    (3, -3, 2)
    """
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((-2 * numerator + denominator) // (2 * denominator))


def round_half_up(value: Fraction | int) -> int:
    """Round an exact number to the nearest whole one, half away from zero.

    Examples
    --------
    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(-1, 2))
    (3, -1)
    """
    exact = Fraction(value)
    return divide_half_up(exact.numerator, exact.denominator)


def split_pence(
    total_pence: int, weights: Sequence[int], keys: Sequence[str]
) -> tuple[int, ...]:
    """Split an amount in proportion to weights so that the shares add up. [pence]

    Largest remainder (Hamilton); a tie goes to the smaller key, so the result does not depend
    on the order of the rows. All-zero weights split evenly.

    Parameters
    ----------
    total_pence
        Amount to split, may be negative. [pence]
    weights
        Not negative, one per share.
    keys
        Distinct identifiers that settle ties, one per share.

    Raises
    ------
    ValueError
        If lengths differ, there is no share, keys repeat or a weight is negative.

    Examples
    --------
    >>> split_pence(100, [1, 1, 1], ["a", "b", "c"])
    (34, 33, 33)
    """
    if len(weights) != len(keys) or not weights:
        raise ValueError("weights and keys must be of one length, at least 1")
    if len(set(keys)) != len(keys):
        raise ValueError("keys must be distinct")
    if any(w < 0 for w in weights):
        raise ValueError("weights must not be negative")
    used = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(used)
    sign = -1 if total_pence < 0 else 1
    amount = abs(total_pence)
    shares = [amount * w // whole for w in used]
    order = sorted(range(len(used)), key=lambda i: (-(amount * used[i] % whole), keys[i]))
    for i in order[: amount - sum(shares)]:
        shares[i] += 1
    return tuple(sign * share for share in shares)


def format_time(time_s: int) -> str:
    """Write seconds after midnight as HH:MM:SS, or HH:MM when the seconds are nought.

    Examples
    --------
    >>> format_time(30_600), format_time(30_601)
    ('08:30', '08:30:01')
    """
    hours, rest = divmod(time_s, S_PER_HOUR)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


def format_pounds(amount_pence: int) -> str:
    """Write pence as pounds with two decimals and thousands.

    Examples
    --------
    >>> format_pounds(-123_456)
    '-£1,234.56'
    """
    sign = "-" if amount_pence < 0 else ""
    pounds, pence = divmod(abs(amount_pence), 100)
    return f"{sign}£{pounds:,}.{pence:02d}"


def format_miles(distance_m: int) -> str:
    """Write metres as statute miles with one decimal.

    Examples
    --------
    >>> format_miles(16_093)
    '10.0'
    """
    return f"{distance_m * 1000 / MM_PER_MILE:,.1f}"
