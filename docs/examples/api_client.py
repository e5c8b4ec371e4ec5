"""Work with a served page from a program: read, propose, queue a scenario, fetch a paper.

WAYFARE_TOKEN=wf_... python api_client.py http://127.0.0.1:8000 day 2026-09-16
WAYFARE_TOKEN=wf_... python api_client.py http://127.0.0.1:8000 propose 2026-09-16 p1 am r2
WAYFARE_TOKEN=wf_... python api_client.py http://127.0.0.1:8000 scenario larger-fleet.toml 300
WAYFARE_TOKEN=wf_... python api_client.py http://127.0.0.1:8000 paper PAPER_ID pdf
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def ask(base: str, path: str, body: Any = None, method: str = "") -> bytes:
    """Send one request, as whom the token belongs to."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(base + path, data=data, method=method or None)  # noqa: S310
    request.add_header("Authorization", f"Bearer {os.environ['WAYFARE_TOKEN']}")
    if data is not None:
        request.add_header("Content-Type", "application/json")
    with urlopen(request, timeout=60) as response:  # noqa: S310  the address is the caller's own
        content: bytes = response.read()
    return content


def read(base: str, path: str, body: Any = None, method: str = "") -> Any:
    """Send one request and read its JSON."""
    return json.loads(ask(base, path, body, method))


def read_all(base: str, path: str) -> Iterator[Any]:
    """Read a whole list, page by page."""
    address: str | None = path
    while address is not None:
        page = read(base, address)
        yield from page["items"]
        address = page["next"]


def build_lines(base: str, on: str) -> Iterator[str]:
    """Build the lines about a date: who is not carried, and every route."""
    day = read(base, f"/api/v1/days/{on}")
    yield f"{on}: {day['state']}, {day['n_journeys']} journeys, {day['cost_pence']} pence"
    for one in day["unserved"]:
        yield f"not carried: {one['passenger_id']} ({one['session']}): {one['reason']}"
    for route in read_all(base, f"/api/v1/days/{on}/routes"):
        yield f"{route['route_id']}: {len(route['stops'])} stops, {route['provider_id']}"


def propose_move(
    base: str, on: str, passenger_id: str, session: str, route_id: str
) -> Iterator[str]:
    """Move a passenger to another route of a date's plan, and propose that to a colleague."""
    draft = read(base, "/api/v1/drafts", {"ref": f"day~{on}", "title": "By program"})
    address = f"/api/v1/drafts/{draft['draft_no']}"
    edit = {
        "kind": "move_passenger",
        "passenger_id": passenger_id,
        "session": session,
        "route_id": route_id,
    }
    wanted = {"version_no": draft["version_no"], "edit": edit}
    effect = read(base, f"{address}/try", wanted)
    yield f"the day would cost {effect['after_pence']} pence"
    read(base, f"{address}/edits", wanted)
    made = read(base, f"{address}/propose", method="POST")
    yield f"proposal {made['proposal_no']} waits for another person"


def run_scenario(base: str, toml: str, steps: int, wait_s: float = 5) -> Iterator[str]:
    """Queue a scenario, wait for it and compare what came of it."""
    checked = read(base, "/api/v1/scenarios/check", {"toml": toml})
    job = read(base, "/api/v1/scenarios", {"toml": toml, "steps": steps})
    while job["state"] in ("waiting", "running"):
        yield f"{checked['title']}: {job['state']} {job['stage']}"
        time.sleep(wait_s)
        job = read(base, f"/api/v1/jobs/{job['job_id']}")
    yield f"{checked['title']}: {job['state']} {job['fault']}"
    run_ids = [one["result_id"] for one in job["results"] if one["kind"] == "run"]
    if len(run_ids) > 1:
        asked = "&".join(f"run={run_id}" for run_id in run_ids)
        found = read(base, f"/api/v1/scenarios/compare?{asked}")
        names = [heading["name"] for heading in found["table"]["headings"]]
        for row in found["table"]["rows"]:
            yield "; ".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True))


def save_paper(base: str, paper_id: str, ending: str) -> Iterator[str]:
    """Download a paper into the folder one is in."""
    paper = read(base, f"/api/v1/papers/{paper_id}")
    path = Path(f"paper.{ending}")
    path.write_bytes(ask(base, f"/api/v1/papers/{paper_id}/file/{ending}"))
    yield f"{path}: {paper['state']}, {path.stat().st_size} bytes"


def main(base: str, what: str, *rest: str) -> Iterator[str]:
    """Do what is asked."""
    match what, rest:
        case "day", (on,):
            return build_lines(base, on)
        case "propose", (on, passenger_id, session, route_id):
            return propose_move(base, on, passenger_id, session, route_id)
        case "scenario", (file, steps):
            return run_scenario(base, Path(file).read_text(), int(steps))
        case "paper", (paper_id, ending):
            return save_paper(base, paper_id, ending)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    try:
        for line in main(*sys.argv[1:]):
            sys.stdout.write(f"{line}\n")
    except HTTPError as error:
        # A problem record: what is wrong, and every fault of what was sent.
        problem = json.load(error)
        faults = [f"{p['where']}: {p['text']}" for p in problem.get("problems", [])]
        raise SystemExit("\n".join([problem["detail"], *faults])) from None
