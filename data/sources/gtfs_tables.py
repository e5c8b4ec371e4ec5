"""The tables of a GTFS feed: unpacked within bounds, read as text, faults gathered."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import InputError, Problem, Severity

if TYPE_CHECKING:
    import pandas as pd

MAX_FEED_BYTES = 200 * 1024 * 1024
MAX_INFLATED_BYTES = 2 * 1024 * 1024 * 1024
MAX_RATIO = 100
_RATIO_FROM_BYTES = 1024 * 1024
_CHUNK = 256 * 1024
MOST_ALIKE = 10
"""Problems of one kind in one column that are listed; the others are counted."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "stops.txt": ("stop_id", "stop_lat", "stop_lon"),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "calendar.txt": (
        "service_id",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "start_date",
        "end_date",
    ),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
    "feed_info.txt": (),
    "agency.txt": (),
}


class Faults:
    """The problems of a feed, gathered to be raised once."""

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._listed: list[Problem] = []
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(
        self,
        code: str,
        table: str,
        cause: str,
        suggestion: str,
        *,
        row: int | None = None,
        column: str = "",
        value: object = "",
    ) -> None:
        """Add a problem; beyond the first few of its kind in a column only the count."""
        key = (code, table, column)
        self._counts[key] += 1
        if self._counts[key] <= MOST_ALIKE:
            self._listed.append(
                Problem(
                    code=code,
                    severity=Severity.ERROR,
                    file=self._feed,
                    sheet=table,
                    row=row,
                    column=column,
                    value=str(value)[:60],
                    cause=cause,
                    suggestion=suggestion,
                )
            )

    def raise_any(self) -> None:
        """Raise what has been gathered.

        Raises
        ------
        InputError
            If there is any problem.
        """
        if not self._listed:
            return
        problems = list(self._listed)
        for (code, table, column), n in self._counts.items():
            if n > MOST_ALIKE:
                problems.append(
                    Problem(
                        code=code,
                        severity=Severity.ERROR,
                        file=self._feed,
                        sheet=table,
                        column=column,
                        cause=f"{n - MOST_ALIKE:,} more rows have the same fault.",
                        suggestion="Mend them alike.",
                    )
                )
        raise InputError(problems)


def read_tables(path: Path, faults: Faults) -> dict[str, pd.DataFrame]:
    """Read the tables of a feed as text, one row a line of its file.

    Raises
    ------
    InputError
        Z001 if the feed cannot be opened, Z002 if a file, Z003 if a column is missing.
    """
    with tempfile.TemporaryDirectory(prefix="wayfare-gtfs-") as folder:
        unpack(path, Path(folder), faults)
        tables = _read_folder(Path(folder), faults)
    for name, columns in {**REQUIRED, **OPTIONAL}.items():
        if name not in tables:
            if name in REQUIRED:
                how = "Ask the publisher for a whole GTFS feed."
                faults.add("Z002", name, "The feed lacks this file, or it is empty.", how)
            continue
        for column in columns:
            if column not in tables[name].columns:
                how = "Give the column; the GTFS reference describes it."
                faults.add("Z003", name, "The column is missing.", how, column=column)
    if "calendar.txt" not in tables and "calendar_dates.txt" not in tables:
        cause = "The feed has neither calendar.txt nor calendar_dates.txt."
        faults.add("Z002", "calendar.txt", cause, "Ask the publisher for a whole GTFS feed.")
    faults.raise_any()
    return tables


def unpack(path: Path, folder: Path, faults: Faults) -> None:
    """Unpack the tables of a feed that are read; sizes are counted, not believed.

    Raises
    ------
    InputError
        Z001, with what is wrong.
    """
    how = "Give the .zip as it was published."
    try:
        if path.stat().st_size > MAX_FEED_BYTES:
            faults.add("Z001", "", "The file is too large for a feed of one area.", how)
            faults.raise_any()
        with zipfile.ZipFile(path) as archive:
            held: dict[str, zipfile.ZipInfo] = {}
            for entry in archive.infolist():
                name = entry.filename.replace("\\", "/").rsplit("/", 1)[-1].casefold()
                if name in REQUIRED or name in OPTIONAL:
                    if name in held:
                        faults.add("Z001", name, "The feed holds this file twice.", how)
                    held[name] = entry
            faults.raise_any()
            room = MAX_INFLATED_BYTES
            for name, entry in held.items():
                room -= _inflate(archive, entry, folder / name, room, faults)
    except FileNotFoundError:
        faults.add("Z001", "", "There is no such file.", "Check the name and the folder.")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
            NotImplementedError):  # fmt: skip
        faults.add("Z001", "", "The file is no zip that can be opened.", how)
    faults.raise_any()


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, room: int, faults: Faults
) -> int:
    n_bytes = 0
    with archive.open(entry) as stream, target.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            n_bytes += len(chunk)
            is_bomb = n_bytes > _RATIO_FROM_BYTES and n_bytes > MAX_RATIO * max(
                entry.compress_size, 1
            )
            if n_bytes > room or is_bomb:
                cause = "It unpacks to more than a timetable holds."
                faults.add("Z001", target.name, cause, "Give the .zip as it was published.")
                faults.raise_any()
            file.write(chunk)
    return n_bytes


