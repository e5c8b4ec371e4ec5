"""The figures of a study's runs, written into the book with where each comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.papers import Unit
from data.runs import RunRecord
from reports.paper.figures import Book
from reports.paper.people_facts import PHASE_WORDS, find_gone
from scenarios import CaseFigures, Difference, compare, read_figures

LINE_GROUPS: Mapping[str, str] = {
    "travel training": "in_training",
    "public transport passes": "trained",
    "personal travel budgets": "budget",
}
"""Whom the money of a programme is spent on."""

TOUCHED_WORDS: Mapping[str, str] = {
    "in_training": "begin travel training",
    "trained": "travel on their own after training",
    "budget": "take a travel budget",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """One case of a study, opened."""

    run: RunRecord
    inputs: Inputs
    figures: CaseFigures

    @property
    def name(self) -> str:
        """Scenario id."""
        return self.figures.scenario_id


def open_case(run: RunRecord, inputs: Inputs) -> CaseFacts:
    """Open a case's run with the inputs it was made from."""
    return CaseFacts(run=run, inputs=inputs, figures=read_figures(run))


def write_case(book: Book, case: CaseFacts) -> None:
    """Write the figures that every case has."""
    run, measures, name = case.run, case.figures.measures, case.name
    plan = _sources(run, "measures")
    title = case.figures.title

    def read(key: str, label: str, value: int, unit: Unit, source: str) -> None:
        book.read(
            f"{key}.{name}", f"{label}: {title}", value, unit, run_id=run.run_id, source=source
        )

    read("year", "Transport cost a year", measures.year_pence, Unit.PENCE, plan("year_pence"))
    read(
        "year_full",
        "Transport cost a year with the own company's fixed cost",
        measures.year_full_pence,
        Unit.PENCE,
        plan("year_full_pence"),
    )
    book.add(
        f"year_fixed.{name}",
        f"Own company's fixed cost a year: {title}",
        [(1, f"year_full.{name}"), (-1, f"year.{name}")],
    )
    read(
        "day",
        "Transport cost of the day shown",
        measures.cost_pence,
        Unit.PENCE,
        plan("cost_pence"),
    )
    for key, label, value in (
        ("routes", "Routes on the day shown", measures.n_routes),
        ("duties", "Vehicles at work on the day shown", measures.n_duties),
        ("own", "Own vehicles out on the day shown", measures.n_own_vehicles),
    ):
        read(key, label, value, Unit.COUNT, plan(f"n_{key}"))
    read(
        "people",
        "Passengers entitled on the day shown",
        measures.n_passengers,
        Unit.PEOPLE,
        plan("n_passengers"),
    )
    read(
        "unserved",
        "Passengers not carried in every journey",
        measures.n_unserved,
        Unit.PEOPLE,
        plan("n_unserved"),
    )
    read(
        "metres",
        "Distance driven on the day shown",
        measures.loaded_m + measures.dead_m,
        Unit.METRES,
        plan("loaded_m + dead_m"),
    )
    _write_providers(book, case)
    read(
        "violations",
        "Hard rules broken",
        case.figures.n_violations,
        Unit.COUNT,
        "check reports of the run",
    )
    _write_rides(book, case)
    _write_bound(book, case)


def _sources(run: RunRecord, what: str) -> Callable[[str], str]:
    return lambda field: f"run {run.run_id}: {what}.{field}"


def _write_providers(book: Book, case: CaseFacts) -> None:
    """Write the year's cost by who runs it."""
    own = sum(
        p.year_pence
        for p in case.figures.measures.providers
        if p.provider_id == OWN_PROVIDER_ID
    )
    source = f"run {case.run.run_id}: measures.providers.year_pence"
    title = case.figures.title
    run_id = case.run.run_id
    book.read(
        f"year_own.{case.name}",
        f"Own company, a year: {title}",
        own,
        Unit.PENCE,
        run_id=run_id,
        source=source,
    )
    book.add(
        f"year_bought.{case.name}",
        f"Suppliers, a year: {title}",
        [(1, f"year.{case.name}"), (-1, f"year_own.{case.name}")],
    )


