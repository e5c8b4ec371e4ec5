"""Proven bounds: how little any plan of the stated policy can cost."""

from routing.bounds.day import DayBound, bound_plan, find_bound_s
from routing.bounds.paired import PairedBound, bound_paired
from routing.bounds.pool import collect_routes
from routing.bounds.result import BoundProgress, SessionBound
from routing.bounds.session import bound_session

__all__ = [
    "BoundProgress",
    "DayBound",
    "PairedBound",
    "SessionBound",
    "bound_paired",
    "bound_plan",
    "bound_session",
    "collect_routes",
    "find_bound_s",
]
