"""Two travel policies over everybody: who gains, who loses, and the equality table.

Money is not here: it is the difference of two plans, each optimised for those a policy carries
(`build_policy_scenario`, solved like any scenario from the same start).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from data.eligibility import Answer, Assessment
from data.passengers import Demand, Direction, Passenger, Phase
from data.places import Home
from scenarios.applicants import Applicant
from scenarios.changes.change import Change, Draft
from scenarios.changes.choose import remove_passengers
from scenarios.definition import Scenario
from scenarios.eligibility import find_age
from scenarios.travel_policies import PolicyAnswer, TravelPolicy, apply_policy

SMALL = 5
"""Counts of people below this are not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnderPolicies:
    """One case under two policies."""

    applicant: Applicant
    assessment: Assessment
    before: PolicyAnswer
    after: PolicyAnswer

    @property
    def gains(self) -> bool:
        """Whether travel is given by the second policy only."""
        return self.after.answer is Answer.YES and self.before.answer is not Answer.YES

    @property
    def loses(self) -> bool:
        """Whether travel is given by the first policy only, or left to a person and now not."""
        if self.before.answer is Answer.YES:
            return self.after.answer is not Answer.YES
        return self.before.answer is Answer.REFER and self.after.answer is Answer.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualityRow:
    """Counts of one group of people.

    Attributes
    ----------
    heading
        What is compared: need, age, deprivation.
    """

    heading: str
    group: str
    n_assessed: int
    n_before: int
    n_after: int
    n_gain: int
    n_lose: int
    n_refer: int


def compare_policies(
    applicants: Sequence[Applicant],
    assessments: Sequence[Assessment],
    before: TravelPolicy,
    after: TravelPolicy,
) -> tuple[CaseUnderPolicies, ...]:
    """Put every case under both policies, in order."""
    return tuple(
        CaseUnderPolicies(
            applicant=a,
            assessment=found,
            before=apply_policy(a, found, before),
            after=apply_policy(a, found, after),
        )
        for a, found in zip(applicants, assessments, strict=True)
    )


