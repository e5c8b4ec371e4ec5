"""Scenario files: one base, typed changes, read strictly with all faults at once.

    scenario_id = "travel-training"
    title = "Travel training for 40 young people a year"
    base_id = "baseline"
    [[changes]]
    kind = "offer_travel_training"
    starts_per_year = 40
    completion = { low = 0.60, mode = 0.80, high = 0.85 }

A scenario without a base, or with base ``baseline``, changes a place's inputs as they stand.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    field_validator,
)

from data.errors import InputError, Problem, Severity
from scenarios.changes import KINDS, Change
from scenarios.numbers import Range, find_ranges, fix_ranges

BASELINE = "baseline"
"""The base of scenarios that change a place's inputs as they stand."""
MAX_BYTES = 1_000_000

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class Scenario(BaseModel):
    """One story: what changes against its base.

    Attributes
    ----------
    question
        What the scenario answers, one sentence.
    seed
        Of its random choices; scenarios to be compared share it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario_id: Name
    title: str = Field(min_length=1, max_length=200)
    question: str = Field(default="", max_length=1_000)
    base_id: Name = BASELINE
    seed: int = Field(default=1, ge=0)
    changes: tuple[SerializeAsAny[Change], ...] = ()

    @field_validator("scenario_id")
    @classmethod
    def _is_not_the_base(cls, value: str) -> str:
        if value == BASELINE:
            raise ValueError(f"{BASELINE} is the name of the inputs as they stand")
        return value


def read_scenario(path: Path) -> Scenario:
    """Read one scenario file.

    Raises
    ------
    InputError
        With every fault: Y001 not TOML, Y002 key not known, Y003 value, Y004 kind not known.
    """
    try:
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            raise _fault(path, "Y001", "", "The file is too large.", "Split it.")
        document = tomllib.loads(content.decode("utf-8-sig"))
    except OSError:
        how = "Check the name and the folder."
        raise _fault(path, "Y001", "", "There is no such file.", how) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        cause = f"It is not TOML: {str(error)[:200]}."
        raise _fault(path, "Y001", "", cause, "Mend the line named.") from None
    return build_scenario(document, path.name)


def build_scenario(document: Mapping[str, Any], file: str) -> Scenario:
    """Build a scenario from plain values, as `read_scenario` does."""
    problems: list[Problem] = []
    changes: list[Change] = []
    listed = document.get("changes", [])
    if not isinstance(listed, list):
        problems.append(
            _problem(file, "Y003", "changes", "changes is not a list.", "Write [[changes]].")
        )
        listed = []
    for n, entry in enumerate(listed):
        where = f"changes[{n + 1}]"
        kind = entry.get("kind") if isinstance(entry, dict) else None
        model = KINDS.get(kind) if isinstance(kind, str) else None
        if model is None:
            hint = _find_near(str(kind or ""), KINDS)
            cause = f"There is no kind {kind!r}{hint}." if kind else "The change has no kind."
            how = f"Kinds: {', '.join(sorted(KINDS))}."
            problems.append(_problem(file, "Y004", f"{where}.kind", cause, how))
            continue
        try:
            changes.append(model.model_validate(entry))
        except ValidationError as error:
            problems += _explain(file, f"{where} {kind}", error, model)
    plain = {key: value for key, value in document.items() if key != "changes"}
    scenario = None
    try:
        scenario = Scenario.model_validate({**plain, "changes": tuple(changes)})
    except ValidationError as error:
        problems += _explain(file, "", error, Scenario)
    if problems or scenario is None:
        raise InputError(problems)
    return scenario


def read_scenarios(paths: Iterable[Path]) -> tuple[Scenario, ...]:
    """Read scenario files and folders of them, bases before those that stand on them.

    Raises
    ------
    InputError
        With the faults of all files; Y005 two scenarios of one name, Y006 a base that is not
        there or that loops.
    """
    files: list[Path] = []
    for path in paths:
        files += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    problems: list[Problem] = []
    found: dict[str, tuple[Scenario, str]] = {}
    for path in files:
        try:
            scenario = read_scenario(path)
        except InputError as error:
            problems += error.problems
            continue
        if scenario.scenario_id in found:
            cause = f"{found[scenario.scenario_id][1]} has the same scenario_id."
            problems.append(_problem(path.name, "Y005", "scenario_id", cause, "Rename one."))
        found[scenario.scenario_id] = (scenario, path.name)
    if not files:
        problems.append(_problem("", "Y001", "", "There is no scenario file.", "Name one."))
    ordered: list[Scenario] = []
    for scenario, file in found.values():
        problems += _follow(scenario, file, found, ordered)
    if problems:
        raise InputError(problems)
    return tuple(ordered)


def _follow(
    scenario: Scenario,
    file: str,
    found: Mapping[str, tuple[Scenario, str]],
    ordered: list[Scenario],
) -> list[Problem]:
    """Put a scenario after its bases."""
    chain = [scenario]
    names = {scenario.scenario_id}
    while chain[-1].base_id != BASELINE and chain[-1] not in ordered:
        base_id = chain[-1].base_id
        if base_id in names:
            cause = "The bases go round in a loop."
            return [_problem(file, "Y006", "base_id", cause, "Let one stand on baseline.")]
        if base_id not in found:
            hint = _find_near(base_id, found)
            cause = f"There is no scenario {base_id}{hint}."
            return [_problem(file, "Y006", "base_id", cause, "Give its file too.")]
        chain.append(found[base_id][0])
        names.add(base_id)
    ordered += [s for s in reversed(chain) if s not in ordered]
    return []


def gather_changes(scenario: Scenario, others: Iterable[Scenario]) -> tuple[Change, ...]:
    """Gather the changes of a scenario and of all it stands on, those of the bases first."""
    by_id = {s.scenario_id: s for s in others}
    changes: list[Change] = []
    at: Scenario | None = scenario
    while at is not None:
        changes = [*at.changes, *changes]
        at = by_id.get(at.base_id)
    return tuple(changes)


def find_scenario_ranges(changes: Iterable[Change]) -> tuple[tuple[str, Range], ...]:
    """Find the uncertain numbers of changes, by names such as ``2.completion``."""
    return tuple(
        (name, found)
        for n, change in enumerate(changes)
        for name, found in find_ranges(change, str(n + 1))
    )


def fix_changes(
    changes: Iterable[Change], values: Mapping[str, float] | None = None
) -> tuple[Change, ...]:
    """Fix every uncertain number: at the value given, else at the most likely one."""
    fixed = [fix_ranges(c, values or {}, str(n + 1)) for n, c in enumerate(changes)]
    return tuple(c for c in fixed if isinstance(c, Change))


def _explain(
    file: str, where: str, error: ValidationError, model: type[BaseModel]
) -> list[Problem]:
    """Say each fault of a record, with the nearest known key."""
    problems = []
    seen: set[str] = set()
    for fault in error.errors(include_url=False):
        # pydantic names the arms of a union in the path too; they are no keys of the file
        steps = [str(step) for step in fault["loc"] if not _is_arm(str(step))]
        key = ".".join(part for part in (where, *steps) if part)
        known = list(model.model_fields)
        if fault["type"] == "extra_forbidden":
            name = steps[-1] if steps else ""
            if len(steps) > 1:
                known = list(Range.model_fields)
            cause = f"{name} is not a known key{_find_near(name, known)}."
            how = f"Known keys: {', '.join(k for k in known)}."
            problems.append(_problem(file, "Y002", key, cause, how))
            continue
        if key in seen:
            continue  # one fault for a number that is neither a number nor a range
        seen.add(key)
        cause = fault["msg"].removeprefix("Value error, ")
        cause = f"{key.rsplit('.', 1)[-1]}: {cause[:1].lower()}{cause[1:]}."
        problems.append(_problem(file, "Y003", key, cause, "Correct the value."))
    return problems


def _is_arm(step: str) -> bool:
    return step in ("float", "Range") or "(" in step


def _find_near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (did you mean {near[0]}?)" if near else ""


def _problem(file: str, code: str, key: str, cause: str, how: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=file,
        column=key,
        cause=cause,
        suggestion=how,
    )


def _fault(path: Path, code: str, key: str, cause: str, how: str) -> InputError:
    return InputError([_problem(path.name, code, key, cause, how)])
