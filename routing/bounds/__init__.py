"""Proven bounds: how little any plan of the stated policy can cost."""

from routing.bounds.session import BoundProgress, SessionBound, bound_session

__all__ = ["BoundProgress", "SessionBound", "bound_session"]
