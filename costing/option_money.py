"""The financial case of company options: what each costs the council over the contract.

An option is a price for the service and what the council keeps or loses around it: margin, the
client function, VAT it cannot get back, support services bought back or stranded, pension, set
up, and how fast it ramps up. All amounts are given at the price base of the first year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from costing.present_values import find_discount_factor, find_rise
from data.appraisals import ActivityYear, OptionMoney, OptionTerms, OptionYear
from data.errors import IdentityError
from data.units import round_half_up

BASIS = 10_000
ACTIVITY_NUMERATOR, ACTIVITY_DENOMINATOR = 4, 5
"""More than 80 % of the activity must be for the owner: exactly 80 % fails (Procurement Act
2023, schedule 2, vertical arrangements; rule TECK-1)."""
AVERAGED_YEARS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractBasis:
    """What all options are priced on."""

    first_year: int
    n_years: int = 10
    discount_bp: int = 350
    inflation_bp: int = 0


def cost_options(
    options: Sequence[OptionTerms], basis: ContractBasis
) -> tuple[OptionMoney, ...]:
    """Cost every option, and set each against the cheapest."""
    found = [_cost_option(terms, basis) for terms in options]
    least = min((o.present_pence for o in found), default=0)
    return tuple(replace(o, dearer_pence=o.present_pence - least) for o in found)


def _cost_option(terms: OptionTerms, basis: ContractBasis) -> OptionMoney:
    years = tuple(_cost_year(terms, n, basis) for n in range(1, basis.n_years + 1))
    contract = sum(y.contract_pence for y in years)
    total = sum(y.total_pence for y in years)
    beside = sum(
        y.kept_pence
        + y.client_pence
        + y.vat_pence
        + y.support_pence
        + y.pension_pence
        + y.set_up_pence
        for y in years
    )
    if contract + beside != total:
        raise IdentityError(f"option {terms.option_id}: its lines do not add up to its total")
    activity = find_activity(
        [y.contract_pence for y in years], find_others(terms, basis), basis.first_year
    )
    activity = activity if terms.is_owned else ()
    return OptionMoney(
        option_id=terms.option_id,
        title=terms.title,
        years=years,
        contract_value_pence=contract,
        total_pence=total,
        present_pence=sum(y.present_pence for y in years),
        dearer_pence=0,
        activity=activity,
        notes=tuple(
            f"{a.year}/{(a.year + 1) % 100:02d}: the activity test is failed; direct award "
            "would not be lawful."
            for a in activity
            if not a.is_passed
        ),
    )


def _cost_year(terms: OptionTerms, n: int, basis: ContractBasis) -> OptionYear:
    """Cost one year of an option, counted from 1."""
    share = Fraction(terms.ramp_bp[n - 1] if n <= len(terms.ramp_bp) else BASIS, BASIS)
    rise = find_rise(n, terms.indexation_bp)
    prices = find_rise(n, basis.inflation_bp)
    run = terms.service_pence * (1 + Fraction(terms.margin_bp, BASIS)) * share * rise
    contract = round_half_up(run)
    stranded = terms.stranded_pence if n <= terms.stranded_years else 0
    set_up = terms.set_up_pence[n - 1] if n <= len(terms.set_up_pence) else 0
    found = OptionYear(
        year=basis.first_year + n - 1,
        contract_pence=contract,
        kept_pence=round_half_up(terms.today_pence * (1 - share) * prices),
        client_pence=round_half_up(terms.client_pence * prices),
        vat_pence=round_half_up(contract * Fraction(terms.vat_leak_bp, BASIS)),
        support_pence=round_half_up((terms.support_pence + stranded) * prices),
        pension_pence=round_half_up(
            terms.pensionable_pence * Fraction(terms.pension_bp, BASIS) * share * prices
        ),
        set_up_pence=round_half_up(set_up * prices),
        present_pence=0,
    )
    real = Fraction(found.total_pence, prices)
    factor = find_discount_factor(n, basis.discount_bp)
    return replace(found, present_pence=round_half_up(real * factor))


def find_others(terms: OptionTerms, basis: ContractBasis) -> list[int]:
    """Find what the company earns from others in each year, nominal. [pence]"""
    given = terms.other_turnover_pence
    return [
        round_half_up(
            (given[min(n, len(given)) - 1] if given else 0) * find_rise(n, basis.inflation_bp)
        )
        for n in range(1, basis.n_years + 1)
    ]


def find_activity(
    owner_pence: Sequence[int], other_pence: Sequence[int], first_year: int
) -> tuple[ActivityYear, ...]:
    """Test every year's activity, on the average of three years (TECK-1).

    With o pence for the owner and x for others over the years averaged, o / (o + x) > 4/5
    needs x < o / 4: the headroom is the largest whole x that passes, less x.
    """
    found = []
    for k, (owner, other) in enumerate(zip(owner_pence, other_pence, strict=True)):
        first = max(0, k + 1 - AVERAGED_YEARS)
        o, x = sum(owner_pence[first : k + 1]), sum(other_pence[first : k + 1])
        most = (o - 1) // (ACTIVITY_DENOMINATOR - 1) if o > 0 else 0
        found.append(
            ActivityYear(
                year=first_year + k,
                owner_pence=owner,
                other_pence=other,
                share_bp=_find_share(owner, other),
                average_share_bp=_find_share(o, x),
                n_years=k + 1 - first,
                is_passed=ACTIVITY_DENOMINATOR * o > ACTIVITY_NUMERATOR * (o + x),
                headroom_pence=most - x,
            )
        )
    return tuple(found)


def _find_share(owner_pence: int, other_pence: int) -> int:
    """Find the owner's share, rounded down so that exactly 80 % never looks like more."""
    whole = owner_pence + other_pence
    return BASIS * owner_pence // whole if whole else 0
