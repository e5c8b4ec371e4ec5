"""The working folder of a place: store, network, matrices and outputs, outside the package."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.inputs import Inputs

STORE_URL = "WAYFARE_STORE_URL"
"""Variable of the environment that names the server of the store."""

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
        """The embedded store, where no server is named; to open it, take `store_place`."""
        return self.folder / "wayfare.sqlite"

    @property
    def store_settings_path(self) -> Path:
        """The settings that name the store's server, where it is on one."""
        return self.folder / "store.toml"

    @property
    def store_address(self) -> str:
        """Address of the server that holds the store, or '' for the embedded one.

        WAYFARE_STORE_URL of the environment counts before ``store.toml`` of the folder.

        Raises
        ------
        InputError
            If the settings cannot be read.
        StoreError
            If what they name is no address, or holds a password.
        """
        found = os.environ.get(STORE_URL, "").strip()
        if not found and self.store_settings_path.exists():
            found = _read_store_url(self.store_settings_path)
        if found:
            from data.store.server import read_address

            read_address(found)
        return found

    @property
    def store_place(self) -> str | Path:
        """Where the store is: what `data.store.Store.open` takes."""
        return self.store_address or self.store_path

    @property
    def has_store(self) -> bool:
        """Whether the place is there: with an embedded store, or known to be on a server."""
        if self.store_path.is_file() or self.store_settings_path.is_file():
            return True
        return self.folder.is_dir() and bool(self.store_address)

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
    def logs_folder(self) -> Path:
        """The log: what happened, without personal values."""
        return self.folder / "logs"

    @property
    def outputs_folder(self) -> Path:
        """Workbooks, maps and pages."""
        return self.folder / "outputs"

    def open_folder(self) -> Path:
        """Make the place's folder, readable by its owner only, and return it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        return self.folder


def list_workspaces(root: Path) -> tuple[Workspace, ...]:
    """List the places of a working folder that have a store, in order of their names."""
    named = sorted(path.name for path in root.glob("*") if _PLACE_NAME.fullmatch(path.name))
    found = (Workspace(root=root, place=name) for name in named)
    return tuple(workspace for workspace in found if workspace.has_store)


def write_store_url(workspace: Workspace, url: str) -> Path:
    """Name the server of a place's store in its settings; the file is its owner's only."""
    import json

    path = workspace.store_settings_path
    making = path.with_name(f".writing-{path.name}")
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(
            "# Where the store of this place is. Passwords stand in a password file.\n"
            f"url = {json.dumps(url)}\n"
        )
        file.flush()
        os.fsync(file.fileno())
    making.replace(path)
    return path


def _read_store_url(path: Path) -> str:
    """Read the address that a place's settings name."""
    from pydantic import BaseModel, ConfigDict

    from data.imports.toml_files import read_toml_file

    class StoreSettings(BaseModel):
        """Settings of a place's store."""

        model_config = ConfigDict(extra="forbid", frozen=True)
        url: str

    return read_toml_file(path, StoreSettings).url.strip()


def read_inputs(folder: Path) -> Inputs:
    """Read the current inputs of a place's working folder, e.g. ``wayfare-data/southend``.

    Raises
    ------
    StoreError
        If the folder holds no inputs.
    """
    from data.store import Store

    workspace = Workspace(root=folder.parent, place=folder.name)
    with Store.open(workspace.store_place) as store:
        return store.read_inputs(store.find_inputs_hash(workspace.place))
