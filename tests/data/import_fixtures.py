"""One way to cause each problem of the catalogue that tables can hold.

``code: (change, sheet, row, column)``: where the problem must be found; None for anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from tests.data.import_council import Rows, add, all_of, drop, early, put, setting, without

Where = tuple[Callable[[Rows], None], str, int | None, str | None]

WHEELCHAIR = put("passengers", 3, wheelchair="none")
"""Takes away the passenger for whom a lift is needed."""


def _rates(*rows: dict[str, Any]) -> Callable[[Rows], None]:
    def change(rows_by_sheet: Rows) -> None:
        first = rows_by_sheet["rate_cards"][0]
        card = {k: v for k, v in first.items() if k not in ("basis", "amount_pounds")}
        rows_by_sheet["rate_cards"] = [{**card, **row} for row in rows]

    return change


def _own_place(sheet: str, row: int, **cells: Any) -> Callable[[Rows], None]:
    """Give a row a position in place of its postcode."""
    return put(sheet, row, postcode=None, **cells)


def _only_example(rows: Rows) -> None:
    rows["demand"][:] = [{**rows["demand"][0], "demand_id": "EXAMPLE: D001"}]


VALUES: dict[str, Where] = {
    "V001": (put("passengers", 2, phase=None), "passengers", 2, "phase"),
    "V002": (put("passengers", 2, name="x" * 2001), "passengers", 2, "name"),
    "V003": (put("passengers", 2, name="Ann\u200b Archer"), "passengers", 2, "name"),
    "V011": (put("passengers", 2, passenger_id="1.23E+11"), "passengers", 2, "passenger_id"),
    "V012": (
        put("sites", 2, site_id=datetime(2026, 3, 1)),
        "sites", 2, "site_id",
    ),
    "V013": (
        all_of(
            *(put("passengers", r, passenger_id=i) for r, i in ((2, "00011"), (3, "00012"))),
            put("passengers", 4, passenger_id="13"),
        ),
        "passengers", 4, "passenger_id",
    ),
    "V014": (put("sites", 2, site_id="S0;01"), "sites", 2, "site_id"),
    "V015": (put("sites", 2, site_id="S" * 65), "sites", 2, "site_id"),
    "V020": (put("passengers", 2, birth_date="31/02/2015"), "passengers", 2, "birth_date"),
    "V021": (put("passengers", 2, birth_date="02/25/2015"), "passengers", 2, "birth_date"),
    "V022": (put("passengers", 2, birth_date="17/05/16"), "passengers", 2, "birth_date"),
    "V023": (put("passengers", 2, birth_date=42507.0), "passengers", 2, "birth_date"),
    "V024": (
        put("passengers", 2, birth_date=datetime(2016, 5, 17, 12, 30)),
        "passengers", 2, "birth_date",
    ),
    "V025": (put("passengers", 2, birth_date="17/05/0216"), "passengers", 2, "birth_date"),
    "V030": (put("sites", 2, arrive_by="ten to nine"), "sites", 2, "arrive_by"),
    "V031": (put("sites", 2, arrive_by="49:00"), "sites", 2, "arrive_by"),
    "V032": (put("sites", 2, arrive_by=8.5), "sites", 2, "arrive_by"),
    "V040": (put("passengers", 2, phase="primry"), "passengers", 2, "phase"),
    "V041": (put("demand", 2, weekdays="Mon-Fry"), "demand", 2, "weekdays"),
    "V042": (put("vehicle_types", 2, has_lift="maybe"), "vehicle_types", 2, "has_lift"),
    "V050": (put("vehicle_types", 2, passenger_seats="six"), "vehicle_types", 2, "seats"),
    "V051": (put("vehicle_types", 2, passenger_seats=7.5), "vehicle_types", 2, "seats"),
    "V052": (put("supplier_vehicles", 2, vehicles=-3), "supplier_vehicles", 2, "vehicles"),
    "V053": (
        put("current_plan", 2, price_pounds_per_day=45.555),
        "current_plan", 2, "price_pounds_per_day",
    ),
    "V054": (
        put("rate_cards", 2, uplift_percent_a_year=0.03),
        "rate_cards", 2, "uplift_percent_a_year",
    ),
    "V055": (put("passengers", 2, seats=0), "passengers", 2, "seats"),
    "G001": (setting("policy.ride_cap_primery", "45 min"), "settings", 11, "name"),
    "G002": (lambda rows: rows["settings"].pop(2), "settings", None, "name"),
    "G003": (setting("policy.ride_cap_primary", 45), "settings", 11, "value"),
    "G004": (add("settings", name="place", value="elsewhere"), "settings", 11, "name"),
    "G005": (setting("year_to", date(2025, 7, 31)), "settings", 6, "value"),
    "G006": (setting("service_date", date(2028, 1, 5)), "settings", 4, "value"),
    "G007": (drop("settings", 7), "settings", None, "name"),
    "X001": (add("passengers", name="Dee Day"), "passengers", 5, "passenger_id"),
    "X002": (put("demand", 2, site_id="S00l"), "demand", 2, "site_id"),
    "X003": (
        all_of(put("sites", 2, site_id="007"), put("demand", 2, site_id=7.0)),
        "demand", 2, "site_id",
    ),
    "X005": (add("sites", like=2, site_id="s001"), "sites", 5, "site_id"),
    "L001": (put("homes", 2, postcode="unknown address"), "homes", 2, "postcode"),
    "L002": (put("homes", 2, postcode="SS2 6WE"), "homes", 2, "postcode"),
    "L003": (put("homes", 2, postcode="ZE1 0AA"), "homes", 2, "postcode"),
    "L004": (put("homes", 2, postcode=None), "homes", 2, None),
    "L005": (_own_place("sites", 2, easting_m=588000), "sites", 2, "northing_m"),
    "L006": (_own_place("sites", 2, lat=0.71, lon=51.54), "sites", 2, "lat"),
    "L007": (_own_place("sites", 2, lat=51.54, lon=5.1), "sites", 2, "lon"),
    "L008": (_own_place("sites", 2, lat=0.0, lon=0.0), "sites", 2, "lat"),
    "L009": (_own_place("sites", 2, lat=588000.0, lon=186000.0), "sites", 2, "lat"),
    "L010": (_own_place("sites", 2, easting_m=51, northing_m=1), "sites", 2, "easting_m"),
    "L011": (_own_place("sites", 2, lat=40.0, lon=1.0), "sites", 2, "lat"),
    "L012": (_own_place("sites", 2, easting_m=430000, northing_m=433000), "sites", 2, None),
    "L013": (put("sites", 2, easting_m=592000, northing_m=186327), "sites", 2, "postcode"),
    "L014": (
        _own_place("sites", 2, easting_m=588000, northing_m=186000, lat=51.55, lon=0.72),
        "sites", 2, "lat",
    ),
    "L015": (
        all_of(put("homes", 2, place_id="SHARED"), put("homes", 3, place_id="SHARED")),
        "homes", 3, "place_id",
    ),
    "L016": (
        _own_place("sites", 2, place_id="BASE", easting_m=588000, northing_m=186000),
        "sites", 2, "place_id",
    ),
    "L017": (put("homes", 4, postcode="SSO 7AB"), "homes", 4, "postcode"),
    "L018": (
        _own_place("sites", 2, easting_m=1186000, northing_m=588000),
        "sites", 2, "easting_m",
    ),
    "L019": (
        put("sites", 2, postcode="SS2 4HO", easting_m=589297, northing_m=186327),
        "sites", 2, "postcode",
    ),
}  # fmt: skip

PEOPLE: dict[str, Where] = {
    "P001": (
        add("passengers", passenger_id="P004", name="Archer, Ann"),
        "passengers", 5, "name",
    ),
    "P002": (put("passengers", 2, birth_date=date(2027, 1, 1)), "passengers", 2, "birth_date"),
    "P003": (put("passengers", 2, birth_date=date(1970, 1, 1)), "passengers", 2, "birth_date"),
    "P004": (drop("demand", 2), "passengers", 2, "passenger_id"),
    "P005": (
        put("passengers", 3, needs_trained_assistant="yes"),
        "passengers", 3, "needs_trained_assistant",
    ),
    "P006": (
        all_of(
            put("vehicle_types", 2, has_lift="no", layouts="16+0"),
        ),
        "passengers", 3, "wheelchair",
    ),
    "P007": (
        put("passengers", 2, walk_limit_m=400, must_be_received="yes"),
        "passengers", 2, "walk_limit_m",
    ),
    "P008": (put("relationships", 2, other_id="P001"), "relationships", 2, "other_id"),
    "P009": (
        add("relationships", kind="together"),
        "relationships", 2, None,
    ),
    "P010": (put("passengers", 2, apart_from="P003"), "passengers", 2, "apart_from"),
    "P011": (
        all_of(
            put("passengers", 2, travels_alone="yes"),
            put("relationships", 2, kind="together"),
        ),
        "passengers", 2, "travels_alone",
    ),
    "P012": (
        add("relationships", passenger_id="P002", other_id="P001"),
        "relationships", 3, None,
    ),
    "P013": (
        add("relationships", kind="together", other_id="P003"),
        "relationships", 3, None,
    ),
    "P014": (
        all_of(
            put("passengers", 2, barred_suppliers="SUP"),
            add("relationships", kind="passenger_on_supplier", other_id="SUP"),
        ),
        "relationships", 3, "other_id",
    ),
    "P015": (
        all_of(
            add("relationships", kind="passenger_on_supplier", other_id="SUP"),
            add("relationships", kind="passenger_on_supplier", other_id="own"),
        ),
        "relationships", 4, "other_id",
    ),
    "P016": (put("passengers", 3, seats=2), "passengers", 3, "seats"),
    "P017": (put("passengers", 3, assistant_id="A1"), "passengers", 3, "assistant_id"),
    "D001": (
        add("demand", demand_id="D009", weekdays="Wed", direction="home"),
        "demand", 5, "weekdays",
    ),
    "D002": (put("demand", 2, home_id="H002"), "demand", 2, "home_id"),
    "D003": (
        all_of(
            put("demand", 2, home_id=None),
            add("homes", home_id="H009"),
        ),
        "demand", 2, "home_id",
    ),
    "D004": (
        put("demand", 2, starts_on=date(2026, 12, 1), ends_on=date(2026, 11, 1)),
        "demand", 2, "ends_on",
    ),
    "D005": (put("demand", 2, starts_on=date(2028, 1, 1)), "demand", 2, "starts_on"),
    "D006": (put("demand", 2, direction="out"), "demand", 2, "direction"),
    "D007": (put("demand", 2, weekdays="Mon Sat"), "demand", 2, "weekdays"),
    "D008": (put("sites", 2, places=0), "sites", 2, "places"),
    "D009": (put("demand", 4, site_id="S001"), "demand", 4, "site_id"),
    "B001": (
        add("current_plan", route_name="R2"),
        "current_plan", 3, "passenger_id",
    ),
    "B002": (
        add("current_plan", passenger_id="P002", sequence=2, price_pounds_per_day=46),
        "current_plan", 3, "price_pounds_per_day",
    ),
    "B003": (put("current_plan", 2, session="day_out"), "current_plan", 2, "passenger_id"),
    "B004": (add("current_plan", passenger_id="P002"), "current_plan", 3, "sequence"),
}  # fmt: skip

SUPPLY: dict[str, Where] = {
    "E001": (put("sites", 2, arrive_by="08:20"), "sites", 2, "arrive_by"),
    "E002": (put("sites", 2, leave_from="03:15", leave_by="03:45"), "sites", 2, "leave_from"),
    "E003": (put("sites", 2, arrive_from="08:50"), "sites", 2, "arrive_by"),
    "T001": (put("vehicle_types", 2, layouts="sixteen"), "vehicle_types", 2, "layouts"),
    "T002": (put("vehicle_types", 2, layouts="16+0; 0+0"), "vehicle_types", 2, "layouts"),
    "T003": (
        all_of(WHEELCHAIR, put("vehicle_types", 2, has_lift="no")),
        "vehicle_types", 2, "has_lift",
    ),
    "T004": (put("vehicle_types", 2, layouts="17+0; 8+2"), "vehicle_types", 2, "layouts"),
    "T005": (put("own_vehicle_costs", 2, vehicle_type_id="car4"), "vehicles", 2, "type_id"),
    "T006": (
        put("suppliers", 2, has_section_19_permit="yes"),
        "suppliers", 2, "has_section_19_permit",
    ),
    "T007": (
        add("supplier_vehicles", vehicle_type_id="bus16"),
        "suppliers", 2, "has_psv_licence",
    ),
    "T008": (
        put("suppliers", 2, has_private_hire_licence="no"),
        "suppliers", 2, "has_private_hire_licence",
    ),
    "T009": (put("suppliers", 2, trained_assistants=6), "suppliers", 2, "trained_assistants"),
    "T010": (put("suppliers", 2, area_radius_m=5000), "suppliers", 2, "area_radius_m"),
    "T011": (put("depots", 2, opens="20:00", closes="05:00"), "depots", 2, "closes"),
    "T012": (put("crews", 2, has_d1="no"), "depots", 2, "depot_id"),
    "T013": (add("vehicles", vehicle_id="V2"), "depots", 2, "depot_id"),
    "T014": (
        add("suppliers", supplier_id="SUP2", name="Other Cars"),
        "suppliers", 3, "supplier_id",
    ),
    "T015": (add("supplier_vehicles"), "supplier_vehicles", 3, "vehicle_type_id"),
    "T016": (
        add("suppliers", supplier_id="own", name="Own"),
        "suppliers", 3, "supplier_id",
    ),
    "T017": (
        all_of(
            add("suppliers", supplier_id="SUP2", name="Other Cars"),
            add("supplier_vehicles", supplier_id="SUP2"),
        ),
        "suppliers", 3, "supplier_id",
    ),
    "T018": (
        put("vehicle_types", 2, places_before_adaptation=16),
        "vehicle_types", 2, "places_before_adaptation",
    ),
    "T019": (add("own_vehicle_costs"), "own_vehicle_costs", 3, "vehicle_type_id"),
    "T020": (put("vehicle_types", 2, range_m=90_000), "vehicle_types", 2, "energy_wh_per_mile"),
    "T021": (
        put("vehicle_types", 2, range_m=90_000, energy_wh_per_mile=600, charge_w=7_400),
        "depots", 2, "chargers",
    ),
    "T022": (put("crews", 2, licence_until=date(2026, 11, 17)), "crews", 2, "licence_until"),
    "T023": (put("vehicles", 2, inspection_until=date(2026, 11, 18)), "vehicles", 2,
             "inspection_until"),
    "T024": (put("suppliers", 2, psv_licence_until=date(2030, 1, 1)), "suppliers", 2,
             "psv_licence_until"),
    "R001": (put("rate_cards", 3, valid_to=date(2027, 7, 31)), "rate_cards", 3, "valid_to"),
    "R002": (
        all_of(*(put("rate_cards", row, valid_to=date(2026, 8, 31)) for row in (2, 3, 4))),
        "rate_cards", 2, "valid_to",
    ),
    "R003": (
        all_of(*(put("rate_cards", row, valid_from=date(2027, 1, 1)) for row in (2, 3, 4))),
        "suppliers", 2, "supplier_id",
    ),
    "R004": (put("rate_cards", 4, from_m=8000), "rate_cards", 4, "from_m"),
    "R005": (put("rate_cards", 4, to_m=8000), "rate_cards", 4, "to_m"),
    "R006": (put("rate_cards", 4, from_m=9000), "rate_cards", 4, "from_m"),
    "R007": (
        _rates(
            {"basis": "day_pair", "amount_pounds": 60},
            {"basis": "dead_mile", "amount_pounds": 1},
        ),
        "rate_cards", 2, "basis",
    ),
    "R008": (
        all_of(
            put("suppliers", 2, base_place_id=None),
            add("rate_cards", basis="dead_mile", amount_pounds=1),
        ),
        "rate_cards", 5, "basis",
    ),
    "R009": (add("rate_cards", amount_pounds=13), "rate_cards", 5, "basis"),
    "R010": (
        add("rate_cards", rate_card_id="RC2"),
        "rate_cards", 5, "valid_from",
    ),
    "R011": (put("rate_cards", 2, amount_pounds=0), "rate_cards", 2, "amount_pounds"),
    "R012": (
        add("rate_cards", vehicle_type_id="bus16"),
        "rate_cards", 5, "vehicle_type_id",
    ),
    "R013": (put("rate_cards", 2, to_m=3000), "rate_cards", 2, "to_m"),
    "R014": (
        _rates({"basis": "fixed", "amount_pounds": 12, "sessions": "am pm"}),
        "suppliers", 2, "supplier_id",
    ),
    "R015": (
        put("rate_cards", 2, discount_percent=5),
        "rate_cards", 2, "discount_percent",
    ),
    "K001": (drop("calendars", 2), "calendars", 2, "kind"),
    "K002": (put("calendars", 3, to_date=date(2027, 8, 20)), "calendars", 3, "from_date"),
    "K003": (put("calendars", 3, to_date=date(2026, 8, 20)), "calendars", 3, "to_date"),
    "K004": (
        all_of(
            put("calendars", 2, to_date=date(2026, 12, 20)),
        ),
        "calendars", 2, "calendar_id",
    ),
    "K005": (
        add("calendars", calendar_id="shut", name="Shut"),
        "calendars", 4, "calendar_id",
    ),
    "K006": (add("calendars"), "calendars", 4, "kind"),
    "K007": (
        all_of(
            add("calendars", kind="week_b",
                from_date=date(2026, 9, 7), to_date=date(2026, 9, 11)),
            *(add("calendars", like=row, calendar_id="two", name=None) for row in (2, 3)),
            add("calendars", like=None, calendar_id="two", kind="week_b",
                from_date=date(2026, 9, 14), to_date=date(2026, 9, 18)),
        ),
        "calendars", None, "calendar_id",
    ),
    "K008": (setting("service_date", date(2026, 12, 25)), "settings", None, "value"),
    "K009": (put("calendars", 3, name="Terms"), "calendars", 3, "name"),
    "K010": (put("calendars", 3, to_date=date(2027, 1, 8)), "calendars", 2, "calendar_id"),
    "K011": (early(date=date(2026, 12, 25)), "early_closings", 2, "date"),
    "K012": (early(leaves_at="15:15"), "early_closings", 2, "leaves_at"),
    "K013": (
        all_of(early(), early(leaves_at="14:00")), "early_closings", 3, "date",
    ),
}  # fmt: skip

HEADINGS: dict[str, Where] = {
    "S001": (drop("sites"), "", None, None),
    "S002": (add("pasengers2", like=None, a=1, b=2), "pasengers2", None, None),
    "S003": (add("pupils", like=None, passenger_id="P1", phase="adult"), "pupils", None, None),
    "S005": (without("passengers", "phase"), "passengers", 1, None),
    "S006": (put("passengers", 2, wheelchiar="none"), "passengers", 1, "wheelchiar"),
    "S008": (put("passengers", 2, **{"": "stray", "seats": 1}), "passengers", 2, None),
    "S013": (
        add("passengers", like=None, passenger_id="Total", name="3"),
        "passengers", 5, None,
    ),
    "S016": (_only_example, "demand", None, None),
}  # fmt: skip

TABLE_FIXTURES: dict[str, Where] = {**VALUES, **PEOPLE, **SUPPLY, **HEADINGS}
