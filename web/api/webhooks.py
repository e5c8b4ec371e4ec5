"""The API of messages: the addresses that are told of publications, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from data.access import Delivery, Webhook
from web.access import Visit, allow
from web.hooks import (
    MOST_LETTERS,
    MOST_SHOWN,
    add_hook,
    describe_delivery,
    end_hook,
    find_hook,
    repeat_message,
)
from web.roles import Permission

router = APIRouter(tags=["webhooks"])

Manager = Annotated[Visit, allow(Permission.MANAGE_PEOPLE)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class HookShown(BaseModel):
    """An address that is told of each publication."""

    hook_no: int
    url: str
    created_by: str
    created_utc: datetime


class HookWanted(BaseModel):
    """An address to be told from now on."""

    url: str = Field(max_length=MOST_LETTERS, examples=["https://hooks.example.gov.uk/wayfare"])


class HookAdded(HookShown):
    """An address that was registered.

    Attributes
    ----------
    secret
        What messages are signed with; shown this once.
    """

    secret: str


class DeliveryShown(BaseModel):
    """One message to an address.

    Attributes
    ----------
    status
        What the address answered last: an HTTP status, 0 if it was not reached, -1 if it is
        inside a network that is not allowed.
    """

    delivery_no: int
    publication_no: int
    n_tries: int
    status: int
    done_utc: datetime | None
    next_utc: datetime
    words: str


@router.get("/webhooks")
def list_hooks(visit: Manager) -> list[HookShown]:
    """List the addresses that are told."""
    return [HookShown(**_describe(h)) for h in visit.store.messages.list_webhooks(visit.place)]


@router.post("/webhooks", status_code=201)
def add(wanted: HookWanted, visit: Manager) -> HookAdded:
    """Register an address; its secret is in this answer alone."""
    hook, secret = add_hook(
        visit.store, visit.state.seals, visit.place, wanted.url, person_id=visit.person_id,
        now_utc=visit.now_utc, address=visit.address,
    )  # fmt: skip
    return HookAdded(**_describe(hook), secret=secret)


@router.delete("/webhooks/{hook_no}", status_code=204)
def end(hook_no: Number, visit: Manager) -> None:
    """Tell an address no more; what still waits for it is not sent."""
    end_hook(
        visit.store, visit.place, hook_no, person_id=visit.person_id, now_utc=visit.now_utc,
        address=visit.address,
    )  # fmt: skip


@router.get("/webhooks/{hook_no}/deliveries")
def list_messages(hook_no: Number, visit: Manager) -> list[DeliveryShown]:
    """List the last messages to an address with their failures, the newest first."""
    hook = find_hook(visit.store, visit.place, hook_no)
    found = visit.store.messages.list_deliveries(hook.hook_no, most=MOST_SHOWN)
    return [_show(one) for one in found]


@router.post("/webhooks/{hook_no}/deliveries/{delivery_no}/repeat", status_code=202)
def repeat(hook_no: Number, delivery_no: Number, visit: Manager) -> DeliveryShown:
    """Have a message sent once more when the next are sent."""
    return _show(
        repeat_message(
            visit.store, visit.place, hook_no, delivery_no, person_id=visit.person_id,
            now_utc=visit.now_utc, address=visit.address,
        )
    )  # fmt: skip


def _describe(hook: Webhook) -> dict[str, Any]:
    names = HookShown.model_fields
    return {name: getattr(hook, name) for name in names}


def _show(one: Delivery) -> DeliveryShown:
    return DeliveryShown(
        delivery_no=one.delivery_no,
        publication_no=one.publication_no,
        n_tries=one.n_tries,
        status=one.status,
        done_utc=one.done_utc,
        next_utc=one.next_utc,
        words=describe_delivery(one),
    )
