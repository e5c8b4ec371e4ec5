"""Places for a store on either engine: a file of its own, or a database of its own.

A test that asks for `store_place` runs twice: on the embedded store in `make test`, and marked
``postgres`` on a real server in `make test-postgres`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from data.store import Store
from data.store.server import is_server_address, read_address
from data.workspace import Workspace, write_store_url
from tests.postgres import TEMPLATE, Server, run_server

Place = str | Path
EMPTY_STORE = "wayfare_1"
"""Database of the test server that holds the tables and nothing else."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Run one server for all tests of a process; its template holds an empty store."""
    with run_server() as server:
        Store.open(server.make_database()).close()
        yield server


ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=ENGINES)
def make_place(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Place]]:
    """Give a maker of places; its word is the template of a database on the server."""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        made: list[str] = []

        def make(template: str) -> Place:
            made.append(server.make_database(template))
            return made[-1]

        yield make
        for url in made:
            server.drop_database(url)
        return
    folder: Path = request.getfixturevalue("tmp_path")
    numbers = count()
    yield lambda _template: folder / f"southend-{next(numbers)}" / "wayfare.sqlite"


@pytest.fixture
def store_place(make_place: Callable[[str], Place]) -> Place:
    """Place of a store that nothing was kept in yet."""
    return make_place(EMPTY_STORE)


@pytest.fixture
def new_place(make_place: Callable[[str], Place]) -> Place:
    """Place where nothing at all is yet, no tables either."""
    return make_place(TEMPLATE)


def name_server(workspace: Workspace, place: Place) -> Workspace:
    """Let a workspace's settings name the server, if the place is on one."""
    if is_server_address(place):
        write_store_url(workspace, str(place))
    return workspace


def connect(place: Place) -> sa.Engine:
    """Connect past the program, as somebody does who changes the store from outside."""
    if is_server_address(place):
        return sa.create_engine(read_address(str(place)), poolclass=sa.pool.NullPool)
    Path(place).parent.mkdir(exist_ok=True)
    return sa.create_engine(f"sqlite:///{place}", poolclass=sa.pool.NullPool)


def query(place: Place, statement: str | sa.Executable) -> list[tuple[Any, ...]]:
    """Execute a statement past the program and keep what it did."""
    asked = sa.text(statement) if isinstance(statement, str) else statement
    with connect(place).begin() as connection:
        found = connection.execute(asked)
        return [tuple(row) for row in found] if found.returns_rows else []


def list_tables(place: Place) -> set[str]:
    """List the tables there are."""
    with connect(place).connect() as connection:
        return set(sa.inspect(connection).get_table_names())
