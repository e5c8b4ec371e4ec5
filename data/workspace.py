"""The working folder of a place: store, network, matrices and outputs, outside the package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.inputs import Inputs

_PLACE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where one place's files are.

    Attributes
    ----------
    root
        Folder that holds a folder per place, ``./wayfare-data`` by default.
    place
        Name of the place: lower-case letters, digits, ``-`` and ``_``, so that it is safe as a
        folder name.
    """

    root: Path
    place: str

    def __post_init__(self) -> None:
        if not _PLACE_NAME.fullmatch(self.place):
            raise InputError(
                [
                    Problem(
                        code="W001",
                        severity=Severity.ERROR,
                        value=self.place[:60],
                        cause="a place's name must be lower-case letters, digits, - and _.",
                        suggestion="Choose a name such as southend or essex-south.",
                    )
                ]
            )

    @property
    def folder(self) -> Path:
        """Folder of the place."""
        return self.root / self.place

    @property
    def store_path(self) -> Path:
        """The embedded store."""
        return self.folder / "wayfare.sqlite"

    @property
    def network_path(self) -> Path:
        """The road network."""
        return self.folder / "network.npz"

    @property
    def timetable_path(self) -> Path:
        """The timetable of buses and trains."""
        return self.folder / "timetable.npz"

    @property
    def postcodes_path(self) -> Path:
        """The postcode table imported for the place."""
        return self.folder / "postcodes.parquet"

    @property
    def matrices_folder(self) -> Path:
        """Cached travel matrices."""
        return self.folder / "matrices"

    @property
    def outputs_folder(self) -> Path:
        """Workbooks, maps and pages."""
        return self.folder / "outputs"

    def open_folder(self) -> Path:
        """Make the place's folder, readable by its owner only, and return it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        return self.folder


def read_inputs(folder: Path) -> Inputs:
    """Read the current inputs of a place's working folder, e.g. ``wayfare-data/southend``.

    Raises
    ------
    StoreError
        If the folder holds no inputs.
    """
    from data.store import Store

    workspace = Workspace(root=folder.parent, place=folder.name)
    with Store.open(workspace.store_path) as store:
        return store.read_inputs(store.find_inputs_hash(workspace.place))
