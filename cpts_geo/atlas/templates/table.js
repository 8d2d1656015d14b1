// A table with tools above it: sorted, filtered, saved for a French spreadsheet, tied to the map.
// The first columns are words; each row has a key, which is what the map calls it.
document.querySelectorAll(".tools[data-file]").forEach(function (tools) {
  "use strict";
  var SETTLE = 600, named = tools.id.replace("-outils", ""), table = document.querySelector("table." + named);
  var body = table.tBodies[0], rows = Array.from(body.rows), heads = Array.from(table.tHead.rows[0].cells);
  var FIRST = heads.findIndex(function (head) { return head.classList.contains("n"); }), CODE = 1;
  var region = table.closest(".scroll"), order = new Intl.Collator("fr").compare, places = {}, current = null;
  function part(end) { return document.getElementById(named + "-" + end); }

  function text(cell) { return cell.firstChild ? cell.firstChild.textContent : ""; }
  function number(cell) {
    // What is drawn says by itself what it is sorted by.
    var value = (cell.dataset.value === undefined ? text(cell) : cell.dataset.value).replace(/[\s\u202f\u00a0%]/g, "").replace("−", "-").replace(",", ".");
    return /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
  }
  function rough(each, place) { return "rough" in each.row.cells[place].dataset; }
  function plain(words) { return words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[-’'\s]+/g, " "); }
  function dispatch(kind, code) { document.dispatchEvent(new CustomEvent("cpts:" + kind, { detail: { code: code, from: "table" } })); }

  // What a row is: its commune, what is searched, its numbers.
  var known = rows.map(function (row) {
    var name = row.cells[0], link = name.querySelector("a, .named");
    var found = { row: row, name: (link || name).textContent, code: row.dataset.key || row.cells[CODE].textContent };
    found.words = plain(link ? found.name + " " + name.querySelector("small").textContent : found.name + " " + found.code);
    found.values = Array.from(row.cells).map(function (cell, place) { return place < FIRST ? NaN : number(cell); });
    places[found.code] = found;
    if (!link) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = found.name;
      button.addEventListener("click", function () { pick(current === found.code ? null : found.code, true); });
      name.textContent = "";
      name.append(button);
    }
    row.addEventListener("mouseenter", function () { dispatch("hover", found.code); });
    row.addEventListener("mouseleave", function () { dispatch("hover", null); });
    row.addEventListener("focusin", function () { dispatch("hover", found.code); });
    row.addEventListener("focusout", function () { dispatch("hover", null); });
    return found;
  });

  // A bar under each number, from 0 to the greatest of the column or of what it is held against.
  heads.forEach(function (head, place) {
    if (place < FIRST) return;
    var reference = head.dataset.reference === undefined ? NaN : head.dataset.reference * head.dataset.scale;
    var most = known.reduce(function (found, each) { return Math.max(found, each.values[place] || 0); }, reference || 0);
    known.forEach(function (each) {
      var cell = each.row.cells[place];
      if (head.dataset.card) cell.dataset.card = head.dataset.card;
      if ("minor" in head.dataset) cell.dataset.minor = "";
      if (!(most > 0) || isNaN(each.values[place]) || "drawn" in head.dataset) return;
      cell.classList.add("gauge");
      cell.style.setProperty("--v", (100 * each.values[place] / most).toFixed(1) + "%");
      if (reference > 0) cell.style.setProperty("--r", (100 * reference / most).toFixed(1) + "%");
    });
  });

  // Sorting: what is not known stays last.
  var sorter = part("tri");
  function sort(place, direction) {
    known.sort(function (one, other) {
      if (place === 0) return direction * order(one.name, other.name);
      if (place === CODE && place < FIRST) return direction * (one.code < other.code ? -1 : 1);
      var a = one.values[place], b = other.values[place], apart = rough(one, place) - rough(other, place);
      // Orders of magnitude are ranked among themselves alone, after what is known.
      if (apart) return apart;
      if (isNaN(a) || isNaN(b)) return isNaN(a) - isNaN(b) || order(one.name, other.name);
      return direction * (a - b) || order(one.name, other.name);
    });
    body.append.apply(body, known.map(function (each) { return each.row; }));
    heads.forEach(function (head, at) {
      if (at === place) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    sorter.value = String(place);
  }
  heads.forEach(function (head, place) {
    var button = document.createElement("button"), option = new Option(head.dataset.short || head.dataset.csv, place);
    button.type = "button";
    button.append(head.firstChild);
    head.prepend(button);
    button.addEventListener("click", function () {
      var now = head.getAttribute("aria-sort");
      sort(place, now ? (now === "ascending" ? -1 : 1) : place < FIRST ? 1 : -1);
    });
    sorter.append(option);
  });
  sorter.addEventListener("change", function () { sort(Number(sorter.value), sorter.value < FIRST ? 1 : -1); });

  var filter = part("filtre"), count = part("compte"), things = tools.dataset.things.split(","), counting;
  filter.addEventListener("input", function () {
    var words = plain(filter.value.trim()), shown = 0;
    known.forEach(function (each) {
      each.row.hidden = each.words.indexOf(words) < 0;
      shown += each.row.hidden ? 0 : 1;
    });
    clearTimeout(counting);
    counting = setTimeout(function () { count.textContent = words ? shown + " " + things[shown < 2 ? 0 : 1] + " sur " + known.length : ""; }, SETTLE);
  });

  function mark(code, name, value) {
    rows.forEach(function (row) { row.removeAttribute(name); });
    if (places[code]) places[code].row.setAttribute(name, value);
  }
  function pick(code, own) {
    current = places[code] ? code : null;
    mark(current, "aria-current", "true");
    if (own) dispatch("pick", current);
  }
  document.addEventListener("cpts:pick", function (event) {
    if (event.detail.from === "table") return;
    pick(event.detail.code, false);
    // The table alone moves, and never the page.
    if (!current || !region.getClientRects().length) return;
    var row = places[current].row;
    region.scrollTop = row.offsetTop - (region.clientHeight - row.offsetHeight) / 2;
  });
  document.addEventListener("cpts:hover", function (event) {
    if (event.detail.from !== "table") mark(event.detail.code, "data-hover", "");
  });

  // For a French Excel: semicolons, decimal comma, a mark of UTF-8; no text that is computed.
  function field(words) {
    var safe = words.split(/([;\t\r\n])/).map(function (bit) { return /^\s*[=+\-@]/.test(bit) ? "'" + bit : bit; }).join("");
    return /[;"\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  }
  function line(each) {
    var cells = Array.from(each.row.cells), found = [field(each.name)];
    if (FIRST > CODE) found.push('"=""' + each.code.replace(/\W/g, "") + '"""');
    cells.slice(FIRST).forEach(function (cell, at) {
      var place = at + FIRST, value = each.values[place], words = cell.querySelector(".vh"), unknown = cell.classList.contains("unknown");
      // The middle of an order of magnitude sorts its row, and is no figure of it.
      found.push("rough" in cell.dataset ? "" : isNaN(value) ? (unknown ? "" : field(text(cell))) : String(value).replace(".", ","));
      if ("words" in heads[place].dataset) { found[found.length - 1] = field(unknown ? "" : text(cell).trim()); return; }
      found.push(field(cell.dataset.status ? cell.dataset.status : unknown ? text(cell) : words ? words.textContent.trim() : heads[place].dataset.status));
    });
    return found.join(";");
  }
  part("csv").addEventListener("click", function () {
    var titles = heads.map(function (head, place) { return field(head.dataset.csv) + (place < FIRST || "words" in head.dataset ? "" : ";" + field(head.dataset.csv + ", statut")); });
    var lines = [titles.join(";")].concat(known.map(line)), link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" }));
    link.download = tools.dataset.file;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  });

  table.classList.add("live");
  tools.hidden = false;
  if ("sorted" in tools.dataset) sort(0, 1);
});
