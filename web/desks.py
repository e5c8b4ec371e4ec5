"""Plans under planners' hands: the few desks that are open, one visitor at each at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi import Request

from data.errors import InputError, Problem, Severity
from data.networks import RoadNetwork, TravelMatrix
from data.plan_edits import Draft
from routing import read_network
from scenarios import PlanDesk, build_case_matrix
from web.state import Recent

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.plans import Plan
    from web.state import WebState

KEPT_DESKS = 4
KEPT_MATRICES = 2
KEPT_DOCUMENTS = 8


class Desks:
    """What working on plans needs and is slow to make: roads, travel times, desks.

    Every desk has a lock of its own, so that two planners at two drafts do not wait for each
    other.
    """

    def __init__(self, state: WebState) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._documents = Recent(KEPT_DOCUMENTS)
        self._network: RoadNetwork | None = None
        self._matrices: OrderedDict[str, TravelMatrix] = OrderedDict()
        self._desks = OrderedDict[tuple[str, str], tuple[PlanDesk, threading.Lock]]()

    def read_network(self) -> RoadNetwork:
        """Read the roads of the place, once.

        Raises
        ------
        InputError
            If the place has none yet.
        """
        path = self._state.workspace.network_path
        if self._network is None:
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
            self._network = read_network(path)
        return self._network

    def find_network(self) -> RoadNetwork | None:
        """Find the roads of the place, or None where it has none yet."""
        try:
            return self.read_network()
        except InputError:
            return None

    def recall(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Recall a document made before under a key, or make it."""
        return self._documents.find(key, make)

    def find_matrix(self, inputs: Inputs, inputs_hash: str) -> TravelMatrix:
        """Find the travel times between the places of inputs, from the cache of the place."""
        with self._lock:
            return self._find_matrix(inputs, inputs_hash)

    @contextmanager
    def using(self, draft: Draft) -> Iterator[PlanDesk]:
        """Use the desk of a draft's base and inputs; others at the same one wait."""
        key = (draft.base_hash, draft.inputs_hash)
        with self._lock:
            if key not in self._desks:
                self._desks[key] = (self._build(draft), threading.Lock())
                while len(self._desks) > KEPT_DESKS:
                    self._desks.popitem(last=False)
            self._desks.move_to_end(key)
            desk, lock = self._desks[key]
        with lock:
            yield desk

    def _find_matrix(self, inputs: Inputs, inputs_hash: str) -> TravelMatrix:
        if inputs_hash not in self._matrices:
            self._matrices[inputs_hash] = build_case_matrix(
                inputs,
                self.read_network(),
                cache_folder=self._state.workspace.matrices_folder,
            )
            while len(self._matrices) > KEPT_MATRICES:
                self._matrices.popitem(last=False)
        self._matrices.move_to_end(inputs_hash)
        return self._matrices[inputs_hash]

    def _build(self, draft: Draft) -> PlanDesk:
        store = self._state.store
        inputs = self._state.read_inputs(draft.inputs_hash)
        base: Plan = store.nights.read_plan(draft.base_plan_no)
        return PlanDesk(
            base,
            inputs,
            self._find_matrix(inputs, draft.inputs_hash),
            find_plan=store.nights.find_plan,
        )


def get_desks(request: Request) -> Desks:
    """Find the desks of the page, made when first asked for."""
    found: Desks | None = getattr(request.app.state, "desks", None)
    if found is None:
        found = request.app.state.desks = Desks(request.app.state.web)
    return found
