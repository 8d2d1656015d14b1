(function () {
  var root = document.documentElement, nav = document.querySelector(".top nav");
  var links = nav ? Array.from(nav.querySelectorAll("a")) : [];
  var screens = Array.from(document.querySelectorAll("main > .screen"));
  var box = document.getElementById("imprimer-annexe"), opened = [], current = -1;

  // A link to a folded part opens it, and those around it.
  function unfold() {
    var id = location.hash.slice(1), target = id && document.getElementById(id);
    for (var node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (target && target.closest("details")) target.scrollIntoView();
  }

  // The link of the part under the head is the current one.
  function follow() {
    var line = nav.getBoundingClientRect().bottom + 80, found = links[0];
    links.forEach(function (link) {
      var part = document.getElementById(link.hash.slice(1));
      if (part && part.getBoundingClientRect().top <= line) found = link;
    });
    links.forEach(function (link) {
      if (link === found) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  }

  function show(index) {
    current = Math.max(0, Math.min(screens.length - 1, index));
    screens[current].scrollIntoView({ behavior: "instant" });
  }

  // A screen that is taller than the room is read to its end before the next one comes.
  function turn(step) {
    var part = screens[current].getBoundingClientRect(), below = part.bottom - window.innerHeight;
    var rest = step > 0 ? below : -part.top;
    if (rest <= 8) return show(current + step);
    window.scrollBy({ top: step * Math.min(rest, 0.85 * window.innerHeight), behavior: "instant" });
  }

  function present(on) {
    root.classList.toggle("present", on);
    window.dispatchEvent(new Event("resize"));
    if (on) show(0);
  }

  // Arrows of a control keep their meaning; a clicker sends PageDown and PageUp.
  function key(event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key.toLowerCase() === "p" && !typing) return present(!root.classList.contains("present"));
    if (!root.classList.contains("present")) return;
    var step = { PageDown: 1, PageUp: -1, ArrowRight: typing ? 0 : 1, ArrowLeft: typing ? 0 : -1 }[event.key];
    if (event.key === "Escape") present(false);
    else if (step && !event.defaultPrevented) { event.preventDefault(); turn(step); }
  }

  function annex(on) {
    root.classList.toggle("annex", on);
    if (box) box.checked = on;
  }

  // On a phone what is long is closed too.
  if (window.matchMedia("(max-width: 640px)").matches)
    document.querySelectorAll("details[data-wide]").forEach(function (each) { each.open = false; });
  window.addEventListener("beforeprint", function () {
    if (!root.classList.contains("annex")) return;
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    opened.forEach(function (each) { each.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (each) { each.open = false; });
    opened = [];
  });
  window.addEventListener("hashchange", unfold);
  document.addEventListener("keydown", key);
  if (nav) {
    document.addEventListener("scroll", follow, { passive: true });
    document.querySelector(".actions").hidden = document.querySelector(".remote").hidden = false;
    document.querySelector(".remote").addEventListener("click", function (event) {
      var step = event.target.dataset.step;
      if (step === "0") present(false); else if (step) turn(Number(step));
    });
    document.getElementById("presenter").addEventListener("click", function () { present(true); });
    document.getElementById("imprimer").addEventListener("click", function () { window.print(); });
    box.addEventListener("change", function () { annex(box.checked); });
    follow();
  }
  var asked = new URLSearchParams(location.search);
  if (asked.get("annexe") === "1") annex(true);
  if (asked.get("p") === "1") present(true);
  unfold();
})();
