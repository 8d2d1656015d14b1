(function () {
  // Under a head of one row, each cell of a table knows its column: on a phone a row becomes a card.
  document.querySelectorAll(".scroll > table").forEach(function (table) {
    var heads = table.tHead ? Array.from(table.tHead.rows) : [], own = "communes territoires spines weekgrid months";
    var apart = own.split(" ").some(function (name) { return table.classList.contains(name); });
    if (apart || heads.length !== 1 || table.querySelector("[rowspan], [colspan]")) return;
    var names = Array.from(heads[0].cells, function (head) {
      return head.firstChild && head.firstChild.nodeType === 3 ? head.firstChild.textContent.trim() : head.textContent.trim();
    });
    Array.from(table.tBodies).forEach(function (body) {
      Array.from(body.rows).forEach(function (row) {
        Array.from(row.cells).forEach(function (cell, place) {
          if (place && names[place]) cell.dataset.area = names[place];
          if (cell.textContent.trim() === "—") cell.dataset.none = "";
        });
      });
    });
    table.classList.add("cards-of-rows");
  });
  // A table that is wider than its place says so.
  var sized = window.ResizeObserver && new ResizeObserver(function (seen) {
    seen.forEach(function (each) {
      var place = each.target;
      place.classList.toggle("wide", place.scrollWidth > place.clientWidth + 1);
    });
  });
  if (sized) document.querySelectorAll(".scroll").forEach(function (place) { sized.observe(place); });
})();
