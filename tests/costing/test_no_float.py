"""No float in any money path (M1): the room's own source is read to make sure."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import costing

MODULES = sorted(Path(costing.__file__).parent.glob("**/*.py"))


def find_floats(source: str) -> list[str]:
    """Find what could bring a float into a sum: literals, true division, float() and kin."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            found.append(f"line {node.lineno}: {node.value!r}")
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
            found.append(f"line {node.lineno}: true division")
        if isinstance(node, ast.Name) and node.id in ("float", "round", "complex", "Decimal"):
            found.append(f"line {node.lineno}: {node.id}")
        if isinstance(node, ast.Attribute) and node.attr.startswith(("float", "double")):
            found.append(f"line {node.lineno}: .{node.attr}")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            found.append(f"line {node.lineno}: power, a float for a negative exponent")
    return found


def test_the_whole_room_is_read() -> None:
    names = {path.name for path in MODULES}
    assert {"prices.py", "rate_cards.py", "own_fleet.py", "year.py", "shares.py"} <= names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_no_float_in_any_money_path(path: Path) -> None:
    assert find_floats(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["x = 1.5", "x = a / b", "x /= 2", "float(x)", "round(x)", "np.float64(x)", "x = 2 ** n"],
)
def test_the_reader_finds_what_it_looks_for(source: str) -> None:
    assert find_floats(source)
