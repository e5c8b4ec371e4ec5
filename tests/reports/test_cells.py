"""Cells cannot turn into formulas, and workbooks hold nothing but cells."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.cells import LINE_POINTS, Book, Column, Kind, Origin, clean_text
from tests.reports.readers import find_faults, read_sheets

ORIGIN = Origin(
    title="=Title", footer="Run & code", created_utc=datetime(2026, 9, 10, 4, 30, tzinfo=UTC)
)


def write_texts(texts: list[str]) -> bytes:
    book = Book(ORIGIN)
    book.add_sheet("Texts").write_table([Column(heading="Text")], [[text] for text in texts])
    return book.close()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+44 1702 1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\x00=1", "\n=1",
        "\uff1d1+1", "=cmd|'/c calc'!A1", "-1+1", "--1", "+1e5x",
    ],
)  # fmt: skip
def test_text_that_could_start_a_formula_is_quoted(text: str) -> None:
    assert clean_text(text).startswith("'")


@pytest.mark.parametrize("text", ["-5", "+5", "-12.50", "0", "Elm Road", "'=1", "", "a=b"])
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert clean_text(text) == text


def test_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    assert clean_text("x" * 40_000).endswith("…")
    assert len(clean_text("x" * 40_000)) <= 32_767


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            str.__add__,
            st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "\x00", "_x0041_", "{=", "'"]),
            st.text(max_size=12),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_generated_cell_reads_back_as_harmless_text(texts: list[str]) -> None:
    book = write_texts(texts)
    assert find_faults(book) == []
    opened = openpyxl.load_workbook(BytesIO(book))
    cells = [row[0].value or "" for row in opened["Texts"].iter_rows(min_row=2)]
    assert len(cells) == len(texts) or not any(texts[len(cells) :])
    for cell in cells:
        is_number = str(cell).lstrip("+-").replace(".", "", 1).isdigit()
        assert not str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) or is_number


def test_numbers_are_numbers_in_the_units_a_reader_expects() -> None:
    kinds = [Kind.POUNDS, Kind.RATE, Kind.MILES, Kind.TIME, Kind.MINUTES, Kind.COUNT, Kind.DATE]
    columns = [Column(heading=kind.value, kind=kind) for kind in kinds]
    book = Book(ORIGIN)
    values = [123_456, 260_123, 16_093, 8 * 3600 + 1800, 90, 7, date(2026, 9, 16)]
    book.add_sheet("Numbers").write_table(columns, [values])
    row = read_sheets(book.close())["Numbers"][1]
    # 1,234.56 pounds; 2.60123 pounds; 16.093 km are 9.9997 miles; half past eight; 90 seconds.
    assert row[0] == 1234.56
    assert row[1] == 2.60123
    assert row[2] == pytest.approx(9.99973, abs=1e-5)
    assert str(row[3]) == "08:30:00"
    assert "0:01:30" in str(row[4])
    assert row[5:] == [7.0, date(2026, 9, 16)]


def test_pounds_read_back_to_the_penny() -> None:
    amounts = [0, 1, -1, 10, 29, 57, 1_005, 99_999_999, 12_345_678_901]
    book = Book(ORIGIN)
    columns = [Column(heading="Pounds", kind=Kind.POUNDS)]
    book.add_sheet("Pounds").write_table(columns, [[amount] for amount in amounts])
    rows = read_sheets(book.close())["Pounds"][1:]
    assert [round(row[0] * 100) for row in rows] == amounts


def test_equal_books_are_equal_bytes() -> None:
    assert write_texts(["a", "=b"]) == write_texts(["a", "=b"])
    assert write_texts(["a"]) != write_texts(["b"])


def test_sheet_names_are_cleaned_and_told_apart() -> None:
    book = Book(ORIGIN)
    names = ["Duty/1", "Duty?1", "duty-1", "x" * 40, "x" * 41, "", "''"]
    found = [book.add_sheet(name).name for name in names]
    assert found[:3] == ["Duty-1", "Duty-1 2", "duty-1 3"]
    assert all(0 < len(name) <= 31 for name in found)
    assert len({name.casefold() for name in found}) == len(names)
    assert list(read_sheets(book.close())) == found


def test_sheets_are_set_up_for_paper() -> None:
    book = Book(ORIGIN)
    sheet = book.add_sheet("Paper")
    sheet.write_table([Column(heading="A")], [["a"]] * 3)
    opened = openpyxl.load_workbook(BytesIO(book.close()))["Paper"]
    assert opened.page_setup.orientation == "landscape"
    assert opened.page_setup.paperSize == 9  # A4
    assert opened.page_setup.fitToHeight == 0
    assert opened.print_title_rows == "$1:$1"
    assert opened.freeze_panes == "A2"
    assert "Page &P of &N" in str(opened.oddFooter.right.text) or opened.oddFooter.right.text


def test_a_block_that_does_not_fit_begins_a_page() -> None:
    book = Book(ORIGIN)
    sheet = book.add_sheet("Blocks")
    for _ in range(3):
        sheet.start_block(4, 9)
        for _ in range(4):
            sheet.write_note("x")
    opened = openpyxl.load_workbook(BytesIO(book.close()))["Blocks"]
    # Two blocks of four rows fit nine rows, the third does not.
    assert [brk.id for brk in opened.row_breaks.brk] == [8]


def test_rows_are_as_high_as_their_wrapped_text() -> None:
    columns = [Column(heading="A"), Column(heading="B", kind=Kind.WRAPPED, width=12)]
    book = Book(ORIGIN)
    texts = ["short", "two words here", "x" * 35, ""]
    book.add_sheet("High").write_table(columns, [["a", text] for text in texts])
    sheet = openpyxl.load_workbook(BytesIO(book.close()))["High"]
    heights = [sheet.row_dimensions[row].height for row in range(2, 6)]
    # Twelve letters fit: "two words" and "here" are 2 lines, 35 letters without a gap are 3.
    assert heights == [None, 2 * LINE_POINTS, 3 * LINE_POINTS, None]


@pytest.mark.slow
def test_a_hundred_thousand_cells_read_back_as_harmless_text() -> None:
    rng = random.Random(1)  # noqa: S311  text for a test
    starts = ["", "=", "+", "-", "@", "\t", "\r", "\x00", "\n", "\uff1d"]
    letters = "=+-@0123456789.,|'\"! \t\r\nabcXYZ\u00e9\u2026\x01\x0b"
    texts = [
        rng.choice(starts) + "".join(rng.choices(letters, k=rng.randrange(12)))
        for _ in range(100_000)
    ]
    book = write_texts(texts)
    assert find_faults(book) == []
    rows = read_sheets(book)["Texts"][1:]
    assert len(rows) >= 99_000
    for row in rows:
        text = str(row[0])
        is_number = text.lstrip("+-").replace(".", "", 1).isdigit()
        assert not text.startswith(("=", "+", "-", "@", "\t", "\r", "\x00")) or is_number
