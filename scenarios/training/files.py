"""Files of travel training: an order as a scenario, a cohort's records."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.imports.single import read_single_table
from data.training import TrainingStudy
from scenarios.training.programme import find_survival


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")

    months: float = Field(ge=0, le=240)
    ended: Literal["yes", "no"]


def read_cohort(path: Path) -> tuple[float, ...]:
    """Read a cohort's records and find who still travels alone, by month since sign-off.

    Columns: months (how long the trainee was seen after sign-off), ended (yes if the trainee
    went back to transport then, no if still travelling when last seen).

    Raises
    ------
    InputError
        With every fault of the table (Q001 to Q005).
    """
    rows = [row.value for row in read_single_table(path, _Record)]
    return find_survival([r.months for r in rows], [r.ended == "yes" for r in rows])


def build_training_scenario(study: TrainingStudy, n: int) -> str:
    """Build the scenario file that trains the first n of a study's best order."""
    import tomlkit

    numbers = study.assumptions
    order = study.find_order("marginal").passenger_ids[:n]
    document = tomlkit.document()
    document.add("scenario_id", tomlkit.item(f"training-{n}"))
    document.add(
        "title", tomlkit.item(f"Travel training, {n} starts, those who free vehicles first")
    )
    document.add(
        "question",
        tomlkit.item("What does training the people who share vehicles save, planned again?"),
    )
    change = tomlkit.table()
    change.add("kind", "offer_travel_training")
    change.add("starts_per_year", n)
    for key, name, factor in (
        ("completion", "complete", 1),
        ("sustained", "sustain", 1),
        ("cost_per_start_pounds", "cost_per_start", 1),
        ("pass_pounds_per_year", "pass", 1),
    ):
        number = numbers.find(name)
        held = tomlkit.inline_table()
        for side in ("low", "mode", "high"):
            held.add(side, getattr(number, side) * factor)
        held.add("source", f"{number.source}; grade {number.grade}")
        change.add(key, held)
    listed = tomlkit.array()
    listed.extend(order)
    change.add("order", listed.multiline(multiline=len(order) > 6))
    change.add(tomlkit.comment(f"from study {study.study_id}"))
    changes = tomlkit.aot()
    changes.append(change)
    document.add("changes", changes)
    return tomlkit.dumps(document)
