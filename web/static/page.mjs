// What every page does with JavaScript: without it each page still works.
import { initAll, isSupported } from "/static/vendor/govuk-frontend/govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
if (isSupported()) {
  initAll();
  // Parts of a page that arrive later hold components of their own.
  document.addEventListener("htmx:after:swap", () => initAll({
    // What stood there before is started already.
    onError: (error) => { if (!String(error).includes("already initialised")) throw error; },
  }));
}

// Say two minutes before a session ends for want of use, and let it be kept.
const idle = Number(document.querySelector('meta[name="wf-idle"]')?.content || 0);
if (idle > 0) {
  const box = document.getElementById("wf-ending");
  let timer;
  const wait = () => {
    clearTimeout(timer);
    box.hidden = true;
    timer = setTimeout(() => {
      box.hidden = false;
      box.querySelector("button").focus();
    }, (idle - 120) * 1000);
  };
  box.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch("/account/stay", { redirect: "manual" });
    if (answer.ok) wait();
    else location.reload();
  });
  document.addEventListener("htmx:after:request", wait);
  wait();
}
