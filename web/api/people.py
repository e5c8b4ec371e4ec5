"""The API: who asks, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from data.audit import AuditEntry
from web.access import Visit, allow
from web.roles import Permission

router = APIRouter(tags=["people"])

MOST = 200


class Me(BaseModel):
    """Who asks, and what they may do."""

    person_id: str
    name: str
    roles: list[str]
    permissions: list[str]


class EntryShown(BaseModel):
    """One entry of the audit log."""

    entry_no: int
    at_utc: datetime
    person_id: str
    roles: list[str]
    address: str
    action: str
    kind: str
    record_id: str
    before_hash: str
    after_hash: str
    reason: str
    previous_hash: str
    entry_hash: str


class AuditPage(BaseModel):
    """Entries, the newest first; ask for those before the last to go on."""

    items: list[EntryShown]
    next_before: int | None


@router.get("/me")
def read_me(visit: Annotated[Visit, allow(Permission.OWN_ACCOUNT)]) -> Me:
    """Read who asks."""
    return Me(
        person_id=visit.person_id,
        name="" if visit.person is None else visit.person.name,
        roles=[] if visit.person is None else sorted(visit.person.roles),
        permissions=sorted(visit.permissions),
    )


@router.get("/audit")
def list_audit(
    visit: Annotated[Visit, allow(Permission.READ_AUDIT)],
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> AuditPage:
    """List the audit log."""
    found = visit.store.audit.list_entries(visit.place, before_no=before, most=limit)
    return AuditPage(
        items=[_show(entry) for entry in found],
        next_before=found[-1].entry_no if len(found) == limit else None,
    )


def _show(entry: AuditEntry) -> EntryShown:
    return EntryShown(**{name: getattr(entry, name) for name in EntryShown.model_fields})
