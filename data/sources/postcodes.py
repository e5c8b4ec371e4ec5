"""Postcode points: normalising, finding, suggesting, and reading the open tables.

Sources: the shipped table, the ONS Postcode Directory (or NSPL) as CSV, and OS Code-Point Open
as a folder or zip of CSV. A postcode point stands for about 15 homes; it is not an address.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from data.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

IntArray = NDArray[np.int32]

_POSTCODE = re.compile(
    r"^(GIR0AA|(?:[A-PR-UWYZ][A-HK-Y]?[0-9][0-9ABCDEFGHJKMNPRSTUVWXY]?)[0-9][ABD-HJLNP-UW-Z]{2})$"
)
_NOT_ALNUM = re.compile(r"[^0-9A-Z]")
SHIPPED_ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © "
    "Royal Mail copyright and database right 2025. Source: Office for National Statistics "
    "licensed under the Open Government Licence v3.0."
)


def squeeze_postcode(text: str) -> str:
    """Squeeze text to the capitals and digits in it.

    Examples
    --------
    >>> squeeze_postcode(" ss2-6er.")
    'SS26ER'
    """
    return _NOT_ALNUM.sub("", text.upper())


def normalise_postcode(text: str) -> str | None:
    """Normalise a postcode: capitals, one space before the last three; None if it is none.

    The form is that of BS 7666: which letters may stand where.

    Examples
    --------
    >>> normalise_postcode("SS2  6er"), normalise_postcode("CM07AA"), normalise_postcode("SSO
    7AB") ('SS2 6ER', 'CM0 7AA', None)
    """
    squeezed = squeeze_postcode(text)
    if not _POSTCODE.match(squeezed):
        return None
    return f"{squeezed[:-3]} {squeezed[-3:]}"


class PostcodeTable:
    """Postcodes with their points, sorted.

    Attributes
    ----------
    postcodes
        (n,) normalised, sorted.
    easting_m, northing_m
        (n,) British National Grid. [m]
    source
        Where the table comes from.
    """

    def __init__(
        self,
        postcodes: Iterable[str],
        easting_m: IntArray,
        northing_m: IntArray,
        *,
        source: str = "",
    ) -> None:
        names = np.asarray(list(postcodes), dtype=object)
        order = np.argsort(names, kind="stable")
        self.postcodes: tuple[str, ...] = tuple(names[order])
        self.easting_m: IntArray = np.asarray(easting_m, dtype=np.int32)[order]
        self.northing_m: IntArray = np.asarray(northing_m, dtype=np.int32)[order]
        self.source = source
        self._positions = {name: i for i, name in enumerate(self.postcodes)}
        self._sectors: dict[str, list[int]] = {}
        for i, name in enumerate(self.postcodes):
            self._sectors.setdefault(name[:-2], []).append(i)
        self._outwards = {name[:-4] for name in self._positions}

    def __len__(self) -> int:
        """Count postcodes."""
        return len(self.postcodes)

    def __contains__(self, postcode: str) -> bool:
        """Whether the normalised postcode is in the table."""
        return postcode in self._positions

    def find(self, postcode: str) -> tuple[int, int] | None:
        """Find the point of a normalised postcode: easting and northing, or None. [m]"""
        at = self._positions.get(postcode)
        if at is None:
            return None
        return int(self.easting_m[at]), int(self.northing_m[at])

    def find_sector(self, postcode: str) -> tuple[int, int, int] | None:
        """Find the middle of a postcode's sector and how far its points lie from it. [m]

        Returns
        -------
        Easting, northing, and the distance within which 95 % of the sector's points lie; None
        where no postcode of the sector is known.
        """
        rows = self._sectors.get(postcode[:-2])
        if not rows:
            return None
        east, north = self.easting_m[rows], self.northing_m[rows]
        middle = int(np.median(east)), int(np.median(north))
        far = np.hypot(east - middle[0], north - middle[1])
        return *middle, int(np.ceil(np.percentile(far, 95)))

    def covers(self, postcode: str) -> bool:
        """Tell whether the table knows the postcode's outward code at all."""
        return postcode[:-4] in self._outwards

    def count_sector(self, postcode: str) -> int:
        """Count the postcodes known in the sector of this one."""
        return len(self._sectors.get(postcode[:-2], ()))

    def suggest(
        self, text: str, *, near: tuple[int, int] | None = None, most: int = 3
    ) -> tuple[str, ...]:
        """Suggest known postcodes for a mistyped one, the likeliest first.

        Parameters
        ----------
        near
            A position of the same row, if any: nearer candidates go first. [m]
        """
        from data.sources.postcode_typos import suggest_postcodes

        return suggest_postcodes(self, text, near=near, most=most)


@cache
def read_shipped_postcodes() -> PostcodeTable:
    """Read the shipped table of south Essex (ONS, May 2025)."""
    from importlib.resources import files

    packed = files("data").joinpath("open", "southend", "postcodes.csv.gz").read_bytes()
    import pandas as pd

    table = pd.read_csv(
        io.BytesIO(packed),
        compression="gzip",
        usecols=["postcode", "easting", "northing"],
        dtype={"postcode": str},
    )
    return _build_table(
        table["postcode"], table["easting"], table["northing"], source="ONS NSPL, May 2025"
    )


def _build_table(
    postcodes: pd.Series[str], easting: pd.Series, northing: pd.Series, *, source: str
) -> PostcodeTable:
    """Build a table from columns as a source has them; drops rows without a point."""
    import pandas as pd

    squeezed = postcodes.str.upper().str.replace(r"[^0-9A-Z]", "", regex=True)
    frame = pd.DataFrame(
        {
            "postcode": squeezed.str.slice(0, -3) + " " + squeezed.str.slice(-3),
            "easting": pd.to_numeric(easting, errors="coerce"),
            "northing": pd.to_numeric(northing, errors="coerce"),
        }
    )
    is_good = squeezed.str.match(_POSTCODE.pattern) & frame["easting"].gt(0)
    frame = frame[is_good & frame["northing"].gt(0)].drop_duplicates("postcode")
    return PostcodeTable(
        frame["postcode"],
        frame["easting"].round().to_numpy(np.int32),
        frame["northing"].round().to_numpy(np.int32),
        source=source,
    )


def write_postcodes(table: PostcodeTable, path: Path) -> None:
    """Write a table compactly, as parquet."""
    import pandas as pd

    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(
        {
            "postcode": list(table.postcodes),
            "easting_m": table.easting_m,
            "northing_m": table.northing_m,
        }
    )
    frame.attrs["source"] = table.source
    frame.to_parquet(path, compression="zstd", index=False)


def read_postcodes(path: Path) -> PostcodeTable:
    """Read a table that `write_postcodes` wrote.

    Raises
    ------
    InputError
        If the file is not one.
    """
    import pandas as pd

    try:
        frame = pd.read_parquet(path, columns=["postcode", "easting_m", "northing_m"])
    except (OSError, ValueError, KeyError) as error:
        raise _fault(path, f"it is not a postcode table ({type(error).__name__})") from None
    return PostcodeTable(
        frame["postcode"],
        frame["easting_m"].to_numpy(np.int32),
        frame["northing_m"].to_numpy(np.int32),
        source=str(frame.attrs.get("source", "")),
    )


def import_postcodes(
    source: Path, target: Path | None = None, *, areas: tuple[str, ...] = ()
) -> PostcodeTable:
    """Read ONSPD, NSPL or Code-Point Open and keep it in the working folder.

    Parameters
    ----------
    source
        A CSV, a zip of CSV, or a folder of either, as downloaded.
    target
        Where to write the table, or None.
    areas
        Letters before the first digit to keep (``SS``, ``CM``); all where empty.

    Raises
    ------
    InputError
        If nothing readable as a postcode table is found.
    """
    import pandas as pd

    wanted = frozenset(area.upper() for area in areas)
    frames = []
    kinds = set()
    for name, stream in _open_tables(source):
        for kind, frame in _read_table(stream, name):
            kinds.add(kind)
            frames.append(_keep_areas(frame, wanted))
    if not frames or not sum(len(frame) for frame in frames):
        raise _fault(source, "it holds no postcode table (ONSPD, NSPL or Code-Point Open)")
    frame = pd.concat(frames, ignore_index=True)
    table = _build_table(
        frame["postcode"], frame["easting"], frame["northing"], source=", ".join(sorted(kinds))
    )
    if not len(table):
        raise _fault(source, "none of its postcodes has a position")
    if target is not None:
        write_postcodes(table, target)
    return table


def _keep_areas(frame: pd.DataFrame, wanted: frozenset[str]) -> pd.DataFrame:
    if not wanted:
        return frame
    area = frame["postcode"].str.upper().str.extract(r"^\s*([A-Z]{1,2})", expand=False)
    return frame[area.isin(wanted)]


def _open_tables(source: Path) -> Iterator[tuple[str, BinaryIO]]:
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in (".csv", ".zip") and path.is_file():
                yield from _open_tables(path)
    elif source.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(source) as archive:
                for entry in sorted(archive.namelist()):
                    if entry.lower().endswith(".csv"):
                        with archive.open(entry) as stream:
                            yield entry, io.BufferedReader(stream)  # type: ignore[type-var]
        except (zipfile.BadZipFile, OSError) as error:
            raise _fault(source, f"it cannot be unpacked ({type(error).__name__})") from None
    else:
        try:
            with source.open("rb") as stream:
                yield source.name, stream
        except OSError as error:
            raise _fault(source, f"it cannot be read ({type(error).__name__})") from None


_ONS_COLUMNS = (
    ("pcds", "oseast1m", "osnrth1m"),
    ("pcds", "east1m", "north1m"),
    ("pcd", "oseast1m", "osnrth1m"),
    ("pcd7", "east1m", "north1m"),
)
_CHUNK_ROWS = 250_000


def _read_table(stream: BinaryIO, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read one CSV in pieces if it is a postcode table, else nothing.

    ONS tables have headings; those of Code-Point Open have none, and its column list and other
    documents in the same folder are passed over.
    """
    import csv

    import pandas as pd

    buffered = stream if hasattr(stream, "peek") else io.BufferedReader(stream)  # type: ignore[type-var]
    head = buffered.peek(4096)[:4096].decode("utf-8-sig", "replace").splitlines()[:1]
    cells = [cell.strip() for cell in next(csv.reader(head), [])]
    lower = [cell.casefold() for cell in cells]
    for columns in _ONS_COLUMNS:
        if all(column in lower for column in columns):
            used = [cells[lower.index(column)] for column in columns]
            pieces = pd.read_csv(
                buffered,
                usecols=used,
                dtype=str,
                chunksize=_CHUNK_ROWS,
                encoding="utf-8-sig",
                encoding_errors="replace",
            )
            for piece in pieces:
                frame = piece[used]
                frame.columns = pd.Index(["postcode", "easting", "northing"])
                yield "ONS", frame
            return
    if len(cells) >= 4 and normalise_postcode(cells[0]) and cells[2].isdigit():
        frame = pd.read_csv(
            buffered, header=None, usecols=[0, 2, 3], dtype=str, encoding_errors="replace"
        )
        frame.columns = pd.Index(["postcode", "easting", "northing"])
        yield "Code-Point Open", frame


def _fault(path: Path, reason: str) -> InputError:
    from data.imports.catalogue import build_problem

    return InputError([build_problem("L020", file=path.name, reason=reason)])
