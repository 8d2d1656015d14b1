// Each drawing of the page, and its map, leave it as a picture that says what it shows and from where.
(function () {
  const NS = "http://www.w3.org/2000/svg", WIDE = 1600, main = document.querySelector("main");
  const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "paint-order",
    "font-size", "font-weight", "font-style", "text-anchor"];
  const ink = getComputedStyle(main).color, stack = getComputedStyle(main).fontFamily;
  const plain = (element) => element.textContent.replace(/[ \t\r\n]+/g, " ").trim();

  function node(name, attributes, text) {
    const made = document.createElementNS(NS, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text) made.textContent = text;
    return made;
  }

  // What the style sheet says of a drawing goes with it.
  function taken(from) {
    const copy = from.cloneNode(true), copies = copy.querySelectorAll("*");
    const dress = (element, target) => {
      const look = getComputedStyle(element);
      LOOK.forEach((name) => target.setAttribute(name, look.getPropertyValue(name)));
      ["class", "style", "aria-hidden"].forEach((name) => target.removeAttribute(name));
    };
    from.querySelectorAll("*").forEach((element, rank) => dress(element, copies[rank]));
    dress(from, copy);
    return copy;
  }

  function lines(words, letters) {
    return words.split(" ").reduce((found, word) => {
      const last = found[found.length - 1];
      if (last !== undefined && last.length + word.length < letters) found[found.length - 1] = `${last} ${word}`;
      else found.push(word);
      return found;
    }, []);
  }

  // Words above, drawing, its key at the right, sources below: in units of the drawing.
  function picture(drawing, words) {
    const box = drawing.viewBox.baseVal, unit = box.width / 374, side = 14 * unit, keyed = words.key.length + words.rounds.length > 0;
    const wide = box.width + 2 * side + (keyed ? 190 * unit : 0);
    const whole = node("svg", {xmlns: NS, "font-family": stack, fill: ink});
    let top = side;
    const write = (text, size, look) => lines(text, Math.floor((wide - 2 * side) / (0.6 * size * unit))).forEach((line) => {
      top += 1.3 * size * unit;
      whole.append(node("text", {x: side, y: top, "font-size": size * unit, ...look}, line));
    });
    write(words.title, 15, {"font-weight": 700});
    if (words.measure) write(words.measure, 12, {});
    top += 8 * unit;
    const inner = taken(drawing);
    Object.entries({x: side, y: top, width: box.width, height: box.height, overflow: "hidden"}).forEach(([key, value]) => inner.setAttribute(key, value));
    if (words.circles) {
      // Names that keep off the circles.
      inner.lastElementChild.querySelectorAll(":scope > :is(text, circle)").forEach((each) => each.remove());
      inner.lastElementChild.append(taken(words.circles.querySelector(".discs")), ...Array.from(words.circles.querySelectorAll(".town"), taken));
    }
    whole.append(inner);
    const contours = document.querySelector(".contours defs");
    if (contours && drawing.querySelector("use")) whole.prepend(contours.cloneNode(true));
    const left = 2 * side + box.width;
    let low = top;
    words.key.forEach(([colour, text]) => {
      low += 17 * unit;
      whole.append(node("rect", {x: left, y: low - 11 * unit, width: 24 * unit, height: 12 * unit, fill: colour, stroke: ink, "stroke-width": 0.5 * unit}));
      whole.append(node("text", {x: left + 32 * unit, y: low, "font-size": 12 * unit}, text));
    });
    words.rounds.forEach((span) => {
      const disc = taken(span.querySelector("circle")), radius = Number(disc.getAttribute("r"));
      low += Math.max(17 * unit, 2 * radius + 5 * unit);
      Object.entries({cx: left + 12 * unit, cy: low - Math.max(4 * unit, radius)}).forEach(([key, value]) => disc.setAttribute(key, value));
      whole.append(disc, node("text", {x: left + 32 * unit, y: low - Math.max(0, radius - 4 * unit), "font-size": 12 * unit}, plain(span)));
    });
    top = Math.max(top + box.height, low) + 4 * unit;
    words.sources.forEach((text) => write(text, 11, {"fill-opacity": 0.75}));
    const high = top + side;
    Object.entries({viewBox: `0 0 ${wide} ${high}`, width: WIDE, height: Math.round(WIDE * high / wide)}).forEach(([key, value]) => whole.setAttribute(key, value));
    whole.prepend(node("rect", {width: wide, height: high, fill: getComputedStyle(document.body).backgroundColor}));
    return whole;
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function give(found, form) {
    const whole = picture(found.drawing, found), text = new XMLSerializer().serializeToString(whole);
    const slug = found.title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60).replace(/-$/, "");
    const name = `${main.dataset.file}-${slug}.${form}`;
    if (form === "svg") return save(new Blob([text], {type: "image/svg+xml"}), name);
    const image = new Image();
    image.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      canvas.width = WIDE;
      canvas.height = whole.getAttribute("height");
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, name));
    });
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }

  // The still maps of the layers that the map shows, one on the other.
  function map() {
    const stills = Array.from(document.querySelectorAll(".stills figure")), shown = main.querySelector(".map .cpts-map");
    const [painted, counted] = ["fill", "circles"].map((kind) => stills.find((each) => shown && each.dataset.layer === shown.dataset[kind]));
    const base = painted || counted || stills[0];
    const both = [base, counted !== base && counted].filter(Boolean), part = (each, selector) => plain(each.querySelector(selector));
    return {
      drawing: base.querySelector(".drawing"),
      circles: both[1] && both[1].querySelector(".drawing"),
      title: both.map((each) => part(each, "b")).join(" · "),
      measure: both.map((each) => part(each, "span")).join(" · "),
      key: Array.from(base.querySelectorAll("tbody tr"), (row) => [row.querySelector("i").style.background || "url(#m-absent)",
        `${plain(row.cells[1])} (${plain(row.cells[2])})`]),
      rounds: counted ? Array.from(counted.querySelectorAll(".circles span")) : [],
      sources: [...new Set(both.map((each) => part(each, ".small"))), main.dataset.credit]
    };
  }

  function offer(after, words, find) {
    const group = document.createElement("p");
    group.className = "take noprint";
    group.append("Image : ");
    ["png", "svg"].forEach((form) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = form.toUpperCase();
      button.setAttribute("aria-label", `${words}, image en ${form.toUpperCase()}`);
      button.addEventListener("click", () => give(find(), form));
      group.append(button);
    });
    after.after(group);
  }

  main.querySelectorAll("svg:is(.dots, .chart, .sources)").forEach((drawing) => {
    const fold = drawing.closest("details"), held = document.createElement("figure");
    const title = fold ? plain(fold.querySelector("summary :is(h2, h3, h4)")) : drawing.getAttribute("aria-label");
    held.className = "pictured";
    drawing.replaceWith(held);
    held.append(drawing);
    const measure = fold ? "" : Array.from(main.querySelectorAll(".condition, .dotted figcaption"), plain).join(" ");
    offer(drawing, title, () => ({drawing, title, measure, key: [], rounds: [], sources: [main.dataset.credit]}));
  });
  if (main.querySelector(".stills")) offer(main.querySelector(".map"), "Carte", map);
})();
