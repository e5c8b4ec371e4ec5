"""Scenario files: one base, typed changes, read strictly with all faults at once.

    scenario_id = "travel-training"
    title = "Travel training for 40 young people a year"
    base_id = "baseline"
    [[changes]]
    kind = "offer_travel_training"
    starts_per_year = 40
    completion = { low = 0.60, mode = 0.80, high = 0.85 }

A scenario without a base, or with base ``baseline``, changes a place's inputs as they stand.
Any number of a change may be uncertain, as `scenarios.distributions` says how.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    field_validator,
)

from data.errors import InputError, Problem, Severity
from data.imports.toml_files import read_toml_document
from scenarios.changes import KINDS, Change
from scenarios.distributions import DISTRIBUTIONS, Distribution, choose_model
from scenarios.numbers import (
    NamedNumber,
    UncertainNumber,
    find_uncertain,
    find_whole,
    put_value,
)

BASELINE = "baseline"
"""The base of scenarios that change a place's inputs as they stand."""
STUDY_FILE = "study.toml"
"""What a folder of scenarios is called and put in order by; no scenario itself."""
APPRAISAL_FILE = "appraisal.toml"
"""What a study's options are appraised by; no scenario either."""
NO_SCENARIOS = frozenset((STUDY_FILE, APPRAISAL_FILE))

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class Scenario(BaseModel):
    """One story: what changes against its base.

    Attributes
    ----------
    question
        What the scenario answers, one sentence.
    planned
        ``search`` for the best plan found; ``by_hand`` for today's plan as it stands, priced by
        the same rate cards and judged by the same checker; ``from_today`` for the best plan
        found from today's routes, mended first where they break a rule.
    seed
        Of its random choices; scenarios to be compared share it.
    changes
        With every uncertain number at its most likely value.
    uncertain
        The numbers that are not known exactly; no key of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario_id: Name
    title: str = Field(min_length=1, max_length=200)
    question: str = Field(default="", max_length=1_000)
    base_id: Name = BASELINE
    planned: Literal["search", "by_hand", "from_today"] = "search"
    seed: int = Field(default=1, ge=0)
    changes: tuple[SerializeAsAny[Change], ...] = ()
    uncertain: tuple[UncertainNumber, ...] = ()

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
    return build_scenario(read_toml_document(path, "Y001"), path.name)


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
    uncertain: list[UncertainNumber] = []
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
        change, numbers, faults = _read_change(entry, n, model, file, f"{where} {kind}")
        problems += faults
        if change is not None:
            changes.append(change)
            uncertain += numbers
    plain = {k: v for k, v in document.items() if k not in ("changes", "uncertain")}
    if "uncertain" in document:
        cause = "uncertain is not a known key."
        how = "Write the range where the number stands."
        problems.append(_problem(file, "Y002", "uncertain", cause, how))
    scenario = None
    try:
        scenario = Scenario.model_validate({**plain, "changes": tuple(changes)})
        scenario = scenario.model_copy(update={"uncertain": tuple(uncertain)})
    except ValidationError as error:
        problems += explain_faults(file, "", error, Scenario)
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
        files += list_scenario_files(path) if path.is_dir() else [path]
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


def list_scenario_files(folder: Path) -> list[Path]:
    """List the scenario files of a folder in order of their names."""
    return sorted(path for path in folder.glob("*.toml") if path.name not in NO_SCENARIOS)


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


def find_named_numbers(
    scenario: Scenario, others: Iterable[Scenario]
) -> tuple[NamedNumber, ...]:
    """Find the uncertain numbers of a scenario and all it stands on, each with its name.

    A number without a name of its own is called by the kind and key it stands in, such as
    ``offer_travel_training.completion``, with ``#2`` after the kind where it is the second
    change of that kind. So scenarios that make the same kind of change share its draws, as they
    share its random choices, and their difference is that of what they do otherwise.
    """
    by_id = {s.scenario_id: s for s in others}
    chain: list[Scenario] = []
    at: Scenario | None = scenario
    while at is not None:
        chain.insert(0, at)
        at = by_id.get(at.base_id)
    met: dict[str, int] = {}
    found: list[NamedNumber] = []
    position = 0
    for story in chain:
        for n, change in enumerate(story.changes):
            kind = str(getattr(change, "kind", ""))
            met[kind] = met.get(kind, 0) + 1
            owner = kind if met[kind] == 1 else f"{kind}#{met[kind]}"
            found += [
                NamedNumber(
                    name=number.distribution.name or ".".join((owner, *number.path)),
                    position=position + n,
                    number=number,
                )
                for number in story.uncertain
                if number.change == n
            ]
        position += len(story.changes)
    return tuple(found)


def fix_changes(
    scenario: Scenario,
    others: Iterable[Scenario] = (),
    values: Mapping[str, float] | None = None,
) -> tuple[Change, ...]:
    """Gather the changes with every uncertain number fixed: as given, else most likely.

    Parameters
    ----------
    values
        By the names of `find_named_numbers`.
    """
    held = tuple(others)
    changes = list(gather_changes(scenario, held))
    for named in find_named_numbers(scenario, held):
        if values is None or named.name not in values:
            continue
        change = changes[named.position]
        entry = change.model_dump(exclude_unset=True)
        changes[named.position] = type(change).model_validate(
            named.number.put(entry, values[named.name])
        )
    return tuple(changes)


def _read_change(
    entry: Mapping[str, Any], n: int, model: type[Change], file: str, where: str
) -> tuple[Change | None, list[UncertainNumber], list[Problem]]:
    """Read one change: its uncertain numbers, and itself with the most likely values.

    The change must be one that can be read at both ends of every range too, so that no draw
    is ever impossible.
    """
    problems: list[Problem] = []
    found: dict[tuple[str, ...], Distribution] = {}
    plain: dict[str, Any] = dict(entry)
    for path, table in find_uncertain(entry).items():
        try:
            kind = choose_model(table)
        except ValueError as error:
            key = ".".join((where, *path, "distribution"))
            how = f"Choose from {', '.join(DISTRIBUTIONS)}."
            problems.append(_problem(file, "Y003", key, f"{str(error).capitalize()}.", how))
            plain = put_value(plain, path, table.get("mode", table.get("low", 0)))
            continue
        try:
            found[path] = kind.model_validate(table)
        except ValidationError as error:
            problems += explain_faults(file, ".".join((where, *path)), error, kind)
            plain = put_value(plain, path, table.get("mode", table.get("low", 0)))
    for path, distribution in found.items():
        plain = put_value(plain, path, _show_number(distribution.central))
    wholes = {p: _is_whole(model, plain, p, d) for p, d in found.items()}
    for path, distribution in found.items():
        if wholes[path]:
            plain = put_value(plain, path, find_whole(distribution.central))
    change, faults = _validate(model, plain, file, where)
    if not faults:
        for path, distribution in found.items():
            for end in (distribution.lowest, distribution.highest):
                value = find_whole(end) if wholes[path] else end
                at_end = put_value(plain, path, value)
                faults += _validate(model, at_end, file, where, f" at {value:g}")[1]
    numbers = [
        UncertainNumber(change=n, path=p, distribution=d, is_whole=wholes[p])
        for p, d in found.items()
    ]
    return (None if problems or faults else change), numbers, [*problems, *faults]


def _show_number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _is_whole(
    model: type[Change], plain: Mapping[str, Any], path: tuple[str, ...], held: Distribution
) -> bool:
    """Whether a number has to be whole: a broken one between its ends is refused as such."""
    broken = held.lowest + (held.highest - held.lowest) / 2
    broken = int(broken) + 0.5
    try:
        model.model_validate(put_value(plain, path, broken))
    except ValidationError as error:
        return any(
            fault["type"] in ("int_from_float", "int_type")
            and tuple(str(step) for step in fault["loc"])[: len(path)] == path
            for fault in error.errors(include_url=False)
        )
    return False


def _validate(
    model: type[Change], plain: Mapping[str, Any], file: str, where: str, at: str = ""
) -> tuple[Change | None, list[Problem]]:
    """Read a change of plain values."""
    try:
        return model.model_validate(plain), []
    except ValidationError as error:
        return None, explain_faults(file, where, error, model, at)


def explain_faults(
    file: str, where: str, error: ValidationError, model: type[BaseModel], at: str = ""
) -> list[Problem]:
    """Say each fault of a record, with the nearest known key."""
    problems = []
    seen: set[str] = set()
    for fault in error.errors(include_url=False):
        # pydantic names the validators of a union in the path too; they are no keys of a file
        steps = [str(step) for step in fault["loc"] if "(" not in str(step)]
        key = ".".join(part for part in (where, *steps) if part)
        known = list(model.model_fields)
        if fault["type"] == "extra_forbidden":
            name = steps[-1] if steps else ""
            cause = f"{name} is not a known key{_find_near(name, known)}."
            how = f"Known keys: {', '.join(k for k in known)}."
            problems.append(_problem(file, "Y002", key, cause, how))
            continue
        if key in seen:
            continue  # one fault a key
        seen.add(key)
        cause = fault["msg"].removeprefix("Value error, ")
        cause = f"{key.rsplit('.', 1)[-1]}{at}: {cause[:1].lower()}{cause[1:]}."
        problems.append(_problem(file, "Y003", key, cause, "Correct the value."))
    return problems


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
