"""Commands on policy: which option for the company is best."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import JsonOption, note, say

if TYPE_CHECKING:
    from scenarios.options import Appraisal, OptionsTable

app = typer.Typer()


@app.command()
def options(
    table: Annotated[Path, typer.Argument(help="Table of options and criteria.")],
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="Draws of random weights; 0 for none.")
    ] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Score and rank options by criteria.

    Tests what the ranks hang on: each criterion left out, equal and random weights.
    """
    from scenarios.options import appraise_options, draw_first_places
    from scenarios.options_table import read_options

    read = read_options(table)
    found = appraise_options(read)
    shares = draw_first_places(read, n_draws=draws, seed=seed) if draws else {}
    if as_json:
        say(json.dumps(_write_json(found, shares)))
        return
    _print_appraisal(read, found, shares)
    for warning in found.warnings:
        note(f"warning: {warning}")


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def _write_json(found: Appraisal, shares: Any) -> dict[str, Any]:
    """Write an appraisal as plain values, options in the table's order."""

    def by_option(values: Any) -> dict[str, Any]:
        return dict(zip(found.options, values, strict=True))

    return {
        "maximum": _number(found.maximum),
        "totals": by_option(map(_number, found.totals)),
        "subtotals": {
            group: by_option(map(_number, scores)) for group, _, scores in found.subtotals
        },
        "ranks": by_option(found.ranks),
        "rank_changes": [
            {"without": change.without, "ranks": by_option(change.ranks)}
            for change in found.rank_changes
        ],
        "bands": by_option(found.bands),
        "equal_weights_maximum": _number(found.equal_weights_maximum),
        "equal_weights": by_option(map(_number, found.equal_weights)),
        "equal_groups_pct": by_option(
            round(float(100 * share), 1) for share in found.equal_groups_share
        ),
        "first_place_pct": {name: round(float(100 * s), 1) for name, s in shares.items()},
        "warnings": list(found.warnings),
    }


def _print_appraisal(read: OptionsTable, found: Appraisal, shares: Any) -> None:
    """Print scores, ranks and what they hang on as one screen."""
    wide = max(12, *(len(option) for option in found.options)) + 2
    groups = [group or "criteria" for group, _, _ in found.subtotals]
    say(f"{len(read.criteria)} criteria, {len(read.gateways)} gateways")
    say()

    def line(name: str, cells: Any) -> None:
        say(f"{name:<{wide}}" + "".join(f"{cell!s:>14}" for cell in cells))

    line("", [*groups, "total", "share", "band", "rank"])
    most = [_number(m) for _, m, _ in found.subtotals]
    line("(most)", [*most, _number(found.maximum)])
    for k, option in enumerate(found.options):
        share = 100 * found.totals[k] / (found.maximum or 1)
        cells = [_number(scores[k]) for _, _, scores in found.subtotals]
        rank = "-" if found.ranks[k] is None else found.ranks[k]
        line(
            option,
            [*cells, _number(found.totals[k]), f"{float(share):.1f} %", found.bands[k], rank],
        )
    say()
    line("", ["equal weights", "equal groups", "often first"])
    for k, option in enumerate(found.options):
        often = f"{float(100 * shares[option]):.1f} %" if shares else "-"
        groups_share = f"{float(100 * found.equal_groups_share[k]):.1f} %"
        line(option, [_number(found.equal_weights[k]), groups_share, often])
    say(f"(equal weights: of {_number(found.equal_weights_maximum)}; often first: share of")
    say(" random weights with which the option comes first)")
    say()
    if not found.rank_changes:
        say("Leaving out any one criterion changes no rank.")
    for change in found.rank_changes:
        ranks = zip(found.options, change.ranks, strict=True)
        say(f"without {change.without}: " + ", ".join(f"{name} {rank}" for name, rank in ranks))
