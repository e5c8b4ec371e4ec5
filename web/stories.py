"""The form of a scenario: the same model as its file, read by the same reader.

A field holds what would stand in the file: a number, a range ``{ low = 0.6, mode = 0.8 }``, a
list; plain words need no quotes. What the reader finds wrong stands beside its field.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import tomlkit

from data.errors import InputError, Problem
from scenarios import KINDS, Scenario, build_scenario
from web.forms import Form, Posted

BASELINE = "baseline"
"""The base of a scenario that changes the records as they stand."""

HEAD = ("scenario_id", "title", "question", "base_id", "planned")
MOST_CHANGES = 12
_WHERE = re.compile(r"^changes\[(\d+)\](?:\s+\w+)?\.?(.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryField:
    """One key of a change, as the form shows it."""

    name: str
    key: str
    is_required: bool
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """One change of the form."""

    number: int
    kind: str
    about: str
    fields: tuple[StoryField, ...]


def describe_kind(kind: str) -> str:
    """Describe a kind of change in its own words."""
    text = (KINDS[kind].__doc__ or "").strip().splitlines()
    return text[0] if text else kind


def list_kinds() -> tuple[tuple[str, str], ...]:
    """List the kinds of change with what each does."""
    return tuple((kind, describe_kind(kind)) for kind in sorted(KINDS))


def build_changes(kinds: tuple[str, ...]) -> tuple[StoryChange, ...]:
    """Build the part of the form for each change."""
    return tuple(
        StoryChange(
            number=n,
            kind=kind,
            about=describe_kind(kind),
            fields=tuple(
                StoryField(
                    name=f"c{n}-{key}",
                    key=key,
                    is_required=about.is_required(),
                    default="" if about.is_required() else _show(about.default),
                )
                for key, about in KINDS[kind].model_fields.items()
                if key != "kind"
            ),
        )
        for n, kind in enumerate(kinds)
    )


def read_kinds(posted: Posted) -> tuple[str, ...]:
    """Read which changes a form has, in order."""
    return tuple(k for k in posted.texts("kind") if k in KINDS)[:MOST_CHANGES]


def read_document(posted: Posted, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Read what a form says as the file would say it."""
    document: dict[str, Any] = {key: posted.text(key) for key in HEAD if posted.text(key)}
    changes = []
    for n, kind in enumerate(kinds):
        change: dict[str, Any] = {"kind": kind}
        for key in KINDS[kind].model_fields:
            text = posted.text(f"c{n}-{key}")
            if key != "kind" and text:
                change[key] = read_value(text)
        changes.append(change)
    if changes:
        document["changes"] = changes
    return document


def read_value(text: str) -> Any:
    """Read a value as TOML; what is none is plain text.

    Examples
    --------
    >>> read_value("20"), read_value("{ low = 1, high = 2 }"), read_value("minibus16")
    (20, {'low': 1, 'high': 2}, 'minibus16')
    """
    try:
        found = tomllib.loads(f"x = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return found["x"] if list(found) == ["x"] else text


def write_toml(document: Mapping[str, Any]) -> str:
    """Write the file of a scenario."""
    plain = {key: value for key, value in document.items() if key != "changes"}
    parts = [tomlkit.dumps(plain)]
    for change in document.get("changes", ()):
        inner = {k: v for k, v in change.items() if not isinstance(v, dict)}
        inline = [
            f"{key} = {_inline(value)}\n"
            for key, value in change.items()
            if isinstance(value, dict)
        ]
        parts.append("\n[[changes]]\n" + tomlkit.dumps(inner) + "".join(inline))
    return "".join(parts)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_inline(v)}" for k, v in value.items()) + " }"
    return cast("str", tomlkit.item(value).as_string())


def fill_form(document: Mapping[str, Any]) -> tuple[tuple[str, ...], Form]:
    """Fill the form from a file."""
    values: dict[str, Any] = {key: document.get(key, "") for key in HEAD}
    values["base_id"] = values["base_id"] or BASELINE
    values["planned"] = values["planned"] or "search"
    kinds: list[str] = []
    for change in document.get("changes", ()):
        if change.get("kind") not in KINDS:
            continue
        n = len(kinds)
        kinds.append(change["kind"])
        for key, value in change.items():
            if key != "kind":
                values[f"c{n}-{key}"] = _show(value)
    return tuple(kinds), Form(values=values)


def _show(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float, bool, list, tuple, dict)):
        plain = list(value) if isinstance(value, tuple) else value
        return _inline(plain)
    return str(value)


def check_story(
    posted: Posted, kinds: tuple[str, ...]
) -> tuple[Scenario | None, dict[str, Any], Form]:
    """Check a form by the reader of scenario files.

    Returns
    -------
    The scenario, or None if something is wrong; the file's content; the form to show again.
    """
    document = read_document(posted, kinds)
    names = [*HEAD, *(f.name for change in build_changes(kinds) for f in change.fields)]
    form = Form(values={name: posted.text(name) for name in names})
    try:
        return build_scenario(document, "the form"), document, form
    except InputError as error:
        for problem in error.problems:
            name = find_field(problem, kinds)
            text = f"{problem.cause} {problem.suggestion}"
            if name in form.errors:
                text = f"{form.errors[name]} {text}"
            form = form.add_error(name, text)
        return None, document, form


def find_field(problem: Problem, kinds: tuple[str, ...]) -> str:
    """Find the field that a problem of the reader is about; '' for none."""
    match = _WHERE.match(problem.column)
    if match is None:
        return problem.column if problem.column in HEAD else ""
    n, key = int(match[1]) - 1, match[2].partition(".")[0]
    if n < len(kinds) and key in KINDS[kinds[n]].model_fields and key != "kind":
        return f"c{n}-{key}"
    return ""
