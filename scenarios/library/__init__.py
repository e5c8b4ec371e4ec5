"""The stock scenarios that come with wayfare, as files to copy and change."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.imports.headings import find_near
from scenarios.definition import STUDY_FILE, Scenario, read_scenario, read_scenarios


def _files() -> dict[str, Traversable]:
    folder = resources.files("scenarios.library")
    return {
        path.name.removesuffix(".toml"): path
        for path in sorted(folder.iterdir(), key=lambda p: p.name)
        if path.name.endswith(".toml")
    }


def list_library() -> tuple[Scenario, ...]:
    """List the stock scenarios by name."""
    return tuple(_read(name) for name in _files())


def read_library_text(name: str) -> str:
    """Read the file of a stock scenario.

    Raises
    ------
    InputError
        If there is none of the name (Y007).
    """
    files = _files()
    if name not in files:
        raise _unknown(name)
    return files[name].read_text(encoding="utf-8")


def find_study_folder(name: str) -> Path | None:
    """Find the folder of a study, by its path or as a stock study's name; None for no study."""
    given = Path(name)
    stock = Path(str(resources.files("scenarios.library"))) / name
    for folder in (given, stock):
        if (folder / STUDY_FILE).is_file():
            return folder
    return None


def list_studies() -> tuple[str, ...]:
    """List the stock studies by name."""
    folder = resources.files("scenarios.library")
    return tuple(
        sorted(p.name for p in folder.iterdir() if p.is_dir() and (p / STUDY_FILE).is_file())
    )


def find_scenarios(names: Sequence[str]) -> tuple[Scenario, ...]:
    """Find scenarios by file, folder or stock name, bases before those that stand on them.

    Raises
    ------
    InputError
        With the faults of all files.
    """
    paths = []
    for name in names:
        study = find_study_folder(name)
        if study is not None:
            paths.append(study)
            continue
        if Path(name).exists() or name.endswith(".toml"):
            paths.append(Path(name))
            continue
        with resources.as_file(_find(name)) as path:
            paths.append(path)
    return read_scenarios(paths)


def _find(name: str) -> Traversable:
    files = _files()
    if name not in files:
        raise _unknown(name)
    return files[name]


def _read(name: str) -> Scenario:
    with resources.as_file(_find(name)) as path:
        return read_scenario(path)


def _unknown(name: str) -> InputError:
    hint = find_near(name, list(_files()))
    return InputError(
        [
            Problem(
                code="Y007",
                severity=Severity.ERROR,
                value=name[:60],
                cause=f"There is no such file and no stock scenario{hint}.",
                suggestion="See `wayfare scenario list`.",
            )
        ]
    )
