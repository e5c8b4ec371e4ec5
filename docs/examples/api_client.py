"""List who is not carried on a date, and every route, through the API of a served page.

WAYFARE_TOKEN=wf_... python api_client.py http://127.0.0.1:8000 2026-09-16
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen


def read(base: str, path: str) -> Any:
    """Read one answer of the API."""
    request = Request(base + path)  # noqa: S310  the address is the caller's own
    request.add_header("Authorization", f"Bearer {os.environ['WAYFARE_TOKEN']}")
    with urlopen(request, timeout=30) as response:  # noqa: S310
        return json.load(response)


def read_all(base: str, path: str) -> Iterator[Any]:
    """Read a whole list, page by page."""
    address: str | None = path
    while address is not None:
        page = read(base, address)
        yield from page["items"]
        address = page["next"]


def build_lines(base: str, on: str) -> Iterator[str]:
    """Build the lines about a date."""
    day = read(base, f"/api/v1/days/{on}")
    yield f"{on}: {day['state']}, {day['n_journeys']} journeys, {day['cost_pence']} pence"
    for one in day["unserved"]:
        yield f"not carried: {one['passenger_id']} ({one['session']}): {one['reason']}"
    for route in read_all(base, f"/api/v1/days/{on}/routes"):
        yield f"{route['route_id']}: {len(route['stops'])} stops, {route['provider_id']}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in build_lines(sys.argv[1], sys.argv[2]))
