"""The rooms of the house: who may import whom, read from every import statement."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LEFT_OF: dict[str, frozenset[str]] = {
    "data": frozenset(),
    "costing": frozenset({"data"}),
    "routing": frozenset({"data"}),
    "scenarios": frozenset({"data", "costing", "routing"}),
    "reports": frozenset({"data", "costing", "routing", "scenarios"}),
    "nightly": frozenset({"data", "costing", "routing", "scenarios", "reports"}),
    "web": frozenset({"data", "costing", "routing", "scenarios", "nightly", "reports"}),
    "cli": frozenset({"data", "costing", "routing", "scenarios", "nightly", "reports", "web"}),
}
"""The rooms each room may import from, besides itself."""

OUTSIDE = frozenset({"tests", "benchmarks"})
"""Ours, but never part of the product."""


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported module, where it stands, and whether it runs when its module is loaded."""

    path: Path
    line: int
    target: str
    is_relative: bool
    is_at_load: bool

    @property
    def top(self) -> str:
        """First part of the imported name."""
        return self.target.split(".")[0]

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.target}"


def find_files(room: str) -> list[Path]:
    """Every Python file of a room, a package or a single module."""
    single = ROOT / f"{room}.py"
    return sorted((ROOT / room).rglob("*.py")) + ([single] if single.exists() else [])


def find_imports(path: Path) -> Iterator[Import]:
    """Every import of a file, wherever it stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    late = _find_late(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [(alias.name, False) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            targets = [(node.module or "", node.level > 0)]
            # `from routing import check` imports the module routing.check.
            targets += [
                (f"{node.module}.{alias.name}", node.level > 0)
                for alias in node.names
                if node.module and _find_module(f"{node.module}.{alias.name}")
            ]
        else:
            targets = list(_find_dynamic(node))
        for target, is_relative in targets:
            yield Import(
                path=path,
                line=node.lineno,
                target=target,
                is_relative=is_relative,
                is_at_load=node not in late,
            )


def _find_dynamic(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Modules named in a call of import_module or __import__."""
    if not isinstance(node, ast.Call) or not node.args:
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    first = node.args[0]
    if name in ("import_module", "__import__") and isinstance(first, ast.Constant):
        yield str(first.value), False


def _find_late(tree: ast.AST) -> set[ast.AST]:
    """Nodes inside functions or for type checkers only, which do not run at loading."""
    late: set[ast.AST] = set()
    for node in ast.walk(tree):
        is_typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if is_typing or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            late.update(ast.walk(node))
    return late


