"""The hand-made run, and its outputs written once for all tests that read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.inputs import Inputs
from data.runs import RunRecord
from reports.facts import RunFacts, build_facts
from reports.outputs import write_outputs
from tests.reports.hand_made import STAMP, build_inputs, build_run


@pytest.fixture(scope="session")
def inputs() -> Inputs:
    return build_inputs()


@pytest.fixture(scope="session")
def run(inputs: Inputs) -> RunRecord:
    return build_run(inputs)


@pytest.fixture(scope="session")
def facts(run: RunRecord, inputs: Inputs) -> RunFacts:
    return build_facts(run, inputs)


@pytest.fixture(scope="session")
def outputs(
    run: RunRecord, inputs: Inputs, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("outputs") / "handmade"
    written = write_outputs(run, inputs, folder, written_utc=STAMP)
    return {path.relative_to(folder).as_posix(): path for path in written}