def build_equality_table(
    cases: Sequence[CaseUnderPolicies], deciles: dict[str, int], on: date
) -> tuple[EqualityRow, ...]:
    """Count gains and losses by need, age and deprivation.

    Parameters
    ----------
    deciles
        Decile of deprivation by place id; places left out are of unknown deprivation.
    """

    def find_need(c: CaseUnderPolicies) -> str:
        p = c.applicant.passenger
        if p is None or not p.need:
            return "no plan on record"
        return f"plan: {p.need}"

    def find_band(c: CaseUnderPolicies) -> str:
        born = c.applicant.birth_date
        if born is None:
            return "not known"
        age = find_age(born, on)
        for top, words in ((7, "under 8"), (10, "8 to 10"), (15, "11 to 15"), (18, "16 to 18")):
            if age <= top:
                return words
        return "19 and over"

    def find_quintile(c: CaseUnderPolicies) -> str:
        decile = deciles.get(c.applicant.home.place_id)
        if decile is None:
            return "not known"
        names = ("1 (most deprived fifth)", "2", "3", "4", "5 (least deprived fifth)")
        return names[(decile - 1) // 2]

    headings: tuple[tuple[str, Callable[[CaseUnderPolicies], str]], ...] = (
        ("Need", find_need),
        ("Age", find_band),
        ("Deprivation", find_quintile),
    )
    return tuple(
        row for heading, find in headings for row in _count_groups(cases, heading, find)
    )


_BANDS = ("under 8", "8 to 10", "11 to 15", "16 to 18", "19 and over", "not known")


def _count_groups(
    cases: Sequence[CaseUnderPolicies], heading: str, find: Callable[[CaseUnderPolicies], str]
) -> list[EqualityRow]:
    groups: dict[str, list[CaseUnderPolicies]] = {}
    for c in cases:
        groups.setdefault(find(c), []).append(c)

    def order(name: str) -> tuple[int, str]:
        return (_BANDS.index(name), "") if name in _BANDS[:-1] else (name == "not known", name)

    return [
        EqualityRow(
            heading=heading,
            group=name,
            n_assessed=len(held),
            n_before=sum(c.before.answer is Answer.YES for c in held),
            n_after=sum(c.after.answer is Answer.YES for c in held),
            n_gain=sum(c.gains for c in held),
            n_lose=sum(c.loses for c in held),
            n_refer=sum(c.after.answer is Answer.REFER for c in held),
        )
        for name, held in sorted(groups.items(), key=lambda g: order(g[0]))
    ]


def suppress_small(counts: Sequence[int]) -> tuple[int | None, ...]:
    """Hide counts of 1 to 4 people, and one more where a total would give a hidden one away.

    None is a hidden count. Nought is shown: it is nobody.

    Examples
    --------
    >>> suppress_small([12, 3, 40, 0])
    (None, None, 40, 0)
    >>> suppress_small([12, 3, 2, 40])
    (12, None, None, 40)
    """
    hidden = {k for k, n in enumerate(counts) if 0 < n < SMALL}
    if len(hidden) == 1:
        rest = [(n, k) for k, n in enumerate(counts) if k not in hidden and n > 0]
        if rest:
            hidden.add(min(rest)[1])
    return tuple(None if k in hidden else n for k, n in enumerate(counts))


def suppress_table(rows: Sequence[EqualityRow]) -> tuple[tuple[int | None, ...], ...]:
    """Hide small counts of a table, in its columns and across each row.

    Given after is given before with gains less losses, but for the referred: where one of the
    four is hidden in a row, another is hidden with it, so that none follows from the others.

    Returns
    -------
    Per row: assessed, given before, given after, gain, lose; None where hidden.
    """
    names = ("n_assessed", "n_before", "n_after", "n_gain", "n_lose")
    counts = [[int(getattr(row, name)) for name in names] for row in rows]
    hidden = {
        (r, c) for r, row in enumerate(counts) for c, n in enumerate(row) if 0 < n < SMALL
    }
    while True:
        more = set()
        for r, row in enumerate(counts):
            linked = [c for c in range(1, 5) if (r, c) in hidden]
            if len(linked) == 1:
                # after first, then before: gains and losses are what the table is for
                more.add(next((r, c) for c in (2, 1, 3, 4) if c not in linked and row[c]))
        for c in range(len(names)):
            held = [r for r in range(len(counts)) if (r, c) in hidden]
            rest = [
                (counts[r][c], r) for r in range(len(counts)) if r not in held and counts[r][c]
            ]
            if len(held) == 1 and rest:
                more.add((min(rest)[1], c))
        if more <= hidden:
            break
        hidden |= more
    return tuple(
        tuple(None if (r, c) in hidden else n for c, n in enumerate(row))
        for r, row in enumerate(counts)
    )


class Newcomer(Change):
    """Somebody who is given travel: address, school and birth date."""

    kind: Literal["newcomer"] = "newcomer"
    case_id: str
    easting_m: int
    northing_m: int
    birth_date: date
    phase: Phase
    site_id: str


class CarryEntitled(Change):
    """Who is carried under a policy; made by a comparison of policies and by nothing else.

    No scenario file can hold it, so that no file can take a statutory right away.
    """

    kind: Literal["carry_entitled"] = "carry_entitled"
    policy_id: str
    stops: tuple[str, ...] = ()
    starts: tuple[Newcomer, ...] = ()
    charge_pounds: int = 0
    n_charged: int = 0

    def apply(self, draft: Draft) -> None:
        """Take those off who are not given travel, add those who are, add contributions."""
        from scenarios.changes.sites import add_place

        remove_passengers(draft, self.stops, "not_entitled")
        for new in self.starts:
            place = add_place(draft, f"applicant/{new.case_id}", new.easting_m, new.northing_m)
            person = Passenger(
                passenger_id=new.case_id,
                name=f"Applicant {new.case_id}",
                birth_date=new.birth_date,
                phase=new.phase,
            )
            home = Home(
                home_id=f"{new.case_id}-H", passenger_id=new.case_id, place_id=place.place_id
            )
            demands = tuple(
                Demand(
                    demand_id=f"{new.case_id}-{direction}",
                    passenger_id=new.case_id,
                    site_id=new.site_id,
                    home_id=home.home_id,
                    direction=direction,
                )
                for direction in Direction
            )
            inputs = draft.inputs
            draft.put(
                passengers=(*inputs.passengers, person),
                homes=(*inputs.homes, home),
                demands=(*inputs.demands, *demands),
            )
        draft.touch("given_travel", {new.case_id for new in self.starts})
        if self.charge_pounds and self.n_charged:
            draft.add_yearly(
                "post-16 contributions", -100 * self.charge_pounds * self.n_charged
            )


def build_policy_scenario(
    cases: Sequence[CaseUnderPolicies],
    policy: TravelPolicy,
    *,
    is_after: bool,
    file_name: str,
) -> Scenario:
    """Build the scenario of who is carried under a policy: yes, and referred if carried today.

    Parameters
    ----------
    is_after
        The policy is the second one of the cases.
    """
    keeps: dict[str, bool] = {}
    starts = []
    n_charged = 0
    for c in cases:
        found = c.after if is_after else c.before
        p = c.applicant.passenger
        is_yes = found.answer is Answer.YES
        if p is not None:
            # of two journeys one may be given and one not; who has any is still carried
            keeps[p.passenger_id] = (
                keeps.get(p.passenger_id, False) or found.answer is not Answer.NO
            )
        elif is_yes and c.applicant.birth_date and c.applicant.phase:
            starts.append(
                Newcomer(
                    case_id=c.applicant.case_id,
                    easting_m=c.applicant.home.easting_m,
                    northing_m=c.applicant.home.northing_m,
                    birth_date=c.applicant.birth_date,
                    phase=c.applicant.phase,
                    site_id=c.applicant.site.site_id,
                )
            )
        n_charged += is_yes and found.rule == "POLICY post_16"
    change = CarryEntitled(
        policy_id=policy.policy_id,
        stops=tuple(sorted(i for i, is_kept in keeps.items() if not is_kept)),
        starts=tuple(starts),
        charge_pounds=policy.post_16_charge_pounds,
        n_charged=n_charged,
    )
    return Scenario(scenario_id=file_name, title=policy.title, seed=1, changes=(change,))


__all__ = [
    "SMALL",
    "CarryEntitled",
    "CaseUnderPolicies",
    "EqualityRow",
    "build_equality_table",
    "build_policy_scenario",
    "compare_policies",
    "suppress_small",
    "suppress_table",
]
