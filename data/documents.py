"""Reading domain values from plain JSON strictly: every fault at once, with its key path."""

from __future__ import annotations

import dataclasses
import difflib
import enum
import functools
import math
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from data.errors import Problem, Severity

MOST_AMOUNT = 10**12
"""Largest whole number a document may hold, far above any real second, metre or penny."""

MOST_CHARACTERS = 2_000
"""Longest text a document may hold. [characters]"""

Prepare = Mapping[type, Callable[[dict[str, Any]], dict[str, Any]]]
"""What to do to the keys of an object before it becomes a value of a type."""

_MISSING = object()


@dataclasses.dataclass(slots=True, kw_only=True)
class Faults:
    """Faults found so far in one document."""

    file: str
    n_most: int = 1_000
    problems: list[Problem] = dataclasses.field(default_factory=list)

    def add(
        self, code: str, path: str, cause: str, suggestion: str, *, value: Any = _MISSING
    ) -> None:
        """Add a fault at a key path; beyond the most that are kept it is dropped."""
        if len(self.problems) < self.n_most:
            self.problems.append(
                Problem(
                    code=code,
                    severity=Severity.ERROR,
                    file=self.file,
                    column=path,
                    value="" if value is _MISSING else _show(value),
                    cause=cause,
                    suggestion=suggestion,
                )
            )

    def add_stranger(self, path: str, key: str, known: tuple[str, ...]) -> None:
        """Add an unknown key, with the nearest known one."""
        near = difflib.get_close_matches(key[:80], known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}."
        self.add("J007", f"{path}.{_show(key)}", "is not a known key.", hint)


def build_value(
    kind: Any, plain: Any, path: str, faults: Faults, prepare: Prepare | None = None
) -> Any:
    """Build a value of a domain type from plain JSON; None after a fault.

    Parameters
    ----------
    kind
        A frozen dataclass, ``str``, ``int``, ``float``, ``bool``, ``date``, a ``StrEnum``, a
        tuple, a frozenset, or one of these or None.
    path
        Key path of the value, for the faults.
    """
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _build_object(kind, plain, path, faults, prepare or {})
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        (inner,) = (arg for arg in typing.get_args(kind) if arg is not types.NoneType)
        return None if plain is None else build_value(inner, plain, path, faults, prepare)
    if origin in (tuple, frozenset):
        return _build_many(kind, plain, path, faults, prepare)
    return _build_one(kind, plain, path, faults)


@functools.cache
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    """Type of each field of a dataclass, and whether it must be given."""
    hints = typing.get_type_hints(kind)
    return {
        f.name: (
            hints[f.name],
            f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING,
        )
        for f in dataclasses.fields(kind)
    }


def _build_object(kind: type, plain: Any, path: str, faults: Faults, prepare: Prepare) -> Any:
    """Build a dataclass from an object with exactly its keys."""
    if not isinstance(plain, dict):
        faults.add("J005", path, "must be an object.", "Write {...}.", value=plain)
        return None
    fields = _fields(kind)
    for key in plain:
        if key not in fields:
            faults.add_stranger(path, key, tuple(fields))
    content = prepare[kind](plain) if kind in prepare else plain
    n_before = len(faults.problems)
    found = {}
    for name, (hint, is_needed) in fields.items():
        if name in content:
            found[name] = build_value(hint, content[name], f"{path}.{name}", faults, prepare)
        elif is_needed:
            faults.add("J008", f"{path}.{name}", "is missing.", "Add it.")
    if len(faults.problems) > n_before or len(faults.problems) >= faults.n_most:
        return None
    return kind(**found)


def _build_many(
    kind: Any, plain: Any, path: str, faults: Faults, prepare: Prepare | None
) -> Any:
    """Build a tuple or frozenset from a list."""
    if not isinstance(plain, list):
        faults.add("J005", path, "must be a list.", "Write [...].", value=plain)
        return None
    arguments = typing.get_args(kind)
    is_open = typing.get_origin(kind) is frozenset or arguments[-1] is Ellipsis
    if not is_open and len(plain) != len(arguments):
        cause = f"must have {len(arguments)} entries, has {len(plain)}."
        faults.add("J009", path, cause, "Give each of them.")
        return None
    kinds = [arguments[0]] * len(plain) if is_open else arguments
    values = tuple(
        build_value(inner, item, f"{path}[{i}]", faults, prepare)
        for i, (inner, item) in enumerate(zip(kinds, plain, strict=True))
    )
    if typing.get_origin(kind) is tuple:
        return values
    if len(set(values)) < len(values) and None not in values:
        faults.add("J010", path, "has an entry twice.", "Give each once.")
    return frozenset(values)


def _build_one(kind: Any, plain: Any, path: str, faults: Faults) -> Any:
    """Build a text, number, truth, date or choice."""
    if kind is bool:
        return _need(isinstance(plain, bool), plain, "true or false", path, faults)
    if kind is int:
        is_whole = isinstance(plain, int) and not isinstance(plain, bool)
        value = _need(is_whole, plain, "a whole number", path, faults)
        if value is not None and abs(value) > MOST_AMOUNT:
            cause = f"must lie within {-MOST_AMOUNT} and {MOST_AMOUNT}."
            faults.add("J012", path, cause, "Check the unit.")
            return None
        return value
    if kind is float:
        is_number = isinstance(plain, (int, float)) and not isinstance(plain, bool)
        is_number = is_number and abs(plain) <= MOST_AMOUNT and math.isfinite(plain)
        value = _need(is_number, plain, "a number", path, faults)
        return None if value is None else float(value)
    text = _need(isinstance(plain, str), plain, "a text", path, faults)
    if text is None or not _is_text(text, path, faults):
        return None
    if kind is date:
        return _build_date(text, path, faults)
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        known = tuple(member.value for member in kind)
        if text in known:
            return kind(text)
        near = difflib.get_close_matches(text[:80], known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Choose from {', '.join(known)}."
        faults.add("J011", path, "is not one of the choices.", hint, value=plain)
        return None
    return text


def _build_date(text: str, path: str, faults: Faults) -> date | None:
    """Build a date from YYYY-MM-DD alone; other spellings that Python reads are faults."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        faults.add("J013", path, "is not a date.", "Write YYYY-MM-DD.", value=text)
        return None
    return found


def _need(is_right: bool, plain: Any, word: str, path: str, faults: Faults) -> Any:
    """Give the value if it is of the right kind, else None and a fault."""
    if is_right:
        return plain
    faults.add("J009", path, f"must be {word}.", "Write it as the format says.", value=plain)
    return None


def _is_text(text: str, path: str, faults: Faults) -> bool:
    """Whether a text can be stored, printed and fingerprinted."""
    if len(text) > MOST_CHARACTERS:
        cause = f"is longer than {MOST_CHARACTERS} characters."
        faults.add("J012", path, cause, "Shorten it.")
        return False
    if not text.isprintable():
        faults.add("J012", path, "has characters that cannot be printed.", "Remove them.")
        return False
    return True


def _show(value: Any) -> str:
    """Show a found value, short and printable."""
    shown = value if isinstance(value, str) else type(value).__name__
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        shown = str(value) if abs(value) < MOST_AMOUNT else "a huge number"
    short = shown if len(shown) <= 40 else f"{shown[:37]}..."
    return (
        short.encode("ascii", "backslashreplace").decode() if not short.isprintable() else short
    )
