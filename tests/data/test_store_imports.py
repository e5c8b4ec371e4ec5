"""Nothing imported is lost: original bytes, every row counted, rejected rows in quarantine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from data.errors import StoreError
from data.inputs import Inputs
from data.store import QuarantinedRow, SheetCount, Store, models
from tests.reports.hand_made import STAMP, build_inputs
from tests.store_places import Place, query

BYTES = b"PK\x03\x04 a workbook\x00\xff"
SHA = hashlib.sha256(BYTES).hexdigest()
REJECTED = QuarantinedRow(
    file_name="council.xlsx",
    sheet="passengers",
    row=7,
    codes=("P012", "P020"),
    cells=(("passenger_id", "007"), ("name", "Zoë")),
)


@pytest.fixture
def store(store_place: Place) -> Iterator[Store]:
    with Store.open(store_place) as opened:
        yield opened


def count(sha256: str = SHA) -> SheetCount:
    return SheetCount(
        file_name="council.xlsx",
        sha256=sha256,
        sheet="passengers",
        n_read=12,
        n_accepted=9,
        n_rejected=1,
        n_blank=1,
        n_header=1,
    )


def save(store: Store, inputs: Inputs | None, sha256: str = SHA) -> int:
    return store.save_import(
        inputs,
        place="handmade",
        files={"council.xlsx": BYTES},
        counts=(count(sha256),),
        rejected=(REJECTED,),
        created_utc=STAMP,
        code_version="0.1.0",
    )


def test_an_import_is_kept_whole(store: Store) -> None:
    inputs = build_inputs()
    number = save(store, inputs)
    assert store.read_import_file(SHA) == BYTES
    assert store.read_quarantine(number) == (REJECTED,)
    (kept,) = store.list_imports("handmade")
    assert kept.counts == (count(),)
    assert (kept.created_utc, kept.n_quarantined) == (STAMP, 1)
    assert kept.inputs_hash is not None
    assert store.read_inputs(kept.inputs_hash) == inputs
    assert store.find_inputs_hash("handmade") == kept.inputs_hash


def test_an_import_that_was_refused_is_remembered_without_inputs(store: Store) -> None:
    save(store, None)
    assert [one.inputs_hash for one in store.list_imports()] == [None]
    assert store.list_inputs() == ()
    assert store.list_imports("elsewhere") == ()


def test_the_same_file_is_kept_once(store: Store, store_place: Place) -> None:
    assert save(store, build_inputs()) != save(store, build_inputs())
    assert query(store_place, "SELECT count(*) FROM import_files") == [(1,)]
    assert len(store.list_imports()) == 2


def test_rows_that_do_not_add_up_are_refused(store: Store, store_place: Place) -> None:
    with pytest.raises(ValueError, match="accounted for"):
        replace(count(), n_blank=2)
    save(store, None)
    # The database itself refuses too.
    with pytest.raises(sa.exc.IntegrityError):
        query(store_place, "UPDATE import_counts SET n_blank = 2")


def test_counts_need_their_original_bytes(store: Store) -> None:
    with pytest.raises(StoreError, match=r"council\.xlsx"):
        save(store, build_inputs(), sha256="0" * 64)
    # All or nothing: neither the import nor its inputs were kept.
    assert store.list_imports() == ()
    assert store.list_inputs() == ()


def test_original_bytes_changed_from_outside_are_found(
    store: Store, store_place: Place
) -> None:
    save(store, None)
    query(store_place, sa.update(models.import_files).values(body=b"\0"))
    with pytest.raises(StoreError, match="was changed"):
        store.read_import_file(SHA)
    with pytest.raises(StoreError, match="no imported file"):
        store.read_import_file("0" * 64)
