"""Weighted options: the published case to the point, and how ranks behave."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from scenarios.options import (
    Criterion,
    Gateway,
    OptionsTable,
    appraise_options,
    draw_first_places,
    rank_totals,
)
from scenarios.options_table import read_options

PUBLISHED = Path(__file__).resolve().parents[2] / "docs/examples/options-worcestershire.csv"


def test_the_published_case_is_reproduced_to_the_point() -> None:
    found = appraise_options(read_options(PUBLISHED))
    assert found.maximum == 2170
    assert found.totals == (1385, 1360, 1810, 1515, 920)
    assert found.ranks == (3, 4, 1, 2, 5)
    assert found.subtotals == (
        ("desirability", 1120, (760, 830, 1050, 960, 610)),
        ("viability", 540, (280, 235, 275, 300, 195)),
        ("feasibility", 510, (345, 295, 485, 255, 115)),
    )
    # places 3 and 4 change without any one of these, and nothing else ever does
    assert [(c.without, c.ranks) for c in found.rank_changes] == [
        (name, (4, 3, 1, 2, 5)) for name in ("D5", "V7", "F6")
    ]
    assert found.equal_weights_maximum == 280
    assert found.equal_weights == (165, 165, 225, 185, 120)
    shares = [round(float(100 * s), 1) for s in found.equal_groups_share]
    assert shares == [62.5, 58.5, 79.9, 63.8, 37.7]
    assert found.bands == ("green", "green", "green", "green", "amber")


def criterion(name: str, weight: int, *levels: str, **more: object) -> Criterion:
    return Criterion(
        criterion_id=name, group="g", title=name, weight=Fraction(weight), levels=levels,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_equal_totals_share_the_better_rank() -> None:
    table = OptionsTable(
        options=("a", "b", "c"),
        gateways=(),
        criteria=(
            criterion("x", 2, "high", "low", "low"),
            criterion("y", 2, "low", "high", "low"),
        ),
    )
    found = appraise_options(table)
    assert found.totals == (20, 20, 0)
    assert found.ranks == (1, 1, 3)


def test_an_option_that_fails_a_gateway_is_not_ranked_and_is_named() -> None:
    gate = Gateway(criterion_id="G1", group="g", title="lawful", is_passed=(True, False))
    table = OptionsTable(
        options=("a", "b"), gateways=(gate,), criteria=(criterion("x", 1, "low", "high"),)
    )
    found = appraise_options(table)
    assert found.ranks == (1, None)
    assert found.bands[1] == "red"
    assert any("b fails gateway G1" in warning for warning in found.warnings)
    assert draw_first_places(table, n_draws=50) == {"a": 1, "b": 0}


def test_levels_that_a_criterion_does_not_define_are_named() -> None:
    table = OptionsTable(
        options=("a", "b", "c"),
        gateways=(),
        criteria=(
            criterion("D6", 8, "medium", "high", "low", defined=("high", "low")),
            criterion("V5", 4, "high", "high", "low", only_one=("high", "low")),
        ),
    )
    assert appraise_options(table).warnings == (
        "D6 has no level medium, given to a.",
        "V5 gives high to exactly one option, and 2 have it.",
    )


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.data())
def test_ranks_do_not_depend_on_the_order_of_options(
    totals: list[int], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(totals))))
    ranks = rank_totals([Fraction(t) for t in totals], [True] * len(totals))
    mixed = rank_totals([Fraction(totals[k]) for k in order], [True] * len(totals))
    assert [ranks[k] for k in order] == list(mixed)


def test_raising_a_level_never_lowers_an_options_rank() -> None:
    table = read_options(PUBLISHED)
    base = appraise_options(table).ranks
    for n, c in enumerate(table.criteria):
        for k, level in enumerate(c.levels):
            if level == "high":
                continue
            levels = (*c.levels[:k], "high", *c.levels[k + 1 :])
            criteria = (
                *table.criteria[:n],
                replace(c, levels=levels),
                *table.criteria[n + 1 :],
            )
            rank, before = appraise_options(replace(table, criteria=criteria)).ranks[k], base[k]
            assert rank is not None
            assert before is not None
            assert rank <= before


def test_random_weights_are_repeatable_and_add_up() -> None:
    table = read_options(PUBLISHED)
    shares = draw_first_places(table, n_draws=500, seed=3)
    assert shares == draw_first_places(table, n_draws=500, seed=3)
    assert sum(shares.values()) == 1
    assert shares["wholly_owned_company"] > Fraction(9, 10)


def test_every_fault_of_a_table_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "criterion_id,group,criterion,weight,a,b,inferred,reason: z\n"
        "C1,g,one,heavy,high,middling,y,\n"
        "C1,g,two,3,low,,n;n,\n"
        ",g,three,,pass,maybe,,\n"
    )
    with pytest.raises(InputError) as caught:
        read_options(path)
    assert {(p.code, p.row) for p in caught.value.problems} == {("Q002", 1)}
    path.write_text(path.read_text().replace(",reason: z", ""))
    with pytest.raises(InputError) as caught:
        read_options(path)
    found = [(p.code, p.row, p.column) for p in caught.value.problems]
    assert found == [
        ("Q003", 2, "D (weight)"),
        ("Q003", 2, "G (inferred)"),
        ("Q003", 2, "F (b)"),
        ("Q004", 3, ""),
        ("Q003", 3, "F (b)"),
        ("Q003", 4, ""),
        ("Q003", 4, "F (b)"),
    ]


@pytest.mark.parametrize("text", ["", "criterion_id,group\n", "a\n"])
def test_a_table_without_its_columns_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "short.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_options(path)
    assert {p.code for p in caught.value.problems} <= {"F011", "Q001"}
