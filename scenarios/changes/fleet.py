"""Changes of the own company: vehicles, crews, depots, pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from data.fleet import OWN_PROVIDER_ID, Crew, CrewRole, Electric, Vehicle
from data.money import PayRate
from data.places import Depot
from data.units import MM_PER_MILE
from scenarios.changes.change import Change, ChangeError, Draft
from scenarios.changes.choose import check_known, count_share
from scenarios.changes.sites import add_place
from scenarios.numbers import Amount, Rise, fixed


class SetOwnFleet(Change):
    """More or fewer own vehicles of a type at a depot, with their crews."""

    kind: Literal["set_own_fleet"]
    vehicle_type_id: str
    change: int
    depot_id: str
    drivers: int | None = None
    """Drivers who come or go; as many as vehicles by default."""
    assistants: int | None = None

    def apply(self, draft: Draft) -> None:
        """Add or remove vehicles and crews."""
        inputs = draft.inputs
        types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
        check_known("vehicle_type_id", (self.vehicle_type_id,), list(types))
        check_known("depot_id", (self.depot_id,), [d.depot_id for d in inputs.depots])
        priced = {t.vehicle_type_id for t in inputs.own_costs.types}
        if self.vehicle_type_id not in priced:
            raise ChangeError(
                "Y011",
                "vehicle_type_id",
                "The own company has no cost of this type.",
                "Add the type's own cost to the inputs first.",
            )
        mine = [
            v
            for v in inputs.vehicles
            if v.vehicle_type_id == self.vehicle_type_id and v.depot_id == self.depot_id
        ]
        if self.change < 0:
            if -self.change > len(mine):
                raise ChangeError(
                    "Y011", "change", f"There are only {len(mine)} of them.", "Take fewer."
                )
            gone = {v.vehicle_id for v in mine[self.change :]}
            draft.put(vehicles=tuple(v for v in inputs.vehicles if v.vehicle_id not in gone))
        else:
            new = tuple(
                Vehicle(
                    vehicle_id=f"NV-{self.vehicle_type_id}-{len(mine) + k + 1}",
                    vehicle_type_id=self.vehicle_type_id,
                    depot_id=self.depot_id,
                )
                for k in range(self.change)
            )
            draft.put(vehicles=(*inputs.vehicles, *new))
        needs_d1 = types[self.vehicle_type_id].needs_psv_licence
        drivers = self.change if self.drivers is None else self.drivers
        assistants = self.change if self.assistants is None else self.assistants
        set_crews(draft, CrewRole.DRIVER, self.depot_id, drivers, has_d1=needs_d1)
        set_crews(draft, CrewRole.ASSISTANT, self.depot_id, assistants)


class ScaleOwnFleet(Change):
    """The whole own company grows or shrinks by a percentage, vehicles and crews alike."""

    kind: Literal["scale_own_fleet"]
    percent: Rise

    def apply(self, draft: Draft) -> None:
        """Scale each type at each depot, and its crews."""
        percent = fixed(self.percent)
        inputs = draft.inputs
        sign = 1 if percent >= 0 else -1
        groups: dict[tuple[str, str], list[Vehicle]] = {}
        for v in inputs.vehicles:
            groups.setdefault((v.depot_id, v.vehicle_type_id), []).append(v)
        vehicles = []
        for (depot_id, type_id), held in groups.items():
            n = count_share(len(held), abs(percent))
            vehicles += held if sign > 0 else held[: len(held) - n]
            vehicles += [
                replace(held[0], vehicle_id=f"NV-{depot_id}-{type_id}-{k + 1}")
                for k in range(n if sign > 0 else 0)
            ]
        draft.put(vehicles=tuple(vehicles))
        for depot in inputs.depots:
            for role in CrewRole:
                held_crew = [
                    c for c in inputs.crews if c.role is role and c.depot_id == depot.depot_id
                ]
                n = sign * count_share(len(held_crew), abs(percent))
                has_d1 = any(c.has_d1 for c in held_crew)
                set_crews(draft, role, depot.depot_id, n, has_d1=has_d1)


class ElectrifyFleet(Change):
    """Own vehicles of some types become electric, with their range, energy and chargers.

    They become types of their own beside those of suppliers, who keep theirs. Depots get a
    charger for each of them, so that all can charge between the peaks.
    """

    kind: Literal["electrify_fleet"]
    vehicle_type_ids: tuple[str, ...]
    running_pence_per_mile: Amount = 7
    """Service and tyres; the electricity comes on top, by what is driven."""
    vehicle_pounds_per_year: Amount = 15_000
    range_miles: Amount = 90
    kwh_per_mile: Amount = 0.55
    charge_kw: Amount = 11
    electricity_pence_per_kwh: Amount | None = None
    chargers_pounds: Amount = 0
    is_charging_by_day: bool = True

    def apply(self, draft: Draft) -> None:
        """Add the electric types and give every own vehicle of the old ones its new type."""
        inputs = draft.inputs
        known = [t.vehicle_type_id for t in inputs.own_costs.types]
        check_known("vehicle_type_ids", self.vehicle_type_ids, known)
        new = {old: f"{old}-electric" for old in self.vehicle_type_ids}
        electric = Electric(
            range_m=round(fixed(self.range_miles) * MM_PER_MILE / 1_000),
            energy_wh_per_mile=max(1, round(fixed(self.kwh_per_mile) * 1_000)),
            charge_w=round(fixed(self.charge_kw) * 1_000),
        )
        vehicles = tuple(
            replace(v, vehicle_type_id=new.get(v.vehicle_type_id, v.vehicle_type_id))
            for v in inputs.vehicles
        )
        own = inputs.own_costs
        if self.electricity_pence_per_kwh is not None:
            price_mpence = round(fixed(self.electricity_pence_per_kwh) * 1_000)
            own = replace(own, electricity_mpence_per_kwh=price_mpence)
        costs = tuple(
            replace(
                cost,
                vehicle_type_id=new[cost.vehicle_type_id],
                running_mpence=round(fixed(self.running_pence_per_mile) * 1_000),
                vehicle_pence_per_year=round(fixed(self.vehicle_pounds_per_year) * 100),
            )
            for cost in own.types
            if cost.vehicle_type_id in new
        )
        types = tuple(
            replace(
                t,
                vehicle_type_id=new[t.vehicle_type_id],
                name=f"{t.name}, electric",
                co2e_g_per_km=0,
                electric=electric,
            )
            for t in inputs.vehicle_types
            if t.vehicle_type_id in new
        )
        draft.put(
            own_costs=replace(own, types=(*own.types, *costs)),
            vehicle_types=(*inputs.vehicle_types, *types),
            vehicles=vehicles,
            depots=tuple(self._equip(depot, vehicles, new) for depot in inputs.depots),
            current_routes=tuple(
                replace(r, vehicle_type_id=new[r.vehicle_type_id])
                if r.provider_id == OWN_PROVIDER_ID and r.vehicle_type_id in new
                else r
                for r in inputs.current_routes
            ),
        )
        if fixed(self.chargers_pounds):
            draft.add_yearly("chargers", fixed(self.chargers_pounds) * 100, is_one_off=True)

    def _equip(
        self, depot: Depot, vehicles: Sequence[Vehicle], new: Mapping[str, str]
    ) -> Depot:
        """Give a depot chargers for its electric vehicles."""
        n_electric = sum(
            v.depot_id == depot.depot_id and v.vehicle_type_id in new.values() for v in vehicles
        )
        if not self.is_charging_by_day:
            return depot
        return replace(depot, n_chargers=depot.n_chargers + n_electric)


class MoveDepot(Change):
    """A depot moves, e.g. to share a yard with other council services (co-location)."""

    kind: Literal["move_depot"]
    depot_id: str
    easting_m: int = Field(ge=0, le=700_000)
    northing_m: int = Field(ge=0, le=1_300_000)
    rent_saving_pounds_per_year: float = 0.0
    move_pounds: float = 0.0

    def apply(self, draft: Draft) -> None:
        """Give the depot a new place; add the saving and the cost of moving."""
        depots = draft.inputs.depots
        check_known("depot_id", (self.depot_id,), [d.depot_id for d in depots])
        place = add_place(draft, f"{self.depot_id}-MOVED", self.easting_m, self.northing_m)
        draft.put(
            depots=tuple(
                replace(d, place_id=place.place_id, is_position_assumed=True)
                if d.depot_id == self.depot_id
                else d
                for d in depots
            )
        )
        if self.rent_saving_pounds_per_year:
            draft.add_yearly("rent of the depot", -self.rent_saving_pounds_per_year * 100)
        if self.move_pounds:
            draft.add_yearly("moving the depot", self.move_pounds * 100, is_one_off=True)


class PayAward(Change):
    """Pay of the own company's drivers and assistants rises."""

    kind: Literal["pay_award"]
    percent: Rise = 3

    def apply(self, draft: Draft) -> None:
        """Raise both pay rates, rounded to 0.001 pence."""

        def raised(pay: PayRate) -> PayRate:
            rate = round(pay.pay_mpence_per_hour * (1 + fixed(self.percent) / 100))
            return replace(pay, pay_mpence_per_hour=rate)

        own = draft.inputs.own_costs
        draft.put(
            own_costs=replace(own, driver=raised(own.driver), assistant=raised(own.assistant))
        )


def set_crews(
    draft: Draft, role: CrewRole, depot_id: str, change: int, *, has_d1: bool = False
) -> None:
    """Add members of the crew like those there are, or remove the last ones."""
    inputs = draft.inputs
    mine = [c for c in inputs.crews if c.role is role and c.depot_id == depot_id]
    if change < 0:
        gone = {c.crew_id for c in mine[max(0, len(mine) + change) :]}
        draft.put(crews=tuple(c for c in inputs.crews if c.crew_id not in gone))
        return
    taken = {c.crew_id for c in inputs.crews}
    new: list[Crew] = []
    number = 0
    letter = "DR" if role is CrewRole.DRIVER else "AS"
    model = next((c for c in mine if c.has_d1 or not has_d1), None)
    while len(new) < change:
        number += 1
        crew_id = f"N{letter}{number:03d}"
        if crew_id in taken:
            continue
        new.append(
            replace(model, crew_id=crew_id)
            if model is not None
            else Crew(
                crew_id=crew_id, role=role, depot_id=depot_id, has_d1=has_d1, has_cpc=has_d1
            )
        )
    draft.put(crews=(*inputs.crews, *new))
