// The network first; without it, the day as last read. What is kept is one page and its looks,
// for a day at most, and goes when the driver signs out (Clear-Site-Data).
const CACHE = "wayfare-driver-1";
const LOOKS = [
  "/static/vendor/govuk-frontend/govuk-frontend.min.css",
  "/static/vendor/govuk-frontend/govuk-frontend.min.js",
  "/static/vendor/htmx/htmx.min.js",
  "/static/wayfare.css",
  "/static/page.mjs",
  "/static/driver.mjs",
  "/static/icon.svg",
];
const DAY_MS = 24 * 3600 * 1000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(LOOKS);
      await keep(cache);
      await self.skipWaiting();
    })(),
  );
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(cache) {
  const answer = await fetch("/driver", { redirect: "error" });
  if (answer.ok) await cache.put("/driver", await stamp(answer));
}

async function stamp(answer) {
  const headers = new Headers(answer.headers);
  headers.set("x-kept", String(Date.now()));
  return new Response(await answer.clone().blob(), { status: 200, headers });
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const isDay = url.pathname === "/driver";
  if (!isDay && !LOOKS.includes(url.pathname)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      try {
        const answer = await fetch(event.request);
        if (answer.ok && isDay && !url.search) await cache.put("/driver", await stamp(answer));
        return answer;
      } catch (error) {
        const held = await cache.match(isDay ? "/driver" : url.pathname);
        const isOld = isDay && held && Date.now() - Number(held.headers.get("x-kept")) > DAY_MS;
        if (isOld) await cache.delete("/driver");
        if (!held || isOld) throw error;
        return held;
      }
    })(),
  );
});
