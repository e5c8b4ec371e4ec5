"""Who is entitled to home-to-school travel: the statutory tests, in their order.

The engine proposes; a named person decides. Rule ids are those of
`docs/reference/eligibility.md`. The law is the Education Act 1996: sections 508B and 444(5)
(eligible children, walking distance), schedule 35B (categories, low income), section 8
(compulsory school age); and the statutory guidance "Travel to school for children of
compulsory school age".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from data.eligibility import Answer, RuleOutcome
from data.passengers import Phase

TWO_MILES_M = Decimal("3218.688")
"""Walking distance under 8 years, and of the low-income rules; section 444(5), schedule 35B."""
THREE_MILES_M = Decimal("4828.032")
"""Walking distance from 8 years; section 444(5)."""
SIX_MILES_M = Decimal("9656.064")
"""Most by road to one of the three nearest schools, low income; schedule 35B paragraph 12."""
FIFTEEN_MILES_M = Decimal("24140.16")
"""Most by road to a school of the religion or belief, low income; schedule 35B paragraph 14."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityCase:
    """One child and one school, as evidence stands; None where nothing is known.

    Attributes
    ----------
    walk_m
        Shortest available walk, home to the nearest gate. [m]
    drive_m
        Shortest way by road. [m]
    is_low_income
        Whether low income is evidenced (ELIG-6).
    school_rank
        1 for the nearest suitable school with a place, 2 for the next, ...
    is_faith_school
        Whether it is the nearest school preferred on grounds of religion or belief.
    send_reason, unsafe_reason
        Recorded reason why the child cannot be expected to walk; '' for none.
    """

    case_id: str
    birth_date: date | None = None
    assessment_date: date | None = None
    walk_m: Decimal | None = None
    drive_m: Decimal | None = None
    is_low_income: bool | None = None
    school_rank: int | None = None
    is_faith_school: bool | None = None
    send_reason: str = ""
    unsafe_reason: str = ""
    phase: Phase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityFinding:
    """What is proposed for a case.

    Attributes
    ----------
    rule
        The first rule that decides.
    reason
        Why, with the figures used.
    tested
        Every rule tested up to it, in order: the reasons against are among them.
    """

    case_id: str
    eligible: Answer
    rule: str
    reason: str
    tested: tuple[RuleOutcome, ...] = ()


