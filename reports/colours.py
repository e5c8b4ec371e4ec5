"""Colours of providers on maps, dark enough to be seen on white."""

from __future__ import annotations

from data.fleet import OWN_PROVIDER_ID

OWN_COLOUR = "#12436D"

SUPPLIER_COLOURS = (
    "#C8501E",
    "#1B7F79",
    "#801650",
    "#8A6A00",
    "#5B50B8",
    "#B83280",
    "#3D7A1F",
    "#A11D1D",
    "#2E86C1",
    "#6B4226",
    "#595959",
    "#007A4D",
)
"""At least 3 to 1 against white (WCAG 2.2, 1.4.11); used again in order if there are more."""


def build_colours(provider_ids: tuple[str, ...]) -> dict[str, str]:
    """Build the colour of each provider; the own company is always navy.

    Parameters
    ----------
    provider_ids
        All providers of the inputs, so that a provider keeps its colour from map to map.
    """
    others = sorted(set(provider_ids) - {OWN_PROVIDER_ID})
    colours = {p: SUPPLIER_COLOURS[i % len(SUPPLIER_COLOURS)] for i, p in enumerate(others)}
    return colours | {OWN_PROVIDER_ID: OWN_COLOUR}


def find_contrast(colour: str, background: str = "#FFFFFF") -> float:
    """Find the contrast ratio of two colours (WCAG 2.2, relative luminance).

    Examples
    --------
    >>> find_contrast("#000000")
    21.0
    """
    light, dark = sorted((_find_luminance(colour), _find_luminance(background)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _find_luminance(colour: str) -> float:
    """Find the relative luminance of a colour written as #RRGGBB."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
