"""Each room's door: its public names are listed, sorted, complete and there."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("costing", "data", "reports", "routing", "scenarios", "cli", "nightly", "web")
DOORS = [
    path
    for room in ROOMS
    for path in (ROOT / room / "__init__.py", ROOT / f"{room}.py")
    if path.exists() and "__all__" in path.read_text(encoding="utf-8")
]


def _name(path: Path) -> str:
    return path.parent.name if path.name == "__init__.py" else path.stem


@pytest.fixture(params=DOORS, ids=_name)
def door(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def _find_public(path: Path) -> set[str]:
    """Public names a door imports from its own room, or defines itself."""
    room = _name(path)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == room:
            found |= {a.asname or a.name for a in node.names if not _is_module(node, a)}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
    return {name for name in found if not name.startswith("_")}


def _is_module(node: ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether an import fetches a module, which is no public name of the door."""
    base = ROOT / Path(*(node.module or "").split(".")) / alias.name
    return base.with_suffix(".py").exists() or (base / "__init__.py").exists()


def test_rooms_with_public_functions_have_doors() -> None:
    assert {_name(path) for path in DOORS} >= {"costing", "reports", "routing", "scenarios"}


def test_all_is_sorted_and_names_each_once(door: Path) -> None:
    exported = list(importlib.import_module(_name(door)).__all__)
    # As the linter sorts: constants, classes, functions.
    kinds = {n: 0 if n.isupper() else 1 if n[0].isupper() else 2 for n in exported}
    assert exported == sorted(exported, key=lambda name: (kinds[name], name))
    assert len(set(exported)) == len(exported)
    assert not any(name.startswith("_") for name in exported)


def test_every_exported_name_is_there(door: Path) -> None:
    module = importlib.import_module(_name(door))
    assert [name for name in module.__all__ if getattr(module, name, None) is None] == []


def test_no_exported_name_turns_into_a_module(door: Path) -> None:
    """Loading a module binds it to its room, where it may hide a function of its name."""
    module = importlib.import_module(_name(door))
    for home in getattr(module, "_HOMES", {}).values():
        importlib.import_module(home)
    hidden = [n for n in module.__all__ if isinstance(getattr(module, n), ModuleType)]
    assert hidden == []


def test_all_is_complete(door: Path) -> None:
    if _name(door) == "cli":
        return  # nobody imports from the command line; its door only starts it
    module = importlib.import_module(_name(door))
    imported = _find_public(door)
    assert imported - set(module.__all__) == set()


def test_names_loaded_late_are_those_for_type_checkers(door: Path) -> None:
    """A door that loads its modules on first use says the same to people, tools and Python."""
    module = importlib.import_module(_name(door))
    homes = getattr(module, "_HOMES", None)
    if homes is None:
        assert "__getattr__" not in vars(module)
        return
    assert list(homes) == sorted(homes)
    shown: dict[str, str] = {}
    for node in ast.walk(ast.parse(door.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_name(door)):
            shown |= dict.fromkeys((alias.name for alias in node.names), node.module or "")
    assert shown == homes
    assert set(homes) <= set(module.__all__)


def test_unknown_names_are_refused(door: Path) -> None:
    module = importlib.import_module(_name(door))
    with pytest.raises(AttributeError):
        _ = module.no_such_name
