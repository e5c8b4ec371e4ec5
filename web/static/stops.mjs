// Stops of a route can be dragged; the buttons beside each do the same from the keyboard.
const list = document.getElementById("stops");
const form = document.getElementById("drop");

if (list && form) {
  let held = null;
  for (const item of list.children) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      held = item;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.number);
    });
    item.addEventListener("dragover", (event) => {
      event.preventDefault();
      item.classList.add("wf-over");
    });
    item.addEventListener("dragleave", () => item.classList.remove("wf-over"));
    item.addEventListener("drop", (event) => {
      event.preventDefault();
      item.classList.remove("wf-over");
      if (!held || held === item) return;
      form.elements.from_number.value = held.dataset.number;
      form.elements.to_number.value = item.dataset.number;
      form.submit();
    });
  }
}
