"""Messages of publications: which addresses are told, their last messages, once more."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from data.access import Webhook
from data.errors import RefusedError
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other, show_form
from web.hooks import (
    MOST_SHOWN,
    add_hook,
    describe_delivery,
    end_hook,
    find_hook,
    repeat_message,
)
from web.rendering import render
from web.roles import Permission

router = APIRouter(prefix="/webhooks")

Manager = Annotated[Visit, allow(Permission.MANAGE_PEOPLE)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Sent = Annotated[Posted, Depends(read_posted)]


@router.get("")
def show_hooks(request: Request, visit: Manager) -> Response:
    """Show the addresses that are told."""
    return _show_all(request, visit, show_form())


@router.post("")
def register(request: Request, visit: Manager, posted: Sent) -> Response:
    """Register an address; its secret is shown this once."""
    url = posted.text("url")
    form = show_form({"url": url})
    if not url:
        return _show_all(request, visit, form.add_error("url", "Address: enter it"))
    try:
        hook, secret = add_hook(
            visit.store, visit.state.seals, visit.place, url, person_id=visit.person_id,
            now_utc=visit.now_utc, address=visit.address,
        )  # fmt: skip
    except RefusedError as error:
        return _show_all(request, visit, form.add_error("url", str(error)))
    return _show_one(request, visit, hook, secret=secret)


@router.get("/{hook_no}")
def show_hook(request: Request, hook_no: Number, visit: Manager) -> Response:
    """Show an address with its last messages."""
    return _show_one(request, visit, find_hook(visit.store, visit.place, hook_no))


@router.post("/{hook_no}/end")
def end(hook_no: Number, visit: Manager, _posted: Sent) -> Response:
    """Tell an address no more."""
    end_hook(
        visit.store, visit.place, hook_no, person_id=visit.person_id, now_utc=visit.now_utc,
        address=visit.address,
    )  # fmt: skip
    return see_other("/webhooks")


@router.post("/{hook_no}/messages/{delivery_no}/repeat")
def repeat(hook_no: Number, delivery_no: Number, visit: Manager, _posted: Sent) -> Response:
    """Have a message sent once more when the next are sent."""
    repeat_message(
        visit.store, visit.place, hook_no, delivery_no, person_id=visit.person_id,
        now_utc=visit.now_utc, address=visit.address,
    )  # fmt: skip
    return see_other(f"/webhooks/{hook_no}")


def _show_all(request: Request, visit: Visit, form: Form) -> Response:
    book = visit.store.messages
    hooks = [
        (hook, next(iter(book.list_deliveries(hook.hook_no, most=1)), None))
        for hook in book.list_webhooks(visit.place)
    ]
    return render(
        request, "people/webhooks.html", status_code=422 if form.errors else 200, hooks=hooks,
        describe=describe_delivery, form=form,
    )  # fmt: skip


def _show_one(request: Request, visit: Visit, hook: Webhook, secret: str = "") -> Response:
    deliveries = visit.store.messages.list_deliveries(hook.hook_no, most=MOST_SHOWN)
    return render(
        request, "people/webhook.html", hook=hook, secret=secret, deliveries=deliveries,
        describe=describe_delivery,
    )  # fmt: skip
