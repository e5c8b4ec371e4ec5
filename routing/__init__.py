"""Movement: roads, travel matrix, search, duties, checker.

Modules are loaded on first use of a name, so that the command line's help does not wait for
numba and scipy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routing.engines import build_engine
    from routing.matrix import build_matrix
    from routing.network import build_sample_network, read_network, write_network
    from routing.walking import find_walks, measure_walks

__all__ = [
    "build_engine",
    "build_matrix",
    "build_sample_network",
    "find_walks",
    "measure_walks",
    "read_network",
    "write_network",
]

_HOMES = {
    "build_engine": "routing.engines",
    "build_matrix": "routing.matrix",
    "build_sample_network": "routing.network",
    "find_walks": "routing.walking",
    "measure_walks": "routing.walking",
    "read_network": "routing.network",
    "write_network": "routing.network",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
