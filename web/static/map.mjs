// The map of a plan, and the clock that moves its vehicles; the list beside it says the same.
// What answers comes first: routes and sites. Streets, homes, names and vehicles follow.
import { addStreets } from "/static/streets.mjs";

const COLOURS = ["#12436d", "#28a197", "#801650", "#f46a25", "#a285d1"];
const OTHERS = "#3d3d3d";
const SPEED = 60; // seconds of the day in one of ours
const REACH = 5; // pixels around a click in which a route is meant
const MOST_CHOSEN = 6;

const box = document.getElementById("map");
const clock = document.getElementById("clock");
// The list shows a page of the routes that the map draws.
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

// The line of a route: legs that meet become one, so that fewer ends are drawn.
function joinLegs(legs) {
  const lines = [];
  for (const leg of legs) {
    const last = lines[lines.length - 1];
    const [x, y] = leg.line[0];
    const end = last && last[last.length - 1];
    if (end && end[0] === x && end[1] === y) last.push(...leg.line.slice(1));
    else lines.push([...leg.line]);
  }
  return { type: "MultiLineString", coordinates: lines };
}

function collect(features) {
  return { type: "FeatureCollection", features };
}

function makePoint(at, properties) {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: at } };
}

// A colour for each of the providers with the most routes, one for all others; and their key.
function colourProviders(routes) {
  const found = new Map();
  for (const route of routes) {
    const one = found.get(route.provider_id) || { name: route.provider, n: 0 };
    one.n += 1;
    found.set(route.provider_id, one);
  }
  const order = [...found].sort((a, b) => b[1].n - a[1].n || (a[0] < b[0] ? -1 : 1));
  const named = order.slice(0, COLOURS.length);
  const entries = named.map(([id, one], i) => ({ id, name: one.name, colour: COLOURS[i] }));
  if (order.length > named.length) entries.push({ name: "All others", colour: OTHERS });
  const legend = document.getElementById("legend");
  for (const entry of entries) {
    const item = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = "wf-swatch";
    swatch.style.backgroundColor = entry.colour;
    item.append(swatch, entry.name);
    legend.append(item);
  }
  legend.hidden = !entries.length;
  return new Map(entries.filter((e) => e.id !== undefined).map((e) => [e.id, e.colour]));
}

const circle = (radius, colour, edge, width) => ({
  "circle-radius": radius, "circle-color": colour,
  "circle-stroke-color": edge, "circle-stroke-width": width,
});

function buildLayers() {
  return {
    routes: { id: "routes", type: "line", source: "routes", layout: { "line-join": "bevel" },
      paint: { "line-color": ["get", "colour"], "line-width": 2.5, "line-opacity": 0.65 } },
    sites: { id: "sites", type: "circle", source: "sites", paint: circle(7, "#0b0c0c", "#fff", 2) },
    chosen: { id: "chosen", type: "line", source: "chosen",
      paint: { "line-color": "#fd0", "line-width": 7, "line-opacity": 0.9 } },
    homes: { id: "homes", type: "circle", source: "homes", paint: circle(3, "#fff", "#505a5f", 1) },
    names: { id: "names", type: "symbol", source: "sites",
      layout: { "text-field": ["get", "name"], "text-size": 13, "text-offset": [0, 1.2], "text-anchor": "top", "text-optional": true },
      paint: { "text-halo-color": "#fff", "text-halo-width": 2 } },
    vehicles: { id: "vehicles", type: "circle", source: "vehicles",
      paint: circle(7, ["get", "colour"], "#fff", 2) },
  };
}

function addRest(map, layers, homes, vehicles) {
  const source = (data) => ({ type: "geojson", data, tolerance: 0.5, buffer: 32 });
  map.addSource("chosen", source(collect([])));
  map.addLayer(layers.chosen, "sites");
  map.addSource("homes", source(homes));
  map.addLayer(layers.homes, "sites");
  map.addSource("vehicles", source(vehicles));
  map.addLayer(layers.vehicles);
  map.addLayer(layers.names);
}

