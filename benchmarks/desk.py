"""The desk: what a planner waits for: ``python -m benchmarks desk southend --routes 1500``.

A plan is made; moves, places and swaps are tried on it, each with price, check and effect; CPU
seconds of each. Then a plan of as many routes as asked for, the same ones again and again, is
drawn in a headless Chromium: wall milliseconds from the arrival of its data until the map
answers, until a click on a route is answered (from the click), and until everything is drawn,
streets too where the place has some; the CPU of the page's main thread and of all the browser's
processes, which the load of the machine does not change; and the bytes that were sent.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.families.place import PlaceCase, build_place_case
from benchmarks.repair import make_plan
from data.networks import RoadNetwork
from data.places import Session
from data.plans import Plan

CHROMIUM = os.environ.get("WAYFARE_CHROMIUM", "/usr/bin/chromium")


def measure_effects(
    case: PlaceCase, plan: Plan, *, n_times: int, seed: int
) -> dict[str, object]:
    """Measure the effects of moves drawn at random. [CPU s]"""
    from data.errors import EditError
    from data.plan_edits import MovePassenger
    from scenarios import PlanDesk

    def find_none(_: str) -> Plan:
        raise EditError("no plan is taken here")

    began = time.process_time()
    desk = PlanDesk(plan, case.inputs, case.matrix, find_plan=find_none)
    desk.prepare()
    opened_s = time.process_time() - began
    routes = [r for r in plan.routes if r.session is Session.AM]
    draw = np.random.default_rng(seed)
    took: list[float] = []
    n_broken = 0
    while len(took) < n_times:
        one, other = draw.choice(len(routes), 2, replace=False).tolist()
        edit = MovePassenger(
            passenger_id=routes[one].passenger_ids[0],
            session=Session.AM,
            route_id=routes[other].route_id,
        )
        began = time.process_time()
        try:
            _, effect = desk.try_edit((), edit)
        except EditError:
            continue
        took.append(time.process_time() - began)
        n_broken += bool(effect.new_violations)
    began = time.process_time()
    desk.find_places((), routes[0].passenger_ids[0], Session.AM)
    return {
        "moves": n_times,
        "opened_cpu_s": round(opened_s, 2),
        "effect_cpu_s_mean": round(sum(took) / n_times, 3),
        "effect_cpu_s_most": round(max(took), 3),
        "moves_that_break_a_rule": n_broken,
        "three_places_cpu_s": round(time.process_time() - began, 3),
    }


def multiply(plan: Plan, n_routes: int) -> Plan:
    """Repeat the duties of a plan until it has so many routes, each with ids of its own."""
    duties = []
    n = copy = 0
    while n < n_routes:
        copy += 1
        for duty in plan.duties:
            if n >= n_routes:
                break
            routes = tuple(replace(r, route_id=f"{r.route_id}-{copy}") for r in duty.routes)[
                : n_routes - n
            ]
            n += len(routes)
            duties.append(replace(duty, duty_id=f"{duty.duty_id}-{copy}", routes=routes))
    return replace(plan, duties=tuple(duties))


def measure_map(case: PlaceCase, plan: Plan, n_routes: int) -> dict[str, object]:
    """Draw a plan of so many routes in a browser; milliseconds on the wall."""
    import uvicorn
    from playwright.sync_api import sync_playwright

    from data.people import Role
    from data.store import Store
    from data.workspace import Workspace
    from routing import build_sample_network, write_network
    from web import WebSettings, build_app
    from web.pages import plans as pages
    from web.shown import ShownPlan, build_rows

    many = multiply(plan, n_routes)
    shown = ShownPlan(
        ref="run~many",
        label=f"{n_routes} routes",
        plan=many,
        standing=plan,
        inputs=case.inputs,
        inputs_hash="0" * 64,
        lines=(),
        rows=build_rows(many, case.inputs, case.matrix.walks),
    )
    setattr(pages, "find_shown", lambda *_: shown)  # noqa: B010  a plan of no store
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(root=Path(folder), place=case.inputs.place)
        workspace.open_folder()
        with Store.open(workspace.store_path) as store:
            now = WebSettings(workspace=workspace).clock()
            store.add_person("a.hart", "Anna Hart", (Role.PLANNER,), now_utc=now)
        network = build_sample_network(case.inputs.place)
        write_network(network, workspace.network_path)
        app = build_app(WebSettings(workspace=workspace, person_id="a.hart"))
        streets = make_streets(app.state.web.basemaps, network)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=[
                    *("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"),
                    "--enable-unsafe-swiftshader",
                ],
            )
            whole = browser.new_browser_cdp_session()
            page = browser.new_page(viewport={"width": 1440, "height": 1_400})
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            page.set_default_timeout(300_000)
            sent = count_sent(session)
            began_cpu_s = count_browser_cpu_s(whole)
            page.goto(f"http://127.0.0.1:{port}/plans/run~many")
            page.wait_for_selector("#map[data-interactive]", timeout=120_000)
            clickable_cpu_s = count_browser_cpu_s(whole) - began_cpu_s
            found: dict[str, object] = {
                "routes": n_routes,
                **streets,
                "clickable_browser_cpu_s": round(clickable_cpu_s, 2),
                "rows_of_the_page": page.locator("[data-route]").count(),
                "click_answered_ms": answer_click(page),
            }
            page.wait_for_selector("#map[data-ready]", timeout=120_000)
            marks = {"fetch": "fetched", "interactive": "interactive", "drawn": "ready"}
            for name, said in marks.items():
                found[f"{name}_ms"] = int(page.get_attribute("#map", f"data-{said}") or 0)
            found["main_thread_cpu_ms"] = round(1_000 * count_main_cpu_s(session))
            drawn_cpu_s = count_browser_cpu_s(whole) - began_cpu_s
            found["drawn_browser_cpu_s"] = round(drawn_cpu_s, 2)
            found["sent_bytes"] = dict(sent)
            found["load_1min"] = round(os.getloadavg()[0], 1)
            began = time.perf_counter()
            for _ in range(20):
                page.locator("#clock").press("ArrowRight")
            found["a_step_of_the_clock_ms"] = round((time.perf_counter() - began) * 50)
            browser.close()
        server.should_exit = True
        thread.join(timeout=10)
    return found


def answer_click(page: Any) -> int:
    """Click on a route as soon as the map says it answers; until it is named beside. [ms]"""
    x, y = page.evaluate(
        """() => {
          const map = document.getElementById("map").planMap;
          const [one] = map.queryRenderedFeatures({ layers: ["routes"] });
          const { type, coordinates } = one.geometry;
          const line = type === "LineString" ? coordinates : coordinates[0];
          const at = map.project(line[Math.floor(line.length / 2)]);
          const box = map.getCanvas().getBoundingClientRect();
          return [box.left + at.x, box.top + at.y];
        }"""
    )
    began = time.perf_counter()
    page.mouse.click(x, y)
    page.wait_for_selector("#chosen a")
    return round((time.perf_counter() - began) * 1_000)


def make_streets(basemaps: Any, network: RoadNetwork) -> dict[str, object]:
    """Have the streets of a place made, as the page does in the background."""
    from web.basemap import BasemapState

    began = time.perf_counter()
    while (state := basemaps.find(network)) is BasemapState.MAKING:
        time.sleep(0.05)
    if state is BasemapState.NONE:
        return {"streets": "none"}
    n_bytes = basemaps.find_path(network.fingerprint).stat().st_size
    return {
        "pieces_of_road": len(set(network.arc_segment.tolist())),
        "streets_bytes": n_bytes,
        "streets_made_s": round(time.perf_counter() - began, 1),
    }


def count_sent(session: Any) -> Counter[str]:
    """Count the bytes that come over the network from now on, by what they are."""
    sent: Counter[str] = Counter()
    kinds: dict[str, str] = {}

    def note(event: Any) -> None:
        address = urlsplit(event["response"]["url"])
        if address.scheme == "http":
            kind = "map" if address.path.endswith("map.json") else address.path.split("/")[1]
            kinds[event["requestId"]] = kind

    def count(event: Any) -> None:
        kind = kinds.get(event["requestId"])
        if kind:
            sent[kind] += int(event["encodedDataLength"])
            sent[f"{kind}_requests"] += 1

    session.send("Network.enable")
    session.on("Network.responseReceived", note)
    session.on("Network.loadingFinished", count)
    return sent


def count_browser_cpu_s(session: Any) -> float:
    """Count what all processes of a browser worked since they began. [CPU s]"""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(float(process["cpuTime"]) for process in processes)


def count_main_cpu_s(session: Any) -> float:
    """Count what the page's main thread worked since it was opened. [CPU s]"""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def main(words: Sequence[str] | None = None) -> int:
    """Measure the desk of a sample place and print a line of JSON for each part."""
    parser = argparse.ArgumentParser(prog="benchmarks desk")
    parser.add_argument("place", nargs="?", default="southend")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall time of the plan")
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--routes", type=int, default=1_500, help="on the map; 0 for no map")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    case = build_place_case(given.place)
    plan = make_plan(case, seconds=given.seconds, seed=given.seed)
    load = round(os.getloadavg()[0], 1)
    facts = {"place": given.place, "routes": len(plan.routes), "load_1min": load}
    print(json.dumps(facts), flush=True)
    print(json.dumps(measure_effects(case, plan, n_times=given.moves, seed=given.seed)))
    if given.routes:
        print(json.dumps(measure_map(case, plan, given.routes)), flush=True)
    return 0
