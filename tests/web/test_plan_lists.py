"""Which routes are asked for, and the page of them: the list and the map say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from data.workspace import Workspace
from tests.web.places import build_page, build_place, visiting
from web.plan_lists import PAGE_ROWS, Wanted, cut_page, read_wanted
from web.plan_map import cut_plan_map


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    workspace: Workspace = build_place(tmp_path_factory.mktemp("lists"))
    with visiting(build_page(workspace, person_id="a.hart")) as found:
        yield found


def find_drawn(client: TestClient, query: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/plans/latest/map.json?{query}").json()
    return answer


def find_said(client: TestClient, query: str) -> set[str]:
    return set(re.findall(r'data-route="([^"]+)"', client.get(f"/plans/latest?{query}").text))


@pytest.mark.parametrize(
    "query", ["", "session=am", "session=pm", "provider=t1", "site=s1", "at=08:30", "text=p1"]
)
def test_the_map_draws_the_routes_that_the_list_says(client: TestClient, query: str) -> None:
    said, drawn = find_said(client, query), find_drawn(client, query)
    assert {route["id"] for route in drawn["routes"]} == said
    # No stop is drawn at which none of them stops.
    assert all(set(stop["routes"]) & said for stop in drawn["stops"])


def test_a_time_of_day_keeps_the_routes_then_on_the_road(client: TestClient) -> None:
    whole = find_drawn(client, "")["routes"]
    first = min(whole, key=lambda r: r["start_s"])
    hours, minutes = divmod(-(-first["start_s"] // 60), 60)
    time_s = (hours * 60 + minutes) * 60
    wanted = {r["id"] for r in whole if r["start_s"] <= time_s <= r["end_s"]}
    assert first["id"] in wanted
    assert wanted != {r["id"] for r in whole}
    assert find_said(client, f"at={hours:02d}:{minutes:02d}") == wanted


@pytest.mark.parametrize("at", ["", "8", "8:x", "::", "08:3\u0665", "08:60", "123:45", "-1:30"])
def test_a_time_that_cannot_be_read_asks_for_nothing(client: TestClient, at: str) -> None:
    assert read_wanted(at=at).at_s is None
    assert client.get("/plans/latest", params={"at": at}).status_code == 200


@settings(deadline=None)
@given(
    st.builds(
        Wanted,
        **{n: st.text(max_size=4) for n in ("session", "provider", "site", "at", "text")},
    )
)
def test_what_is_asked_for_can_be_asked_again_by_its_query(wanted: Wanted) -> None:
    given_again = {name: values[0] for name, values in parse_qs(wanted.query).items()}
    assert Wanted(**given_again) == wanted


@settings(deadline=None)
@given(st.integers(0, 260), st.integers(-3, 12))
def test_every_row_is_on_one_page_and_no_page_is_beyond_the_last(n: int, page: int) -> None:
    rows: list[Any] = [SimpleNamespace(number=k) for k in range(n)]
    pages = [cut_page(rows, k) for k in range(1, cut_page(rows, 1).n_pages + 1)]
    assert [row for one in pages for row in one.rows] == rows
    assert all(len(one.rows) <= PAGE_ROWS for one in pages)
    assert cut_page(rows, page).page in range(1, len(pages) + 1)
    assert cut_page(rows, page).n_rows == n


def test_a_part_of_a_map_leaves_the_whole_as_it_was() -> None:
    whole = {
        "label": "x",
        "routes": [{"id": "a"}, {"id": "b"}],
        "stops": [
            {"at": [0, 0], "routes": ["a", "b"]},
            {"at": [1, 1], "routes": ["b"]},
        ],
    }
    part = cut_plan_map(whole, {"a"})
    assert part["routes"] == [{"id": "a"}]
    assert part["stops"] == [{"at": [0, 0], "routes": ["a"]}]
    assert whole["stops"][0]["routes"] == ["a", "b"]  # type: ignore[index]


def test_the_page_names_where_its_lines_come_from(tmp_path: Path) -> None:
    from routing import build_sample_network, write_network

    workspace = build_place(tmp_path)
    network = build_sample_network("grid")
    write_network(network, workspace.network_path)
    with visiting(build_page(workspace, person_id="a.hart")) as client:
        page = client.get("/plans/latest").text
    assert network.attribution
    assert all(source in page for source in network.attribution)
