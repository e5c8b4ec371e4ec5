"""The Department for Education's register of schools as rows of the sites sheet.

The register (Get Information about Schools, "all establishment data") knows where schools are
and what they are; it does not know bell times, which stay blank for the council to fill in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import InputError
from data.places import SiteKind
from data.sources.postcodes import normalise_postcode

if TYPE_CHECKING:
    import pandas as pd

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Department for Education, Get Information about Schools."
)

_REGISTER = {
    "urn": "URN",
    "la_code": "LA (code)",
    "name": "EstablishmentName",
    "type": "TypeOfEstablishment (name)",
    "status": "EstablishmentStatus (name)",
    "pupils": "NumberOfPupils",
    "postcode": "Postcode",
    "easting": "Easting",
    "northing": "Northing",
}
_EXTRACT = {
    "urn": "urn",
    "la_code": "la_code",
    "name": "establishment_name",
    "type": "establishment_type",
    "pupils": "number_of_pupils",
    "easting": "easting",
    "northing": "northing",
}
_OPTIONAL = frozenset({"status", "pupils", "postcode"})

_LEFT_OUT = (
    "higher education",
    "children's centre",
    "offshore",
    "online provider",
    "british schools overseas",
    "welsh",
    "secure unit",
    "miscellaneous",
    "institution funded by other government department",
)
"""Types that no vehicle of the council serves, or that lie outside England."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolsResult:
    """Rows for the sites sheet, and what was left out.

    Attributes
    ----------
    sites
        Table with the headings of the sites sheet.
    n_closed, n_unplaced, n_other
        Rows of the authority left out: closed, without a position, of a kind not served.
    """

    sites: pd.DataFrame
    n_read: int
    n_closed: int
    n_unplaced: int
    n_other: int


def find_site_kind(establishment_type: str) -> SiteKind | None:
    """Find the kind of site of a register's type of establishment; None if it is not served.

    Examples
    --------
    >>> find_site_kind("Community special school").value
    'special_school'
    >>> find_site_kind("Pupil referral unit").value
    'alternative_provision'
    """
    folded = establishment_type.casefold()
    if any(word in folded for word in _LEFT_OUT):
        return None
    if "special post 16" in folded or "further education" in folded or "sixth form" in folded:
        return SiteKind.COLLEGE
    if "special" in folded and "college" not in folded:
        return SiteKind.SPECIAL_SCHOOL
    if "pupil referral" in folded or "alternative provision" in folded:
        return SiteKind.ALTERNATIVE_PROVISION
    return SiteKind.SCHOOL


def import_schools(
    path: Path,
    *,
    la_codes: tuple[str, ...] = (),
    calendar_id: str = "term",
    times: tuple[str, str, str, str] | None = None,
    target: Path | None = None,
) -> SchoolsResult:
    """Read the register (or an extract of it) and write rows for the sites sheet.

    Parameters
    ----------
    la_codes
        Three-digit codes of the authorities to keep, e.g. ``("882",)``; all where empty.
    calendar_id
        Calendar put beside every site.
    times
        arrive_from, arrive_by, leave_from, leave_by to put beside every site, marked as
        assumed; blank where None, since the register does not know them.
    target
        CSV file to write the rows to, or None.

    Raises
    ------
    InputError
        If the file is not the register.
    """
    import pandas as pd

    frame = _read_register(path)
    if la_codes:
        frame = frame[frame["la_code"].isin([code.strip() for code in la_codes])]
    n_read = len(frame)
    is_open = frame["status"].str.casefold().str.startswith("open") | frame["status"].eq("")
    kinds = frame["type"].map(find_site_kind)
    east = pd.to_numeric(frame["easting"], errors="coerce")
    north = pd.to_numeric(frame["northing"], errors="coerce")
    is_placed = east.gt(0) & north.gt(0)
    is_kept = is_open & kinds.notna() & is_placed
    kept = frame[is_kept]
    note = "bell times assumed" if times else "bell times to be filled in"
    given = times or (None, None, None, None)
    sites = _empty_sites(len(kept))
    sites["site_id"] = kept["urn"].to_numpy()
    sites["name"] = kept["name"].to_numpy()
    sites["kind"] = [str(kind) for kind in kinds[is_kept]]
    sites["postcode"] = [normalise_postcode(text) for text in kept["postcode"]]
    sites["easting_m"] = east[is_kept].round().astype(int).to_numpy(dtype=object)
    sites["northing_m"] = north[is_kept].round().astype(int).to_numpy(dtype=object)
    names = ("arrive_from", "arrive_by", "leave_from", "leave_by")
    for heading, text in zip(names, given, strict=True):
        sites[heading] = text
    sites["calendar_id"] = calendar_id
    sites["note"] = f"Register of schools; {note}"
    if target is not None:
        write_sites(sites, target)
    return SchoolsResult(
        sites=sites,
        n_read=n_read,
        n_closed=int((~is_open).sum()),
        n_unplaced=int((is_open & kinds.notna() & ~is_placed).sum()),
        n_other=int((is_open & kinds.isna()).sum()),
    )


def _empty_sites(n_rows: int) -> pd.DataFrame:
    import pandas as pd

    from data.imports.sheets import find_sheet

    headings = [spec.heading for spec in find_sheet("sites").fields]
    return pd.DataFrame(None, index=range(n_rows), columns=headings, dtype=object)


def write_sites(sites: pd.DataFrame, target: Path) -> None:
    """Write rows of the sites sheet as CSV, as an import reads them."""
    import csv

    from data.imports.workbook import write_csv_cell

    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(sites.columns)
        for row in sites.itertuples(index=False, name=None):
            writer.writerow([write_csv_cell(None if cell != cell else cell) for cell in row])


def _read_register(path: Path) -> pd.DataFrame:
    """Read the columns used, as text; the register comes in Windows-1252."""
    import pandas as pd

    try:
        try:
            frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
        except UnicodeDecodeError:
            frame = pd.read_csv(path, dtype=str, encoding="cp1252", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise _fault(path, f"it cannot be read ({type(error).__name__})") from None
    for columns in (_REGISTER, _EXTRACT):
        needed = [theirs for ours, theirs in columns.items() if ours not in _OPTIONAL]
        if all(name in frame.columns for name in needed):
            return pd.DataFrame(
                {
                    ours: frame[columns[ours]].str.strip() if columns.get(ours) in frame else ""
                    for ours in _REGISTER
                },
                index=frame.index,
            )
    raise _fault(path, "it has not the columns of the register")


def _fault(path: Path, reason: str) -> InputError:
    from data.imports.catalogue import build_problem

    return InputError([build_problem("F019", file=path.name, reason=reason)])