async function start() {
  const began = performance.now();
  const [plan, maplibregl] = await Promise.all([
    fetch(box.dataset.plan).then((answer) => answer.json()),
    import("/static/vendor/maplibre-gl/maplibre-gl.mjs").then((found) => {
      found.setWorkerUrl("/static/vendor/maplibre-gl/maplibre-gl-worker.mjs");
      found.prewarm();
      return found;
    }),
  ]);
  const arrived = performance.now();
  const { routes } = plan;
  const byId = new Map(routes.map((route) => [route.id, route]));
  const colours = colourProviders(routes);
  const colourOf = (route) => colours.get(route.provider_id) || OTHERS;
  const bounds = new maplibregl.LngLatBounds();
  for (const stop of plan.stops) bounds.extend(stop.at);
  const lines = collect(routes.map((route, i) => ({
    type: "Feature",
    id: i,
    properties: { id: route.id, colour: colourOf(route) },
    geometry: joinLegs(route.legs),
  })));
  const [sites, homes] = [true, false].map((wanted) => collect(plan.stops
    .filter((stop) => stop.is_site === wanted)
    .map((stop) => makePoint(stop.at, { name: stop.name }))));
  const layers = buildLayers();
  const map = new maplibregl.Map({
    container: box,
    bounds: bounds.isEmpty() ? undefined : bounds,
    fitBoundsOptions: { padding: 40 },
    attributionControl: false,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: {
        routes: { type: "geojson", data: lines, tolerance: 0.5, buffer: 32 },
        sites: { type: "geojson", data: sites },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#f3f2f1" } },
        layers.routes,
        layers.sites,
      ],
    },
  });
  box.planMap = map;
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.getCanvas().setAttribute("aria-label", "Map of the routes. The list of routes says the same.");
  map.getCanvas().setAttribute("role", "img");

  const said = document.getElementById("clock-said");
  const out = document.getElementById("clock-out");
  let waiting = false;
  function findMoving(time) {
    const found = [];
    for (const route of routes) {
      const at = findVehicle(route, time);
      if (at) found.push(makePoint(at, { colour: colourOf(route) }));
    }
    return collect(found);
  }
  function tell() {
    waiting = false;
    const time = Number(clock.value);
    out.value = write(time);
    clock.setAttribute("aria-valuetext", write(time));
    let n = 0;
    for (const route of routes) {
      const word = time < route.start_s ? "not begun" : time > route.end_s ? "done" : "on the road";
      if (word === "on the road") n += 1;
      const row = rows.get(route.id);
      if (row && row.lastElementChild.textContent !== word) {
        row.lastElementChild.textContent = word;
        row.classList.toggle("wf-running", word === "on the road");
      }
    }
    said.textContent = `${n} ${n === 1 ? "route" : "routes"} on the road at ${write(time)}`;
    const source = map.getSource("vehicles");
    if (source) source.setData(findMoving(time));
  }
  function ask() {
    if (!waiting) { waiting = true; requestAnimationFrame(tell); }
  }
  if (routes.length) {
    clock.min = Math.floor(Math.min(...routes.map((r) => r.start_s)) / 60) * 60 - 300;
    clock.max = Math.ceil(Math.max(...routes.map((r) => r.end_s)) / 60) * 60 + 300;
    if (!("given" in clock.dataset)) {
      clock.value = Math.round((routes[0].start_s + routes[0].end_s) / 120) * 60;
    }
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
  tell();

  function choose(ids) {
    const known = ids.filter((id) => byId.has(id));
    const source = map.getSource("chosen");
    if (source) {
      source.setData(collect(known.map((id) => (
        { type: "Feature", properties: {}, geometry: joinLegs(byId.get(id).legs) }))));
    }
    for (const [name, row] of rows) row.classList.toggle("wf-chosen", known.includes(name));
  }
  for (const [id, row] of rows) {
    row.addEventListener("mouseenter", () => choose([id]));
    row.addEventListener("focusin", () => choose([id]));
  }
  // What was clicked is said beside the map: it may stand on another page of the list.
  const chosen = document.getElementById("chosen");
  function tellChosen(ids) {
    const list = document.createElement("ul");
    list.className = "govuk-list";
    for (const id of ids.slice(0, MOST_CHOSEN)) {
      const route = byId.get(id);
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.className = "govuk-link";
      link.href = box.dataset.routes + encodeURIComponent(id);
      link.textContent = id;
      item.append(link, ` ${route.sites}; ${route.provider}; ${write(route.start_s)}–${write(route.end_s)}; ${route.n} aboard`);
      list.append(item);
    }
    chosen.replaceChildren(list);
    if (ids.length > MOST_CHOSEN) {
      const more = document.createElement("p");
      more.className = "govuk-body-s";
      more.textContent = `${ids.length - MOST_CHOSEN} more routes run here: look closer, or show fewer.`;
      chosen.append(more);
    }
  }
  map.on("click", (event) => {
    const { x, y } = event.point;
    const hit = map.queryRenderedFeatures([[x - REACH, y - REACH], [x + REACH, y + REACH]], { layers: ["routes"] });
    const ids = [...new Set(hit.map((feature) => feature.properties.id))];
    if (!ids.length) return;
    choose(ids.slice(0, MOST_CHOSEN));
    tellChosen(ids);
    rows.get(ids[0])?.scrollIntoView({ block: "nearest" });
  });
  map.once("load", async () => {
    box.dataset.fetched = Math.round(arrived - began);
    box.dataset.interactive = Math.round(performance.now() - arrived);
    await addStreets(map, maplibregl, box, "routes");
    addRest(map, layers, homes, findMoving(Number(clock.value)));
    map.once("idle", () => { box.dataset.ready = Math.round(performance.now() - arrived); });
  });
}

if (box) start();
