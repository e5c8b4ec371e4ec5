"""Which postcode was meant: known postcodes one slip of the keyboard away, the likeliest first.

A candidate's weight is the chance of the slip times how common its sector is. The chances are
rough orders, not measurements: keys side by side and look-alike characters are taken for each
other far more often than others; two neighbours change places; one character is left out or
struck twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from math import hypot
from typing import TYPE_CHECKING

from data.sources.postcodes import normalise_postcode, squeeze_postcode

if TYPE_CHECKING:
    from data.sources.postcodes import PostcodeTable

_ROWS = ("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_OFFSETS = (0.0, 0.5, 0.75, 1.25)
_ALIKE = (
    "0O",
    "1I",
    "1L",
    "5S",
    "8B",
    "2Z",
    "6G",
    "0Q",
    "0D",
    "UV",
    "MN",
    "VW",
    "IJ",
    "IL",
    "EF",
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

CHANCE_ALIKE = 8.0
CHANCE_BESIDE = 6.0
CHANCE_SAME_KIND = 1.0
CHANCE_OTHER = 0.2
CHANCE_SWAPPED = 6.0
CHANCE_DOUBLED = 4.0
CHANCE_EXTRA = 1.0
CHANCE_LEFT_OUT = 1.5
_NEAR_M = 60.0
"""How far an address lies from its postcode point, roughly: nearer candidates win. [m]"""


@cache
def _chances() -> dict[tuple[str, str], float]:
    """Chance that the first character was meant where the second stands."""
    keys = {
        key: (row, column + _OFFSETS[row])
        for row, line in enumerate(_ROWS)
        for column, key in enumerate(line)
    }
    found = {}
    for meant, typed in product(_LETTERS, repeat=2):
        if meant == typed:
            continue
        (row, column), (other_row, other_column) = keys[meant], keys[typed]
        is_beside = abs(row - other_row) <= 1 and abs(column - other_column) < 1.3
        if any(meant in pair and typed in pair for pair in _ALIKE):
            found[meant, typed] = CHANCE_ALIKE
        elif is_beside:
            found[meant, typed] = CHANCE_BESIDE
        elif meant.isdigit() == typed.isdigit():
            found[meant, typed] = CHANCE_SAME_KIND
        else:
            found[meant, typed] = CHANCE_OTHER
    return found


def _slips(typed: str) -> Iterator[tuple[str, float]]:
    """Undo every single slip: what may have been meant, and the chance of that slip."""
    chances = _chances()
    for at, character in enumerate(typed):
        for meant in _LETTERS:
            if meant != character:
                yield typed[:at] + meant + typed[at + 1 :], chances[meant, character]
        is_doubled = at + 1 < len(typed) and typed[at + 1] == character
        chance = CHANCE_DOUBLED if is_doubled else CHANCE_EXTRA
        yield typed[:at] + typed[at + 1 :], chance
        if at + 1 < len(typed) and typed[at + 1] != character:
            swapped = typed[:at] + typed[at + 1] + character + typed[at + 2 :]
            yield swapped, CHANCE_SWAPPED
    for at in range(len(typed) + 1):
        for meant in _LETTERS:
            yield typed[:at] + meant + typed[at:], CHANCE_LEFT_OUT


def suggest_postcodes(
    table: PostcodeTable,
    text: str,
    *,
    near: tuple[int, int] | None = None,
    most: int = 3,
) -> tuple[str, ...]:
    """Suggest known postcodes for a mistyped one, the likeliest first.

    Parameters
    ----------
    near
        A position of the same row, if any. [m]
    """
    weights: dict[str, float] = {}
    for meant, chance in _slips(squeeze_postcode(text)[:10]):
        if not 5 <= len(meant) <= 7:
            continue
        postcode = f"{meant[:-3]} {meant[-3:]}"
        point = table.find(postcode)
        if point is None:
            continue
        weight = chance * (1.0 + table.count_sector(postcode)) ** 0.25
        if near is not None:
            weight /= 1.0 + (hypot(point[0] - near[0], point[1] - near[1]) / _NEAR_M) ** 2
        weights[postcode] = max(weight, weights.get(postcode, 0.0))
    ranked = sorted(weights, key=lambda postcode: (-weights[postcode], postcode))
    return tuple(ranked[:most])


_LOOK_ALIKES = {
    **{"O": "0", "Q": "0", "I": "1", "L": "1", "S": "5", "Z": "2", "B": "8"},
    **{"0": "O", "1": "I", "5": "S", "2": "Z", "8": "B"},
}


def mend_look_alikes(table: PostcodeTable, text: str) -> str | None:
    """Mend letters typed for digits and the reverse; None unless one known postcode fits.

    Examples: ``SSO 7AB`` (letter O) for ``SS0 7AB``.
    """
    squeezed = squeeze_postcode(text)
    if not 5 <= len(squeezed) <= 7:
        return None
    options = [(character, *_LOOK_ALIKES.get(character, "")) for character in squeezed]
    found = set()
    for characters in product(*options):
        postcode = normalise_postcode("".join(characters))
        if postcode is not None and postcode in table:
            found.add(postcode)
    return found.pop() if len(found) == 1 else None
