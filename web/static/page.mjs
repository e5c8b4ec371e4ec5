// What every page does with JavaScript: without it each page still works.
import { initAll, isSupported } from "/static/vendor/govuk-frontend/govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
if (isSupported()) {
  initAll();
  // Parts of a page that arrive later hold components of their own.
  document.addEventListener("htmx:after:swap", () => initAll());
}
