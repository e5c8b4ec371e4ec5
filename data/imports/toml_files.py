"""Files in TOML: read as plain values, or into a strict model with all faults at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from data.errors import InputError, Problem, Severity
from data.imports.headings import find_near

ModelT = TypeVar("ModelT", bound=BaseModel)

MAX_BYTES = 1_000_000
"""A settings file is written by a person; anything larger is none. [bytes]"""


def read_toml_document(
    path: Path, code: str, *, parse_float: Callable[[str], Any] = float
) -> dict[str, Any]:
    """Read a TOML file as plain values.

    Parameters
    ----------
    code
        Of the problem that it is not there, too large or no TOML.
    parse_float
        What a number with a point becomes, e.g. `decimal.Decimal` for one that must be exact.

    Raises
    ------
    InputError
        With that problem.
    """
    try:
        content = path.read_bytes()
    except OSError:
        how = "Check the name and the folder."
        raise InputError([_blame(path, code, "", "There is no such file.", how)]) from None
    if len(content) > MAX_BYTES:
        raise InputError([_blame(path, code, "", "The file is too large.", "Split it.")])
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=parse_float)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        cause = f"It is not TOML: {str(error)[:200]}."
        raise InputError([_blame(path, code, "", cause, "Mend the line named.")]) from None


def read_toml_file(path: Path, model: type[ModelT]) -> ModelT:
    """Read a settings file into a model that forbids unknown keys.

    Raises
    ------
    InputError
        With every fault: Q010 not TOML or not there, Q011 key not known, Q012 value or a key
        that is missing.
    """
    document = read_toml_document(path, "Q010")
    return _build(path, document, model)


def _build(path: Path, document: Mapping[str, Any], model: type[ModelT]) -> ModelT:
    """Build the model, or say all that is wrong."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        problems = []
        for fault in error.errors(include_url=False):
            steps = [str(step) for step in fault["loc"]]
            key = ".".join(steps)
            if fault["type"] == "extra_forbidden":
                known = _find_keys(model, steps[:-1])
                cause = f"{key} is not a known key{find_near(steps[-1], known)}."
                how = f"Known keys: {', '.join(known)}."
                problems.append(_blame(path, "Q011", key, cause, how))
                continue
            text = fault["msg"].removeprefix("Value error, ")
            cause = f"{key}: {text[:1].lower()}{text[1:]}."
            problems.append(_blame(path, "Q012", key, cause, "Correct the value."))
        raise InputError(problems) from None


def _find_keys(model: type[BaseModel], steps: list[str]) -> list[str]:
    """Find the keys known at a place of the document."""
    here: Any = model
    for step in steps:
        field = getattr(here, "model_fields", {}).get(step)
        here = getattr(field, "annotation", None)
    return list(getattr(here, "model_fields", {}))


def _blame(path: Path, code: str, key: str, cause: str, how: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=path.name,
        column=key,
        cause=cause,
        suggestion=how,
    )
