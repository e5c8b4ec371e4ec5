"""Who may do what: one table of roles and permissions. What is not in it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from data.people import Role


class Permission(StrEnum):
    """One thing that a route lets people do."""

    OPEN = "open"
    """Needs nobody to be signed in: the way in, the statement, whether the page is up."""
    OWN_ACCOUNT = "own_account"
    """What everybody signed in may do with their own account."""
    READ_PLANS = "read_plans"
    EDIT_PLANS = "edit_plans"
    """Work on a plan, plan anew, and propose."""
    APPROVE_PLANS = "approve_plans"
    READ_RECORDS = "read_records"
    """Passengers, sites, fleet, suppliers, calendars; needs and protected homes masked."""
    EDIT_RECORDS = "edit_records"
    """Change records, and take in workbooks."""
    OPEN_SENSITIVE = "open_sensitive"
    """Open a masked need or protected home with a reason, which is logged."""
    READ_MONEY = "read_money"
    EDIT_MONEY = "edit_money"
    """Tenders, bids, invoices, budgets."""
    APPROVE_AWARDS = "approve_awards"
    READ_SCENARIOS = "read_scenarios"
    RUN_SCENARIOS = "run_scenarios"
    SIGN_PAPERS = "sign_papers"
    READ_JOBS = "read_jobs"
    """How queued work goes, of the kinds that one may see."""
    STOP_JOBS = "stop_jobs"
    """End queued work of the kinds that one may ask for."""
    READ_OWN_ROUTES = "read_own_routes"
    """A supplier's own work, ten school days ahead."""
    WORK_OWN_DAY = "work_own_day"
    """A driver's own day and the next: read, confirm, report."""
    MANAGE_PEOPLE = "manage_people"
    """Accounts, roles, tokens of others, webhooks."""
    READ_AUDIT = "read_audit"


P = Permission

_READERS = {P.READ_PLANS, P.READ_MONEY, P.READ_SCENARIOS, P.READ_JOBS}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.PLANNER: frozenset(
        {
            *_READERS,
            P.EDIT_PLANS,
            P.APPROVE_PLANS,
            P.READ_RECORDS,
            P.EDIT_RECORDS,
            P.OPEN_SENSITIVE,
            P.RUN_SCENARIOS,
            P.SIGN_PAPERS,
            P.STOP_JOBS,
        }
    ),
    Role.COMMISSIONER: frozenset(
        {
            *_READERS,
            P.APPROVE_PLANS,
            P.READ_RECORDS,
            P.EDIT_MONEY,
            P.APPROVE_AWARDS,
            P.RUN_SCENARIOS,
            P.SIGN_PAPERS,
            P.STOP_JOBS,
        }
    ),
    Role.ASSURER: frozenset(
        {*_READERS, P.READ_RECORDS, P.SIGN_PAPERS, P.STOP_JOBS, P.READ_AUDIT}
    ),
    Role.VIEWER: frozenset(_READERS),
    Role.SUPPLIER: frozenset({P.READ_OWN_ROUTES}),
    Role.DRIVER: frozenset({P.WORK_OWN_DAY}),
    Role.ADMINISTRATOR: frozenset({P.MANAGE_PEOPLE, P.READ_AUDIT}),
}
"""What each role may do besides `Permission.OPEN` and, signed in, `Permission.OWN_ACCOUNT`."""


def find_permissions(roles: Iterable[Role] | None) -> frozenset[Permission]:
    """Find what somebody may do.

    Parameters
    ----------
    roles
        Roles held now, or None for somebody who is not signed in.
    """
    if roles is None:
        return frozenset({P.OPEN})
    held = frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
    return held | {P.OPEN, P.OWN_ACCOUNT}