def _read_folder(folder: Path, faults: Faults) -> dict[str, pd.DataFrame]:
    """Read with partridge, told of no ties between tables: it would drop rows silently."""
    import networkx as nx
    import pandas as pd
    from partridge.gtfs import Feed

    names = [path.name for path in sorted(folder.glob("*.txt"))]
    ties: Any = nx.DiGraph()
    ties.add_nodes_from(names)
    tables: dict[str, pd.DataFrame] = {}
    with warnings.catch_warnings():
        # partridge 1.1 renames columns in place, which pandas means to give up one day
        warnings.simplefilter("ignore")
        feed = Feed(str(folder), config=ties)
        for name in names:
            try:
                table: pd.DataFrame = feed.get(name)
            except (ValueError, pd.errors.ParserError, UnicodeError, LookupError) as error:
                cause = "It is no table in UTF-8 with commas between."
                how = "Ask the publisher to mend it."
                faults.add("Z001", name, cause, how, value=str(error)[:60])
                continue
            table.columns = [str(c).lstrip("\ufeff").strip() for c in table.columns]
            if len(table):
                tables[name] = table.fillna("")
    faults.raise_any()
    return tables


def parse_column(
    table: pd.DataFrame,
    name: str,
    column: str,
    parse: Callable[[str], Any],
    faults: Faults,
    *,
    blank: Any = None,
    wanted: str,
) -> list[Any]:
    """Read a column's cells; a cell that cannot be read is a problem and None.

    Parameters
    ----------
    blank
        What stands for an empty cell; None where a cell must be filled in.
    wanted
        What a cell should hold, for the problem.
    """
    found: list[Any] = []
    known: dict[str, Any] = {}
    for number, text in zip(_number_rows(table), table[column].tolist(), strict=True):
        if text not in known:
            try:
                known[text] = blank if text == "" and blank is not None else parse(text)
            except (ValueError, OverflowError):
                known[text] = None
        if known[text] is None:
            faults.add(
                "Z004",
                name,
                f"{column} cannot be read." if text else f"{column} is blank.",
                f"Give {wanted}.",
                row=number,
                column=column,
                value=text,
            )
        found.append(known[text])
    return found


def _number_rows(table: pd.DataFrame) -> list[int]:
    """Number a table's rows as the lines of its file, the headings being line 1."""
    numbers: list[int] = (table.index + 2).tolist()
    return numbers


def check_once(table: pd.DataFrame, name: str, column: str, faults: Faults) -> None:
    """Blame identifiers that stand twice or not at all."""
    seen: dict[str, int] = {}
    for number, text in zip(_number_rows(table), table[column].tolist(), strict=True):
        if not text:
            faults.add(
                "Z004", name, f"{column} is blank.", "Give one.", row=number, column=column
            )
        elif text in seen:
            cause = f"{column} stands in row {seen[text]} too."
            faults.add("Z005", name, cause, "Give each its own.", row=number, column=column,
                       value=text)  # fmt: skip
        seen.setdefault(text, number)


def check_known(
    table: pd.DataFrame,
    name: str,
    column: str,
    known: Iterable[str],
    where: str,
    faults: Faults,
) -> None:
    """Blame references to what the feed does not hold."""
    names = set(known)
    for number, text in zip(_number_rows(table), table[column].tolist(), strict=True):
        if text not in names:
            cause = f"{column} is not in {where}."
            faults.add("Z006", name, cause, f"Add it to {where} or leave the row out.",
                       row=number, column=column, value=text)  # fmt: skip