def add_years(born: date, years: int) -> date:
    """Find a birthday; somebody born on 29 February has it on 1 March in other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def find_age(born: date, on: date) -> int:
    """Find the age in whole years; it is reached at the start of the birthday."""
    age = on.year - born.year
    return age if add_years(born, age) <= on else age - 1


def find_compulsory_start(born: date) -> date:
    """Find the first day of compulsory school age.

    The first prescribed day (31 March, 31 August, 31 December) on or after the fifth birthday;
    Education Act 1996 section 8(2), SI 1998/1607.
    """
    fifth = add_years(born, 5)
    days = [date(fifth.year, 3, 31), date(fifth.year, 8, 31), date(fifth.year, 12, 31)]
    return next(day for day in days if day >= fifth)


def find_compulsory_end(born: date) -> date:
    """Find the last day of compulsory school age.

    The last Friday in June of the school year (1 September to 31 August) in which the child
    turns 16; Education Act 1996 section 8(3), SI 1997/1970.
    """
    sixteenth = add_years(born, 16)
    year = sixteenth.year + (sixteenth.month >= 9)
    last = date(year, 6, 30)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def assess_case(case: EligibilityCase) -> EligibilityFinding:
    """Test one case against ELIG-10, 7, 8, 1 to 5 and 9, in this order.

    A rule with any condition that fails is not met, whatever else is unknown. When all known
    conditions hold and one is unknown, the case is referred to a person with that rule.
    """
    tested: list[RuleOutcome] = []
    decided = _test_age(case)
    if decided is not None:
        return decided
    if case.birth_date is None or case.assessment_date is None:
        raise AssertionError("the test of age refers a case without dates")
    age = find_age(case.birth_date, case.assessment_date)
    limit_m = TWO_MILES_M if age < 8 else THREE_MILES_M

    for rule in _list_rules(case, age, limit_m):
        tested.append(rule)
        if rule.outcome is not False:
            answer = Answer.YES if rule.outcome else Answer.REFER
            return _find(case, answer, rule.rule, rule.reason, tested)
    if case.school_rank is not None and case.school_rank > 1:
        reason = (
            f"school {case.school_rank} by distance, and neither ELIG-4 nor ELIG-5 is met: "
            "a nearer suitable school has a place."
        )
        tested.append(RuleOutcome(rule="ELIG-9", outcome=True, reason=reason))
        return _find(case, Answer.NO, "ELIG-9", reason, tested)
    last = [t for t in tested if t.rule in DISTANCE_RULES][-1]
    return _find(case, Answer.NO, last.rule, last.reason, tested)


DISTANCE_RULES = frozenset({"ELIG-1", "ELIG-2", "ELIG-3", "ELIG-4", "ELIG-5"})


def _find(
    case: EligibilityCase, answer: Answer, rule: str, reason: str, tested: list[RuleOutcome]
) -> EligibilityFinding:
    return EligibilityFinding(
        case_id=case.case_id, eligible=answer, rule=rule, reason=reason, tested=tuple(tested)
    )


def _test_age(case: EligibilityCase) -> EligibilityFinding | None:
    """Test ELIG-10; None when the child is of compulsory school age."""
    born, on, phase = case.birth_date, case.assessment_date, case.phase

    def decide(answer: Answer, rule: str, reason: str) -> EligibilityFinding:
        outcome = None if answer is Answer.REFER else False
        tested = [RuleOutcome(rule="ELIG-10", outcome=outcome, reason=reason)]
        return _find(case, answer, rule, reason, tested)

    if born is None or on is None:
        missing = "birth_date" if born is None else "assessment_date"
        return decide(Answer.REFER, "ELIG-10", f"{missing} is not known.")
    if on < born:
        return decide(Answer.REFER, "ELIG-10", "assessed before birth: check both dates.")
    start, end = find_compulsory_start(born), find_compulsory_end(born)
    if on < start:
        return decide(
            Answer.NO, "ELIG-10", f"of compulsory school age from {start.isoformat()} only."
        )
    if phase is Phase.ADULT:
        reason = "an adult's need to travel to an assessed service is for a person to judge."
        return decide(Answer.REFER, "ELIG-12", reason)
    if phase is Phase.POST_16:
        reason = "post-16 travel follows the council's policy statement."
        return decide(Answer.REFER, "ELIG-11", reason)
    if on > end:
        reason = (
            f"over compulsory school age since {end.isoformat()} (ELIG-10): "
            "travel follows the council's policy statement."
        )
        return decide(Answer.REFER, "ELIG-11", reason)
    if phase is None:
        return decide(Answer.REFER, "ELIG-10", "phase is not known.")
    return None


def _all(*conditions: bool | None) -> bool | None:
    """Combine conditions: False if any fails, None if any is unknown, else True."""
    if any(c is False for c in conditions):
        return False
    return None if any(c is None for c in conditions) else True


def _is_over(value: Decimal | int | None, limit: Decimal | int) -> bool | None:
    return None if value is None else value > limit


def _is_within(value: Decimal | int | None, limit: Decimal | int) -> bool | None:
    return None if value is None else value <= limit


def _list_rules(case: EligibilityCase, age: int, limit_m: Decimal) -> list[RuleOutcome]:
    """Test ELIG-7, 8 and the distance rules that the child's age and means bring in."""
    is_inside = _is_within(case.walk_m, limit_m)
    is_nearest = _is_within(case.school_rank, 1)
    walk = _show("walk", case.walk_m)
    rules = []
    for rule, reason in (("ELIG-7", case.send_reason), ("ELIG-8", case.unsafe_reason)):
        if reason.strip():
            words = "SEND or mobility" if rule == "ELIG-7" else "unsafe route"
            text = f"{words} reason recorded; {walk}, walking distance {limit_m} m."
            rules.append(RuleOutcome(rule=rule, outcome=is_inside, reason=text))
    rules.append(
        RuleOutcome(
            rule="ELIG-1" if age < 8 else "ELIG-2",
            outcome=_all(_is_over(case.walk_m, limit_m), is_nearest),
            reason=f"age {age}; {walk}, limit {limit_m} m; {_show_rank(case)}.",
        )
    )
    if age < 8 or case.is_low_income is False:
        return rules
    income = "low income" if case.is_low_income else "low income not known"
    is_far = _is_over(case.walk_m, TWO_MILES_M)
    start = f"age {age}, {income}; {walk}, limit {TWO_MILES_M} m"
    if age < 11:
        reason = f"{start}; {_show_rank(case)}."
        outcome = _all(case.is_low_income, is_far, is_nearest)
        return [*rules, RuleOutcome(rule="ELIG-3", outcome=outcome, reason=reason)]
    drive = _show("drive", case.drive_m)
    rules.append(
        RuleOutcome(
            rule="ELIG-4",
            outcome=_all(
                case.is_low_income,
                is_far,
                _is_within(case.drive_m, SIX_MILES_M),
                _is_within(case.school_rank, 3),
            ),
            reason=f"{start}; {drive}, limit {SIX_MILES_M} m; {_show_rank(case)}, limit 3.",
        )
    )
    if case.is_faith_school is not False:
        faith = "religion or belief" if case.is_faith_school else "religion or belief not known"
        rules.append(
            RuleOutcome(
                rule="ELIG-5",
                outcome=_all(
                    case.is_low_income,
                    case.is_faith_school,
                    is_far,
                    _is_within(case.drive_m, FIFTEEN_MILES_M),
                ),
                reason=f"{start}; {drive}, limit {FIFTEEN_MILES_M} m; {faith}.",
            )
        )
    return rules


def _show(name: str, value_m: Decimal | None) -> str:
    return f"{name} not known" if value_m is None else f"{name} {value_m} m"


def _show_rank(case: EligibilityCase) -> str:
    if case.school_rank is None:
        return "rank of the school not known"
    return "nearest suitable school" if case.school_rank == 1 else f"school {case.school_rank}"
