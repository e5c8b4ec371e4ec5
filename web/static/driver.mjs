// Keeps the driver's day readable without a network, and says when there is none.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/driver/worker.mjs", { scope: "/driver", type: "module" });
}
const notice = document.getElementById("wf-offline");
const show = () => {
  notice.hidden = navigator.onLine;
};
addEventListener("online", show);
addEventListener("offline", show);
show();
