"""Random whole numbers: Marsaglia's xorshift128 in 64-bit signed integers.

Marsaglia, Xorshift RNGs, Journal of Statistical Software 8(14), 2003. Masks keep every word
below 2**32, so compiled code and plain Python draw the same numbers.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.jit import kernel

_WORD = 0xFFFFFFFF


@kernel
def draw(rng):
    """Draw a whole number from 0 to 2**32 - 1."""
    t = rng[0]
    t ^= (t << 11) & _WORD
    t ^= t >> 8
    rng[0] = rng[1]
    rng[1] = rng[2]
    rng[2] = rng[3]
    rng[3] = rng[3] ^ (rng[3] >> 19) ^ t
    return rng[3]


@kernel
def draw_below(rng, n):
    """Draw a whole number from 0 to n - 1, n at most 2**31."""
    return (draw(rng) * n) >> 32
