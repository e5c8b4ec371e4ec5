"""Build a paper from the stored runs of a study: checked, numbered, small groups withheld."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.appraisals import AppraisalStudy
from data.inputs import Inputs, fingerprint
from data.networks import RoadNetwork
from data.papers import Block, Figure, Paper, Picture, Unit, build_paper_id
from data.people import Person
from data.runs import RunRecord
from data.studies import StudyRecord
from data.uncertainty import DrawnCase, DrawsStudy
from reports.paper.charts import (
    Bar,
    build_cost_chart,
    build_fan_chart,
    build_ranges_chart,
    build_saving_chart,
)
from reports.paper.disclosure import find_withheld
from reports.paper.facts import (
    CaseFacts,
    open_case,
    write_against_today,
    write_case,
    write_companions,
    write_noise,
    write_option,
)
from reports.paper.figures import Book, check_figures, finish
from reports.paper.identities import (
    Identity,
    PaperRefusedError,
    check_identities,
    find_refusals,
)
from reports.paper.maps import build_map
from reports.paper.people_facts import Grouping, build_groupings, write_people
from reports.paper.ranges import find_drawn, write_ranges
from reports.paper.text import write_sections
from reports.paper.text_parts import Material
from reports.paper.years import Appraised, find_appraised, write_years
from reports.sources import describe_sources, find_credit
from scenarios import StudyFile, compare, read_definition, read_ranges

THRESHOLD, PEOPLE_BASE = 5, 5
"""Numbers of people under the first are withheld; others are rounded to the second (P6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRequest:
    """All that a paper is made from.

    Attributes
    ----------
    runs
        By scenario id, as the store gives them.
    inputs
        Inputs of each run, by scenario id.
    current_inputs_hash
        Of the place's inputs in force: a study of others is stale.
    roads
        Drawn beneath the maps.
    assumption_faults
        What keeps the assumptions from being used, e.g. a date of review gone by (M6).
    deciles
        Decile of deprivation by place id; empty where none is held.
    draws, appraisal
        The newest of the place; used as far as they stand on the study's own runs.
    """

    study: StudyRecord
    runs: Mapping[str, RunRecord]
    repeats: Sequence[RunRecord]
    inputs: Mapping[str, Inputs]
    current_inputs_hash: str
    author: Person
    created_utc: datetime
    code_version: str
    roads: RoadNetwork | None = None
    threshold: int = THRESHOLD
    people_base: int = PEOPLE_BASE
    assumption_faults: Sequence[str] = ()
    template: bytes = b""
    deciles: Mapping[str, int] = field(default_factory=dict)
    draws: DrawsStudy | None = None
    appraisal: AppraisalStudy | None = None


def build_paper(request: PaperRequest) -> tuple[Paper, dict[str, bytes]]:
    """Build a paper and its files (pictures, template) by SHA-256.

    Raises
    ------
    PaperRefusedError
        With every reason why none may be written from these runs.
    IdentityError
        If amounts that must be equal are not, or a small group cannot be protected.
    """
    study = read_definition(request.study)
    reasons = find_refusals(
        request.runs,
        request.repeats,
        base=study.base,
        today=study.today,
        current_inputs_hash=request.current_inputs_hash,
        assumption_faults=request.assumption_faults,
    )
    if reasons:
        raise PaperRefusedError(reasons)
    identities = check_identities([*request.runs.values(), *request.repeats])
    cases = {
        name: open_case(request.runs[name], request.inputs[name]) for name in study.scenario_ids
    }
    groupings = build_groupings(cases[study.base].inputs, request.deciles)
    drawn = _find_drawn(request, study, cases)
    appraised = find_appraised(request.appraisal, cases[study.recommended].run.run_id)
    book = _write_book(request, study, cases, groupings, drawn, appraised)
    ranges = _write_ranges(book, request.study)
    assumptions = _write_assumptions(book, cases[study.base].inputs)
    _write_identities(book, identities)
    blocks = write_sections(
        Material(
            study=study,
            book=book,
            cases=cases,
            identities=identities,
            assumptions=assumptions,
            ranges=ranges,
            notes=describe_sources(cases[study.base].run),
            code_version=cases[study.base].run.code_version,
            groupings=groupings,
            drawn=drawn,
            appraised=appraised,
        )
    )
    figures, _ = finish(book, blocks, frozenset())
    shown = frozenset(figure.key for figure in figures)
    withheld = find_withheld(
        book.all.values(),
        shown,
        threshold=request.threshold,
        people_base=request.people_base,
    )
    files = _build_pictures(request, study, cases, book, withheld, drawn)
    figures, written = finish(book, _put_pictures(blocks, files), withheld)
    check_figures(figures)
    kept = {_hash(content): content for content in files.values()}
    if request.template:
        kept[_hash(request.template)] = request.template
    paper = _build_record(request, study, cases[study.base], figures, written)
    return replace(paper, paper_id=build_paper_id(paper)), kept


def _build_record(
    request: PaperRequest,
    study: StudyFile,
    base: CaseFacts,
    figures: tuple[Figure, ...],
    blocks: tuple[Block, ...],
) -> Paper:
    """Build the paper as it is kept, still without its id."""
    return Paper(
        paper_id="",
        study_id=request.study.study_id,
        name=request.study.name,
        place=request.study.place,
        title=study.title,
        subtitle=study.subtitle,
        council=study.council,
        created_utc=request.created_utc,
        code_version=request.code_version,
        author_id=request.author.person_id,
        author_name=request.author.name,
        run_ids=tuple(
            (run.run_id, fingerprint(run))
            for run in (*(request.runs[n] for n in study.scenario_ids), *request.repeats)
        ),
        settings=(
            ("threshold", str(request.threshold)),
            ("people_base", str(request.people_base)),
            ("price_base", study.price_base),
            ("decision_maker", study.decision_maker),
            ("recommended", study.recommended),
            ("base", study.base),
            ("today", study.today),
        ),
        versions=base.run.versions,
        assumptions=tuple((a.name, fingerprint(a)[:12]) for a in base.inputs.assumptions),
        figures=figures,
        blocks=blocks,
        template_sha256=_hash(request.template) if request.template else "",
        is_synthetic=base.run.is_synthetic,
    )


def _put_pictures(blocks: tuple[Block, ...], files: Mapping[str, bytes]) -> tuple[Block, ...]:
    """Put the hash of each picture in the place of its name."""
    return tuple(
        replace(block, sha256=_hash(files[block.sha256]))
        if isinstance(block, Picture)
        else block
        for block in blocks
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _find_drawn(
    request: PaperRequest, study: StudyFile, cases: Mapping[str, CaseFacts]
) -> dict[str, DrawnCase]:
    """Find the draws of the options that stand on the study's own runs."""
    if request.draws is None:
        return {}
    base_id = cases[study.base].run.run_id
    found = {
        name: find_drawn(request.draws, name, cases[name].run.run_id, base_id)
        for name in study.options
    }
    return {name: case for name, case in found.items() if case is not None}


def _write_book(
    request: PaperRequest,
    study: StudyFile,
    cases: Mapping[str, CaseFacts],
    groupings: Sequence[Grouping],
    drawn: Mapping[str, DrawnCase],
    appraised: Appraised | None,
) -> Book:
    """Write down every figure of the runs."""
    book = Book(people_base=request.people_base)
    for case in cases.values():
        write_case(book, case)
    base, today = cases[study.base], cases[study.today]
    options = [cases[name] for name in study.options]
    for case in options:
        write_option(book, base, case)
    (first,) = compare(base.run, [today.run]).cases
    write_companions(book, today.name, today.figures.title, first)
    for case in (*(cases[name] for name in study.alone), base, *options):
        write_against_today(book, today, case)
    write_noise(book, base, request.repeats)
    write_people(
        book,
        base.inputs,
        [(c.name, c.figures.title, c.inputs) for c in options],
        groupings,
        run_id=base.run.run_id,
    )
    if request.draws is not None:
        for one in drawn.values():
            write_ranges(book, request.draws, one)
    if appraised is not None:
        write_years(book, study.base, study.recommended, appraised)
    for key, label, value in (
        ("threshold", "Numbers of people under this are withheld", request.threshold),
        ("people_base", "Numbers of people are rounded to this", request.people_base),
    ):
        book.read(key, label, value, Unit.COUNT, source="setting of the paper")
    return book


def _build_pictures(
    request: PaperRequest,
    study: StudyFile,
    cases: Mapping[str, CaseFacts],
    book: Book,
    withheld: frozenset[str],
    drawn: Mapping[str, DrawnCase],
) -> dict[str, bytes]:
    """Draw charts and maps; a bar that would show what is withheld is left out."""
    options = [cases[name] for name in study.options]
    steps = [cases[name] for name in (study.today, *study.alone, study.base)]
    base = cases[study.base]
    credit = find_credit(base.run)

    def title(case: CaseFacts) -> str:
        return study.label(case.name, case.figures.title)

    def is_open(*keys: str) -> bool:
        return not withheld & set(keys)

    bars = [
        Bar(
            label=title(case),
            transport_pence=book[f"year.{case.name}"].value,
            programme_pence=(book[f"programme.{case.name}"].value if case in options else 0),
        )
        for case in (*steps, *options)
        if is_open(f"year.{case.name}", f"programme.{case.name}")
    ]
    ranges: dict[str, bytes] = {}
    if drawn:
        shown = [
            (title(cases[name]), case)
            for name, case in drawn.items()
            if is_open(f"net.{name}", f"p50.{name}")
        ]
        ranges["ranges"] = build_ranges_chart(shown, book["noise"].value, study.price_base)
    if study.recommended in drawn:
        ranges["fan"] = build_fan_chart(
            drawn[study.recommended]
            if is_open(f"net.{study.recommended}", f"once.{study.recommended}")
            else None,
            study.price_base,
        )
    return {
        **ranges,
        "costs": build_cost_chart(bars, study.price_base),
        "savings": build_saving_chart(
            [
                (title(c), book[f"net.{c.name}"].value)
                for c in options
                if is_open(f"net.{c.name}")
            ],
            book["noise"].value,
            study.price_base,
        ),
        "map-base": build_map(
            [(title(c), c.run.plan, c.inputs) for c in (cases[study.today], base)],
            request.roads,
            credit,
        ),
        "map-options": build_map(
            [(title(c), c.run.plan, c.inputs) for c in options], request.roads, credit
        ),
    }


def _write_ranges(book: Book, study: StudyRecord) -> list[tuple[str, str, str, str]]:
    """Write down the uncertain numbers of the options."""
    found: list[tuple[str, str, str, str]] = []
    for label, text, source in read_ranges(study):
        key = book.state(f"range.{len(found)}", label, text, source=source)
        found.append((label, key, "", source))
    return found


def _write_assumptions(book: Book, inputs: Inputs) -> list[tuple[str, str, str, str]]:
    """Write down every assumption of the inputs as it is stated."""
    found: list[tuple[str, str, str, str]] = []
    for a in inputs.assumptions:
        key = book.state(f"assumption.{a.name}", a.name, a.value, source=a.source)
        source = f"{a.source} ({a.year}, grade {a.grade})"
        found.append((a.name.replace("_", " ").replace(".", ": "), key, a.unit, source))
    return found


def _write_identities(book: Book, identities: Sequence[Identity]) -> None:
    """Write down how many amounts were compared."""
    for n, one in enumerate(identities):
        book.read(
            f"identity.{n}",
            f"Comparisons: {one.name}",
            one.n_compared,
            Unit.COUNT,
            source="worked out when the paper was written",
        )
    made = check_figures(book.all.values())
    book.read(
        "identity.figures",
        "Figures worked out again from their parts",
        made,
        Unit.COUNT,
        source="worked out when the paper was written",
    )
