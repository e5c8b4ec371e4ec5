"""Travel policies as typed settings, and what they add to the statutory tests.

A policy may be more generous than the law and may shape what the law leaves open; it can take
nothing away: a value below a statutory right is refused with the rule's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.eligibility import Answer, Assessment
from data.errors import InputError, Problem, Severity
from data.imports.toml_files import read_toml_document
from data.passengers import Phase
from scenarios.applicants import Applicant
from scenarios.definition import Name
from scenarios.eligibility import (
    FIFTEEN_MILES_M,
    SIX_MILES_M,
    THREE_MILES_M,
    TWO_MILES_M,
    find_age,
)
from scenarios.income import judge_income

STATUTORY = "statutory"
"""Name of the policy that gives what the law asks for and nothing else."""


class TravelPolicy(BaseModel):
    """What a council gives; every default is the statutory least.

    Attributes
    ----------
    under_8_walk_m, from_8_walk_m, low_income_walk_m
        Walk beyond which travel is given; at most the statutory distance. [m]
    low_income_drive_m, belief_drive_m
        Most by road under the extended rights; at least the statutory distance. [m]
    serves_special_needs, serves_unsafe_routes
        Rights that no policy switches off; here so that trying to is told plainly.
    starts_early
        Travel from the start of school, before compulsory school age.
    belief_any_income_drive_m
        Travel to the school of a religion or belief whatever the income, up to this drive;
        0 for none. [m]
    post_16
        Whom the policy statement serves: ``none``, ``needs`` (needs on record) or ``all``.
    post_16_walk_m
        Walk beyond which those are served; none is asked of those with needs on record. [m]
    post_16_charge_pounds
        Contribution a year of each of them. [pounds]
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy_id: Name
    title: str = Field(min_length=1, max_length=200)
    under_8_walk_m: Decimal = Field(default=TWO_MILES_M, ge=0)
    from_8_walk_m: Decimal = Field(default=THREE_MILES_M, ge=0)
    low_income_walk_m: Decimal = Field(default=TWO_MILES_M, ge=0)
    low_income_drive_m: Decimal = Field(default=SIX_MILES_M, ge=0)
    belief_drive_m: Decimal = Field(default=FIFTEEN_MILES_M, ge=0)
    serves_special_needs: bool = True
    serves_unsafe_routes: bool = True
    starts_early: bool = False
    belief_any_income_drive_m: Decimal = Field(default=Decimal(0), ge=0)
    post_16: Annotated[str, Field(pattern="^(none|needs|all)$")] = "needs"
    post_16_walk_m: Decimal = Field(default=THREE_MILES_M, ge=0)
    post_16_charge_pounds: int = Field(default=0, ge=0, le=10_000)


_RIGHTS: tuple[tuple[str, bool, Decimal, str], ...] = (
    ("under_8_walk_m", True, TWO_MILES_M, "ELIG-1"),
    ("from_8_walk_m", True, THREE_MILES_M, "ELIG-2"),
    ("low_income_walk_m", True, TWO_MILES_M, "ELIG-3 and ELIG-4"),
    ("low_income_drive_m", False, SIX_MILES_M, "ELIG-4"),
    ("belief_drive_m", False, FIFTEEN_MILES_M, "ELIG-5"),
)
"""Field, whether it may be at most (else at least) the value, and the rule that says so."""


def build_statutory() -> TravelPolicy:
    """Build the policy of the law alone."""
    return TravelPolicy(policy_id=STATUTORY, title="What the law asks for")


def read_policy(path: Path) -> TravelPolicy:
    """Read a policy from TOML.

    Raises
    ------
    InputError
        With every fault: Y001 not TOML, Y002 a key not known, Y003 a value, Y013 a statutory
        right that would be switched off, with its rule.
    """
    return build_policy(read_toml_document(path, "Y001"), path)


def build_policy(document: dict[str, Any], path: Path) -> TravelPolicy:
    """Build a policy from plain values, as `read_policy` does."""
    from data.imports.headings import find_near

    problems = []
    policy: TravelPolicy | None = None
    try:
        policy = TravelPolicy.model_validate(
            {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in document.items()}
        )
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            key = ".".join(str(part) for part in fault["loc"])
            if fault["type"] == "extra_forbidden":
                hint = find_near(key, list(TravelPolicy.model_fields))
                problems.append(_blame(path, "Y002", key, f"The key is not known{hint}."))
            else:
                problems.append(_blame(path, "Y003", key, f"{fault['msg']}."))
    problems += _find_lost_rights(document, path)
    if problems or policy is None:
        raise InputError(problems)
    return policy


