"""The register of schools as rows of the sites sheet."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from data.errors import InputError
from data.imports import read_tables
from data.places import SiteKind
from data.sources.schools import find_site_kind, import_schools
from tests.data.import_council import build_council, tables

REGISTER = (
    "URN,LA (code),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),"
    "NumberOfPupils,Postcode,Easting,Northing\n"
    "100001,882,Café Primary,Community school,Open,210,SS2 6ER,587939,186364\n"
    "100002,882,Old School,Community school,Closed,,SS2 6ER,587939,186364\n"
    '100003,882,Elm School,Community special school,"Open, but proposed to close",60,SS11BL,'
    "588102,185200\n"
    "100004,882,Nowhere School,Academy converter,Open,100,SS1 1BL,,\n"
    "100005,881,Essex School,Academy converter,Open,100,CM0 7AA,595738,199744\n"
    "100006,882,City University,Higher education institutions,Open,,SS1 1BL,588102,185200\n"
)


def test_open_schools_of_the_authority_become_sites(tmp_path: Path) -> None:
    path = tmp_path / "edubasealldata20250524.csv"
    path.write_bytes(REGISTER.encode("cp1252"))
    result = import_schools(path, la_codes=("882",), target=tmp_path / "sites.csv")
    assert (result.n_read, result.n_closed, result.n_unplaced, result.n_other) == (5, 1, 1, 1)
    assert result.sites["site_id"].tolist() == ["100001", "100003"]
    assert result.sites["name"].tolist() == ["Café Primary", "Elm School"]
    assert result.sites["kind"].tolist() == ["school", "special_school"]
    assert result.sites["postcode"].tolist() == ["SS2 6ER", "SS1 1BL"]
    assert "Café Primary,school" in (tmp_path / "sites.csv").read_text(encoding="utf-8-sig")


def test_bell_times_are_left_to_fill_in(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(REGISTER)
    result = import_schools(tmp_path / "register.csv", la_codes=("882",))
    rows = tables(build_council())
    read = read_tables({**rows, "sites": result.sites})
    blank = [p for p in read.report.problems if p.code == "V001"]
    assert len(blank) == 2 * 4  # two schools, four times each
    times = ("08:30", "08:50", "15:15", "15:45")
    assumed = import_schools(tmp_path / "register.csv", la_codes=("882",), times=times)
    assert "V001" not in {
        p.code for p in read_tables({**rows, "sites": assumed.sites}).report.problems
    }
    assert "assumed" in assumed.sites["note"][0]


def test_the_shipped_extract_is_read() -> None:
    shipped = files("data").joinpath("open", "southend", "schools_essex_southend_thurrock.csv")
    result = import_schools(Path(str(shipped)), la_codes=("882",))
    assert len(result.sites) == 60
    assert (result.sites["kind"] == "special_school").sum() == 7


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Foundation special school", SiteKind.SPECIAL_SCHOOL),
        ("Academy special converter", SiteKind.SPECIAL_SCHOOL),
        ("Other independent special school", SiteKind.SPECIAL_SCHOOL),
        ("Special post 16 institution", SiteKind.COLLEGE),
        ("Academy alternative provision sponsor led", SiteKind.ALTERNATIVE_PROVISION),
        ("Further education", SiteKind.COLLEGE),
        ("Voluntary aided school", SiteKind.SCHOOL),
        ("Welsh establishment", None),
    ],
)
def test_types_of_the_register_are_kinds_of_site(words: str, kind: SiteKind | None) -> None:
    assert find_site_kind(words) == kind


def test_all_authorities_are_kept_where_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(REGISTER)
    assert len(import_schools(tmp_path / "register.csv").sites) == 3


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        import_schools(tmp_path / "missing.csv")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError):
        import_schools(tmp_path / "x.csv")