def _write_rides(book: Book, case: CaseFacts) -> None:
    """Write ride times by phase."""
    run_id = case.run.run_id
    for ride in case.figures.measures.rides:
        tail = f"{case.name}.{ride.phase}"
        words = f"{PHASE_WORDS[ride.phase]}: {case.figures.title}"
        source = f"run {run_id}: measures.rides.{ride.phase}"
        book.read(
            f"journeys.{tail}",
            f"Journeys of the day shown, {words}",
            ride.n_journeys,
            Unit.PEOPLE,
            run_id=run_id,
            source=f"{source}.n_journeys",
        )
        book.read(
            f"over.{tail}",
            f"Journeys longer than the guide, {words}",
            ride.n_over_guide,
            Unit.PEOPLE,
            run_id=run_id,
            source=f"{source}.n_over_guide",
        )
        book.read(
            f"median.{tail}",
            f"Middle journey time, {words}",
            ride.median_s,
            Unit.SECONDS,
            run_id=run_id,
            source=f"{source}.median_s",
            group=ride.n_journeys,
        )
        book.read(
            f"guide.{ride.phase}",
            f"Guide to journey time, {PHASE_WORDS[ride.phase]}",
            ride.guide_s,
            Unit.SECONDS,
            source="policy of the inputs (TIME-1)",
        )


def _write_bound(book: Book, case: CaseFacts) -> None:
    """Write how good the plan is proven to be."""
    run = case.run
    book.read(
        f"steps.{case.name}",
        f"Search steps: {case.figures.title}",
        run.steps,
        Unit.COUNT,
        run_id=run.run_id,
        source=f"run {run.run_id}: steps",
    )
    if run.plan.bound_pence is None:
        return
    book.read(
        f"bound.{case.name}",
        f"Proven lower bound of the day: {case.figures.title}",
        run.plan.bound_pence,
        Unit.PENCE,
        run_id=run.run_id,
        source=f"plan {run.plan.plan_id}: bound_pence ({run.plan.bound_policy})",
    )
    book.add(
        f"gap_pence.{case.name}",
        f"Day's cost above the bound: {case.figures.title}",
        [(1, f"day.{case.name}"), (-1, f"bound.{case.name}")],
    )
    book.share(
        f"gap.{case.name}",
        f"Gap to the bound: {case.figures.title}",
        f"gap_pence.{case.name}",
        f"day.{case.name}",
    )


def write_option(book: Book, base: CaseFacts, case: CaseFacts) -> Difference:
    """Write what an option saves against the base, and what it asks for."""
    name, title = case.name, case.figures.title
    (found,) = compare(base.run, [case.run]).cases
    touched = dict(case.figures.touched)
    gone = find_gone(base.inputs, case.inputs)
    book.add(
        f"gross.{name}",
        f"Saved on transport a year: {title}",
        [(1, f"year.{base.name}"), (-1, f"year.{name}")],
        group=len(gone) or None,
    )
    for what, words in TOUCHED_WORDS.items():
        if what in touched:
            book.read(
                f"touched.{name}.{what}",
                f"People who {words}: {title}",
                touched[what],
                Unit.PEOPLE,
                run_id=case.run.run_id,
                source=f"run {case.run.run_id}: settings.touched",
            )
    yearly, once = _write_offers(book, case)
    zero = [(0, f"year.{name}")]
    book.add(
        f"programme.{name}",
        f"Cost of the offers a year: {title}",
        yearly or zero,
        group=len(gone) or None,
    )
    book.add(
        f"once.{name}",
        f"Cost of the offers, once: {title}",
        once or zero,
        group=len(gone) or None,
    )
    book.add(
        f"net.{name}",
        f"Net saving a year: {title}",
        [(1, f"gross.{name}"), (-1, f"programme.{name}")],
        group=len(gone) or None,
    )
    book.add(
        f"first.{name}",
        f"Net saving in the first year: {title}",
        [(1, f"net.{name}"), (-1, f"once.{name}")],
        group=len(gone) or None,
    )
    book.add(
        f"extra.{name}",
        f"Net extra cost a year: {title}",
        [(-1, f"net.{name}")],
        group=len(gone) or None,
    )
    if book[f"gross.{name}"].value < 0:
        book.add(
            f"loss.{name}",
            f"Transport costs more a year: {title}",
            [(-1, f"gross.{name}")],
            group=len(gone) or None,
        )
    write_companions(book, name, title, found)
    _check_difference(book, name, found)
    return found