def _find_lost_rights(document: dict[str, Any], path: Path) -> list[Problem]:
    found = []
    for key, rule in (
        ("serves_special_needs", "ELIG-7"),
        ("serves_unsafe_routes", "ELIG-8"),
    ):
        if document.get(key) is False:
            found.append(_blame_right(path, key, rule, "switched off"))
    for key, is_most, limit, rule in _RIGHTS:
        value = document.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            given = Decimal(str(value))
            if (is_most and given > limit) or (not is_most and given < limit):
                how = f"{'raised above' if is_most else 'cut below'} {limit} m"
                found.append(_blame_right(path, key, rule, how))
    return found


def _blame_right(path: Path, key: str, rule: str, how: str) -> Problem:
    return _blame(path, "Y013", key, f"A statutory right cannot be {how} ({rule}).")


def _blame(path: Path, code: str, key: str, cause: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=path.name,
        column=key,
        cause=cause,
        suggestion="See docs/reference/eligibility.md for the settings.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAnswer:
    """What a policy gives in a case.

    Attributes
    ----------
    rule
        The statutory rule, or ``POLICY`` with the setting that gives more.
    """

    case_id: str
    answer: Answer
    rule: str


def apply_policy(a: Applicant, found: Assessment, policy: TravelPolicy) -> PolicyAnswer:
    """Apply a policy to an assessed case: the law first, then what is given besides.

    A case that the law refers and the policy does not settle stays referred.
    """
    if found.answer is Answer.YES:
        return PolicyAnswer(case_id=a.case_id, answer=Answer.YES, rule=found.rule)
    if found.rule == "ELIG-11":
        return _apply_post_16(a, found, policy)
    given = _find_given(a, found, policy)
    if given:
        return PolicyAnswer(case_id=a.case_id, answer=Answer.YES, rule=f"POLICY {given}")
    return PolicyAnswer(case_id=a.case_id, answer=found.answer, rule=found.rule)


def _apply_post_16(a: Applicant, found: Assessment, policy: TravelPolicy) -> PolicyAnswer:
    has_needs = a.passenger is not None and bool(a.passenger.need or a.send_reason)
    is_served = False
    if policy.post_16 != "none" and has_needs:
        is_served = True
    elif policy.post_16 == "all":
        walk = _metres(found.walk_mm)
        if walk is None:
            return PolicyAnswer(case_id=a.case_id, answer=Answer.REFER, rule="ELIG-11")
        is_served = walk > policy.post_16_walk_m
    if is_served:
        return PolicyAnswer(case_id=a.case_id, answer=Answer.YES, rule="POLICY post_16")
    return PolicyAnswer(case_id=a.case_id, answer=Answer.NO, rule="ELIG-11")


def _find_given(a: Applicant, found: Assessment, policy: TravelPolicy) -> str:
    """Find the setting that gives what the law does not; '' for none."""
    if a.birth_date is None:
        return ""
    walk, drive = _metres(found.walk_mm), _metres(found.drive_mm)
    age = find_age(a.birth_date, found.assessed_on)
    if found.rule == "ELIG-10" and not (policy.starts_early and age >= 4):
        return ""
    limit = policy.under_8_walk_m if age < 8 else policy.from_8_walk_m
    if walk is not None and walk > limit and found.school_rank == 1:
        if found.rule == "ELIG-10":
            return "starts_early"
        return "under_8_walk_m" if age < 8 else "from_8_walk_m"
    if found.rule == "ELIG-10":
        return ""
    if _is_belief_given(a, walk, drive, policy):
        return "belief_any_income_drive_m"
    is_low_income, _ = judge_income(a.low_income, a.low_income_dated, found.assessed_on)
    if is_low_income and walk is not None and age >= 8:
        if walk <= policy.low_income_walk_m:
            return ""
        if age < 11:
            return "low_income_walk_m" if found.school_rank == 1 else ""
        if drive is not None and (found.school_rank or 99) <= 3:
            return "low_income_drive_m" if drive <= policy.low_income_drive_m else ""
        if drive is not None and a.religion_or_belief:
            return "belief_drive_m" if drive <= policy.belief_drive_m else ""
    return ""


def _is_belief_given(
    a: Applicant, walk: Decimal | None, drive: Decimal | None, policy: TravelPolicy
) -> bool:
    return bool(
        a.religion_or_belief
        and walk is not None
        and drive is not None
        and walk > TWO_MILES_M
        and drive <= policy.belief_any_income_drive_m
    )


def _metres(value_mm: int | None) -> Decimal | None:
    return None if value_mm is None else Decimal(value_mm) / 1000


def is_post_16(a: Applicant) -> bool:
    """Whether a case is one of the policy statement's."""
    return a.phase is Phase.POST_16


__all__ = [
    "STATUTORY",
    "PolicyAnswer",
    "TravelPolicy",
    "apply_policy",
    "build_policy",
    "build_statutory",
    "is_post_16",
    "read_policy",
]
