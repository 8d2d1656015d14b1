(function () {
  "use strict";
  var box = document.getElementById("essai");
  var data = JSON.parse(document.getElementById("essai-donnees").textContent);
  var SETTLE = 600, MOST = 250, NO_DIGIT = 1e-17, NARROW = 100;
  function one(selector) { return box.querySelector(selector); }
  function all(selector) { return Array.prototype.slice.call(box.querySelectorAll(selector)); }

  // The queue of capacity/queue/_chain.py: requests of a day, one day, the steady state.
  function chances(mean, least) {
    var spread = data.dispersion, plain = spread === 1, size = mean / (spread - 1);
    var cluster = plain ? 0 : 37 / -Math.log1p(-1 / spread);
    var top = Math.max(least, Math.ceil(mean + 14 * Math.sqrt(spread * mean) + Math.max(60, cluster)));
    var found = new Float64Array(top + 1), log = plain ? -mean : -size * Math.log(spread);
    for (var k = 0; k <= top; k += 1) {
      found[k] = Math.exp(log);
      log += Math.log(plain ? mean / (k + 1) : (k + size) / (k + 1) * (1 - 1 / spread));
    }
    return found;
  }
  function fromEnd(values) {
    var sums = new Float64Array(values.length + 1);
    for (var k = values.length - 1; k >= 0; k -= 1) sums[k] = sums[k + 1] + values[k];
    return sums;
  }
  function served(mean, slots, days) {
    if (mean <= 0) return 1;
    // Every slot is taken, whatever the day.
    if (mean - slots > 12 * Math.sqrt(data.dispersion * mean)) return slots / mean;
    var last = days * slots, room = last + slots, i, j, k, row, sum, rows = [];
    var pmf = chances(mean, room + 1), reached = fromEnd(pmf), excess = fromEnd(reached.subarray(1));
    var below = new Float64Array(slots + 1);
    for (k = 0, sum = 0; k <= slots; k += 1) below[k] = sum += pmf[k];
    for (i = 0; i <= last; i += 1) {
      rows.push(row = new Float64Array(last + 1));
      for (j = Math.max(1, i - slots); j < last; j += 1) row[j] = pmf[j + slots - i];
      row[last] = reached[last + slots - i];
      if (i <= slots) row[0] = last ? below[slots - i] : 1;
    }
    // Grassmann, Taksar and Heyman: nothing is subtracted, no digit is lost.
    for (k = last; k > 0; k -= 1) {
      var leaving = rows[k], first = Math.max(0, k - slots);
      for (j = first, sum = 0; j < k; j += 1) sum += leaving[j];
      for (i = 0; i < k; i += 1) {
        row = rows[i];
        var share = row[k] /= sum;
        if (share > NO_DIGIT) for (j = first; j < k; j += 1) row[j] += share * leaving[j];
      }
    }
    var state = new Float64Array(last + 1), total = state[0] = 1, lost = excess[room];
    for (k = 1; k <= last; k += 1) {
      for (i = 0; i < k; i += 1) state[k] += state[i] * rows[i][k];
      total += state[k];
      lost += state[k] * excess[room - k];
    }
    return 1 - lost / total / mean;
  }

  // Least slots for a demand; what is learnt of one demand serves for the next.
  var learnt = {};
  function need(asked, days) {
    if (asked <= 0) return 0;
    var known = learnt[days] = learnt[days] || { carried: [], missed: [] };
    function enough(slots) {
      if (asked <= known.carried[slots]) return true;
      if (asked >= known.missed[slots]) return false;
      var holds = served(asked, slots, days) >= data.target;
      known[holds ? "carried" : "missed"][slots] = asked;
      return holds;
    }
    var low = Math.max(1, Math.ceil(data.target * asked * (1 - 1e-12))) - 1, high = low + 1, stride = 1;
    while (high <= MOST && !enough(high)) {
      low = high;
      high += stride;
      stride *= 2;
    }
    if (low >= MOST) return Infinity;
    high = Math.min(high, MOST + 1);
    while (high - low > 1) {
      var middle = (low + high) >> 1;
      if (enough(middle)) high = middle; else low = middle;
    }
    return high > MOST ? Infinity : high;
  }

  var inputs = { slots: one("#essai-creneaux"), minutes: one("#essai-minutes"), people: one("#essai-personnes"), part: one("#essai-part"), ages: one("#essai-ages") };
  var start = { public: 0, slots: Number(inputs.slots.value), share: null, minutes: null, people: null, deadline: Number(one("[name=essai-delai]:checked").value) };
  var state = Object.assign({}, start);
  var firstMost = inputs.slots.max;
  function shareInput() { return one("#essai-part-" + state.public); }

  // The demand of the public, once what was fixed is.
  function demand() {
    var of = data.publics[state.public], free = state.share === null;
    var base = free ? of.law[Math.min(state.deadline, of.law.length - 1)] : of.unit;
    var times = (free ? 1 : of.over ? 1 / state.share : state.share) * (state.people === null ? 1 : state.people / of.people);
    function at(value, place) { return free ? value * times : Math.max(value * times, of.floor[place]); }
    return {
      bounds: base.bounds.map(function (each) { return at(each, 0); }),
      middle: at(base.middle, 0),
      months: base.months.map(function (month, place) { return month.map(function (each) { return at(each, place + 1); }); }),
      levels: base.levels.map(function (each) { return at(each, 0); }),
    };
  }
  function untouched() { return state.share === null && state.minutes === null && state.people === null && state.deadline === start.deadline; }

  // Share of a triangular law under a value.
  function under(value) {
    var low = data.minutes[0], likely = data.minutes[1], high = data.minutes[2], width = high - low;
    if (value >= high) return 1;
    if (value <= low) return 0;
    return value <= likely ? (value - low) * (value - low) / width / (likely - low) : 1 - (high - value) * (high - value) / width / (high - likely);
  }
  function hours(asked, needed, days) {
    var week = data.days / 60, of = data.publics[state.public];
    if (untouched()) return of.answer.hours;
    if (state.minutes !== null) return needed.map(function (each) { return each * state.minutes * week; });
    var levels = asked.levels, last = levels.length - 1, weights = {};
    var cap = Math.ceil(need(levels[Math.ceil(0.905 * last)], days) * data.minutes[2] / data.minutes[0]);
    function at(place) {
      var before = Math.min(Math.floor(place), last - 1);
      var each = levels[before] + (place - before) * (levels[before + 1] - levels[before]);
      // So many slots are above the greatest bound of the hours, however short they are.
      return each * data.target > cap ? Infinity : need(each, days);
    }
    function add(slots, weight) { weights[slots] = (weights[slots] || 0) + weight; }
    // A slot more or less says little where they are many.
    function divide(from, to, low, high) {
      if (low === high || to - from < Math.min(1, low / NARROW)) {
        add(low, (to - from) / 2);
        add(high, (to - from) / 2);
        return;
      }
      var middle = (from + to) / 2, slots = at(middle);
      divide(from, middle, low, slots);
      divide(middle, to, slots, high);
    }
    add(at(0), 0.5);
    add(at(last), 0.5);
    divide(0, last, at(0), at(last));
    return [0.1, 0.5, 0.9].map(function (level) {
      var low = 0, high = cap * data.minutes[2] * week, middle;
      for (var turn = 0; turn < 40; turn += 1) {
        middle = (low + high) / 2;
        var sum = 0;
        Object.keys(weights).forEach(function (each) { sum += weights[each] * (each > 0 ? under(middle / each / week) : 1); });
        if (sum < level * levels.length) low = middle; else high = middle;
      }
      return high;
    });
  }

  function french(value, digits) { return value.toLocaleString("fr-FR", { minimumFractionDigits: digits, maximumFractionDigits: digits }); }
  function percent(value) {
    if (value >= 0.995 && value < 1) return "plus de 99\u202f%";
    if (value > 0 && value < 0.005) return "moins de 1\u202f%";
    return french(100 * value, 0) + "\u202f%";
  }
  function count(value) { return value === Infinity ? "plus de " + MOST : french(value, 0); }
  function span(low, high) { return count(low) === count(high) ? count(low) : count(low) + "\u00a0à\u00a0" + count(high); }
  function slotsWord(value) { return value < 2 ? "créneau" : "créneaux"; }
  function write(selector, text, value) {
    var place = one(selector);
    place.textContent = text;
    if (value !== undefined) place.value = String(value);
  }

  function months(asked, days, offered, rough) {
    var found = asked.months.map(function (month) { return month.map(function (each) { return need(each, days); }); });
    var most = Math.max(offered, Math.max.apply(null, found.map(function (each) { return Math.min(each[2], MOST); })), 1);
    var list = one(".by-month");
    list.textContent = "";
    found.forEach(function (each, place) {
      var item = document.createElement("li"), name = document.createElement("span"), track = document.createElement("span"), value = document.createElement("data");
      name.textContent = data.months[place];
      track.className = "track";
      track.setAttribute("aria-hidden", "true");
      [["", Math.min(each[0], MOST), each[2]], ["mid", each[1]], ["now", offered]].forEach(function (mark) {
        if (mark[0] === "mid" && rough) return;
        var bar = document.createElement("i");
        bar.className = mark[0];
        bar.style.left = 100 * Math.min(mark[1], most) / most + "%";
        if (!mark[0]) bar.style.width = 100 * (Math.min(mark[2], most) - mark[1]) / most + "%";
        track.append(bar);
      });
      value.value = each.join(" ");
      value.textContent = rough ? span(each[0], each[2]) : count(each[1]) + (each[0] < each[2] ? " (" + span(each[0], each[2]) + ")" : "");
      item.append(name, track, value);
      list.append(item);
    });
  }

  function show() {
    var of = data.publics[state.public], days = data.deadlines[state.deadline], asked = demand();
    var needed = asked.bounds.map(function (each) { return need(each, days); });
    var worked = hours(asked, needed, days), given = served(asked.middle, state.slots, days);
    var spread = needed[0] < needed[2], rough = of.rough, whole = worked.map(Math.round);
    if (needed[2] <= MOST) inputs.slots.max = String(Math.max(firstMost, needed[2], state.slots));
    write(".who", of.who + "\u202f: un rendez-vous " + data.said[state.deadline]);
    write(".verb", needed[2] === 0 ? "Il ne faudrait" : "Il faudrait");
    write(".needed", needed[2] === 0 ? "aucun" : rough ? span(needed[0], needed[2]) : count(needed[1]), needed.join(" "));
    write(".unit", (rough && spread ? "créneaux" : slotsWord(needed[1])) + " par jour");
    write(".spread", rough ? "Ordre de grandeur ; " + data.chances : spread ? span(needed[0], needed[2]) + " dans " + data.chances : "");
    write(".hours", worked[2] < 1 ? "moins d’une heure" : (rough ? span(whole[0], whole[2]) : count(whole[1])) + "\u202fh", worked.join(" "));
    write(".hours-spread", !rough && whole[0] < whole[2] ? " (" + span(whole[0], whole[2]) + ")" : "");
    write(".served", percent(given), given);
    write(".offered", "des demandes servies à temps avec " + french(state.slots, 0) + "\u00a0" + slotsWord(state.slots) + (rough ? ", au milieu de l’ordre de grandeur" : ""));
    one(".part").style.width = 100 * given + "%";
    months(asked, days, state.slots, rough);
    labels();
    one(".reset").disabled = untouched() && state.slots === start.slots && state.public === start.public;
  }
  function labels() {
    function said(input, text, own) {
      var output = input.parentNode.querySelector("output") || input.parentNode.parentNode.querySelector("output");
      output.textContent = text;
      output.className = own ? "own" : "";
      input.setAttribute("aria-valuetext", text);
    }
    said(inputs.slots, french(state.slots, 0), state.slots !== start.slots);
    said(inputs.minutes, state.minutes === null ? inputs.minutes.dataset.law : french(state.minutes, 0) + "\u202fmin", state.minutes !== null);
    all(".share").forEach(function (each) { each.hidden = Number(each.dataset.public) !== state.public; });
    var input = shareInput(), digits = Number(input.step) < 1 ? 1 : 0;
    said(input, state.share === null ? input.dataset.law : french(100 * state.share, digits) + "\u202f%", state.share !== null);
    if (inputs.people) inputs.people.closest(".people").classList.toggle("own", state.people !== null);
    all("[name=essai-public]").forEach(function (each) { each.checked = Number(each.value) === state.public; });
    all("[name=essai-delai]").forEach(function (each) { each.checked = Number(each.value) === state.deadline; });
  }
  function chosen(place) {
    if (place === state.public) return;
    shareInput().value = shareInput().defaultValue;
    state.public = place;
    state.share = null;
  }

  function numberIn(input) { return parseFloat(input.value.replace(/[\s\u202f\u00a0]/g, "").replace(",", ".")); }
  // People and the share that they are say one another.
  function shareOf(people) { return 100 * people / inputs.part.dataset.population / inputs.ages.value; }
  function typed(people) {
    chosen(Number(inputs.people.closest(".people").dataset.public));
    state.people = people;
  }
  // What is not understood is said, and the answer that stays is no longer that of the box.
  function refused(so) {
    box.classList.toggle("stale", so);
    one(".wrong").hidden = !so;
  }
  function onPeople(event) {
    var by = event.target === inputs.people, most = inputs.part ? Number(inputs.part.dataset.population) : Infinity;
    var given = numberIn(by ? inputs.people : inputs.part), fits = by ? given >= 1 && given <= most : given > 0 && given <= 100;
    event.target.setAttribute("aria-invalid", String(!fits));
    refused(!fits);
    if (!fits) return;
    typed(by ? given : given / 100 * inputs.ages.value * most);
    if (!by) inputs.people.value = french(state.people, 0);
    else if (inputs.part) inputs.part.value = french(shareOf(given), 1);
    show();
  }

  var speaking;
  function speak() {
    clearTimeout(speaking);
    speaking = setTimeout(function () {
      one("[role=status]").textContent = [".who", ".need", ".spread"].map(function (each) { return one(each).textContent.trim(); }).filter(Boolean).join(", ") + ". " + one(".with").textContent + ".";
    }, SETTLE);
  }
  function reset() {
    Object.assign(state, start);
    all("input").forEach(function (each) { each.value = each.defaultValue; });
    if (inputs.ages) inputs.ages.selectedIndex = 0;
    inputs.slots.max = firstMost;
    inputs.slots.value = String(start.slots);
    all("[aria-invalid]").forEach(function (each) { each.removeAttribute("aria-invalid"); });
    if (inputs.people) refused(false);
    if (inputs.part) inputs.part.value = french(shareOf(data.publics[inputs.people.closest(".people").dataset.public].people), 1);
    show();
  }
  box.addEventListener("input", function (event) {
    var input = event.target;
    if (input === inputs.people || input === inputs.part || input === inputs.ages) onPeople(event);
    else {
      if (input === inputs.slots) state.slots = Number(input.value);
      if (input === inputs.minutes) state.minutes = Number(input.value);
      if (input.name === "essai-delai") state.deadline = Number(input.value);
      if (input.name === "essai-public") chosen(Number(input.value));
      if (input.closest(".share")) state.share = Number(input.value) / 100;
      show();
    }
    speak();
  });
  all("[data-step]").forEach(function (button) {
    button.addEventListener("click", function () {
      inputs.slots.value = String(state.slots + Number(button.dataset.step));
      state.slots = Number(inputs.slots.value);
      show();
      speak();
    });
  });
  one(".reset").addEventListener("click", function () { reset(); speak(); });
  document.getElementById("essai-sans").hidden = true;
  box.hidden = false;
  reset();
})();
