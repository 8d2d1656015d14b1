(function () {
  var box = document.getElementById("essai");
  var table = JSON.parse(document.getElementById("essai-table").textContent);
  var inputs = box.querySelectorAll("input"), shown = box.querySelectorAll("output");
  var found = box.querySelector(".found"), part = box.querySelector(".part");
  function french(value, digits) {
    return value.toLocaleString("fr-FR", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }
  function share(value) {
    if (value >= 0.995 && value < 1) return "plus de 99\u202f%";
    if (value > 0 && value < 0.005) return "moins de 1\u202f%";
    return french(100 * value, 0) + "\u202f%";
  }
  function at(name, index, demand) {
    var row = table[name][index], x = table.demands[index], k = 1;
    while (k < x.length - 1 && x[k] < demand) k += 1;
    var t = (demand - x[k - 1]) / (x[k] - x[k - 1]);
    // The requests served are nearly straight between two demands; their share is not.
    var low = row[k - 1] * x[k - 1], high = row[k] * x[k];
    return (low + t * (high - low)) / demand;
  }
  function show() {
    var slots = Number(inputs[0].value), demand = Number(inputs[1].value);
    var index = table.slots.indexOf(slots);
    var served = at("served", index, demand), same = at("same_day", index, demand);
    shown[0].textContent = french(slots, 0);
    shown[1].textContent = french(demand, 1);
    part.style.width = 100 * served + "%";
    var first = share(served);
    found.textContent = first.charAt(0).toUpperCase() + first.slice(1) + " des demandes servies dans le délai, " + share(same) +
      " le jour même : objectif " + (served >= table.target ? "tenu." : "manqué.");
  }
  box.querySelector(".goal").style.left = 100 * table.target + "%";
  inputs.forEach(function (input) { input.addEventListener("input", show); });
  box.hidden = false;
  show();
})();
