"""The pages by topic: one table of routers."""

from __future__ import annotations

from fastapi import APIRouter

from web.pages import imports, records, sign_in, today

ROUTERS: tuple[APIRouter, ...] = (
    today.router,
    records.router,
    imports.router,
    sign_in.router,
)
"""Every page; a new topic is a module with a ``router`` and a line here."""
