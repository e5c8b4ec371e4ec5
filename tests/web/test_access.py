"""Every route has its permission, and every role may do what the table says and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Mount

from data.people import Role
from data.workspace import Workspace
from tests.web.places import ONE_OF_EACH, be, build_page, find_csrf, visiting
from web import api, pages
from web.access import find_permission
from web.roles import ROLE_PERMISSIONS, Permission, find_permissions


def find_routes() -> list[tuple[str, APIRoute]]:
    """Find every route of the page with its address, from the two tables of routers."""
    found = [("", router) for router in pages.ROUTERS]
    found += [(api.PREFIX, router) for router in api.ROUTERS]
    assert all(isinstance(r, APIRoute) for _, router in found for r in router.routes)
    return [
        (prefix + route.path, route)
        for prefix, router in found
        for route in router.routes
        if isinstance(route, APIRoute)
    ]


def find_asked(route: APIRoute) -> list[Permission]:
    """Find what a route asks for, of all the dependencies it stands on."""
    found, left = [], list(route.dependant.dependencies)
    while left:
        dependant = left.pop()
        left += dependant.dependencies
        asked = find_permission(dependant.call)
        found += [asked] if asked is not None else []
    return found


@pytest.fixture(scope="module")
def app(workspace: Workspace) -> FastAPI:
    return build_page(workspace)


@pytest.fixture(scope="module")
def people(workspace: Workspace) -> Iterator[dict[Role | None, TestClient]]:
    """A browser for each role, and one of nobody's."""
    clients: dict[Role | None, TestClient] = {}
    with visiting(build_page(workspace)) as first:
        clients[None] = first
        for role, person_id in ONE_OF_EACH.items():
            client = TestClient(first.app, base_url="http://localhost", follow_redirects=False)
            be(client, person_id)
            clients[role] = client
        yield clients


def test_every_route_asks_for_one_permission() -> None:
    routes = find_routes()
    assert len(routes) >= 5
    wrong = [path for path, route in routes if len(find_asked(route)) != 1]
    assert wrong == []


def test_nothing_is_served_beside_the_tables_but_static_files(app: FastAPI) -> None:
    mounts = [route for route in app.routes if isinstance(route, Mount)]
    assert [mount.path for mount in mounts] == ["/static"]
    assert len(app.routes) == 1 + len(pages.ROUTERS) + len(api.ROUTERS)


def test_nothing_is_changed_with_a_permission_to_read() -> None:
    wrong = [
        path
        for path, route in find_routes()
        if not (route.methods or set()) <= {"GET", "HEAD"}
        and find_asked(route)[0].value.startswith("read_")
    ]
    assert wrong == []


def test_who_only_reads_may_change_nothing() -> None:
    for role in (Role.VIEWER, Role.SUPPLIER):
        assert all(held.value.startswith("read_") for held in ROLE_PERMISSIONS[role])


def test_each_role_gets_through_the_doors_of_the_table_and_no_others(
    people: dict[Role | None, TestClient],
) -> None:
    """Role x route x method: the door opens exactly where the table says so.

    Whoever is let through may still be told that there is no such record; who is not is told
    403, or 401 and the way in where nobody is signed in. No form's token is sent, so that
    nothing changes: past the door's first half a change is refused for that.
    """
    wrong = []
    for template, route in find_routes():
        (asked,) = find_asked(route)
        path = re.sub(r"\{[^}]+\}", "0", template)
        for role, client in people.items():
            may = asked in find_permissions(None if role is None else {role})
            for method in sorted(route.methods or ()):
                response = client.request(method, path)
                if response.status_code >= 500:
                    wrong.append(f"{method} {path} as {role}: {response.status_code}")
                    continue
                refused = "Your roles do not allow this" in response.text
                unknown = response.status_code == 401 or (
                    response.status_code == 303
                    and response.headers["location"].startswith("/sign-in?then=")
                )
                if may == (refused or unknown):
                    wrong.append(f"{method} {path} as {role}: {response.status_code}")
    assert wrong == []


def test_a_change_without_the_forms_token_is_refused(planner: TestClient) -> None:
    done = planner.post("/sign-in", data={"person_id": "b.lane"})
    assert done.status_code == 403
    assert "expired" in done.text
    token = find_csrf(planner.get("/sign-in").text)
    wrong = planner.post("/sign-in", data={"person_id": "b.lane", "csrf_token": token[::-1]})
    assert wrong.status_code == 403


def test_a_form_from_another_site_is_refused(planner: TestClient) -> None:
    token = find_csrf(planner.get("/sign-in").text)
    data = {"person_id": "b.lane", "csrf_token": token}
    done = planner.post("/sign-in", data=data, headers={"origin": "http://elsewhere.test"})
    assert done.status_code == 403
    assert "another site" in done.text


def test_a_name_that_is_not_ours_is_not_answered(nobody: TestClient) -> None:
    # A page of another site could point its own name at this machine.
    assert nobody.get("/", headers={"host": "elsewhere.test"}).status_code == 400


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_in_the_table(role: Role) -> None:
    assert ROLE_PERMISSIONS[role]
    assert Permission.OPEN in find_permissions([role])


def test_roles_add_up_and_nobody_may_only_come_in() -> None:
    both = find_permissions([Role.PLANNER, Role.ASSURER])
    assert both == find_permissions([Role.PLANNER]) | find_permissions([Role.ASSURER])
    assert find_permissions(None) == {Permission.OPEN}
    assert find_permissions([]) == {Permission.OPEN, Permission.OWN_ACCOUNT}
