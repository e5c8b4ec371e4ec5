"""Tables about offers: answers of families, bus users, and the scenario that follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from data.alternatives import Offer
from data.imports.plain_cells import Text, YesNo


class PassengerRow(BaseModel):
    """One passenger."""

    passenger_id: Annotated[Text, Field(min_length=1, max_length=80)]


class ConsentRow(PassengerRow):
    """A family's answer to an offer."""

    consent: YesNo


def build_scenario_text(
    offers: Sequence[Offer], *, base_id: str, is_consent_assumed: bool
) -> str:
    """Build the scenario file of the offers taken: a run of it plans and prices the year.

    Parameters
    ----------
    is_consent_assumed
        Take-up is supposed; otherwise every offer has the family's consent on record.
    """
    lines = [
        'scenario_id = "alternatives"',
        f'title = "{len(offers)} passengers travel by other means"',
        'question = "What do these offers save once the year is planned again?"',
        f'base_id = "{base_id}"',
        "[[changes]]",
        'kind = "take_alternatives"',
        f"is_consent_assumed = {'true' if is_consent_assumed else 'false'}",
        "offers = [",
    ]
    for o in sorted(offers, key=lambda o: o.passenger_id):
        consent = "false" if is_consent_assumed else "true"
        lines.append(
            f'  {{ passenger_id = "{o.passenger_id}", mode = "{o.mode}", '
            f"pounds_per_year = {o.cost_pence / 100:.2f}, "
            f"cap_pounds = {o.saving_pence / 100:.2f}, has_consent = {consent} }},"
        )
    return "\n".join([*lines, "]", ""])
