"""Who travels, and who would travel in another way, by phase, need, age and wheelchair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from data.inputs import Inputs, fingerprint
from data.papers import Unit
from data.passengers import Passenger, Phase, Wheelchair
from reports.paper.figures import Book

PHASE_WORDS: Mapping[str, str] = {
    "primary": "Primary school pupils",
    "secondary": "Secondary school pupils",
    "post_16": "Young people in further education",
    "adult": "Adults",
}
NEED_WORDS: Mapping[str, str] = {
    "asd": "Autism",
    "hi": "Hearing impairment",
    "mld": "Moderate learning difficulty",
    "msi": "Multi-sensory impairment",
    "oth": "Other need",
    "pd": "Physical disability",
    "pmld": "Profound and multiple learning difficulty",
    "semh": "Social, emotional and mental health",
    "slcn": "Speech, language and communication",
    "sld": "Severe learning difficulty",
    "spld": "Specific learning difficulty",
    "vi": "Visual impairment",
    "": "No need recorded",
}
AGE_BANDS: tuple[tuple[str, str, int], ...] = (
    ("under-eleven", "Under eleven", 10),
    ("eleven-to-fifteen", "Eleven to fifteen", 15),
    ("sixteen-to-eighteen", "Sixteen to eighteen", 18),
    ("nineteen-to-sixty-four", "Nineteen to sixty-four", 64),
    ("over-sixty-four", "Over sixty-four", 200),
)


def find_gone(base: Inputs, case: Inputs) -> frozenset[str]:
    """Find who travels in the base's vehicles and not in the case's."""
    return frozenset(p.passenger_id for p in base.passengers) - frozenset(
        p.passenger_id for p in case.passengers
    )


Grouping = tuple[str, str, Mapping[str, str], Callable[[Passenger, date], str]]
"""Name of a grouping, its words, the words of each group, and the group of a passenger."""


def _find_age_band(passenger: Passenger, on: date) -> str:
    born = passenger.birth_date
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next(key for key, _, oldest in AGE_BANDS if age <= oldest)


GROUPINGS: tuple[Grouping, ...] = (
    ("phase", "Phase of education", PHASE_WORDS, lambda p, _: str(Phase(p.phase))),
    (
        "need",
        "Recorded need",
        NEED_WORDS,
        lambda p, _: p.need if p.need in NEED_WORDS else "oth",
    ),
    ("age", "Age", {key: words for key, words, _ in AGE_BANDS}, _find_age_band),
    (
        "chair",
        "Use of a wheelchair",
        {"chair": "Uses a wheelchair", "no": "Does not"},
        lambda p, _: "no" if p.wheelchair is Wheelchair.NONE else "chair",
    ),
)


def write_people(
    book: Book, base: Inputs, cases: Iterable[tuple[str, str, Inputs]], *, run_id: str
) -> None:
    """Write who travels and who would travel in another way, in every grouping.

    Parameters
    ----------
    cases
        (scenario id, title, inputs) of every option.
    run_id
        Run of the base.
    """
    everybody = base.passengers
    _write_groups(book, "all", "Everybody carried in the year", everybody, base, run_id)
    for name, title, inputs in cases:
        gone = find_gone(base, inputs)
        left = tuple(p for p in everybody if p.passenger_id in gone)
        if left:
            words = f"People who would travel in another way: {title}"
            _write_groups(book, name, words, left, base, run_id)


def _write_groups(
    book: Book,
    name: str,
    words: str,
    people: tuple[Passenger, ...],
    base: Inputs,
    run_id: str,
) -> None:
    """Write one set of people by every grouping; each grouping must come to the same total."""
    source = f"passengers of the inputs {fingerprint(base)[:12]}"
    on = base.service_date
    totals: list[str] = []
    for grouping, _, groups, group_of in GROUPINGS:
        counts = Counter(group_of(p, on) for p in people)
        keys = [
            book.read(
                f"who.{name}.{grouping}.{key}",
                f"{words}, {label}",
                counts[key],
                Unit.PEOPLE,
                run_id=run_id,
                source=source,
            )
            for key, label in groups.items()
        ]
        total = f"who.{name}" if not totals else f"who.{name}.{grouping}"
        book.add(total, words, [(1, key) for key in keys])
        if totals:
            book.add(
                f"tie.{name}.{grouping}",
                f"{words}: by {GROUPINGS[0][0]} less by {grouping}",
                [(1, totals[0]), (-1, total)],
            )
        totals.append(total)
