"""Sample places: synthetic people on real (or made-up) geography, built from a seed."""

from __future__ import annotations

from importlib import import_module

from data.inputs import Inputs
from data.samples.accounts import build_sample_accounts
from data.samples.settings import SampleSettings

PLACES = ("grid", "newport", "rutland", "southend")
"""The places a sample can be built for."""

__all__ = ["PLACES", "SampleSettings", "build_sample", "build_sample_accounts"]


def build_sample(
    place: str,
    *,
    n_passengers: int | None = None,
    n_sites: int | None = None,
    seed: int = 1,
    settings: SampleSettings | None = None,
) -> Inputs:
    """Build the inputs of a sample place; equal arguments give equal inputs.

    All people are made up. What is real and what is assumed stands in
    ``docs/reference/samples.md`` and, number by number, in the inputs' own assumptions.

    Parameters
    ----------
    place
        ``grid``, ``newport``, ``rutland`` or ``southend``.
    n_passengers
        Pupils and adults together; None for the place's own number. Fleet and suppliers grow
        with it.
    n_sites
        Sites in all; None for the place's own.
    seed
        Any whole number from 0.
    settings
        Shares to use in place of the defaults and of the place's own.

    Raises
    ------
    ValueError
        If the place is unknown, or too few passengers or sites are asked for.
    """
    from data.samples.build import build_inputs

    if place not in PLACES:
        raise ValueError(f"unknown sample place {place!r}; choose from {', '.join(PLACES)}")
    build_seed = import_module(f"data.samples.{place}").build_place
    return build_inputs(
        build_seed(seed),
        n_passengers=n_passengers,
        n_sites=n_sites,
        rng_seed=seed,
        settings=settings,
    )
