"""A study as the store keeps it: which runs answer which question, in the paper's order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from data.inputs import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRun:
    """One case of a study and the run that answers it."""

    scenario_id: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRecord:
    """Runs of one study, all of the same search.

    Attributes
    ----------
    name
        Of the study, e.g. ``vecteo-review``.
    base
        Scenario that the options are compared with.
    runs
        Every case once, in order.
    repeats
        Runs of the base with other random choices and nothing else changed: how far two answers
        to the same question lie apart.
    definition
        The study's file as canonical JSON.
    scenarios
        How each scenario is planned and which of its numbers are uncertain, as JSON.
    """

    study_id: str
    name: str
    title: str
    place: str
    created_utc: datetime
    code_version: str
    base: str
    runs: tuple[StudyRun, ...]
    repeats: tuple[str, ...]
    definition: str
    scenarios: tuple[str, ...] = ()


def build_study_id(record: StudyRecord) -> str:
    """Build the id of a study from its name, stamp and everything in it."""
    content = fingerprint(replace(record, study_id=""))
    return f"{record.name}-{record.created_utc:%Y%m%dT%H%M%SZ}-{content[:8]}"
