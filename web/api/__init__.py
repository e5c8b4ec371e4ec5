"""The API by topic: one table of routers, all under ``/api/v1``."""

from __future__ import annotations

from fastapi import APIRouter

from web.api import (
    drafts,
    imports,
    jobs,
    money,
    own,
    papers,
    people,
    places,
    plans,
    records,
    scenarios,
    shown,
    webhooks,
)

PREFIX = "/api/v1"

ROUTERS: tuple[APIRouter, ...] = (
    places.router,
    plans.router,
    shown.router,
    drafts.router,
    records.router,
    imports.router,
    money.router,
    scenarios.router,
    jobs.router,
    papers.router,
    people.router,
    own.router,
    webhooks.router,
)
"""Every part of the API; a new topic is a module with a ``router`` and a line here."""
