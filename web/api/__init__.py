"""The API by topic: one table of routers, all under ``/api/v1``."""

from __future__ import annotations

from fastapi import APIRouter

from web.api import (
    drafts,
    people,
    places,
    plans,
    shown,
)

PREFIX = "/api/v1"

ROUTERS: tuple[APIRouter, ...] = (
    places.router,
    plans.router,
    shown.router,
    drafts.router,
    people.router,
)
"""Every part of the API; a new topic is a module with a ``router`` and a line here."""
