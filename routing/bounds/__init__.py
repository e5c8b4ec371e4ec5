"""Proven bounds: how little any plan of the stated policy can cost."""

from routing.bounds.day import DayBound, bound_plan, find_bound_s
from routing.bounds.session import BoundProgress, SessionBound, bound_session

__all__ = [
    "BoundProgress",
    "DayBound",
    "SessionBound",
    "bound_plan",
    "bound_session",
    "find_bound_s",
]
