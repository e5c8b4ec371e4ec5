"""Who travels, and who would travel in another way, by phase, need, age and wheelchair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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


Grouping = tuple[str, str, Mapping[str, str], Callable[[Passenger], str]]
"""Name of a grouping, its words, the words of each group, and the group of a passenger."""

CHAIR_WORDS: Mapping[str, str] = {"chair": "Uses a wheelchair", "no": "Does not"}
DEPRIVATION_WORDS: Mapping[str, str] = {
    "first": "Most deprived fifth of areas",
    "second": "Second fifth",
    "third": "Middle fifth",
    "fourth": "Fourth fifth",
    "fifth": "Least deprived fifth",
    "unknown": "Not known",
}
"""Fifths of the small areas of England (English Indices of Deprivation)."""


def build_groupings(inputs: Inputs, deciles: Mapping[str, int]) -> tuple[Grouping, ...]:
    """Build the groupings of the equality tables.

    Parameters
    ----------
    deciles
        Decile of deprivation by place id, 1 the most deprived; empty where none is held, and
        then nobody is grouped by it.
    """
    on = inputs.service_date
    found: list[Grouping] = [
        ("phase", "Phase of education", PHASE_WORDS, lambda p: str(Phase(p.phase))),
        (
            "need",
            "Recorded need",
            NEED_WORDS,
            lambda p: p.need if p.need in NEED_WORDS else "oth",
        ),
        (
            "age",
            "Age",
            {key: words for key, words, _ in AGE_BANDS},
            lambda p: _find_age_band(p, on),
        ),
        (
            "chair",
            "Use of a wheelchair",
            CHAIR_WORDS,
            lambda p: "no" if p.wheelchair is Wheelchair.NONE else "chair",
        ),
    ]
    if deciles:
        homes: dict[str, str] = {}
        for home in sorted(inputs.homes, key=lambda h: h.home_id):
            homes.setdefault(home.passenger_id, home.place_id)
        fifths = tuple(DEPRIVATION_WORDS)

        def find_fifth(passenger: Passenger) -> str:
            decile = deciles.get(homes.get(passenger.passenger_id, ""))
            return "unknown" if decile is None else fifths[(decile - 1) // 2]

        found.append(("deprivation", "Deprivation of the area", DEPRIVATION_WORDS, find_fifth))
    return tuple(found)


def _find_age_band(passenger: Passenger, on: date) -> str:
    born = passenger.birth_date
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next(key for key, _, oldest in AGE_BANDS if age <= oldest)


def write_people(
    book: Book,
    base: Inputs,
    cases: Iterable[tuple[str, str, Inputs]],
    groupings: Sequence[Grouping],
    *,
    run_id: str,
) -> None:
    """Write who travels and who would travel in another way, in every grouping.

    Parameters
    ----------
    cases
        (scenario id, title, inputs) of every option.
    groupings
        From `build_groupings` of the base.
    run_id
        Run of the base.
    """
    everybody = base.passengers
    source = f"passengers of the inputs {fingerprint(base)[:12]}"

    def write(name: str, words: str, people: Sequence[Passenger]) -> None:
        _write_groups(book, name, words, people, groupings, run_id, source)

    write("all", "Everybody carried in the year", everybody)
    for name, title, inputs in cases:
        gone = find_gone(base, inputs)
        left = tuple(p for p in everybody if p.passenger_id in gone)
        if left:
            write(name, f"People who would travel in another way: {title}", left)


def _write_groups(
    book: Book,
    name: str,
    words: str,
    people: Sequence[Passenger],
    groupings: Sequence[Grouping],
    run_id: str,
    source: str,
) -> None:
    """Write one set of people by every grouping; each grouping must come to the same total."""
    totals: list[str] = []
    for grouping, _, groups, group_of in groupings:
        counts = Counter(group_of(p) for p in people)
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
                f"{words}: by {groupings[0][0]} less by {grouping}",
                [(1, totals[0]), (-1, total)],
            )
        totals.append(total)
