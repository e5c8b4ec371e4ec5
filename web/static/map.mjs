// The map of a plan, and the clock that moves its vehicles; the list beside it says the same.
import * as maplibregl from "/static/vendor/maplibre-gl/maplibre-gl.mjs";

const COLOURS = ["#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1"];
const SPEED = 60; // seconds of the day in one of ours

const box = document.getElementById("map");
const clock = document.getElementById("clock");
const rows = new Map(
  [...document.querySelectorAll("[data-route]")].map((row) => [row.dataset.route, row]),
);

function write(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

// Where a vehicle is on its leg: by the share of time, along the line's length.
function findAt(leg, time) {
  const line = leg.line;
  const share = leg.to_s > leg.from_s ? (time - leg.from_s) / (leg.to_s - leg.from_s) : 1;
  if (!leg.lengths) {
    leg.lengths = [0];
    for (let i = 1; i < line.length; i += 1) {
      const [ax, ay] = line[i - 1];
      const [bx, by] = line[i];
      leg.lengths.push(leg.lengths[i - 1] + Math.hypot((bx - ax) * 0.62, by - ay));
    }
  }
  const wanted = Math.min(Math.max(share, 0), 1) * leg.lengths[leg.lengths.length - 1];
  let i = 1;
  while (i < line.length - 1 && leg.lengths[i] < wanted) i += 1;
  const span = leg.lengths[i] - leg.lengths[i - 1] || 1;
  const part = (wanted - leg.lengths[i - 1]) / span;
  return line[i - 1].map((value, k) => value + (line[i][k] - value) * part);
}

function findVehicle(route, time) {
  if (time < route.start_s || time > route.end_s || !route.legs.length) return null;
  for (const leg of route.legs) {
    if (time < leg.from_s) return leg.line[0];
    if (time <= leg.to_s) return findAt(leg, time);
  }
  const last = route.legs[route.legs.length - 1].line;
  return last[last.length - 1];
}

function colourOf(routes) {
  const names = [...new Set(routes.map((r) => r.provider_id))].sort();
  return ["match", ["get", "provider"],
    ...names.flatMap((name, i) => [name, COLOURS[i % COLOURS.length]]), COLOURS[4]];
}

function collect(features) {
  return { type: "FeatureCollection", features };
}

async function start() {
  const began = performance.now();
  const [plan, roads] = await Promise.all(
    [box.dataset.plan, box.dataset.roads].map((url) => fetch(url).then((r) => r.json())),
  );
  const arrived = performance.now();
  const routes = plan.routes.filter((route) => rows.has(route.id));
  const bounds = new maplibregl.LngLatBounds();
  for (const route of routes) {
    for (const leg of route.legs) {
      bounds.extend(leg.line[0]);
      bounds.extend(leg.line[leg.line.length - 1]);
    }
  }
  maplibregl.setWorkerUrl("/static/vendor/maplibre-gl/maplibre-gl-worker.mjs");
  const lines = collect(routes.map((route) => ({
    type: "Feature",
    id: route.id,
    properties: { id: route.id, provider: route.provider_id },
    geometry: { type: "MultiLineString", coordinates: route.legs.map((leg) => leg.line) },
  })));
  const stops = collect(plan.stops
    .filter((stop) => stop.routes.some((id) => rows.has(id)))
    .map((stop) => ({
      type: "Feature",
      properties: { name: stop.name, is_site: stop.is_site },
      geometry: { type: "Point", coordinates: stop.at },
    })));
  const colour = colourOf(plan.routes);
  const map = new maplibregl.Map({
    container: box,
    bounds: bounds.isEmpty() ? undefined : bounds,
    fitBoundsOptions: { padding: 40 },
    attributionControl: false,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: {
        roads: { type: "geojson", data: roads },
        routes: { type: "geojson", data: lines },
        stops: { type: "geojson", data: stops },
        vehicles: { type: "geojson", data: collect([]) },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#f3f2f1" } },
        { id: "roads", type: "line", source: "roads",
          paint: { "line-color": "#c5c3c0", "line-width": ["max", 0.5, ["-", 2.6, ["*", 0.3, ["get", "rank"]]]] } },
        { id: "routes", type: "line", source: "routes", layout: { "line-join": "round", "line-cap": "round" },
          paint: { "line-color": colour, "line-width": 2.5, "line-opacity": 0.65 } },
        { id: "chosen", type: "line", source: "routes", filter: ["==", ["get", "id"], ""],
          paint: { "line-color": "#fd0", "line-width": 7, "line-opacity": 0.9 } },
        { id: "homes", type: "circle", source: "stops", filter: ["!", ["get", "is_site"]],
          paint: { "circle-radius": 3, "circle-color": "#fff", "circle-stroke-color": "#505a5f", "circle-stroke-width": 1 } },
        { id: "sites", type: "circle", source: "stops", filter: ["get", "is_site"],
          paint: { "circle-radius": 7, "circle-color": "#0b0c0c", "circle-stroke-color": "#fff", "circle-stroke-width": 2 } },
        { id: "names", type: "symbol", source: "stops", filter: ["get", "is_site"],
          layout: { "text-field": ["get", "name"], "text-size": 13, "text-offset": [0, 1.2], "text-anchor": "top", "text-optional": true },
          paint: { "text-halo-color": "#fff", "text-halo-width": 2 } },
        { id: "vehicles", type: "circle", source: "vehicles",
          paint: { "circle-radius": 7, "circle-color": colour, "circle-stroke-color": "#fff", "circle-stroke-width": 2 } },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.getCanvas().setAttribute("aria-label", "Map of the routes. The list of routes says the same.");
  map.getCanvas().setAttribute("role", "img");

  const said = document.getElementById("clock-said");
  const out = document.getElementById("clock-out");
  let waiting = false;
  function tell() {
    waiting = false;
    const time = Number(clock.value);
    out.value = write(time);
    clock.setAttribute("aria-valuetext", write(time));
    const moving = [];
    for (const route of routes) {
      const at = findVehicle(route, time);
      const row = rows.get(route.id);
      const cell = row.lastElementChild;
      const word = time < route.start_s ? "not begun" : time > route.end_s ? "done" : "on the road";
      if (cell.textContent !== word) {
        cell.textContent = word;
        row.classList.toggle("wf-running", word === "on the road");
      }
      if (at) moving.push({ type: "Feature", properties: { provider: route.provider_id },
        geometry: { type: "Point", coordinates: at } });
    }
    const source = map.getSource("vehicles");
    if (source) source.setData(collect(moving));
    const n = routes.filter((r) => time >= r.start_s && time <= r.end_s).length;
    said.textContent = `${n} ${n === 1 ? "route" : "routes"} on the road at ${write(time)}`;
  }
  function ask() {
    if (!waiting) { waiting = true; requestAnimationFrame(tell); }
  }
  if (routes.length) {
    clock.min = Math.floor(Math.min(...routes.map((r) => r.start_s)) / 60) * 60 - 300;
    clock.max = Math.ceil(Math.max(...routes.map((r) => r.end_s)) / 60) * 60 + 300;
    const first = routes[0];
    clock.value = Math.round((first.start_s + first.end_s) / 120) * 60;
  }
  document.querySelector(".wf-clock").hidden = false;
  document.querySelectorAll(".wf-now").forEach((cell) => { cell.hidden = false; });
  clock.addEventListener("input", ask);
  let timer = 0;
  const play = document.getElementById("play");
  play.addEventListener("click", () => {
    if (timer) { clearInterval(timer); timer = 0; play.textContent = "Play"; return; }
    play.textContent = "Stop";
    timer = setInterval(() => {
      clock.value = Number(clock.value) + SPEED;
      if (Number(clock.value) >= Number(clock.max)) play.click();
      ask();
    }, 200);
  });
  function choose(id) {
    map.setFilter("chosen", ["==", ["get", "id"], id]);
    for (const [name, row] of rows) row.classList.toggle("wf-chosen", name === id);
  }
  for (const [id, row] of rows) {
    row.addEventListener("mouseenter", () => choose(id));
    row.addEventListener("focusin", () => choose(id));
  }
  map.on("click", "routes", (event) => {
    const id = event.features[0].properties.id;
    choose(id);
    rows.get(id).scrollIntoView({ block: "nearest" });
  });
  map.once("load", () => {
    tell();
    box.dataset.interactive = Math.round(performance.now() - arrived);
  });
  map.once("idle", () => {
    box.dataset.ready = Math.round(performance.now() - arrived);
    box.dataset.fetched = Math.round(arrived - began);
  });
}

if (box) start();
