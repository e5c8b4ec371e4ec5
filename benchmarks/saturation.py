"""Saturation and growth of the page: ``python -m benchmarks pages --place southend``.

What each page costs the process that serves it, in CPU milliseconds a request (medians of five
rounds): the rate at which one core is full follows from it, whatever else the machine does.
With ``--years 10`` the same again after so many years of publications, runs and audit entries
were made up beside it (promises L2 and L3).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.load import (
    SERVE,
    add_visitors,
    read_process,
    read_url,
    running,
    sign_in_alone,
)

if TYPE_CHECKING:
    import httpx

    from data.workspace import Workspace

ROUNDS = 5
EACH = 40
"""Requests of a round."""

PAGES = {
    "50 rows": "/plans/latest?page=2",
    "one route": "{route}",
    "today": "/",
    "a date": "/days/{day}",
    "plans": "/plans",
    "records": "/records",
    "passengers": "/records/passengers",
    "one passenger": "/records/passengers/record?id={passenger}",
    "money": "/money",
    "rates": "/money/rates",
    "tenders": "/money/tenders",
    "scenarios": "/scenarios",
    "papers": "/papers",
    "import": "/import",
    "jobs": "/jobs",
    "health": "/api/v1/health",
}
"""Pages that are measured; names in braces are found in the place."""


def measure_pages(
    client: httpx.Client, pid: int, names: dict[str, str], *, rounds: int, each: int
) -> dict[str, float]:
    """Measure what each page costs. [CPU ms a request]"""
    found = {}
    for name, path in PAGES.items():
        address = path.format_map(names)
        for _ in range(3):
            answer = client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} was answered with {answer.status_code}")
        took = []
        for _ in range(rounds):
            before_s, _ = read_process(pid)
            for _ in range(each):
                client.get(address)
            took.append((read_process(pid)[0] - before_s) / each)
        found[name] = round(1_000 * statistics.median(took), 2)
    return found


def find_names(client: httpx.Client) -> dict[str, str]:
    """Find the names that addresses need: a route, a passenger, the newest date."""
    listed = client.get("/plans/latest").text
    route = re.search(r'href="(/plans/[^"?#]+/routes/[^"?#]+)', listed)
    people = client.get("/records/passengers").text
    person = re.search(r"/records/passengers/record\?id=([^\"&]+)", people)
    days = re.search(r"/days/(\d{4}-\d{2}-\d{2})", client.get("/").text)
    if route is None or person is None:
        raise RuntimeError("the place has no plan or no passengers to look at")
    return {
        "route": route[1],
        "passenger": person[1],
        "day": days[1] if days else "2026-01-01",
    }


def publish_years(workspace: Workspace, n_days: int) -> dict[str, float]:
    """Publish the newest run's plan for so many days back, as nights would; [CPU s]."""
    from data.inputs import fingerprint
    from data.nights import Explanation, Publication
    from data.plans import PlanState
    from data.store import Store

    place, took = workspace.place, []
    with Store.open(workspace.store_place) as store:
        run = store.find_run("latest", place)
        last = run.plan.service_date or date(2026, 9, 16)
        for k in range(n_days, 0, -1):
            on = last - timedelta(days=k)
            began_s = time.process_time()
            made = replace(
                run.plan, service_date=on, plan_id=f"{place}-{on}", state=PlanState.REPAIRED
            )
            plan_no, standing_no = store.nights.save_plans(made, made)
            moment = datetime(on.year, on.month, on.day, 3, 45, tzinfo=UTC)
            store.nights.publish(
                Publication(
                    place=place, service_date=on, version_no=0, state=made.state,
                    plan_no=plan_no, plan_id=made.plan_id, run_id=run.run_id,
                    standing_no=standing_no, inputs_hash=run.inputs_hash,
                    reference_hash="d" * 64, night_key=f"{on}".ljust(64, "a"),
                    fence_no=store.nights.take_fence(place, taken_utc=moment),
                    report_hash="b" * 64, published_utc=moment,
                    explanation=Explanation(
                        compared_with=f"{place}-{on - timedelta(days=1)}", reasons=(),
                        before_pence=run.plan.cost_pence, after_pence=run.plan.cost_pence,
                        n_shifted=0,
                    ),
                ),
                fingerprint(made),
            )  # fmt: skip
            took.append(time.process_time() - began_s)
    return {
        "days": n_days,
        "publication_cpu_s_median": round(statistics.median(took), 3),
        "publication_cpu_s_most": round(max(took), 3),
        "store_mb": round(Path(workspace.store_path).stat().st_size / 1e6, 1),
    }


def measure_import(n_passengers: int, folder: Path) -> dict[str, float]:
    """Measure reading and taking in a workbook of so many passengers; [CPU s]."""
    from data.imports import write_workbook
    from data.imports.source import read_source
    from data.samples import build_sample
    from data.store import Store
    from data.taking_in import take_in

    inputs = build_sample("southend", n_passengers=n_passengers, n_sites=n_passengers // 20)
    path = folder / "county.xlsx"
    write_workbook(inputs, path)
    reading, taking = [], []
    for k in range(ROUNDS):
        began_s = time.process_time()
        result = read_source(path)
        reading.append(time.process_time() - began_s)
        if result.inputs is None:
            raise RuntimeError(f"{result.report.n_errors} errors in a made-up workbook")
        with closing(Store.open(folder / f"store-{k}.sqlite")) as store:
            began_s = time.process_time()
            take_in(
                store, result, place=inputs.place, created_utc=datetime.now(UTC),
                code_version="benchmark",
            )  # fmt: skip
            taking.append(time.process_time() - began_s)
    return {
        "passengers": n_passengers,
        "read_cpu_s": round(statistics.median(reading), 2),
        "take_in_cpu_s": round(statistics.median(taking), 2),
    }


def main(words: Sequence[str] | None = None) -> int:
    """Measure the pages of a copied place, and print a line of JSON for each part."""
    import httpx

    from data.workspace import Workspace

    parser = argparse.ArgumentParser(prog="benchmarks pages")
    parser.add_argument("--folder", type=Path, default=Path("wayfare-data"))
    parser.add_argument("--place", default="southend")
    parser.add_argument("--years", type=int, nargs="*", default=[0])
    parser.add_argument("--passengers", type=int, default=0, help="of an import; 0 for none")
    parser.add_argument("--each", type=int, default=EACH)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="wayfare-pages-") as name:
        if given.passengers:
            print(json.dumps(measure_import(given.passengers, Path(name))), flush=True)
        for years in given.years:
            copy = Path(name) / str(years)
            shutil.copytree(given.folder / given.place, copy / given.place)
            workspace = Workspace(root=copy, place=given.place)
            if years:
                print(json.dumps(publish_years(workspace, 190 * years)), flush=True)
            visitor = add_visitors(copy, given.place, 2)[1]  # a planner
            config = copy / "web.toml"
            config.write_text('public_url = "http://127.0.0.1"\n')
            serve = ["serve", "--folder", str(copy), "--place", given.place]
            serve += ["--config", str(config), "--port", "0"]
            with (
                running("-c", SERVE, *serve) as page,
                httpx.Client(base_url=read_url(page), timeout=120) as client,
            ):
                sign_in_alone(client, visitor)
                names = find_names(client)
                found = measure_pages(client, page.pid, names, rounds=ROUNDS, each=given.each)
            load = round(os.getloadavg()[0], 1)
            print(json.dumps({"years": years, "load_1min": load, "cpu_ms": found}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
