"""The order of the suite: files that take long begin, so that no worker waits for the last."""

from __future__ import annotations

import pytest

from tests.canaries import CanaryWatch
from tests.slow_runs import SlowShard
from tests.store_places import make_place, new_place, postgres_server, store_place

__all__ = ["make_place", "new_place", "postgres_server", "store_place"]

LONGEST = (
    "test_paired_families.py",
    "test_packaging.py",
    "test_night.py",
    "test_training.py",
    "test_docs.py",
    "test_school_bus.py",
    "test_planning.py",
    "test_parts.py",
    "test_repair.py",
    "test_drawing.py",
    "test_studies.py",
)
"""Files of more than ten seconds with cold kernels, the longest first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the large counts."""
    parser.addoption("--shard", help="run share i/n of the slow tests, resumed if begun")
    parser.addoption(
        "--shard-minutes", type=float, default=29.0, help="begin nothing that goes beyond"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch for canaries; take part in a shard of the large counts where one is asked for."""
    config.pluginmanager.register(CanaryWatch(config))
    shard = config.getoption("--shard")
    if shard:
        config.pluginmanager.register(
            SlowShard(config, shard, config.getoption("--shard-minutes"))
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; within a file and among the others the order stays."""
    rank = {name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))
