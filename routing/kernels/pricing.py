"""The price of a route at its cheapest allowed offer, to the penny."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.jit import kernel
from routing.kernels.state import (
    BACK_M,
    BACK_S,
    F_AS,
    F_AS_S,
    F_FIXED,
    F_M,
    F_MIN,
    F_S,
    F_TR,
    F_TR_S,
    NO_COST,
    O_AS,
    O_AS_HOUR,
    O_BANDS,
    O_BASE,
    O_DEAD,
    O_DEAD_RATE,
    O_EXTRA,
    O_FIXED,
    O_HOUR,
    O_MIN,
    O_MIN_S,
    O_PAIR,
    O_PAIR_M,
    O_PAIR_RATE,
    O_SCARCE,
    O_TR,
    O_TR_HOUR,
    O_VAT,
    O_WAIT,
    OUT_M,
    OUT_S,
)

_MILE = 1_609_344
_HOUR = 3_600_000


@kernel
def find_best_offer(offer, floor, road, bits, first, last, m, s, wait, n_as, n_tr, bound):
    """Find the cheapest allowed offer that costs less than a bound, the first of equals.

    The formula is that of `routing.offers`, scarcity included.

    Parameters
    ----------
    bits
        Allowed offers.
    first, last
        Rows of the first and the last stop.

    Returns
    -------
    pence, offer
        `NO_COST` and -1 if none costs less than the bound.
    """
    n_bands = (offer.shape[1] - O_BANDS) // 2
    best = bound
    found = -1
    for o in range(offer.shape[0]):
        if (int(bits[o >> 6]) >> (o & 63)) & 1 == 0:
            continue
        least = floor[o, F_FIXED] + m * floor[o, F_M] + s * floor[o, F_S]
        if least < floor[o, F_MIN]:
            least = floor[o, F_MIN]
        least += n_as * (floor[o, F_AS] + s * floor[o, F_AS_S])
        least += n_tr * (floor[o, F_TR] + s * floor[o, F_TR_S])
        if least >= best:
            continue
        base = offer[o, O_BASE]
        dead_m = 0
        dead_s = 0
        if base >= 0:
            dead_s = road[base, first, OUT_S] + road[base, last, BACK_S]
            dead_m = road[base, first, OUT_M] + road[base, last, BACK_M]
        charged_m = m
        charged_s = offer[o, O_EXTRA] + s
        run = offer[o, O_FIXED]
        if offer[o, O_DEAD] != 0:
            charged_m += dead_m
            charged_s += dead_s
        else:
            run += (2 * dead_m * offer[o, O_DEAD_RATE] + _MILE) // (2 * _MILE)
        if charged_s < offer[o, O_MIN_S]:
            charged_s = offer[o, O_MIN_S]
        if offer[o, O_PAIR] >= 0:
            over = 2 * charged_m - offer[o, O_PAIR_M]
            if over < 0:
                over = 0
            run = offer[o, O_PAIR] + (2 * over * offer[o, O_PAIR_RATE] + _MILE) // (2 * _MILE)
            run = (run + 1) // 2
        else:
            total = 0
            start = 0
            for b in range(n_bands):
                end = offer[o, O_BANDS + b]
                if charged_m <= end:
                    total += (charged_m - start) * offer[o, O_BANDS + n_bands + b]
                    break
                total += (end - start) * offer[o, O_BANDS + n_bands + b]
                start = end
            run += (2 * total + _MILE) // (2 * _MILE)
            run += (2 * charged_s * offer[o, O_HOUR] + _HOUR) // (2 * _HOUR)
            run += (2 * wait * offer[o, O_WAIT] + _HOUR) // (2 * _HOUR)
            if run < offer[o, O_MIN]:
                run = offer[o, O_MIN]
        if n_as > 0:
            run += n_as * offer[o, O_AS]
            run += (2 * n_as * charged_s * offer[o, O_AS_HOUR] + _HOUR) // (2 * _HOUR)
        if n_tr > 0:
            run += n_tr * offer[o, O_TR]
            run += (2 * n_tr * charged_s * offer[o, O_TR_HOUR] + _HOUR) // (2 * _HOUR)
        if offer[o, O_VAT] > 0:
            run += (2 * run * offer[o, O_VAT] + 10_000) // 20_000
        run += offer[o, O_SCARCE]
        if run < best:
            best = run
            found = o
    if found < 0:
        return NO_COST, -1
    return best, found
