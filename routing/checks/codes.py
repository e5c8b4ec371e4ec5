"""Codes of the violations the checker can find, with the rule each one breaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCode:
    """A kind of violation: its stable code, the rule it breaks and what it means."""

    code: str
    rule: str
    meaning: str


_TABLE = """
DAY_TYPE_DATE 6.1 The day type is not that of the service date.
DAY_TYPE_UNKNOWN 6.1 The day type has an impossible weekday or an unknown calendar.
DATE_NO_CALENDAR 6.1 A calendar has no data for the date.
DUTY_ID_TWICE 5.1 Two duties of the plan have one id.
ROUTE_ID_TWICE 5.1 Two routes of the plan have one id.
DUTY_EMPTY 5.1 A duty without routes.
ROUTE_EMPTY 2.1 A route without stops.
ROUTE_NO_PASSENGERS 2.1 Nobody boards anywhere on the route.
ROUTE_END 2.1 An outward route does not end, or a homeward one not begin, at a site.
PLACE_UNKNOWN 2.1 The stop's place is not known.
SITE_UNKNOWN 2.1 The stop's site is not known.
SITE_PLACE 2.1 The stop is not at the place of its site.
SITE_SESSION 1.1 A day centre in a school session, or another site in a day centre's session.
SITE_TWICE 2.1 A site is visited more than once on a route.
STOP_EMPTY 2.1 Nobody boards or alights at the stop.
PASSENGER_UNKNOWN 6.1 The passenger is not known.
BOARDING_AT_SITE 2.1 Somebody boards at a site on an outward route.
ALIGHTING_AT_HOME 2.1 Somebody alights at a home stop on an outward route.
ALIGHTING_AT_SITE 2.1 Somebody alights at a site on a homeward route.
BOARDING_AT_HOME 2.1 Somebody boards at a home stop on a homeward route.
BOARDS_TWICE 2.1 A passenger boards more than once on a route.
ALIGHTS_TWICE 2.1 A passenger alights more than once on a route.
NEVER_ALIGHTS 2.1 A passenger boards and does not alight.
NEVER_BOARDS 2.1 A passenger alights and did not board.
ALIGHTS_BEFORE_BOARDING 2.1 A passenger alights at or before the stop of boarding.
SITE_WRONG 2.1 A passenger is taken to or from another site than their own.
HOME_DWELL 2.2 The time at a home stop is not that of its passengers.
SITE_DWELL_SHORT 2.3 The time at a site is too short for its passengers.
SITE_WAIT_AT_END 2.3 Waiting at the last site of an outward, the first of a homeward route.
FIRST_STOP_DRIVE 2.4 The first stop states a drive.
NO_PATH 1.2 The matrix has no path for a drive.
DRIVE_TIME 1.2 A stated driving time is not that of the matrix.
DRIVE_DISTANCE 1.2 A stated driving distance is not that of the matrix.
ARRIVE_TIME 2.4 The arrival is not the departure before plus the drive.
WINDOW_EARLY 2.5 Arrival at the site before its window.
WINDOW_LATE 2.5 Arrival at the site after its window.
LEAVE_EARLY 2.5 Departure from the site before its window.
LEAVE_LATE 2.5 Departure from the site after its window.
PICK_UP_EARLY 2.5 Collection before the home's earliest time.
RECEIVED_EARLY 2.5 Alighting before somebody is in to receive the passenger.
RECEIVED_LATE 2.5 Alighting after somebody is in to receive the passenger.
RIDE_LIMIT 2.6 A ride longer than the passenger's limit.
STOP_NOT_OWN 2.7 A passenger boards or alights neither at home nor at a pick-up point.
WALK_NOT_ALLOWED 2.7 A passenger without walking limit uses a pick-up point.
WALK_UNKNOWN 2.7 The matrix has no walk between the home and the pick-up point.
WALK_LIMIT 2.7 The walk to the pick-up point is longer than the passenger's limit.
RECEIVED_AT_POINT 2.7 A passenger who must be received is brought to a pick-up point.
TRAVELS_ALONE 3.1 A passenger who travels alone shares the route.
APART 3.1 Two passengers who must be apart share a route.
TOGETHER 3.1 Two passengers who must be together ride on different routes.
ASSISTANT_SPLIT 3.1 Passengers of one named assistant ride on different routes.
SITES_PER_ROUTE 3.2 More sites on a route than the policy allows.
MIXED_AGES 3.2 Adults and others share a route against the policy.
COUNT_NEGATIVE 4.1 A count or a layout is negative.
LAYOUT_UNKNOWN 4.1 The layout is not one of the vehicle type's.
LAYOUT_SEATS 4.1 More seats taken than the layout has.
LAYOUT_SPACES 4.1 More wheelchair spaces taken than the layout has.
ASSISTANTS_SHORT 4.2 Fewer assistants than the passengers need.
TRAINED_SHORT 4.2 Fewer medically trained assistants than the passengers need.
TRAINED_OVER_ALL 4.2 More trained assistants than assistants.
ASSISTANT_NOT_LISTED 4.2 A passenger's named assistant is not listed.
ASSISTANT_IDS_OVER 4.2 More named assistants listed than aboard, or one listed twice.
LIFT_MISSING 4.3 A passenger who needs a lift rides in a vehicle without one.
LICENCE_PSV 4.4 Nine or more passenger seats without a licence for them.
LICENCE_PRIVATE_HIRE 4.4 A vehicle of up to eight passenger seats without a licence for it.
DRIVER_D1 4.4 The driver has no D1 for nine or more passenger seats.
DRIVER_CPC 4.4 The driver has no CPC for nine or more passenger seats.
CREW_LICENCE 4.5 The driver's licence has run out.
CREW_CHECKS 4.5 A driver's or assistant's DBS check has run out.
VEHICLE_INSPECTION 4.5 The vehicle's MOT or annual test has run out.
OPERATOR_LICENCE 4.5 The depot's operator licence for nine or more seats has run out.
PROVIDER_UNKNOWN 5.6 The provider is not known.
VEHICLE_TYPE_UNKNOWN 5.6 The vehicle type is not known.
ROUTES_OVERLAP 5.1 A route begins before the one before it has ended.
GAP_TOO_SHORT 5.1 The drive between two routes does not fit in the gap.
BASE_WRONG 5.2 The duty's base is not the vehicle's depot or the supplier's base.
DEPOT_CLOSED 5.2 The duty leaves before the depot opens or returns after it closes.
GAP_NOT_BY_BASE 5.3 A long gap is driven directly though the way by the base fits.
GAP_NOT_DIRECT 5.3 A gap is driven by the base though it is too short for it.
DEAD_RUN_MISSING 5.1 A drive without passengers is missing.
DEAD_RUN_EXTRA 5.1 A drive without passengers that belongs nowhere.
DEAD_RUN_DEPART 5.4 A dead run departs at another time than it must.
DEAD_RUN_ARRIVE 5.4 A dead run arrives at another time than it must.
DEAD_RUN_DISTANCE 1.2 A dead run's distance is not that of the matrix.
HOURS_DRIVING 5.5 More driving than a day allows (HRS-1).
HOURS_BREAK 5.5 Too much driving without a break (HRS-2).
HOURS_SPREAD 5.5 Too long from first departure to last arrival (HRS-3).
HOURS_REST 5.5 Too little rest before the next day (HRS-3).
HOURS_FORTNIGHT 5.5 No day off in a fortnight: more than 12 of 14 days (HRS-4).
RANGE 5.8 An electric vehicle drives farther than its battery lasts to the next charge.
CHARGERS_SHORT 5.8 More duties at a depot need a charge during the day than it has chargers.
VEHICLE_MISSING 5.6 An own duty without a vehicle.
VEHICLE_UNKNOWN 5.6 The own vehicle does not exist.
VEHICLE_TYPE 5.6 The own vehicle is of another type than the duty's.
VEHICLE_TWICE 5.6 An own vehicle is used by more than one duty.
CREW_UNKNOWN 5.6 A member of the crew does not exist.
CREW_TWICE 5.6 A member of the crew is used more than once.
CREW_DEPOT 5.6 A member of the crew belongs to another depot than the vehicle.
CREW_HOURS 5.6 The duty is outside a crew member's working hours.
DRIVER_COUNT 5.6 An own duty has no driver, or more than one.
CREW_ASSISTANTS 5.6 Fewer assistants in the crew than aboard.
CREW_TRAINED 5.6 Fewer trained assistants in the crew than aboard.
OWN_WITH_SUPPLIER 5.6 A supplier's duty names an own vehicle or crew.
SUPPLIER_VEHICLES 5.6 More duties of a vehicle type than the supplier has vehicles.
SUPPLIER_ASSISTANTS 5.6 More assistants aboard in a session than the supplier has.
SUPPLIER_TRAINED 5.6 More trained assistants aboard in a session than the supplier has.
AREA 5.6 A place of the route lies outside the supplier's area.
RATE_CARD_MISSING 5.7 A supplier's duty without a rate card.
RATE_CARD_UNKNOWN 5.7 The rate card is not known.
RATE_CARD_SUPPLIER 5.7 The rate card is another supplier's.
RATE_CARD_DATE 5.7 The rate card is not valid on the date.
RATE_CARD_TYPE 5.7 The rate card does not cover the vehicle type in the session.
RATE_CARD_OWN 5.7 An own duty names a rate card.
JOURNEY_MISSING 6.1 A passenger with demand is neither aboard nor listed as unserved.
JOURNEY_TWICE 6.1 A passenger is aboard more than one route in a session.
JOURNEY_AMBIGUOUS 6.1 Two demands of a passenger in one session, where one journey is planned.
UNSERVED_BUT_ABOARD 6.1 A passenger is aboard and listed as unserved.
UNSERVED_TWICE 6.1 A passenger is listed as unserved more than once in a session.
UNSERVED_UNKNOWN 6.1 A passenger without demand is listed as unserved.
NOT_TRAVELLING 6.1 A passenger without demand is aboard.
SITE_CLOSED 6.1 Service to a site that is closed that day.
LOCK_ROUTE 6.2 Passengers locked on one route ride on different routes.
LOCK_PROVIDER 6.2 A passenger locked on a provider is carried by another.
LOCK_BARRED 6.2 A passenger is carried by a provider that a lock forbids.
BARRED 6.2 A passenger is carried by a barred provider.
COST_TOTAL 7 The plan's cost is not the sum of its cost lines.
FULL_COST_TOTAL 7 The plan's full cost is not the sum of its cost lines.
COST_LINE_PLAN 7 A cost line names another plan.
COST_LINE_RATE 7 A line's rate is not its rate card's with the lot discount the plan earns.
COST_LINE_UNKNOWN 7 A cost line names a duty or route that the plan does not have.
COST_LINE_BASIS 7 A cost line's provider or basis is not that of its duty.
DUTY_NOT_PRICED 7 A duty without cost lines.
BOUND_OVER_COST 7 The stated lower bound is above the cost of a plan carrying everybody.
DATE_WITHOUT_PLAN 6.1 A date with an open site has no plan.
DATE_CLOSED 6.1 A plan runs on a date on which every site is closed.
DATE_TWICE 6.1 A date is listed more than once.
DATE_DAY_TYPE 6.1 A date runs the plan of another day type than its own.
PLAN_TWICE 6.1 A timetable has two plans for one day type.
PLAN_MISSING 6.1 A date's day type has no plan.
"""


def _read_table() -> dict[str, CheckCode]:
    """Read the table above."""
    rows = (line.split(maxsplit=2) for line in _TABLE.strip().splitlines())
    return {
        code: CheckCode(code=code, rule=rule, meaning=meaning) for code, rule, meaning in rows
    }


CHECK_CODES = _read_table()
"""Every kind of violation by its code."""
