"""The store behaves like a dictionary with a history, whatever the order of its life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from data.errors import StaleWriteError, StoreError
from data.inputs import Inputs, fingerprint
from data.runs import RunRecord
from data.store import Store
from tests.reports.hand_made import STAMP, build_inputs, build_run
from tests.store_places import EMPTY_STORE, Place

BASE = build_inputs()


class StoreLife(RuleBasedStateMachine):
    """Saves, reads, reopens; beside it a plain dictionary that must agree."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.store = Store.open(self.place)
        self.inputs: dict[str, Inputs] = {}
        self.current: dict[str, str] = {}
        self.runs: dict[str, RunRecord] = {}
        self.clock: datetime = STAMP

    def tick(self) -> datetime:
        """Let a minute pass."""
        self.clock += timedelta(minutes=1)
        return self.clock

    @rule(
        place=st.sampled_from(["here", "there"]),
        boarding_s=st.integers(60, 61),
        n_passengers=st.integers(6, 8),
        is_turned=st.booleans(),
        is_stale=st.booleans(),
    )
    def save_inputs(
        self, place: str, boarding_s: int, n_passengers: int, is_turned: bool, is_stale: bool
    ) -> None:
        """Keep inputs, or fail because somebody else was first."""
        people = BASE.passengers[:n_passengers]
        people = (replace(people[0], boarding_s=boarding_s), *people[1:])
        inputs = replace(BASE, place=place, passengers=people[::-1] if is_turned else people)
        current = self.current.get(place)
        if is_stale and current is not None:
            with pytest.raises(StaleWriteError):
                self.store.save_inputs(
                    inputs, created_utc=self.tick(), code_version="1", expected="f" * 64
                )
            return
        found = self.store.save_inputs(
            inputs, created_utc=self.tick(), code_version="1", expected=current
        )
        assert found == fingerprint(inputs)
        self.inputs[found] = inputs
        self.current[place] = found

    @precondition(lambda self: self.current)
    @rule(data=st.data())
    def save_run(self, data: st.DataObject) -> None:
        """Keep a run on any inputs that were kept."""
        inputs_hash = data.draw(st.sampled_from(sorted(self.inputs)))
        run = build_run(self.inputs[inputs_hash], self.tick())
        assert run.inputs_hash == inputs_hash
        self.store.save_run(run)
        self.runs[run.run_id] = run

    @rule()
    def save_run_without_inputs(self) -> None:
        """A run without its inputs is refused."""
        with pytest.raises(StoreError):
            self.store.save_run(build_run(replace(BASE, title="never saved"), self.tick()))

    @precondition(lambda self: self.runs)
    @rule(data=st.data())
    def read_run(self, data: st.DataObject) -> None:
        """Any run reads back equal."""
        run_id = data.draw(st.sampled_from(sorted(self.runs)))
        assert self.store.find_run(run_id) == self.runs[run_id]

    @precondition(lambda self: self.inputs)
    @rule(data=st.data())
    def read_inputs(self, data: st.DataObject) -> None:
        """Any inputs read back equal."""
        inputs_hash = data.draw(st.sampled_from(sorted(self.inputs)))
        assert self.store.read_inputs(inputs_hash) == self.inputs[inputs_hash]

    @rule()
    def reopen(self) -> None:
        """Nothing is lost when the program ends."""
        self.store.close()
        self.store = Store.open(self.place)

    @invariant()
    def lists_agree(self) -> None:
        """Lists and pointers say what the dictionary says."""
        newest = sorted(self.runs.values(), key=lambda run: run.created_utc, reverse=True)
        assert [one.run_id for one in self.store.list_runs()] == [run.run_id for run in newest]
        if newest:
            assert self.store.find_run("latest").run_id == newest[0].run_id
        assert {one.inputs_hash for one in self.store.list_inputs()} == set(self.inputs)
        for place, inputs_hash in self.current.items():
            assert self.store.find_inputs_hash(place) == inputs_hash

    def teardown(self) -> None:
        """Let go of the store."""
        self.store.close()


def test_the_store_keeps_its_word_through_any_life(make_place: Callable[[str], Place]) -> None:
    run_state_machine_as_test(
        lambda: StoreLife(make_place(EMPTY_STORE)),
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
