"use strict";
/* Data: coordinates are whole metres east and north of data.origin, lines as steps from point
   to point. Nothing here names a passenger. */
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const canvas = byId("canvas");
  const frame = byId("frame");
  const pen = canvas.getContext("2d");
  const view = { x: 0, y: 0, scale: 1 };
  const ratio = window.devicePixelRatio || 1;
  let shown = [];
  let chosen = -1;
  let hovered = -1;
  let isQueued = false;
  let sort = { key: "start", isDown: false };

  const time = (s) => {
    const pad = (n) => String(n).padStart(2, "0");
    return pad(Math.floor(s / 3600)) + ":" + pad(Math.floor(s / 60) % 60);
  };
  const pounds = (p) => "£" + Math.trunc(p / 100).toLocaleString("en-GB") + "." +
    String(Math.abs(p) % 100).padStart(2, "0");
  const miles = (m) => (m / 1609.344).toFixed(1);
  const plural = (n, one) => n + " " + one + (n === 1 ? "" : "s");
  const make = (tag, text, cls) => {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    if (cls) e.className = cls;
    return e;
  };

  function unpack(steps) {
    const points = new Float64Array(steps.length);
    let x = 0;
    let y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      points[i] = x;
      points[i + 1] = -y;
    }
    return points;
  }

  function trace(path, points) {
    path.moveTo(points[0], points[1]);
    for (let i = 2; i < points.length; i += 2) path.lineTo(points[i], points[i + 1]);
  }

  const roads = new Path2D();
  let hasRoads = false;
  for (const steps of data.roads) {
    trace(roads, unpack(steps));
    hasRoads = true;
  }
  for (const route of data.routes) {
    route.solid = new Path2D();
    route.dashed = new Path2D();
    route.lines = route.legs.map(([kind, steps]) => {
      const points = unpack(steps);
      trace(kind === 0 ? route.solid : route.dashed, points);
      return points;
    });
    route.end = route.stops.length ? route.stops[route.stops.length - 1][0] : route.start;
  }

  /* The box that holds the middle of many stops, so that one far school does not make a town
     a dot; of few routes, everything. */
  function core(routes) {
    const everything = bounds(routes);
    if (routes.length < 25) return everything;
    const at = routes.flatMap((route) => route.stops.filter((stop) => stop[4] !== null));
    const cut = (values) => {
      values.sort((a, b) => a - b);
      const n = values.length;
      return [values[Math.floor(n * 0.03)], values[Math.ceil(n * 0.97) - 1]];
    };
    if (at.length < 100) return everything;
    const [west, east] = cut(at.map((stop) => stop[4]));
    const [south, north] = cut(at.map((stop) => stop[5]));
    const isFar = (east - west) * (north - south) * 3 < (everything[2] - everything[0]) * (everything[3] - everything[1]);
    return isFar ? [west, -north, east, -south] : everything;
  }

  function bounds(routes) {
    let box = [Infinity, Infinity, -Infinity, -Infinity];
    const add = (x, y) => {
      box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
    };
    for (const route of routes) {
      for (const points of route.lines) {
        for (let i = 0; i < points.length; i += 2) add(points[i], points[i + 1]);
      }
      for (const stop of route.stops) if (stop[4] !== null) add(stop[4], -stop[5]);
    }
    return box[0] === Infinity ? [0, -1000, 1000, 0] : box;
  }

  function fit(routes, isWhole) {
    const held = routes.length ? routes : data.routes;
    const all = bounds(held);
    const box = isWhole ? all : core(held);
    byId("beyond").hidden = box.every((edge, i) => edge === all[i]);
    const w = frame.clientWidth;
    const h = frame.clientHeight;
    const dx = Math.max(box[2] - box[0], 400);
    const dy = Math.max(box[3] - box[1], 400);
    view.scale = Math.min((w - 80) / dx, (h - 80) / dy);
    view.x = w / 2 - ((box[0] + box[2]) / 2) * view.scale;
    view.y = h / 2 - ((box[1] + box[3]) / 2) * view.scale;
    queue();
  }

  function zoom(factor, px, py) {
    const next = Math.min(Math.max(view.scale * factor, 0.002), 5);
    const used = next / view.scale;
    view.x = px - (px - view.x) * used;
    view.y = py - (py - view.y) * used;
    view.scale = next;
    queue();
  }

  function queue() {
    if (isQueued) return;
    isQueued = true;
    window.requestAnimationFrame(() => {
      isQueued = false;
      draw();
    });
  }

  function strokeRoute(route, width, colour) {
    pen.strokeStyle = colour;
    pen.lineWidth = width / view.scale;
    pen.setLineDash([]);
    pen.stroke(route.solid);
    pen.setLineDash([7 / view.scale, 5 / view.scale]);
    pen.stroke(route.dashed);
    pen.setLineDash([]);
  }

  function draw() {
    const w = frame.clientWidth;
    const h = frame.clientHeight;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    const k = view.scale * ratio;
    pen.setTransform(k, 0, 0, k, view.x * ratio, view.y * ratio);
    pen.lineJoin = "round";
    if (hasRoads) {
      pen.strokeStyle = "#d5d5cd";
      pen.lineWidth = 1.2 / view.scale;
      pen.stroke(roads);
    }
    const front = [chosen, hovered].filter((i) => i >= 0);
    pen.globalAlpha = front.length ? 0.28 : 0.85;
    for (const i of shown) {
      if (front.includes(i)) continue;
      strokeRoute(data.routes[i], 2, data.providers[data.routes[i].provider].colour);
    }
    pen.globalAlpha = 1;
    for (const i of front) {
      strokeRoute(data.routes[i], 7, "#ffffff");
      strokeRoute(data.routes[i], 4, data.providers[data.routes[i].provider].colour);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawStops(front);
    drawSites(w, h);
    drawScale();
  }

  const screen = (x, y) => [x * view.scale + view.x, -y * view.scale + view.y];

  function drawStops(front) {
    const only = front.length ? front : view.scale > 0.1 || shown.length < 25 ? shown : [];
    const size = front.length ? 4.5 : 2.6;
    pen.lineWidth = front.length ? 2 : 1.2;
    pen.strokeStyle = "#1b1b1b";
    pen.fillStyle = "#ffffff";
    for (const i of only) {
      for (const stop of data.routes[i].stops) {
        if (stop[4] === null || stop[6] !== null) continue;
        const [x, y] = screen(stop[4], stop[5]);
        pen.beginPath();
        pen.arc(x, y, size, 0, 7);
        pen.fill();
        pen.stroke();
      }
    }
    if (chosen >= 0) drawNumbers(data.routes[chosen]);
  }

  /* The order of the stops of the chosen route. */
  function drawNumbers(route) {
    pen.font = "bold 11px Arial, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    route.stops.forEach((stop, i) => {
      if (stop[4] === null || stop[6] !== null) return;
      const [x, y] = screen(stop[4], stop[5]);
      pen.fillStyle = "#1b1b1b";
      pen.beginPath();
      pen.arc(x, y, 9, 0, 7);
      pen.fill();
      pen.fillStyle = "#ffffff";
      pen.fillText(String(i + 1), x, y + 0.5);
    });
    pen.textAlign = "start";
  }

  function drawSites(w, h) {
    const used = new Set();
    for (const i of chosen >= 0 ? [chosen] : shown) {
      for (const s of data.routes[i].sites) used.add(s);
    }
    const taken = [];
    pen.font = "bold 12px Arial, sans-serif";
    pen.textBaseline = "middle";
    for (const s of used) {
      const site = data.sites[s];
      const [x, y] = screen(site.x, site.y);
      if (x < -20 || y < -20 || x > w + 20 || y > h + 20) continue;
      pen.fillStyle = "#1b1b1b";
      pen.fillRect(x - 5, y - 5, 10, 10);
      const width = pen.measureText(site.name).width;
      const left = x + 12 + width > w && x > width ? x - 12 - width : x + 8;
      const box = [left, y - 8, left + 4 + width, y + 8];
      const isFree = taken.every((t) => box[0] > t[2] || box[2] < t[0] || box[1] > t[3] || box[3] < t[1]);
      if (!isFree || used.size > 60 && view.scale < 0.06) continue;
      taken.push(box);
      pen.fillStyle = "rgba(255, 255, 255, 0.82)";
      pen.fillRect(box[0] - 1, box[1], width + 4, 16);
      pen.fillStyle = "#1b1b1b";
      pen.fillText(site.name, left + 1, y);
    }
  }

  function drawScale() {
    const steps = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
    const length = steps.find((m) => m * view.scale > 70) || 100000;
    const bar = byId("scale").firstElementChild;
    bar.style.width = Math.round(length * view.scale) + "px";
    bar.textContent = length < 1000 ? length + " m" : length / 1000 + " km";
  }

  /* The route nearest to a point of the screen, within 8 pixels. */
  function nearest(px, py) {
    const x = (px - view.x) / view.scale;
    const y = (py - view.y) / view.scale;
    let best = (8 / view.scale) ** 2;
    let found = -1;
    for (const i of shown) {
      for (const p of data.routes[i].lines) {
        for (let j = 0; j + 3 < p.length; j += 2) {
          const dx = p[j + 2] - p[j];
          const dy = p[j + 3] - p[j + 1];
          const whole = dx * dx + dy * dy;
          let t = whole ? ((x - p[j]) * dx + (y - p[j + 1]) * dy) / whole : 0;
          t = Math.min(Math.max(t, 0), 1);
          const ex = p[j] + t * dx - x;
          const ey = p[j + 1] + t * dy - y;
          const far = ex * ex + ey * ey;
          if (far < best) {
            best = far;
            found = i;
          }
        }
      }
    }
    return found;
  }

  const columns = [
    { key: "start", name: "Time", cell: (r) => time(r.start) + "–" + time(r.end) },
    { key: "id", name: "Route" },
    { key: "provider", name: "Provider", cell: (r) => data.providers[r.provider].name },
    { key: "where", name: "Sites", cell: (r) => r.sites.map((s) => data.sites[s].name).join(", ") },
    { key: "load", name: "Aboard", n: true, cell: (r) => r.load },
    { key: "ride", name: "Longest ride", n: true, cell: (r) => Math.ceil(r.ride / 60) + " min" },
    { key: "metres", name: "Miles", n: true, cell: (r) => miles(r.metres) },
    { key: "cost", name: "Cost", n: true, cell: (r) => pounds(r.cost) },
  ];
  const value = (route, key) =>
    key === "provider" ? data.providers[route.provider].name
      : key === "where" ? route.sites.map((s) => data.sites[s].name).join() : route[key];

  function buildHead() {
    const row = document.querySelector("#routes thead tr");
    for (const column of columns) {
      const th = make("th", undefined, column.n ? "n" : "");
      th.scope = "col";
      const button = make("button", column.name);
      button.type = "button";
      button.addEventListener("click", () => {
        sort = { key: column.key, isDown: sort.key === column.key && !sort.isDown };
        list();
      });
      th.append(button);
      row.append(th);
    }
  }

  function list() {
    document.querySelectorAll("#routes thead th").forEach((th, i) => {
      if (columns[i].key === sort.key) th.setAttribute("aria-sort", sort.isDown ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
    const order = shown.slice().sort((a, b) => {
      const left = value(data.routes[a], sort.key);
      const right = value(data.routes[b], sort.key);
      const sign = left < right ? -1 : left > right ? 1 : a - b;
      return sort.isDown ? -sign : sign;
    });
    const body = document.querySelector("#routes tbody");
    body.replaceChildren(...order.map((i) => {
      const route = data.routes[i];
      const row = make("tr", undefined, i === chosen ? "chosen" : "");
      row.dataset.i = i;
      for (const column of columns) {
        const cell = make("td", undefined, column.n ? "n" : "");
        if (column.key === "id") {
          const button = make("button", route.id);
          button.type = "button";
          button.setAttribute("aria-pressed", String(i === chosen));
          cell.append(button);
        } else {
          if (column.key === "provider") {
            const swatch = make("span", undefined, "swatch");
            swatch.style.background = data.providers[route.provider].colour;
            cell.append(swatch);
          }
          cell.append(String(column.cell(route)));
        }
        row.append(cell);
      }
      row.addEventListener("click", () => choose(i === chosen ? -1 : i, true));
      row.addEventListener("mouseenter", () => { hovered = i; queue(); });
      row.addEventListener("mouseleave", () => { hovered = -1; queue(); });
      return row;
    }));
    const load = shown.reduce((n, i) => n + data.routes[i].load, 0);
    const cost = shown.reduce((n, i) => n + data.routes[i].cost, 0);
    byId("count").textContent = plural(shown.length, "route") + ", " +
      plural(load, "passenger journey") + ", " + pounds(cost) + " a day";
  }

  function choose(i, isFitted) {
    chosen = i;
    hovered = -1;
    const body = document.querySelector("#routes tbody");
    for (const row of body.children) {
      const isChosen = Number(row.dataset.i) === i;
      row.className = isChosen ? "chosen" : "";
      row.querySelector("button").setAttribute("aria-pressed", String(isChosen));
      if (isChosen && !isFitted) row.scrollIntoView({ block: "nearest" });
    }
    tell(i);
    if (i >= 0 && isFitted) fit([data.routes[i]]);
    queue();
  }

  function tell(i) {
    const box = byId("detail");
    box.hidden = i < 0;
    box.replaceChildren();
    if (i < 0) return;
    const route = data.routes[i];
    const provider = data.providers[route.provider].name;
    const close = make("button", "Close", "close");
    close.type = "button";
    close.addEventListener("click", () => {
      choose(-1, false);
      const back = document.querySelector(`#routes tbody tr[data-i="${i}"] button`);
      if (back) back.focus();
    });
    box.append(close, make("h2", "Route " + route.id));
    box.append(make("p", data.sessions[route.session] + ". " + provider + ", " + route.vehicle + ", duty " + route.duty + "."));
    box.append(make("p", plural(route.load, "passenger") + " aboard" +
      (route.chairs ? ", " + route.chairs + " in wheelchair spaces" : "") +
      (route.helpers ? ", " + plural(route.helpers, "assistant") : "") +
      ". Set up as " + route.layout + "."));
    box.append(make("p", miles(route.metres) + " miles, longest ride " + Math.ceil(route.ride / 60) +
      " minutes" + (route.over ? ", " + plural(route.over, "ride") + " over the guide" : "") +
      ". " + pounds(route.cost) + " a day, " + pounds(route.full) + " with own fixed cost."));
    const stops = make("ol");
    for (const [arrive, leave, on, off, x, , site] of route.stops) {
      const where = site !== null ? data.sites[site].name : x === null ? "stop not shown" : "stop";
      const moves = [on ? on + " on" : "", off ? off + " off" : ""].filter(Boolean).join(", ");
      const when = time(arrive) === time(leave) ? time(arrive) : time(arrive) + "–" + time(leave);
      stops.append(make("li", when + "  " + where + (moves ? ": " + moves : "")));
    }
    box.append(stops);
  }

  function option(select, name, text) {
    const e = make("option", text);
    e.value = name;
    select.append(e);
  }

  function filter() {
    const session = byId("f-session").value;
    const provider = byId("f-provider").value;
    const site = byId("f-site").value;
    shown = [];
    data.routes.forEach((route, i) => {
      if (session !== "" && route.session !== Number(session)) return;
      if (provider !== "" && route.provider !== Number(provider)) return;
      if (site !== "" && !route.sites.includes(Number(site))) return;
      shown.push(i);
    });
    if (!shown.includes(chosen)) choose(-1, false);
    list();
    fit(shown.map((i) => data.routes[i]));
  }

  function buildFilters() {
    const fill = (id, all, names, used) => {
      option(byId(id), "", all);
      names.map((name, i) => [name, i]).filter(([, i]) => used.has(i))
        .sort((a, b) => (id === "f-session" ? a[1] - b[1] : a[0].localeCompare(b[0], "en-GB")))
        .forEach(([name, i]) => option(byId(id), i, name));
      byId(id).addEventListener("change", filter);
    };
    fill("f-session", "All sessions", data.sessions, new Set(data.routes.map((r) => r.session)));
    fill("f-provider", "All providers", data.providers.map((p) => p.name), new Set(data.routes.map((r) => r.provider)));
    fill("f-site", "All sites", data.sites.map((s) => s.name), new Set(data.routes.flatMap((r) => r.sites)));
    if (data.routes.length) byId("f-session").value = String(Math.min(...data.routes.map((r) => r.session)));
  }

  function buildLegend() {
    const used = new Set(data.routes.map((r) => r.provider));
    data.providers.forEach((provider, i) => {
      if (!used.has(i)) return;
      const item = make("span");
      const line = make("i");
      line.style.borderTopColor = provider.colour;
      item.append(line, provider.name);
      byId("legend").append(item);
    });
    for (const [cls, text] of [["home", "stop"], ["site", "school or day service"]]) {
      const item = make("span", undefined, cls);
      item.append(make("i"), text);
      byId("legend").append(item);
    }
  }

  const pointers = new Map();
  let moved = 0;
  canvas.addEventListener("pointerdown", (e) => {
    canvas.setPointerCapture(e.pointerId);
    pointers.set(e.pointerId, [e.offsetX, e.offsetY]);
    moved = 0;
    canvas.classList.add("moving");
  });
  canvas.addEventListener("pointermove", (e) => {
    const last = pointers.get(e.pointerId);
    if (!last) {
      hover(e.offsetX, e.offsetY);
      return;
    }
    const others = [...pointers].filter(([id]) => id !== e.pointerId).map(([, at]) => at);
    if (others.length) {
      const [ox, oy] = others[0];
      const before = Math.hypot(last[0] - ox, last[1] - oy);
      const now = Math.hypot(e.offsetX - ox, e.offsetY - oy);
      if (before > 0) zoom(now / before, ox, oy);
    } else {
      view.x += e.offsetX - last[0];
      view.y += e.offsetY - last[1];
    }
    moved += Math.abs(e.offsetX - last[0]) + Math.abs(e.offsetY - last[1]);
    pointers.set(e.pointerId, [e.offsetX, e.offsetY]);
    queue();
  });
  const release = (e) => {
    const isClick = e.type === "pointerup" && pointers.has(e.pointerId) && moved < 5;
    pointers.delete(e.pointerId);
    canvas.classList.remove("moving");
    if (isClick) choose(nearest(e.offsetX, e.offsetY), false);
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => {
    byId("tip").hidden = true;
    if (hovered >= 0) { hovered = -1; queue(); }
  });
  canvas.addEventListener("wheel", (e) => {
    e.preventDefault();
    zoom(Math.exp(-e.deltaY * 0.0015), e.offsetX, e.offsetY);
  }, { passive: false });
  canvas.addEventListener("keydown", (e) => {
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[e.key]) {
      view.x += moves[e.key][0];
      view.y += moves[e.key][1];
      queue();
    } else if (e.key === "+" || e.key === "=") zoom(1.3, frame.clientWidth / 2, frame.clientHeight / 2);
    else if (e.key === "-") zoom(1 / 1.3, frame.clientWidth / 2, frame.clientHeight / 2);
    else if (e.key === "0") fit(shown.map((i) => data.routes[i]), true);
    else return;
    e.preventDefault();
  });

  function hover(px, py) {
    const i = nearest(px, py);
    const tip = byId("tip");
    if (i !== hovered) {
      hovered = i;
      queue();
    }
    tip.hidden = i < 0;
    if (i < 0) return;
    const route = data.routes[i];
    tip.textContent = route.id + "  " + time(route.start) + "–" + time(route.end) + "\n" +
      data.providers[route.provider].name + ", " + route.load + " aboard, " + pounds(route.cost) + "\n" +
      route.sites.map((s) => data.sites[s].name).join(", ");
    tip.style.left = Math.max(4, Math.min(px + 14, frame.clientWidth - tip.offsetWidth - 6)) + "px";
    tip.style.top = Math.max(4, Math.min(py + 14, frame.clientHeight - tip.offsetHeight - 6)) + "px";
  }

  byId("zoom-in").addEventListener("click", () => zoom(1.5, frame.clientWidth / 2, frame.clientHeight / 2));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.5, frame.clientWidth / 2, frame.clientHeight / 2));
  byId("zoom-all").addEventListener("click", () => { choose(-1, false); fit(shown.map((i) => data.routes[i]), true); });
  new ResizeObserver(queue).observe(frame);

  buildHead();
  buildFilters();
  buildLegend();
  filter();
})();
