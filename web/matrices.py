"""The place's roads and travel times, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import ModelError

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.networks import RoadNetwork, TravelMatrix
    from web.state import WebState


def find_network(state: WebState) -> RoadNetwork:
    """Find the roads of the place.

    Raises
    ------
    ModelError
        If none are loaded.
    """
    from routing import read_network

    path = state.workspace.network_path
    if not path.is_file():
        raise ModelError("No roads are loaded for this place: `wayfare roads import`.")
    return state.read_file(path, read_network)


def find_matrix(state: WebState, inputs: Inputs) -> TravelMatrix:
    """Find the travel times between the places of inputs, from the cache where it has them."""
    from scenarios import build_case_matrix

    return build_case_matrix(
        inputs, find_network(state), cache_folder=state.workspace.matrices_folder
    )