def _write_offers(
    book: Book, case: CaseFacts
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Write each cost of the offers; give the terms of the yearly and of the one-off sum."""
    name, title = case.name, case.figures.title
    touched = dict(case.figures.touched)
    yearly: list[tuple[int, str]] = []
    once: list[tuple[int, str]] = []
    for n, line in enumerate(case.figures.lines):
        key = f"line.{name}.{n}"
        label = f"{line.name.capitalize()}, {'once' if line.is_one_off else 'a year'}: {title}"
        what = LINE_GROUPS.get(line.name, "")
        people = touched.get(what, 0)
        if people and line.amount_pence % people == 0:
            book.add(
                key,
                label,
                [(line.amount_pence // people, f"touched.{name}.{what}")],
                group=people,
            )
        else:
            book.read(
                key,
                label,
                line.amount_pence,
                Unit.PENCE,
                run_id=case.run.run_id,
                source=f"run {case.run.run_id}: settings.yearly_lines",
                group=people or None,
            )
        (once if line.is_one_off else yearly).append((1, key))
    return yearly, once


def write_companions(book: Book, name: str, title: str, found: Difference) -> None:
    """Write how many journeys have other companions than before."""
    source = f"plans of the runs compared, {found.case.run_id}"
    book.read(
        f"other.{name}",
        f"Journeys with other companions: {title}",
        found.n_other_companions,
        Unit.PEOPLE,
        run_id=found.case.run_id,
        source=source,
    )
    book.read(
        f"both.{name}",
        f"Journeys in both plans: {title}",
        found.n_journeys,
        Unit.PEOPLE,
        run_id=found.case.run_id,
        source=source,
    )


def _check_difference(book: Book, name: str, found: Difference) -> None:
    """See that the paper says what `wayfare scenario compare` says."""
    from data.errors import IdentityError

    shown = (
        book[f"gross.{name}"].value,
        book[f"net.{name}"].value,
        book[f"first.{name}"].value,
    )
    due = (found.transport_pence, found.net_pence, found.first_year_pence)
    if shown != due:
        raise IdentityError(f"{name}: the paper says {shown}, the comparison {due} pence")


def write_against_today(book: Book, today: CaseFacts, case: CaseFacts) -> None:
    """Write what a case costs less than today's routes, the offers' yearly cost included."""
    parts = [(1, f"year.{today.name}"), (-1, f"year.{case.name}")]
    if f"programme.{case.name}" in book:
        parts.append((-1, f"programme.{case.name}"))
    key, label = (
        f"saved_from_today.{case.name}",
        f"Less than today a year: {case.figures.title}",
    )
    book.add(key, label, parts)
    book.share(f"share_from_today.{case.name}", f"{label}, share", key, f"year.{today.name}")


def write_noise(book: Book, base: CaseFacts, repeats: Iterable[RunRecord]) -> None:
    """Write how far answers to the same question lie apart."""
    keys = [f"year.{base.name}"]
    for n, run in enumerate(repeats, start=1):
        measures = read_figures(run).measures
        keys.append(
            book.read(
                f"repeat.{n}",
                f"Transport cost a year, the base found again with seed {run.seed}",
                measures.year_pence,
                Unit.PENCE,
                run_id=run.run_id,
                source=f"run {run.run_id}: measures.year_pence",
            )
        )
    book.spread("noise", "Spread of answers to the same question", keys)
    book.share("noise_share", "That spread as a share of the cost", "noise", keys[0])
    book.read(
        "n_repeats",
        "Further searches of the base",
        len(keys) - 1,
        Unit.COUNT,
        source="the study's runs",
    )
