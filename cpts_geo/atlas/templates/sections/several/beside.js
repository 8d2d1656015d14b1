// Two to four territories side by side, chosen by the boxes of the table.
(function () {
  "use strict";
  var LETTERS = "ABCD", section = document.getElementById("cote-a-cote");
  // As they first stand: sorting the table moves no column of the comparison.
  var boxes = Array.from(document.querySelectorAll(".choose input")), chosen = [];
  function show() {
    var widest = 0;
    section.hidden = chosen.length < 2;
    boxes.forEach(function (box) { box.disabled = !box.checked && chosen.length === LETTERS.length; });
    section.querySelectorAll("[data-key]").forEach(function (node) {
      var rank = chosen.indexOf(node.dataset.key), shown = rank >= 0;
      if (node.namespaceURI.endsWith("svg")) {
        node.toggleAttribute("data-shown", shown);
        node.querySelector("text").textContent = shown ? LETTERS[rank] : "";
        return;
      }
      node.hidden = !shown;
      // After what the row is of.
      node.style.order = rank + 1;
      if (node.tagName === "TD") node.dataset.area = shown ? LETTERS[rank] : "";
      var letter = node.querySelector(".letter");
      if (letter) letter.textContent = shown ? LETTERS[rank] : "";
      if (shown && node.dataset.km) widest = Math.max(widest, Number(node.dataset.km));
    });
    // One scale for all: the widest territory takes the whole of its column.
    section.querySelectorAll("[data-km]").forEach(function (node) {
      node.querySelector("svg").style.width = 100 * node.dataset.km / widest + "%";
    });
  }
  boxes.forEach(function (box) {
    box.parentNode.hidden = false;
    box.addEventListener("change", function () {
      chosen = boxes.filter(function (each) { return each.checked; }).map(function (each) { return each.value; });
      show();
    });
  });
  show();
})();
