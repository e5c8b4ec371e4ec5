"""Postcodes: normalised, found, mended, suggested, and read from the open tables."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.sources.postcode_typos import CHANCE_BESIDE, _chances, mend_look_alikes
from data.sources.postcodes import (
    PostcodeTable,
    import_postcodes,
    normalise_postcode,
    read_postcodes,
    read_shipped_postcodes,
    write_postcodes,
)


@pytest.fixture(scope="module")
def table() -> PostcodeTable:
    return read_shipped_postcodes()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SS2 6ER", "SS2 6ER"),
        ("ss26er", "SS2 6ER"),
        ("CM07AA ", "CM0 7AA"),
        ("CM111AA", "CM11 1AA"),  # seven characters, no room for a space
        ("EC1A 1BB", "EC1A 1BB"),
        ("W1A-0AX.", "W1A 0AX"),
        ("GIR 0AA", "GIR 0AA"),
        ("SSO 7AB", None),
        ("SS2 6E", None),
        ("", None),
    ],
)
def test_postcodes_are_normalised_to_one_space(text: str, wanted: str | None) -> None:
    assert normalise_postcode(text) == wanted


@given(st.text(max_size=12))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_postcode(text)
    if once is not None:
        assert normalise_postcode(once) == once


def test_the_shipped_table_is_whole_and_normalised(table: PostcodeTable) -> None:
    assert len(table) == 34_173
    assert all(normalise_postcode(p) == p for p in table.postcodes[::97])
    # CM0 7AA stands in the shipped file at 595 738, 199 744
    assert table.find("CM0 7AA") == (595_738, 199_744)
    assert table.find("ZE1 0AA") is None


def test_a_sector_stands_for_a_postcode_that_is_not_known(table: PostcodeTable) -> None:
    assert "SS2 6WE" not in table
    found = table.find_sector("SS2 6WE")
    assert found is not None
    known = table.find("SS2 6ER")
    assert known is not None
    assert abs(found[0] - known[0]) < 3_000
    assert abs(found[1] - known[1]) < 3_000
    assert table.find_sector("ZE1 0AA") is None


def test_look_alikes_are_mended_only_when_one_postcode_fits(table: PostcodeTable) -> None:
    assert mend_look_alikes(table, "SSO 7AB") == "SS0 7AB"
    assert mend_look_alikes(table, "5S0 7A8") == "SS0 7AB"
    assert mend_look_alikes(table, "ZZ9 9ZZ") is None


def _mistype(rng: random.Random, postcode: str) -> str:
    """Hit the key beside, or a look-alike, for one character."""
    text = postcode.replace(" ", "")
    at = rng.randrange(len(text))
    beside = [typed for (meant, typed), c in _chances().items()
              if meant == text[at] and c >= CHANCE_BESIDE]  # fmt: skip
    typed = text[:at] + rng.choice(beside) + text[at + 1 :]
    return f"{typed[:-3]} {typed[-3:]}"


@pytest.mark.parametrize("n_wanted", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_the_right_postcode_is_among_three_suggestions_for_95_in_100_slips(
    table: PostcodeTable, n_wanted: int
) -> None:
    rng = random.Random(20_261_118)  # noqa: S311
    n_cases, n_right, n_first = 0, 0, 0
    while n_cases < n_wanted:
        meant = rng.choice(table.postcodes)
        typed = _mistype(rng, meant)
        if typed in table:
            continue  # a slip that makes another postcode cannot be seen
        n_cases += 1
        found = table.suggest(typed)
        n_right += meant in found
        n_first += found[:1] == (meant,)
    assert n_right >= 0.95 * n_wanted
    assert n_first >= 0.75 * n_wanted


def test_a_position_of_the_row_settles_which_is_meant(table: PostcodeTable) -> None:
    meant = table.postcodes[20_000]
    point = table.find(meant)
    typed = meant[:-1] + "V"  # V ends no postcode
    assert point is not None
    assert table.suggest(typed, near=point)[0] == meant


def test_a_table_kept_in_the_working_folder_reads_back(
    table: PostcodeTable, tmp_path: Path
) -> None:
    small = PostcodeTable(
        table.postcodes[:50], table.easting_m[:50], table.northing_m[:50], source="test"
    )
    write_postcodes(small, tmp_path / "deep" / "postcodes.parquet")
    again = read_postcodes(tmp_path / "deep" / "postcodes.parquet")
    assert again.postcodes == small.postcodes
    assert [again.find(p) for p in again.postcodes] == [small.find(p) for p in small.postcodes]
    assert again.source == "test"
    (tmp_path / "bad.parquet").write_bytes(b"no")
    with pytest.raises(InputError):
        read_postcodes(tmp_path / "bad.parquet")


ONSPD_OLD = (
    "pcd,pcd2,pcds,dointr,doterm,oseast1m,osnrth1m,osgrdind\n"
    '"SS2 6ER","SS2  6ER","SS2 6ER",198001,,587939,186364,1\n'
    '"SS1 1BL","SS1  1BL","SS1 1BL",198001,,588102,185200,1\n'
    '"ZZ9 9ZZ","ZZ9  9ZZ","ZZ9 9ZZ",198001,,,,9\n'
    '"E1  6AN","E1   6AN","E1 6AN",198001,,533420,181560,1\n'
)
ONSPD_NEW = ONSPD_OLD.replace(
    "pcd,pcd2,pcds,dointr,doterm,oseast1m,osnrth1m,osgrdind",
    "pcd7,pcd8,pcds,dointr,doterm,east1m,north1m,gridind",
)
CODE_POINT = '"SS2 6ER",10,587939,186364,"E92000001"\n"SS11BL",10,588102,185200,"E92000001"\n'


@pytest.mark.parametrize("text", [ONSPD_OLD, ONSPD_NEW], ids=["before 2025", "from 2025"])
def test_the_ons_directory_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "ONSPD.csv").write_text(text)
    table = import_postcodes(tmp_path / "ONSPD.csv", tmp_path / "kept.parquet")
    assert table.postcodes == ("E1 6AN", "SS1 1BL", "SS2 6ER")  # the one without a point is out
    assert table.find("SS2 6ER") == (587_939, 186_364)
    assert read_postcodes(tmp_path / "kept.parquet").postcodes == table.postcodes
    some = import_postcodes(tmp_path / "ONSPD.csv", areas=("ss",))
    assert some.postcodes == ("SS1 1BL", "SS2 6ER")


def test_code_point_open_is_read_from_folder_and_zip(tmp_path: Path) -> None:
    folder = tmp_path / "codepo" / "Data" / "CSV"
    folder.mkdir(parents=True)
    (folder / "ss.csv").write_text(CODE_POINT)
    (tmp_path / "codepo" / "Doc").mkdir()
    (tmp_path / "codepo" / "Doc" / "Column_Headers.csv").write_text(
        "PC,PQ,EA,NO\nPostcode,,,\n"
    )
    with zipfile.ZipFile(tmp_path / "codepo_gb.zip", "w") as archive:
        archive.write(folder / "ss.csv", "Data/CSV/ss.csv")
        archive.writestr("Doc/licence.txt", "open")
    for source in (tmp_path / "codepo", tmp_path / "codepo_gb.zip"):
        table = import_postcodes(source)
        assert table.postcodes == ("SS1 1BL", "SS2 6ER")
        assert table.find("SS1 1BL") == (588_102, 185_200)
        assert table.source == "Code-Point Open"


@pytest.mark.parametrize("name", ["none.csv", "broken.zip", "missing.csv", "nowhere.csv"])
def test_anything_else_is_refused_in_plain_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "none.csv").write_text("a,b\n1,2\n")
    (tmp_path / "broken.zip").write_bytes(b"PK nothing")
    (tmp_path / "nowhere.csv").write_text("pcds,east1m,north1m\nSS2 6ER,,\n")
    with pytest.raises(InputError) as caught:
        import_postcodes(tmp_path / name)
    assert caught.value.problems[0].code == "L020"