def _find_module(name: str) -> Path | None:
    """The file of one of our modules, or None."""
    base = ROOT / Path(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


ROOMS = tuple(room for room in LEFT_OF if find_files(room))
IMPORTS = {room: [i for path in find_files(room) for i in find_imports(path)] for room in ROOMS}


def test_the_first_five_rooms_and_the_command_line_are_there() -> None:
    assert set(ROOMS) >= {"data", "costing", "routing", "scenarios", "reports", "cli"}
    assert all(len(IMPORTS[room]) > 5 for room in ROOMS)


def test_every_folder_with_code_is_a_known_room() -> None:
    folders = {p.parent.name for p in ROOT.glob("*/__init__.py")}
    assert folders <= set(LEFT_OF) | OUTSIDE
    assert {p.stem for p in ROOT.glob("*.py")} <= set(LEFT_OF)


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_to_the_left_only(room: str) -> None:
    ours = set(LEFT_OF) | OUTSIDE
    allowed = LEFT_OF[room] | {room}
    assert [str(i) for i in IMPORTS[room] if i.top in ours - allowed] == []


@pytest.mark.parametrize("room", ROOMS)
def test_imports_are_absolute(room: str) -> None:
    assert [str(i) for i in IMPORTS[room] if i.is_relative] == []


@pytest.mark.parametrize("room", ["costing", "routing", "scenarios", "reports"])
def test_rooms_are_entered_through_their_door(room: str) -> None:
    """Other rooms import a room's public names from the room, not from its modules.

    `data` is types in modules, and the command line may load one module to load no more.
    """
    # A public function may bear the name of the module it lives in.
    names = {f"{room}.{name}" for name in importlib.import_module(room).__all__}
    inner = [
        str(i)
        for other in ROOMS
        if other not in (room, "cli")
        for i in IMPORTS[other]
        if i.top == room and i.target != room and i.target not in names
    ]
    assert inner == []


def test_costing_and_routing_never_see_each_other() -> None:
    assert "routing" not in LEFT_OF["costing"]
    assert "costing" not in LEFT_OF["routing"]


def test_no_cycle_between_rooms() -> None:
    graph = {room: {i.top for i in IMPORTS[room]} & set(ROOMS) - {room} for room in ROOMS}
    order = list(TopologicalSorter(graph).static_order())
    assert order[0] == "data"
    assert order[-1] == "cli"


@pytest.mark.parametrize("room", ROOMS)
def test_no_cycle_between_modules_at_loading(room: str) -> None:
    graph: dict[Path, set[Path]] = {}
    for found in IMPORTS[room]:
        target = _find_module(found.target)
        if found.is_at_load and target is not None and target != found.path:
            graph.setdefault(found.path, set()).add(target)
    # A package's __init__ that re-exports its modules is no cycle by itself.
    for edges in graph.values():
        edges -= {path for path in edges if path.name == "__init__.py"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        names = [str(path.relative_to(ROOT)) for path in error.args[1]]
        pytest.fail(" -> ".join(names))


def _find_strangers(paths: list[Path], allowed: tuple[str, ...]) -> list[str]:
    """Imports that are neither of the standard library nor allowed."""
    return [
        str(i)
        for path in paths
        for i in find_imports(path)
        if i.top not in sys.stdlib_module_names
        and not any(i.target == name or i.target.startswith(f"{name}.") for name in allowed)
    ]


def test_kernels_import_numpy_and_numba_only() -> None:
    paths = sorted((ROOT / "routing" / "kernels").rglob("*.py"))
    assert paths
    assert _find_strangers(paths, ("numpy", "numba", "routing.kernels")) == []


def test_checker_imports_data_and_numpy_only() -> None:
    """The checker shares nothing with the search: its door and its modules stand alone."""
    paths = [ROOT / "routing" / "check.py", *sorted((ROOT / "routing/checks").rglob("*.py"))]
    assert len(paths) > 10
    allowed = ("data", "numpy", "routing.check", "routing.checks")
    assert _find_strangers(paths, allowed) == []


def test_search_does_not_import_the_checker() -> None:
    """Nor does the search lean on the checker, or a fault of one would hide in the other."""
    ours = {ROOT / "routing" / "check.py", ROOT / "routing" / "__init__.py"}
    leaning = [
        str(i)
        for i in IMPORTS["routing"]
        if i.path not in ours
        and (ROOT / "routing" / "checks") not in i.path.parents
        and i.target.startswith("routing.check")
    ]
    assert leaning == []


def test_only_the_command_line_prints() -> None:
    printing = []
    for room in ROOMS:
        if room == "cli":
            continue
        for path in find_files(room):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _is_printing(node.func):
                    printing.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert printing == []


def _is_printing(called: ast.expr) -> bool:
    """Whether a call writes to the terminal."""
    text = ast.unparse(called)
    return text in ("print", "pprint", "typer.echo", "click.echo") or text.startswith(
        ("sys.stdout.", "sys.stderr.")
    )


def test_the_reader_of_imports_finds_all_kinds(tmp_path: Path) -> None:
    """A test that reads imports is worth nothing if it misses some."""
    path = tmp_path / "sample.py"
    path.write_text(
        "import numpy as np\n"
        "from . import near\n"
        "from data.plans import Plan\n"
        "from routing import check\n"
        "if TYPE_CHECKING:\n    import scipy\n"
        "def f():\n    import pandas\n    __import__('os')\n    x.import_module('json')\n",
        encoding="utf-8",
    )
    found = {(i.target, i.is_relative, i.is_at_load) for i in find_imports(path)}
    assert found == {
        ("numpy", False, True),
        ("", True, True),
        ("data.plans", False, True),
        ("routing", False, True),
        ("routing.check", False, True),
        ("scipy", False, False),
        ("pandas", False, False),
        ("os", False, False),
        ("json", False, False),
    }


def _find_log_calls(room: str) -> Iterator[tuple[Path, ast.Call]]:
    """Calls that write a record, told by an `Event` as their first argument."""
    for path in find_files(room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                first = ast.unparse(node.args[0])
                if first.startswith("Event."):
                    yield path, node


def test_only_the_ends_write_to_the_log() -> None:
    """The rooms that compute hand back values; `data` alone knows how a line is written."""
    writing = {
        str(i)
        for room in ROOMS
        if room not in ("nightly", "web", "cli")
        for i in IMPORTS[room]
        if i.target.split(".")[0] == "structlog" or i.target.startswith("data.log")
        if i.path not in (ROOT / "data" / "logs.py", ROOT / "data" / "log_files.py")
    }
    assert writing == set()


def test_every_record_has_a_listed_event_and_registered_fields() -> None:
    """What is not listed is not written: a call that says it would say nothing."""
    from data.logs import FIELDS, Event

    calls = [
        found for room in ("nightly", "web", "cli", "data") for found in _find_log_calls(room)
    ]
    assert len(calls) > 25
    used = set()
    for path, call in calls:
        where = f"{path.relative_to(ROOT)}:{call.lineno}"
        used.add(ast.unparse(call.args[0]).removeprefix("Event."))
        assert len(call.args) == 1, where
        assert {k.arg for k in call.keywords} <= set(FIELDS), where
    assert used == {event.name for event in Event} - {"UNLISTED"}
