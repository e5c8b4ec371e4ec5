"""The command line: words to calls, errors to exit codes; the only module that prints.

Heavy libraries are imported inside the commands, so that ``wayfare --help`` stays quick.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="wayfare",
    help="Plan, price, check and show home-to-school and adult social-care transport.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
roads_app = typer.Typer(help="Real roads for a place.", no_args_is_help=True)
postcodes_app = typer.Typer(help="Postcode points.", no_args_is_help=True)
schools_app = typer.Typer(help="The register of schools.", no_args_is_help=True)
store_app = typer.Typer(help="The store of runs.", no_args_is_help=True)
app.add_typer(roads_app, name="roads")
app.add_typer(postcodes_app, name="postcodes")
app.add_typer(schools_app, name="schools")
app.add_typer(store_app, name="store")

DATA_FOLDER = Path("wayfare-data")

PlaceOption = Annotated[str, typer.Option("--place", help="Working place, e.g. southend.")]
FolderOption = Annotated[
    Path, typer.Option("--folder", help="Working folder that holds a folder per place.")
]
SecondsOption = Annotated[
    float | None, typer.Option("--seconds", min=0.0, help="Wall time for planning.")
]
StepsOption = Annotated[
    int | None,
    typer.Option("--steps", min=1, help="Search steps; equal seed and steps, equal plan."),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random choice.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON summary line.")]


def _say(text: str = "") -> None:
    typer.echo(text)


def _note(text: str) -> None:
    typer.echo(text, err=True)


def main() -> None:
    """Run the command line; the only place where every exception is caught."""
    from data.errors import InputError, WayfareError

    # Compiled kernels are kept per user and version; numba reads this when it is imported.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(_kernel_cache()))
    logging.getLogger("wayfare").setLevel(logging.WARNING)
    try:
        app(standalone_mode=True)
    except InputError as error:
        _note(str(error))
        sys.exit(error.exit_code)
    except WayfareError as error:
        _note(f"{type(error).__name__}: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _note("Interrupted before there was a plan to keep.")
        sys.exit(130)
    except Exception as error:
        if os.environ.get("WAYFARE_TRACEBACK"):
            raise
        _note(
            f"A defect of wayfare ({type(error).__name__}). Nothing was published. "
            "Run again with WAYFARE_TRACEBACK=1 to see where, and report it."
        )
        sys.exit(70)


def _kernel_cache() -> Path:
    """Name a cache folder of these kernels: numba does not notice edits in other files."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "routing" / "kernels").glob("*.py")):
        digest.update(path.read_bytes())
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "wayfare" / f"kernels-{digest.hexdigest()[:12]}"


if __name__ == "__main__":
    main()
