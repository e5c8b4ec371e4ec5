"""The pages by topic: one table of routers."""

from __future__ import annotations

from fastapi import APIRouter

from web.pages import (
    account,
    drafts,
    draws,
    imports,
    jobs,
    money,
    own,
    papers,
    people,
    plans,
    provider,
    records,
    scenarios,
    sign_in,
    statements,
    studies,
    today,
    webhooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    today.router,
    records.router,
    imports.router,
    money.router,
    plans.router,
    drafts.router,
    scenarios.router,
    draws.router,
    studies.router,
    papers.router,
    jobs.router,
    sign_in.router,
    provider.router,
    statements.router,
    account.router,
    people.router,
    webhooks.router,
    own.router,
)
"""Every page; a new topic is a module with a ``router`` and a line here."""
