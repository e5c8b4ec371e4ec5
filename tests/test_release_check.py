"""The release check: what is pinned has hashes, everything is in the bill, and it can fail."""

from __future__ import annotations

import copy
import tomllib

import pytest

from tests.release_check import ROOT, build_bill, find_bill_faults, find_lock_faults

LOCK = tomllib.loads((ROOT / "uv.lock").read_text())


def test_every_package_is_pinned_with_hashes_from_one_index() -> None:
    assert len(LOCK["package"]) > 50
    assert list(find_lock_faults(LOCK)) == []


@pytest.mark.parametrize("plant", ["hash", "source"])
def test_a_package_without_hash_or_from_elsewhere_stands_against_a_release(plant: str) -> None:
    lock = copy.deepcopy(LOCK)
    package = next(p for p in lock["package"] if p["name"] == "fastapi")
    if plant == "hash":
        del package["wheels"][0]["hash"]
    else:
        package["source"] = {"git": "https://example.org/fastapi"}
    (fault,) = find_lock_faults(lock)
    assert fault.startswith("fastapi")


def test_the_bill_lists_every_package_and_what_is_vendored() -> None:
    bill = build_bill()
    assert list(find_bill_faults(bill, LOCK)) == []
    bill["components"] = [
        c for c in bill["components"] if c["name"] not in ("numpy", "htmx.org")
    ]
    faults = " ".join(find_bill_faults(bill, LOCK))
    assert "numpy" in faults
    assert "htmx.org" in faults
