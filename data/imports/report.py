"""What an import tells: problems, counts that add up, rows in quarantine, original bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from data.errors import Problem, Severity
from data.inputs import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalFile:
    """A file as it came, to be kept under its hash.

    Attributes
    ----------
    name
        Name for people; never used as a path.
    """

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, 64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """Name, size and hash of a file that was read."""

    name: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCount:
    """What became of the rows of one sheet; they always add up.

    Attributes
    ----------
    sha256
        Of the file's original bytes.
    n_rejected
        Rows with errors, rows that refer to them, and totals.
    n_header
        The heading row, lines above it, and the example row.

    Raises
    ------
    ValueError
        If the parts do not add up to the rows read.
    """

    file_name: str
    sha256: str
    sheet: str
    n_read: int
    n_accepted: int
    n_rejected: int
    n_blank: int
    n_header: int

    def __post_init__(self) -> None:
        parts = self.n_accepted + self.n_rejected + self.n_blank + self.n_header
        if self.n_read != parts:
            raise ValueError(
                f"sheet {self.sheet}: {self.n_read} rows read, but {parts} accounted for"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRow:
    """A row kept out of the inputs, with its cells as they were found.

    Attributes
    ----------
    codes
        Problem codes for which it is kept out.
    cells
        Heading and text of each cell; personal values stand here in full.
    """

    file_name: str
    sheet: str
    row: int
    codes: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """Everything an import found; holds no personal value.

    Attributes
    ----------
    source
        Name of the file or folder.
    is_accepting_valid
        Whether faulty rows were put in quarantine rather than stopping the import.
    is_accepted
        Whether there are inputs to commit.
    """

    source: str
    files: tuple[FileRecord, ...]
    counts: tuple[SheetCount, ...]
    problems: tuple[Problem, ...]
    is_accepting_valid: bool = False
    is_accepted: bool = False

    def count(self, severity: Severity) -> int:
        """Count problems of a severity."""
        return sum(problem.severity is severity for problem in self.problems)

    @property
    def n_errors(self) -> int:
        """Problems that stop the import."""
        return self.count(Severity.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What `read_source` returns: everything a commit writes in one transaction.

    Attributes
    ----------
    inputs
        None when the import is refused.
    """

    inputs: Inputs | None
    report: ImportReport
    originals: tuple[OriginalFile, ...]
    quarantine: tuple[QuarantinedRow, ...] = ()


def write_report_text(report: ImportReport, *, most: int | None = None) -> str:
    """Write the report as plain lines: counts, then problems, the worst first.

    Parameters
    ----------
    most
        At most so many problems; None for all.
    """
    lines = [
        f"{'sheet':<20}{'read':>9}{'accepted':>10}{'rejected':>10}{'blank':>8}{'header':>8}"
    ]
    for c in report.counts:
        lines.append(
            f"{c.sheet[:19]:<20}{c.n_read:>9}{c.n_accepted:>10}{c.n_rejected:>10}"
            f"{c.n_blank:>8}{c.n_header:>8}"
        )
    lines.append("")
    shown = report.problems if most is None else report.problems[:most]
    lines.extend(str(problem) for problem in shown)
    if len(shown) < len(report.problems):
        lines.append(f"(and {len(report.problems) - len(shown)} more)")
    counts = [(report.count(severity), severity.value) for severity in Severity]
    kinds = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts)
    lines.append(f"{kinds}; {'accepted' if report.is_accepted else 'refused'}.")
    return "\n".join(lines)
