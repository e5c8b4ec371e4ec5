"""Plans under planners' hands: the few desks that are open, one visitor at each at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request

from data.errors import InputError, Problem, Severity
from data.networks import RoadNetwork, TravelMatrix
from data.plan_edits import Draft
from scenarios import PlanDesk, build_case_matrix
from web.matrices import find_network
from web.state import Recent

if TYPE_CHECKING:
    from data.inputs import Inputs
    from web.state import WebState

T = TypeVar("T")

KEPT_DESKS = 4
KEPT_MATRICES = 2
KEPT_DOCUMENTS = 16


class Desks:
    """What working on plans needs and is slow to make: travel times, desks.

    Every desk has a lock of its own, so that two planners at two drafts do not wait for each
    other.
    """

    def __init__(self, state: WebState) -> None:
        self._state = state
        self._documents, self._matrices = Recent(KEPT_DOCUMENTS), Recent(KEPT_MATRICES)
        self._desks = state.keep(KEPT_DESKS)

    def read_network(self) -> RoadNetwork:
        """Read the roads of the place, once.

        Raises
        ------
        InputError
            If the place has none yet.
        """
        path = self._state.workspace.network_path
        if not path.is_file():
            raise InputError(
                [
                    Problem(
                        code="W004",
                        severity=Severity.ERROR,
                        cause="the place has no road network yet.",
                        suggestion="Build one first: see `wayfare roads --help`.",
                    )
                ]
            )
        return find_network(self._state)

    def find_network(self) -> RoadNetwork | None:
        """Find the roads of the place, or None where it has none yet."""
        try:
            return self.read_network()
        except InputError:
            return None

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """Recall a document made before under a key, or make it; it names no passenger."""
        return self._documents.find(key, make)

    def find_matrix(self, inputs: Inputs, inputs_hash: str) -> TravelMatrix:
        """Find the travel times between the places of inputs, from the cache of the place."""
        network = self.read_network()
        return self._matrices.find(
            (inputs_hash, id(network)),
            lambda: build_case_matrix(
                inputs, network, cache_folder=self._state.workspace.matrices_folder
            ),
        )

    @contextmanager
    def using(self, draft: Draft) -> Iterator[PlanDesk]:
        """Use the desk of a draft's base and inputs; others at the same one wait."""
        self._state.forget_erased()
        held = self._desks.find(
            (draft.base_hash, draft.inputs_hash),
            lambda: (self._build(draft), threading.Lock()),
        )
        desk, lock = held
        with lock:
            yield desk

    def _build(self, draft: Draft) -> PlanDesk:
        inputs = self._state.read_inputs(draft.inputs_hash)
        desk = PlanDesk(
            self._state.read_plan(draft.base_plan_no),
            inputs,
            self.find_matrix(inputs, draft.inputs_hash),
            find_plan=self._state.store.nights.find_plan,
        )
        # Opening a draft takes a second longer than the first effect may.
        desk.prepare()
        return desk


async def get_desks(request: Request) -> Desks:
    """Find the desks of the page, made when first asked for."""
    found: Desks | None = getattr(request.app.state, "desks", None)
    if found is None:
        found = request.app.state.desks = Desks(request.app.state.web)
    return found
