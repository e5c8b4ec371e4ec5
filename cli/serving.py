"""The command that serves the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import DATA_FOLDER, find_place, name_place, note, now, say

if TYPE_CHECKING:
    from data.store import Store
    from data.workspace import Workspace
    from web import WebSettings

app = typer.Typer()

DEMO_SECONDS = 4.0
"""What `wayfare demo --quick` plans the made-up town in. [s]"""
WAITING_ROOM = 2_048
"""Connections that wait until they are answered, as many as the server itself asks for."""
DEMO_PEOPLE = (
    ("a.hart", "Anna Hart (made up)", ("planner",)),
    ("b.lane", "Ben Lane (made up)", ("planner", "assurer")),
    ("c.moor", "Cara Moor (made up)", ("commissioner",)),
    ("m.page", "Max Page (made up)", ("administrator",)),
)
"""Who works at a sample place: one to propose, another to approve."""


@app.command()
def serve(
    place: Annotated[
        str, typer.Option("--place", help="Working place; else the only one in the folder.")
    ] = "",
    folder: Annotated[
        Path, typer.Option("--folder", help="Working folder that holds a folder per place.")
    ] = DATA_FOLDER,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="Port; 0 takes a free one.")
    ] = 8000,
    person: Annotated[
        str, typer.Option("--as", help="Your id in the register of people.")
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Settings (TOML) of a page that people sign in to."),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Open on a sample place, planning one if none is there."),
    ] = False,
) -> None:
    """Serve the page that planners and commissioners work in.

    By default it answers this machine alone and takes your word for who you are. Ctrl-C ends
    it.
    """
    from data.people import require_person
    from data.store import Store

    workspace = _find_sample(folder, place) if demo else _find_served(folder, place)
    if config is not None:
        _serve_accounts(workspace, host, port, config)
        return
    with Store.open(workspace.store_place) as store:
        _add_people(store, workspace, is_demo=demo)
        people = [one for one in store.list_people() if one.roles]
        if person:
            require_person(store, person)
        elif demo or len(people) == 1:
            person = people[0].person_id
    _serve(workspace, host, port, person, is_demo=demo)


def _serve(workspace: Workspace, host: str, port: int, person: str, *, is_demo: bool) -> None:
    """Serve until the program is told to end."""
    from web import WebSettings

    _listen(
        WebSettings(
            workspace=workspace, host=host, port=port, person_id=person, is_demo=is_demo
        )
    )


def _serve_accounts(workspace: Workspace, host: str, port: int, path: Path) -> None:
    """Serve a page that people sign in to."""
    from web import SignIn, WebSettings, read_web_config

    config = read_web_config(path)
    _listen(
        WebSettings(
            workspace=workspace,
            host=host,
            port=port,
            sign_in=SignIn.ACCOUNTS,
            public_hosts=(config.public_host,),
            is_secure=config.is_secure,
            config=config,
        )
    )


def _listen(settings: WebSettings) -> None:
    """Listen until the program is told to end."""
    import socket

    import uvicorn

    from web import build_app

    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            # Whoever reads the address below may come at once, before the page is built.
            listening.listen(WAITING_ROOM)
        except OSError as error:
            raise typer.BadParameter(
                f"{host}:{port} cannot be listened on: {error.strerror}. Choose another port, "
                "or 0 for a free one.",
                param_hint="--port",
            ) from None
        shown = f"[{host}]" if ":" in host else host
        page = build_app(settings)
        say(f"{settings.place}: http://{shown}:{listening.getsockname()[1]}/")
        say("Ctrl-C ends it.")
        server = uvicorn.Server(
            uvicorn.Config(
                page,
                log_level="warning",
                server_header=False,
                # Behind a proxy of this machine alone, which says whose request it is: else
                # everybody would have one address, and share one count of wrong passwords.
                proxy_headers=settings.is_secure,
                forwarded_allow_ips="127.0.0.1",
            )
        )
        server.run(sockets=[listening])


def _find_served(folder: Path, place: str) -> Workspace:
    """Find the place to serve: the one named, or the only one there is."""
    if place:
        return find_place(folder, place)
    from data.workspace import list_workspaces

    found = list_workspaces(folder)
    if len(found) != 1:
        known = ", ".join(one.place for one in found) or "none"
        raise typer.BadParameter(
            f"name one of the places in {folder} (there: {known}); `wayfare serve --demo` "
            "opens a sample.",
            param_hint="--place",
        )
    return found[0]


def _find_sample(folder: Path, place: str) -> Workspace:
    """Find a sample place with a plan, or plan the smallest."""
    from cli.planning import optimise_place
    from data.samples import PLACES
    from data.store import Store

    if place and place not in PLACES:
        raise typer.BadParameter(
            f"{place!r} is no sample place (there are: {', '.join(PLACES)}).",
            param_hint="--place",
        )
    for name in (place,) if place else ("southend", "rutland", "grid"):
        workspace = name_place(folder, name)
        if workspace.has_store:
            with Store.open(workspace.store_place) as store:
                if store.list_runs(name):
                    return workspace
    workspace = name_place(folder, place or "grid")
    note(f"{workspace.place}: no plan yet, planning the sample ...")
    optimise_place(workspace, seconds=DEMO_SECONDS, steps=None, seed=1)
    return workspace


def _add_people(store: Store, workspace: Workspace, *, is_demo: bool) -> None:
    """Fill an empty register, so that somebody can begin to work."""
    from data.people import Role

    if store.list_people():
        return
    if is_demo:
        for person_id, name, held in DEMO_PEOPLE:
            store.add_person(person_id, name, [Role(r) for r in held], now_utc=now())
        return
    roles = (Role.PLANNER, Role.COMMISSIONER, Role.ASSURER, Role.ADMINISTRATOR)
    store.add_person("desk", "Whoever sits here", roles, now_utc=now())
    note(
        f"The register of people of {workspace.place} was empty: you act as 'desk'. "
        "`wayfare people add` adds people by name."
    )
