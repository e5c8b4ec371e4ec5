// The streets beneath a map: tiles of the place's own roads, of which the browser asks for those
// that it shows. A process of the page makes them once; until then the map goes without.
const LAYER = "roads";
const TRY_AGAIN_MS = 1000;
const MOST_TRIES = 120;

const style = {
  id: "streets", type: "line", source: "streets", "source-layer": LAYER,
  layout: { "line-join": "round" },
  paint: { "line-color": "#bebbb6", "line-width": ["max", 0.8, ["-", 2.8, ["*", 0.3, ["get", "rank"]]]] },
};

// Whether they are made; null while that is going on. One byte is enough to know.
async function ask(address) {
  const answer = await fetch(address, { headers: { range: "bytes=0-0" } });
  return answer.status === 202 ? null : answer.ok;
}

function draw(map, maplibregl, address, before) {
  maplibregl.addProtocol("pmtiles", new window.pmtiles.Protocol().tile);
  map.addSource("streets", { type: "vector", url: `pmtiles://${new URL(address, location.href).href}` });
  map.addLayer(style, before);
}

// Draw them if they are made already; else say so, and draw them when they are.
export async function addStreets(map, maplibregl, box, before) {
  const address = box.dataset.basemap;
  if (!address) return;
  const tell = (is) => { box.dataset.streets = is; };
  let made = await ask(address);
  if (made) {
    draw(map, maplibregl, address, before);
    tell("drawn");
  } else if (made === null) {
    tell("waiting");
    (async () => {
      for (let n = 0; made === null && n < MOST_TRIES; n += 1) {
        await new Promise((go) => { setTimeout(go, TRY_AGAIN_MS); });
        made = await ask(address);
      }
      if (made) draw(map, maplibregl, address, before);
      tell(made ? "drawn" : "none");
    })();
  } else tell("none");
}
