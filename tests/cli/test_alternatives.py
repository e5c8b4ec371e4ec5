"""`wayfare alternatives` on the grid town: offers, caps, take-up, a scenario that runs."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Town, run


@pytest.mark.slow
def test_offers_are_capped_and_the_scenario_of_those_who_agree_is_written(
    town: Town, tmp_path: Path
) -> None:
    story, book = tmp_path / "taken.toml", tmp_path / "offers.xlsx"
    words = ("alternatives", "--place", "grid", "--steps", 40, "--measured", 4, "--draws", 2,
             "--out", book, "--scenario", story)  # fmt: skip
    done = run(*words, "--json", folder=town.folder)
    assert done.code == 0, done.err
    found = json.loads(done.out.splitlines()[-1])
    assert found["offers"]
    for offer in found["offers"]:
        assert offer["cost_pence"] <= offer["cap_pence"]
    takers = [level["takers"] for level in found["levels"]]
    assert takers == sorted(takers)
    assert len(found["draws_net_pence"]) == 2
    assert book.stat().st_mode & 0o077 == 0
    change = tomllib.loads(story.read_text())["changes"][0]
    assert (change["kind"], change["is_consent_assumed"]) == ("take_alternatives", True)

    # one family agrees, one refuses: the file holds the one, the other is asked no more
    yes, no = (o["passenger_id"] for o in found["offers"][:2])
    answers = tmp_path / "answers.csv"
    answers.write_text(f"passenger_id,consent\n{yes},yes\n{no},no\n")
    again = run(*words, "--consents", answers, "--json", folder=town.folder)
    assert again.code == 0, again.err
    asked = {o["passenger_id"] for o in json.loads(again.out.splitlines()[-1])["offers"]}
    assert yes in asked
    assert no not in asked
    change = tomllib.loads(story.read_text())["changes"][0]
    assert [o["passenger_id"] for o in change["offers"]] == [yes]
    assert change["offers"][0]["has_consent"]

    answers.write_text("passenger_id,consent\nnobody,yes\n")
    wrong = run(*words, "--consents", answers, folder=town.folder)
    assert (wrong.code, "Q006" in wrong.err) == (30, True)
