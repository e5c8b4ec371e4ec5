"""Travel training as lines for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from statistics import correlation, stdev

from data.training import (
    PROPOSAL_WORDS,
    Candidate,
    OrderPoint,
    Programme,
    TrainingStudy,
)
from data.units import format_pounds

RULE_WORDS = {
    "marginal": "those who free vehicles first",
    "dearest": "dearest share of route cost first",
    "readiest": "readiest first",
}


def describe_timetable(source: str, on: date, *, is_synthetic: bool) -> str:
    """Describe the timetable; a made-up one says so first."""
    label = "SYNTHETIC timetable (no such bus or train runs)" if is_synthetic else "Timetable"
    return f"{label}: {source}, trips of {on:%A} {on.day} {on:%B %Y}"


def build_candidate_lines(
    found: Sequence[Candidate], source: str, on: date, *, is_synthetic: bool, n_shown: int
) -> tuple[str, ...]:
    """Build the lines of who might be trained."""
    proposed = [c for c in found if c.is_proposed]
    lines = [
        describe_timetable(source, on, is_synthetic=is_synthetic),
        f"{len(found):,} passengers looked at, {len(proposed):,} to talk to about training",
        "",
        "Reasons against, by passengers (one may have several):",
    ]
    counts = Counter(
        reason.split(" takes ")[0] + (" too long" if " takes " in reason else "")
        for c in found
        for reason in set(c.reasons_against)
    )
    lines += [f"  {n:>6,}  {reason}" for reason, n in counts.most_common()]
    cautions = Counter(caution for c in proposed for caution in c.cautions)
    if cautions:
        lines += ["", "Cautions among those proposed:"]
        lines += [f"  {n:>6,}  {caution}" for caution, n in cautions.most_common()]
    best = sorted(proposed, key=lambda c: (-c.complete_bp * c.sustain_bp, c.passenger_id))
    if best[:n_shown]:
        lines += ["", f"{'passenger':<11}{'age':>4}{'chance':>8}  journeys"]
    for c in best[:n_shown]:
        chance = c.complete_bp * c.sustain_bp / 1_000_000
        ways = "; ".join(r for r in c.reasons_for if " in " in r)
        lines.append(f"{c.passenger_id:<11}{c.age:>4}{chance:>7.0f}%  {ways}")
    if len(best) > n_shown:
        lines.append(f"and {len(best) - n_shown:,} more")
    lines += [
        "",
        "Chance: to complete and still travel alone after two terms. Observed shares are "
        "grade B;",
        "how age, need and journey move them is a working assumption, grade C.",
        PROPOSAL_WORDS,
    ]
    return tuple(lines)


def find_planned(study: TrainingStudy, rule: str) -> tuple[OrderPoint, ...]:
    """Find the points of an order that were planned again."""
    return tuple(p for p in study.find_order(rule).points if p.all_pence is not None)


def build_order_lines(study: TrainingStudy) -> tuple[str, ...]:
    """Build the lines of whom to train first and what it gains."""
    n_days = study.n_days
    lines = [
        describe_timetable(
            study.timetable, study.timetable_date, is_synthetic=study.is_synthetic_timetable
        ),
        f"{study.place.title()}: {format_pounds(study.base_pence)} a day with nobody trained; "
        f"{n_days} such days a year; rules broken over all plans: {study.n_violations}",
        "",
        f"{'':<36}{'trained':>8}{'expected':>12}{'planned':>12}{'all succeed':>13}"
        f"{'vehicles':>10}{'routes':>8}",
    ]
    for order in study.orders:
        for point in find_planned(study, order.rule):
            lines.append(
                f"{RULE_WORDS[order.rule]:<36}{point.n_trained:>8}"
                f"{_year(point.expected_pence, n_days):>12}"
                f"{_year(point.planned_pence, n_days):>12}{_year(point.all_pence, n_days):>13}"
                f"{-(point.n_duties_less or 0):>+10}{-(point.n_routes_less or 0):>+8}"
            )
    lines += ["(pounds a year: the day shown times such days)", ""]
    lines += build_gain_lines(study)
    lines += build_searched_lines(study)
    best = study.find_order("marginal")
    lines += ["Order: " + ", ".join(best.passenger_ids[:15])
              + (" ..." if len(best.passenger_ids) > 15 else "")]  # fmt: skip
    lines += ["", *METHOD, PROPOSAL_WORDS]
    return tuple(lines)


METHOD = (
    "Pounds are of an average year of the five after training: relapse and leaving counted,",
    "later years for less. Expected: each vehicle's saving over every combination of who",
    "succeeds, others staying. Planned: expected, and what the day planned again where they",
    "rode saves beyond that, by draws of who succeeds. All succeed: if everybody did. Every",
    "order is judged on the same draws; ours was chosen on others.",
)


def build_gain_lines(study: TrainingStudy) -> list[str]:
    """Say what the order gains on simple rules, at the largest number planned."""
    lines = []
    ours = find_planned(study, "marginal")
    if not ours:
        return []
    last = ours[-1]
    for order in study.orders[1:]:
        other = next(
            (p for p in find_planned(study, order.rule) if p.n_trained == last.n_trained), None
        )
        if other is None:
            continue
        words = []
        for name, mine, theirs in (
            ("expected", last.expected_pence, other.expected_pence),
            ("planned", last.planned_pence, other.planned_pence),
            ("if all succeed", last.all_pence, other.all_pence),
        ):
            if mine is not None and theirs is not None:
                words.append(f"{name} {_signed((mine - theirs) * study.n_days)}")
        words += _describe_draws(last, other, study.n_days)
        lines.append(
            f"Gain over {RULE_WORDS[order.rule]}, {last.n_trained} trained, a year: "
            + ", ".join(words)
        )
    return lines


def _describe_draws(ours: OrderPoint, other: OrderPoint, n_days: int) -> list[str]:
    """Say what is gained in days planned again, draw by draw of who succeeds."""
    gains = [a - b for a, b in zip(ours.drawn_pence, other.drawn_pence, strict=False)]
    if len(gains) < 2:
        return []
    mean = sum(gains) / len(gains)
    error = stdev(gains) / len(gains) ** 0.5
    n_ahead = sum(gain > 0 for gain in gains)
    return [
        f"on the same {len(gains)} draws {_signed(round(mean * n_days))} on average "
        f"(standard error {format_pounds(round(error * n_days))}), ahead in {n_ahead}"
    ]


def build_searched_lines(study: TrainingStudy) -> list[str]:
    """Say how days planned again compare with the same days searched in full."""
    if not study.searched:
        return []
    n = len(study.searched)
    planned, searched = (
        round(sum(pair[k] for pair in study.searched) / n * study.n_days) for k in (0, 1)
    )
    words = ""
    columns = list(zip(*study.searched, strict=True))
    if n > 2 and all(len(set(column)) > 1 for column in columns):
        words = f", correlation {correlation(*columns):.2f}"
    return [
        f"Searched in full from the same base, {n} of these days save "
        f"{format_pounds(searched)} a year on average, planned again "
        f"{format_pounds(planned)}{words}"
    ]


def _year(pence: int | None, n_days: int) -> str:
    return "-" if pence is None else f"{pence * n_days / 100:,.0f}"


def _signed(pence: int) -> str:
    return ("+" if pence >= 0 else "-") + format_pounds(abs(pence))


def build_programme_lines(study: TrainingStudy, found: Programme) -> tuple[str, ...]:
    """Build the lines of a programme in time."""
    numbers = study.assumptions
    accept = numbers.value("accept")
    lines = [
        describe_timetable(
            study.timetable, study.timetable_date, is_synthetic=study.is_synthetic_timetable
        ),
        f"{study.place.title()}: {len(found.order)} starts, {found.n_trainers} full-time "
        f"trainer(s), {RULE_WORDS[found.rule]}; about "
        f"{int(len(found.order) / accept + 0.5)} families invited",
        "",
        f"{'year':<6}{'started':>9}{'alone':>8}{'training':>12}{'passes':>10}{'saved':>12}"
        f"{'90 in 100 draws':>24}{'net':>12}",
    ]
    for year in range(-(-len(found.months) // 12)):
        held = found.months[year * 12 : year * 12 + 12]
        low = sum(m.saved_low_pence for m in held)
        high = sum(m.saved_high_pence for m in held)
        spread = f"{_pounds(low)} to {_pounds(high)}"
        lines.append(
            f"{year + 1:<6}{held[-1].n_started:>9}{held[-1].travelling_mill / 1000:>8.1f}"
            f"{_pounds(sum(m.training_pence for m in held)):>12}"
            f"{_pounds(sum(m.pass_pence for m in held)):>10}"
            f"{_pounds(sum(m.saved_pence for m in held)):>12}{spread:>24}"
            f"{_pounds(sum(m.net_pence for m in held)):>12}"
        )
    back = "not within these years"
    if found.payback_month is not None:
        first = found.months[found.payback_month].first_date
        back = f"month {found.payback_month + 1}, {first:%B %Y}"
    lines += [
        "",
        f"Net present value at {found.discount_bp / 100:.1f} % a year: "
        f"{_signed(found.npv_pence)}; nine draws in ten between {_signed(found.npv_low_pence)} "
        f"and {_signed(found.npv_high_pence)}",
        f"Money back: {back}. Loses money in {found.loss_bp / 100:.0f} % of draws; at risk, "
        f"expected less the worst draw in twenty: {format_pounds(found.at_risk_pence)}",
        "Saved is what vehicles cost less; relapse puts trainees back on them. Wider benefits "
        "are not counted.",
        PROPOSAL_WORDS,
    ]
    return tuple(lines)


def _pounds(pence: int) -> str:
    return f"{pence / 100:,.0f}"
