"""Which schools of the register may be somebody's nearest suitable one."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.sources.qualifying import read_register, read_shipped_register

HEADER = (
    "URN,EstablishmentName,TypeOfEstablishment (name),PhaseOfEducation (name),"
    "EstablishmentStatus (name),Easting,Northing,StatutoryLowAge,StatutoryHighAge\n"
)


def read(tmp_path: Path, *rows: str) -> dict[str, object]:
    path = tmp_path / "register.csv"
    path.write_text(HEADER + "".join(row + "\n" for row in rows))
    return {s.urn: s for s in read_register(path)}


def test_ages_come_from_the_register_and_else_from_the_phase(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "1,Elm Primary,Community school,Primary,Open,588000,186000,4,11",
        "2,Elm Middle,Community school,Middle deemed secondary,Open,588000,186000,9,13",
        "3,Elm High,Academy converter,Secondary,Open,588000,186000,11,18",
        "4,Elm Infant School,Community school,Primary,Open,588000,186000,,",
        "5,Elm Junior School,Community school,Primary,Open,588000,186000,,",
    )
    ages = {urn: (s.age_from, s.age_to) for urn, s in found.items()}  # type: ignore[attr-defined]
    # ages on 31 August before the year: the oldest of a primary school is 10, in year 6
    assert ages == {"1": (4, 10), "2": (9, 12), "3": (11, 15), "4": (4, 6), "5": (7, 10)}
    assert found["4"].is_age_assumed  # type: ignore[attr-defined]
    assert not found["1"].is_age_assumed  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "is_qualifying", "is_special"),
    [
        ("Community school", True, False),
        ("Academy special converter", True, True),
        ("Non-maintained special school", True, True),
        ("Pupil referral unit", True, True),
        ("Other independent school", False, False),
        ("Other independent special school", False, True),
        ("Local authority nursery school", False, False),
        ("Free schools 16 to 19", False, False),
    ],
)
def test_types_that_qualify(
    tmp_path: Path, kind: str, is_qualifying: bool, is_special: bool
) -> None:
    (school,) = read(tmp_path, f"1,X,{kind},Primary,Open,588000,186000,4,11").values()
    assert (school.is_qualifying, school.is_special) == (is_qualifying, is_special)  # type: ignore[attr-defined]


def test_closed_schools_and_those_without_a_position_are_left_out(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "1,X,Community school,Primary,Closed,588000,186000,4,11",
        "2,X,Community school,Primary,Open,,,4,11",
        '3,X,Community school,Primary,"Open, but proposed to close",588000,186000,4,11',
    )
    assert list(found) == ["3"]


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="F019"):
        read_register(path)


def test_the_shipped_registers_hold_the_schools_of_the_samples() -> None:
    rutland = {s.urn: s for s in read_shipped_register("rutland")}
    assert rutland["136530"].name == "Catmose College"
    assert not rutland["120322"].is_qualifying  # Oakham School is independent
    assert len(read_shipped_register("southend")) > 700
    assert read_shipped_register("nowhere") == ()
