"""Commands on the addresses that are told of publications, and the sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import DATA_FOLDER, FolderOption, PlaceOption, find_place, now, say

if TYPE_CHECKING:
    from web.hooks import Try

app = typer.Typer(help="Tell other systems of publications.", no_args_is_help=True)

AsOption = Annotated[
    str, typer.Option("--as", help="Your id in the register; an administrator's.")
]


@app.command("add")
def add_address(
    url: Annotated[str, typer.Argument(help="Address, https://...")],
    place: PlaceOption,
    person: AsOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Tell an address of each publication from now on.

    The secret that its messages are signed with is shown once.
    """
    from data.store import Store
    from web.hooks import add_hook
    from web.seals import Seals

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        seals = Seals(workspace.open_folder())
        hook, secret = add_hook(store, seals, place, url, person_id=person, now_utc=now())
    say(f"{hook.hook_no}: {hook.url}")
    say(f"secret: {secret}")


@app.command("list")
def list_addresses(
    place: PlaceOption, person: AsOption, folder: FolderOption = DATA_FOLDER
) -> None:
    """List the addresses that are told, each with its last messages."""
    from data.store import Store
    from web.hooks import describe_delivery, require_manager

    with Store.open(find_place(folder, place).store_place) as store:
        require_manager(store, person)
        hooks = store.messages.list_webhooks(place)
        for hook in hooks:
            since = f"{hook.created_utc:%Y-%m-%d}"
            say(f"{hook.hook_no}: {hook.url} (by {hook.created_by}, {since})")
            for delivery in store.messages.list_deliveries(hook.hook_no, most=5):
                text = describe_delivery(delivery)
                say(f"   publication {delivery.publication_no}: {text}")
    if not hooks:
        say("none; `wayfare messages add https://... --as PERSON_ID` adds one.")


@app.command("end")
def end_address(
    hook_no: Annotated[int, typer.Argument(help="Number, as `wayfare messages list` says.")],
    place: PlaceOption,
    person: AsOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Tell an address no more; what still waits for it is not sent."""
    from data.store import Store
    from web.hooks import end_hook

    with Store.open(find_place(folder, place).store_place) as store:
        hook = end_hook(store, place, hook_no, person_id=person, now_utc=now())
    say(f"{hook.hook_no}: {hook.url} is told no more.")


@app.command("send")
def send_messages(place: PlaceOption, folder: FolderOption = DATA_FOLDER) -> None:
    """Send what is due, once; a timer calls this every minute.

    A message that fails is tried again after waits that grow, eight times in 22 hours.
    """
    from data.store import Store
    from web.hooks import send_due
    from web.seals import Seals

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        tries = send_due(store, Seals(workspace.open_folder()), place, clock=now)
    for one in tries:
        say(_describe_try(one))
    n_delivered = sum(one.is_delivered for one in tries)
    say(f"{n_delivered} of {len(tries)} messages delivered")


def _describe_try(one: Try) -> str:
    from web.hooks import name_status

    head = f"address {one.hook_no}, publication {one.publication_no}"
    if one.is_delivered:
        return f"{head}: delivered ({one.status})"
    after = (
        "given up"
        if one.again_utc is None
        else f"again from {one.again_utc:%Y-%m-%d %H:%M} UTC"
    )
    return f"{head}: {name_status(one.status)}, try {one.n_tries}; {after}"
