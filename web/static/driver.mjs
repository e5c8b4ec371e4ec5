// Keeps the driver's day readable without a network, and says when there is none.
if ("serviceWorker" in navigator) {
  // No module: the browser would ask for one without its cookie, and be sent to the way in.
  navigator.serviceWorker.register("/driver/worker.mjs", { scope: "/driver" });
}
const notice = document.getElementById("wf-offline");
const show = () => {
  notice.hidden = navigator.onLine;
};
addEventListener("online", show);
addEventListener("offline", show);
show();
