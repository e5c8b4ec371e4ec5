"""What the uncertain numbers of the options do to their savings, from kept draws."""

from __future__ import annotations

from data.papers import Unit
from data.uncertainty import DrawnCase, DrawsStudy
from reports.paper.figures import Book

PERCENTS = (10, 50, 90)


def find_drawn(
    draws: DrawsStudy, option: str, run_id: str, base_run_id: str
) -> DrawnCase | None:
    """Find the draws of an option that stand on the paper's own runs."""
    for case in draws.cases:
        if (case.scenario_id, case.run_id, case.base_run_id) == (option, run_id, base_run_id):
            return case
    return None


def write_ranges(book: Book, draws: DrawsStudy, case: DrawnCase) -> None:
    """Write the spread of an option's net saving into the book.

    Raises
    ------
    IdentityError
        If the draws' saving at most likely values is not the paper's.
    """
    from data.errors import IdentityError

    option = case.scenario_id
    net = book[f"net.{option}"]
    if case.central_pence != net.value:
        raise IdentityError(
            f"{option}: the draws say {case.central_pence} pence at most likely values, the "
            f"paper {net.value}: draw again."
        )
    source = f"draws {draws.study_id}: {option}"
    book.read(
        "n_draws", "Draws of the uncertain numbers", draws.n_draws, Unit.COUNT,
        source=f"draws {draws.study_id}",
    )  # fmt: skip
    amounts = [("mean", "Mean net saving a year over the draws", case.mean_pence)]
    amounts += [
        (f"p{p}", f"Net saving that {p} of 100 draws stay below", case.find_quantile(p))
        for p in PERCENTS
    ]
    if case.agreement is not None:
        amounts.append(
            ("off", "Estimates are off full planning by (root mean square)",
             case.agreement.rms_pence)
        )  # fmt: skip
    for key, label, pence in amounts:
        book.read(
            f"{key}.{option}", f"{label}: {case.title}", pence, Unit.PENCE,
            run_id=case.run_id, source=source, group=net.group,
        )  # fmt: skip
    book.read(
        f"chance.{option}",
        f"Share of the draws in which it saves: {case.title}",
        10_000 * case.n_positive // len(case.net_pence),
        Unit.SHARE_BP,
        run_id=case.run_id,
        source=source,
    )


__all__ = ["find_drawn", "write_ranges"]
