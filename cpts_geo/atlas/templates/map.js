// One map of communes from its data: geometry once, a column a layer, drawn on a canvas.
// Text of others is data: it is only ever written as text, never as HTML.
const cptsMap = (() => {
  "use strict";
  const FINE = 0.7, NAMES = 30, SETTLE = 450, NARROW = 720, WORLD = 256, SOON = 1400, LETTERS = 130, FAR = 400;
  let made = 0;

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (name.startsWith("on")) { node.addEventListener(name.slice(2), value); }
      else if (value !== null && value !== false) { node.setAttribute(name, value === true ? "" : value); }
    });
    node.append(...children);
    return node;
  }
  const hidden = (text) => el("span", {class: "cpts-hidden"}, text);
  const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/œ/g, "oe").replace(/[^a-z0-9]+/g, " ").trim();
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  // A block of the page: packed bytes, whose head is JSON and whose tail is contours.
  async function unpacked(text) {
    const packed = atob(text), bytes = new Uint8Array(packed.length);
    for (let k = 0; k < packed.length; k += 1) { bytes[k] = packed.charCodeAt(k); }
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const all = new Uint8Array(await new Response(stream).arrayBuffer());
    const parts = [];
    for (let at = 0; at < all.length;) {
      const size = new DataView(all.buffer, at, 4).getUint32(0, true);
      parts.push(all.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
    const data = JSON.parse(new TextDecoder().decode(parts[0]));
    return {data, sets: parts.slice(1).map((part) => contours(part, data.quantum))};
  }

  const across = (lon) => (lon + 180) / 360 * WORLD;
  const down = (lat) => {
    const sine = Math.sin(lat * Math.PI / 180);
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD;
  };

  function contours(bytes, quantum) {
    let at = 0;
    function next() {
      let value = 0, shift = 1, byte = 128;
      while (byte > 127) {
        byte = bytes[at];
        at += 1;
        value += (byte & 127) * shift;
        shift *= 128;
      }
      return value % 2 ? -(value + 1) / 2 : value / 2;
    }
    // Where each begins: one more than there are.
    function starts(count) {
      const found = new Int32Array(count + 1);
      for (let k = 0; k < count; k += 1) { found[k + 1] = found[k] + next(); }
      return found;
    }
    const counts = [next(), next(), next(), next()];
    const arc = starts(counts[0]), shape = starts(counts[1]), ring = starts(counts[2]);
    const refs = new Int32Array(counts[3]), size = arc[counts[0]];
    for (let k = 0, last = 0; k < refs.length; k += 1) { last += next(); refs[k] = last; }
    const x = new Float64Array(size), y = new Float64Array(size);
    for (let k = 0, last = 0; k < size; k += 1) { last += next(); x[k] = across(last * quantum); }
    for (let k = 0, last = 0; k < size; k += 1) { last += next(); y[k] = down(last * quantum); }
    const found = {count: counts[1], arc, shape, ring, refs, x, y, details: new Map()};
    found.boxes = boxes(found);
    return found;
  }

  function boxes(set) {
    const arcs = new Float64Array(4 * (set.arc.length - 1)), found = new Float64Array(4 * set.count);
    function widen(box, at, left, top, right, bottom) {
      box[at] = Math.min(box[at], left);
      box[at + 1] = Math.min(box[at + 1], top);
      box[at + 2] = Math.max(box[at + 2], right);
      box[at + 3] = Math.max(box[at + 3], bottom);
    }
    function begin(box, at) { box[at] = box[at + 1] = Infinity; box[at + 2] = box[at + 3] = -Infinity; }
    for (let k = 0; k + 1 < set.arc.length; k += 1) {
      begin(arcs, 4 * k);
      for (let p = set.arc[k]; p < set.arc[k + 1]; p += 1) {
        widen(arcs, 4 * k, set.x[p], set.y[p], set.x[p], set.y[p]);
      }
    }
    for (let k = 0; k < set.count; k += 1) {
      begin(found, 4 * k);
      for (let r = set.ring[set.shape[k]]; r < set.ring[set.shape[k + 1]]; r += 1) {
        const a = 4 * (set.refs[r] < 0 ? ~set.refs[r] : set.refs[r]);
        widen(found, 4 * k, arcs[a], arcs[a + 1], arcs[a + 2], arcs[a + 3]);
      }
    }
    return found;
  }

  // Points of the arcs that are told apart at a zoom: both ends, and what is far enough in between.
  function detail(set, zoom) {
    const level = Math.ceil(zoom);
    if (!set.details.has(level)) {
      const far = (FINE / 2 ** level) ** 2, kept = [], start = new Int32Array(set.arc.length);
      for (let k = 0; k + 1 < set.arc.length; k += 1) {
        const end = set.arc[k + 1] - 1;
        let last = set.arc[k];
        kept.push(last);
        for (let p = last + 1; p < end; p += 1) {
          if ((set.x[p] - set.x[last]) ** 2 + (set.y[p] - set.y[last]) ** 2 >= far) { kept.push(p); last = p; }
        }
        if (end > set.arc[k]) { kept.push(end); }
        start[k + 1] = kept.length;
      }
      set.details.set(level, {start, kept: Int32Array.from(kept)});
    }
    return set.details.get(level);
  }

  // Even-odd over all rings: holes and parts need no more care.
  function inside(set, shape, x, y) {
    const box = 4 * shape;
    if (x < set.boxes[box] || y < set.boxes[box + 1] || x > set.boxes[box + 2] || y > set.boxes[box + 3]) {
      return false;
    }
    let odd = false;
    for (let r = set.ring[set.shape[shape]]; r < set.ring[set.shape[shape + 1]]; r += 1) {
      const a = set.refs[r] < 0 ? ~set.refs[r] : set.refs[r];
      for (let p = set.arc[a] + 1; p < set.arc[a + 1]; p += 1) {
        if ((set.y[p] > y) !== (set.y[p - 1] > y) &&
            x < (set.x[p - 1] - set.x[p]) * (y - set.y[p]) / (set.y[p - 1] - set.y[p]) + set.x[p]) { odd = !odd; }
      }
    }
    return odd;
  }

  // Who is on each side of an arc: an edge between two areas is an outline, between two départements a border.
  function sides(set) {
    const first = new Int32Array(set.arc.length).fill(-1), second = new Int32Array(set.arc.length).fill(-1);
    for (let k = 0; k < set.count; k += 1) {
      for (let r = set.ring[set.shape[k]]; r < set.ring[set.shape[k + 1]]; r += 1) {
        const a = set.refs[r] < 0 ? ~set.refs[r] : set.refs[r];
        if (first[a] < 0) { first[a] = k; } else { second[a] = k; }
      }
    }
    return {first, second};
  }

  function written(layer, value) {
    if (value === null || value === undefined) { return ""; }
    const size = Math.abs(value), text = String(size).padStart(layer.decimals + 1, "0");
    const whole = text.slice(0, text.length - layer.decimals).replace(/\B(?=(\d{3})+$)/g, "\u202f");
    const part = layer.decimals ? "," + text.slice(-layer.decimals) : "";
    const sign = value < 0 ? "\u2212" : value > 0 && layer.signed ? "+" : "";
    return sign + whole + part + (layer.percent ? "\u202f%" : "");
  }
  const whole = (count) => written({decimals: 0}, count);
  function unit(layer, value) {
    if (value === null || layer.percent) { return ""; }
    const one = Math.abs(value) < 2 * 10 ** layer.decimals && !layer.unit.includes(" ");
    return "\u00a0" + (one ? layer.unit.replace(/s$/, "") : layer.unit);
  }

  function extended() {
    return L.Renderer.extend({
      initialize(id) {
        L.Renderer.prototype.initialize.call(this, {pane: "cpts", padding: 0.15});
        this.id = id;
        this.rank = made;
        made += 1;
        this.state = {fill: -1, circles: -1, dim: null, over: -1, picked: -1, area: -1, at: -1, swipe: false, cut: 0.5};
      },
      onAdd(map) {
        this._map = map;
        if (!map.getPane("cpts")) {
          map.createPane("cpts").style.zIndex = 350;
          map.getPane("cpts").style.pointerEvents = "none";
          map.createPane("cpts-names").style.zIndex = 620;
          map.getPane("cpts-names").style.pointerEvents = "none";
          map.getPane("cpts-names").classList.add("leaflet-zoom-hide");
        }
        const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
        if (still) { map._zoomAnimated = false; map.options.inertia = false; }
        this.moving = !still;
        this.ready = this.ready || unpacked(document.getElementById(this.id).textContent);
        this.ready.then(({data, sets}) => {
          if (this._map !== map) { return; }
          this.data = data;
          [this.rows, this.land, this.bare] = sets;
          if (!this.prepared) { this.prepare(); }
          this.lay();
          this.choose();
          this.fit();
          L.Renderer.prototype.onAdd.call(this, map);
          this.listen();
          this.box.dataset.ready = "";
        });
      },
      // Leaflet would call these before there is anything to draw.
      getEvents() { return {}; },
      onRemove(map) {
        if (this.box) { this.quiet(); [this.bar, this.legend, this.card].forEach((part) => part.remove()); }
        map.getPane("cpts-names").replaceChildren();
        if (this._container) { this._container.remove(); delete this._container; }
      },
      _initContainer() {
        this.canvas = el("canvas");
        this.top = el("canvas");
        this._container = el("div", {class: "cpts-canvas"}, this.canvas, this.top);
      },
      _update() {
        if (this._map._animatingZoom && this._bounds || !this._container) { return; }
        L.Renderer.prototype._update.call(this);
        const size = this._bounds.getSize(), dense = Math.min(window.devicePixelRatio || 1, 2);
        L.DomUtil.setPosition(this._container, this._bounds.min);
        [this.canvas, this.top].forEach((each) => {
          each.width = dense * size.x;
          each.height = dense * size.y;
          each.style.width = size.x + "px";
          each.style.height = size.y + "px";
        });
        this.draw();
      },

      prepare() {
        const {data, rows} = this;
        this.prepared = true;
        this.keys = data.names.map(folded);
        this.x = data.at[0].map((each) => across(each * data.quantum));
        this.y = data.at[1].map((each) => down(each * data.quantum));
        this.sides = sides(rows);
        this.layers = data.layers;
        const known = (kind) => this.layers.findIndex((each) => each.kind === kind &&
          each.values.some((value, row) => value !== null && row < data.own));
        this.state.fill = known("fill");
        if (this.state.fill < 0) { this.state.fill = this.layers.findIndex((each) => each.kind === "fill"); }
        this.state.circles = data.circled || this.state.fill < 0 ? known("circles") : -1;
        // Read from the top left: rows of about a tenth of the height.
        const mine = this.rowsOf((row) => row < data.own);
        const top = Math.min(...mine.map((row) => this.y[row])), bottom = Math.max(...mine.map((row) => this.y[row]));
        const band = (row) => Math.floor(10 * (this.y[row] - top) / (bottom - top + 1e-12));
        this.order = mine.sort((a, b) => band(a) - band(b) || this.x[a] - this.x[b]);
        const people = Array.isArray(data.people) ? data.people : this.layers[data.people].values;
        this.ranked = this.rowsOf(() => true).sort((a, b) => (b < data.own) - (a < data.own) ||
          (people[b] || 0) - (people[a] || 0));
      },
      rowsOf(test) {
        const found = [];
        for (let row = 0; row < this.rows.count; row += 1) { if (test(row)) { found.push(row); } }
        return found;
      },

      // ---- what stands around the map
      lay() {
        const map = this._map, stage = map.getContainer(), name = "cpts" + this.rank;
        if (!this.box) {
          this.box = el("section", {class: "cpts-map", "aria-label": this.data.label});
          this.stage = el("div", {class: "cpts-stage"});
          stage.replaceWith(this.box);
          this.stage.append(stage);
          this.box.append(this.stage);
          // One tab stop for the communes, none for what Leaflet would make one.
          stage.removeAttribute("tabindex");
          if (map.keyboard) { map.keyboard.disable(); }
          if (map.attributionControl) { map.attributionControl.setPrefix(false); }
          L.control.scale({imperial: false}).addTo(map);
          if (!map.zoomControl) { L.control.zoom({zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer"}).addTo(map); }
          this.makeList(name);
        }
        this.bar = el("div", {class: "cpts-bar"}, this.makeSearch(name), ...this.makeChoices(name));
        this.legend = el("div", {class: "cpts-legend"});
        this.numbers = el("p", {class: "cpts-keys cpts-numbers"});
        this.card = el("aside", {class: "cpts-card", "aria-label": "Commune choisie"});
        this.box.prepend(this.bar);
        this.box.append(this.card, this.legend);
        this.box.classList.toggle("cpts-narrow", this.box.clientWidth < NARROW);
      },
      fit() {
        const map = this._map;
        this.box.classList.toggle("cpts-narrow", this.box.clientWidth < NARROW);
        map.invalidateSize({animate: false});
        if (this.box.clientWidth === 0) { return; }
        map.fitBounds(this.data.bounds, {animate: false, padding: [14, 14]});
      },
      makeSearch(name) {
        const list = el("ul", {class: "cpts-found", role: "listbox", id: name + "-found", hidden: true,
          "aria-label": "Communes trouvées"});
        const field = el("input", {type: "text", class: "cpts-search", role: "combobox", autocomplete: "off",
          placeholder: this.data.search, "aria-label": this.data.search, "aria-expanded": "false",
          "aria-controls": list.id, "aria-autocomplete": "list", spellcheck: "false"});
        let found = [], at = -1;
        const show = () => {
          list.replaceChildren(...found.map((each, rank) => el("li", {
            role: "option", id: `${name}-found-${rank}`, "aria-selected": String(rank === at),
            onmousedown: (event) => { event.preventDefault(); take(each); }
          }, each.text)));
          list.hidden = found.length === 0;
          field.setAttribute("aria-expanded", String(found.length > 0));
          field.setAttribute("aria-activedescendant", at < 0 ? "" : `${name}-found-${at}`);
        };
        const take = (each) => {
          found = [];
          show();
          field.value = each.text;
          if (each.row >= 0) { this.reach([each.row]); this.pick(each.row); } else { this.reach(each.rows); this.visit(each.rank); }
        };
        field.addEventListener("input", () => {
          found = this.search(folded(field.value));
          at = found.length ? 0 : -1;
          show();
        });
        field.addEventListener("blur", () => { found = []; show(); });
        field.addEventListener("keydown", (event) => {
          const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
          if (step && found.length) { at = (at + step + found.length) % found.length; show(); event.preventDefault(); }
          if (event.key === "Enter" && found[at]) { take(found[at]); event.preventDefault(); }
          if (event.key === "Escape") {
            if (found.length) { found = []; show(); event.stopPropagation(); }
          }
        });
        this.field = field;
        return el("div", {class: "cpts-seek"}, field, list);
      },
      search(asked) {
        if (!asked) { return []; }
        const {data} = this, begun = [], held = [];
        const sort = (key, each) => {
          if (key.startsWith(asked)) { begun.push(each); } else if (key.includes(" " + asked)) { held.push(each); }
        };
        data.areas.forEach((area, rank) => {
          if (data.areas.length > 1 && data.own !== data.areas.length) {
            sort(folded(area.name), {text: area.name, row: -1, rank});
          }
        });
        this.ranked.forEach((row) => {
          if (begun.length < 8) { sort(this.keys[row], {text: `${data.names[row]} (${data.codes[row]})`, row}); }
        });
        const found = [...begun, ...held].slice(0, 8);
        found.filter((each) => each.row < 0).forEach((each) => {
          each.rows = this.rowsOf((row) => data.area[row] === each.rank);
        });
        return found;
      },
      makeChoices(name) {
        const part = (kind, title, none) => {
          const options = this.layers.map((layer, rank) => [layer, rank]).filter(([layer]) => layer.kind === kind &&
            (kind !== "circles" || layer.discs.length > 0));
          const letters = options.reduce((sum, [layer]) => sum + layer.title.length, 0);
          if (options.length === 0 || options.length === 1 && !none) { return null; }
          if (letters > LETTERS) {
            const choice = el("select", {class: "cpts-select", "aria-label": title, onchange: () => {
              this.state[kind] = Number(choice.value);
              this.state.dim = null;
              this.choose();
            }}, ...[...options.map(([layer, rank]) => [layer.title, rank]), ...(none ? [[none, -1]] : [])].map(([text, rank]) =>
              el("option", {value: rank, selected: this.state[kind] === rank}, text)));
            return el("label", {class: "cpts-choice"}, el("span", {class: "cpts-label"}, title), choice);
          }
          const button = (text, rank) => el("label", {class: "cpts-chip"}, el("input", {
            type: "radio", name: `${name}-${kind}`, checked: this.state[kind] === rank,
            onchange: () => { this.state[kind] = rank; this.state.dim = null; this.choose(); }
          }), el("span", {}, text));
          return el("fieldset", {class: "cpts-choice"}, el("legend", {}, title),
            ...options.map(([layer, rank]) => button(layer.title, rank)), ...(none ? [button(none, -1)] : []));
        };
        const swipe = el("button", {type: "button", class: "cpts-chip cpts-both", "aria-pressed": "false", hidden: true,
          onclick: () => { this.state.swipe = !this.state.swipe; this.choose(); }}, "Avant | Après");
        this.both = swipe;
        return [part("fill", "Couleurs", ""), part("circles", "Cercles", "sans"), swipe].filter(Boolean);
      },
      makeList(name) {
        const list = el("div", {class: "cpts-list", role: "listbox", tabindex: 0, "aria-label":
          `${this.data.label}\u202f: flèches pour aller de commune en commune, Entrée pour ouvrir, / pour chercher`});
        this.option = el("div", {role: "option", id: name + "-option", "aria-selected": "false", class: "cpts-hidden"});
        this.live = el("p", {class: "cpts-hidden", "aria-live": "polite"});
        this.tip = el("div", {class: "cpts-tip", hidden: true});
        this.hint = el("div", {class: "cpts-hint", hidden: true}, "Utilisez deux doigts pour déplacer la carte");
        this.range = el("input", {type: "range", min: 0, max: 100, value: 50, class: "cpts-range",
          "aria-label": "Limite entre avant et après, en % de la largeur",
          oninput: () => { this.state.cut = this.range.value / 100; this.redraw(); }});
        this.swiped = el("div", {class: "cpts-swipe", hidden: true}, el("b", {}, "Avant"), el("i", {}),
          el("b", {}, "Après"), this.range);
        list.append(this.option);
        list.addEventListener("keydown", (event) => this.key(event));
        list.addEventListener("focus", () => {
          this.go(this.state.at < 0 ? this.state.picked < 0 ? this.order[0] : this.state.picked : this.state.at);
        });
        list.addEventListener("blur", () => { this.state.at = -1; this.mark(); });
        this.list = list;
        this.stage.append(list, this.swiped, this.tip, this.hint, this.live);
      },

      // ---- what a person does
      listen() {
        const map = this._map, container = map.getContainer();
        const row = (event) => event.originalEvent.target.closest(".leaflet-interactive, .leaflet-control")
          ? -1 : this.rowAt(event.latlng);
        this.ears = [
          [document, "cpts:pick", (event) => this.heard(event, "picked")],
          [document, "cpts:hover", (event) => this.heard(event, "over")],
          // One finger scrolls the page, two move the map; the wheel scrolls unless Ctrl is held.
          [container, "touchstart", (event) => {
            if (event.touches.length > 1) { this.held = true; map.dragging.enable(); } else { map.dragging.disable(); }
            this.moved = 0;
          }, true],
          [container, "touchmove", (event) => {
            this.moved += 1;
            if (event.touches.length === 1 && this.moved > 2) { this.advise(); }
          }, true],
          [container, "pointerdown", (event) => { if (event.pointerType === "mouse") { map.dragging.enable(); } }, true],
          [container, "wheel", (event) => {
            this.held = this.held || event.ctrlKey;
            if (event.ctrlKey) { map.scrollWheelZoom.enable(); } else { map.scrollWheelZoom.disable(); }
          }, true],
          [document, "keydown", (event) => { if (event.key === "Escape" && Math.max(this.state.picked, this.state.area) >= 0) { this.pick(-1); } }],
          [container, "mouseleave", () => this.hover(-1)],
          [container, "click", (event) => { this.held = this.held || event.target.closest(".leaflet-control-zoom") !== null; }, true]
        ];
        this.ears.forEach(([node, kind, ear, early]) => node.addEventListener(kind, ear, early || false));
        this.heardByMap = {
          mousemove: (event) => this.hover(row(event), event.containerPoint),
          click: (event) => this.pick(row(event)),
          movestart: () => this.hover(-1),
          dragstart: () => { this.held = true; }
        };
        map.on(this.heardByMap);
        this.followed = L.Renderer.prototype.getEvents.call(this);
        map.on(this.followed, this);
        let last = map.getSize();
        this.watch = new ResizeObserver(() => {
          const size = L.point(this.stage.clientWidth, this.stage.clientHeight);
          if (size.equals(last)) { return; }
          last = size;
          this.box.classList.toggle("cpts-narrow", this.box.clientWidth < NARROW);
          // First seen in a closed part of the page, it has yet to be fitted; moved by hand, it stays.
          if (this.held) { map.invalidateSize({animate: false}); } else { this.fit(); }
        });
        this.watch.observe(this.stage);
      },
      quiet() {
        this.ears.forEach(([node, kind, ear, early]) => node.removeEventListener(kind, ear, early || false));
        this._map.off(this.heardByMap).off(this.followed, this);
        this.watch.disconnect();
      },
      heard(event, what) {
        if (event.detail.from === "map") { return; }
        const row = event.detail.code === null ? -1 : this.data.codes.indexOf(event.detail.code);
        if (what === "over") { this.state.over = row; this.mark(); } else { this.pick(row, true); }
      },
      tell(kind, row) {
        document.dispatchEvent(new CustomEvent("cpts:" + kind, {
          detail: {code: row < 0 ? null : this.data.codes[row], from: "map"}
        }));
      },
      rowAt(place) {
        const x = across(place.lng), y = down(place.lat), chosen = this.layers[this.state.circles];
        if (chosen && !this.state.swipe) {
          // A circle answers for its commune, whatever land it lies on; the small ones lie on top.
          const scale = 2 ** this._map.getZoom();
          for (let k = chosen.discs.length - 1; k >= 0; k -= 1) {
            const [row, radius] = chosen.discs[k];
            if (Math.hypot(this.x[row] - x, this.y[row] - y) * scale <= radius * this.shrink()) { return row; }
          }
        }
        for (let row = 0; row < this.rows.count; row += 1) { if (inside(this.rows, row, x, y)) { return row; } }
        return -1;
      },
      hover(row, point) {
        if (row !== this.state.over) { this.state.over = row; this.mark(); this.tell("hover", row); }
        this.tip.hidden = row < 0 || !point;
        if (this.tip.hidden) { return; }
        const layer = this.shownFill() || this.layers[this.state.circles];
        this.tip.replaceChildren(el("b", {}, this.data.names[row]), ...(layer ? [el("br"), ...this.value(layer, row)] : []));
        const size = this._map.getSize();
        const left = point.x + 14 + this.tip.offsetWidth > size.x ? point.x - 14 - this.tip.offsetWidth : point.x + 14;
        const top = point.y + 14 + this.tip.offsetHeight > size.y ? point.y - 10 - this.tip.offsetHeight : point.y + 14;
        this.tip.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
      },
      advise() {
        this.hint.hidden = false;
        clearTimeout(this.advised);
        this.advised = setTimeout(() => { this.hint.hidden = true; }, SOON);
      },
      key(event) {
        const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
        const {order} = this, at = this.state.at < 0 ? order[0] : this.state.at;
        if (way) { this.go(this.toward(at, way)); }
        else if (event.key === "Home") { this.go(order[0]); }
        else if (event.key === "End") { this.go(order[order.length - 1]); }
        else if (event.key === "Enter" || event.key === " ") { this.pick(at); }
        else if (event.key === "/") { this.field.focus(); }
        else { return; }
        event.preventDefault();
      },
      // The nearest commune that is rather this way than aside.
      toward(from, [right, low]) {
        let best = from, least = Infinity;
        this.order.forEach((row) => {
          const x = this.x[row] - this.x[from], y = this.y[row] - this.y[from];
          const along = x * right + y * low, aside = Math.abs(x * low) + Math.abs(y * right);
          if (along > 0 && aside <= 1.5 * along && along + 2 * aside < least) { best = row; least = along + 2 * aside; }
        });
        return best;
      },
      go(row) {
        if (row === undefined) { return; }
        this.state.at = row;
        this.option.textContent = this.spoken(row);
        this.option.setAttribute("aria-posinset", this.order.indexOf(row) + 1);
        this.option.setAttribute("aria-setsize", this.order.length);
        this.list.setAttribute("aria-activedescendant", this.option.id);
        const place = this.place(row);
        if (!this._map.getBounds().contains(place)) { this._map.panTo(place, {animate: this.moving}); }
        this.mark();
      },
      place(row) { return [this.data.at[1][row] * this.data.quantum, this.data.at[0][row] * this.data.quantum]; },
      reach(rows) {
        this.held = true;
        const scale = this._map.options.crs;
        const corner = (x, y) => scale.pointToLatLng(L.point(x, y), 0);
        const all = L.latLngBounds([]);
        rows.forEach((row) => {
          const box = this.rows.boxes.slice(4 * row, 4 * row + 4);
          if (box[0] <= box[2]) { all.extend(corner(box[0], box[1])).extend(corner(box[2], box[3])); }
        });
        if (all.isValid()) { this._map.fitBounds(all.pad(0.6), {maxZoom: 11.5, animate: this.moving}); }
      },
      spoken(row) {
        const layer = this.shownFill() || this.layers[this.state.circles];
        return this.data.names[row] + (layer ? `, ${layer.name}\u202f: ${this.words(layer, row)}` : "");
      },
      words(layer, row) {
        const [, word, instead] = this.data.statuses[layer.statuses[row]], value = layer.values[row];
        if (layer.texts && layer.texts[row]) { return `${layer.texts[row]}, ${word}`; }
        if (value === null) { return instead || word; }
        return `${written(layer, value)}${unit(layer, value)}, ${word}`;
      },
      // An area found by its name: no commune is chosen.
      visit(rank) {
        this.pick(-1);
        this.state.area = rank;
        this.fillCard();
      },
      pick(row, told) {
        this.state.picked = row;
        this.state.area = -1;
        this.option.setAttribute("aria-selected", String(row >= 0 && row === this.state.at));
        if (row >= 0 && told) { this.reach([row]); }
        this.tip.hidden = true;
        this.mark();
        this.fillCard();
        if (!told) { this.tell("pick", row); }
        clearTimeout(this.settled);
        this.settled = setTimeout(() => { this.live.textContent = row < 0 ? "" : this.spoken(row); }, SETTLE);
      },

      // ---- the card and the legend
      value(layer, row, noted) {
        const [sign, word, instead] = this.data.statuses[layer.statuses[row]], value = layer.values[row];
        if (layer.texts && layer.texts[row]) { return [el("b", {}, layer.texts[row]), "\u00a0", el("span", {"aria-hidden": "true", title: word}, sign), hidden(" " + word)]; }
        if (value === null) { return [instead || word]; }
        return [el("b", {}, written(layer, value)), (noted && layer.note ? "" : unit(layer, value)) + "\u00a0",
          el("span", {"aria-hidden": "true", title: word}, sign), hidden(" " + word)];
      },
      fillCard() {
        const {data} = this, row = this.state.picked;
        this.card.classList.toggle("cpts-open", row >= 0 || this.state.area >= 0);
        if (row < 0 && this.state.area >= 0) {
          const area = data.areas[this.state.area];
          this.card.replaceChildren(this.closing(), el("p", {class: "cpts-head"}, area.name), ...this.opening(area), ...this.told(area));
          return;
        }
        if (row < 0) { this.card.replaceChildren(...this.whole()); return; }
        const pairs = this.layers.filter((layer) => row < data.own || layer.values[row] !== null)
          // What is known of no area of the map would only lengthen the card.
          .filter((layer) => layer.values[row] !== null || layer.texts || this.layers.length < 9).flatMap((layer) => {
          const after = layer.after && layer.after.values[row] !== null && layer.values[row] !== null
            ? [el("small", {}, ` APL après\u202f: ${written(this.layers[layer.after.before], layer.after.values[row])}`)] : [];
          return [this.term(layer.title, layer.note, (layer.origins && layer.origins[row]) || layer.origin),
            el("dd", {}, ...this.value(layer, row, true), ...after)];
        });
        const area = data.areas[data.area[row]], named = area && area.name !== data.names[row];
        const line = document.getElementById("commune-" + data.codes[row]);
        this.card.replaceChildren(
          this.closing(),
          el("p", {class: "cpts-head"}, data.names[row]),
          el("p", {class: "cpts-code"}, ...[row >= data.own ? "hors du territoire" : "",
            data.things[0] === "commune" ? `code Insee ${data.codes[row]}` : "",
            named && data.areas.length > 1 ? area.name : ""].filter(Boolean).join(" · ")),
          ...this.opening(area),
          el("dl", {}, ...pairs),
          ...(named && area.figures.length ? [el("p", {class: "cpts-area"}, area.name)] : []),
          ...(area ? this.told(area) : []),
          ...(line ? [el("p", {}, el("a", {href: "#commune-" + data.codes[row]}, "Voir la ligne du tableau"))] : [])
        );
      },
      closing() {
        return el("button", {type: "button", class: "cpts-close", "aria-label": "Fermer", onclick: () => this.shut()}, "×");
      },
      // The page of an area, before its figures: they may be many.
      opening(area) { return area && area.link ? [el("p", {}, el("a", {href: area.link}, "Ouvrir la fiche"))] : []; },
      // What a figure is, in what unit, and of whom and when: those of a card are not of one source.
      term(title, ...details) {
        const said = details.filter(Boolean).join(" · ");
        return el("dt", {}, title, ...(said ? [el("small", {}, said)] : []));
      },
      // Figures of an area, and what makes its page where it has none.
      told(area) {
        const pairs = area.figures.flatMap(([label, text, sign, word, origin]) => [this.term(label, origin), el("dd", {}, el("b", {}, text),
          "\u00a0", el("span", {"aria-hidden": "true", title: word}, sign), hidden(" " + word))]);
        return [...(pairs.length ? [el("dl", {}, ...pairs)] : []),
          ...(area.command ? [el("p", {}, "Pour en faire la fiche\u202f: ", el("code", {}, area.command))] : [])];
      },
      // Without a commune: what the whole is beside the others.
      whole() {
        const told = this.layers.filter((layer) => layer.averages.length);
        return [
          el("p", {class: "cpts-head"}, this.data.title),
          ...told.flatMap((layer) => [el("p", {class: "cpts-code"}, layer.title), el("dl", {},
            ...layer.averages.flatMap(([name, , text]) => [el("dt", {}, name), el("dd", {}, el("b", {}, text))]))]),
          el("p", {class: "cpts-source"}, this.data.invitation)
        ];
      },
      shut() { this.pick(-1); this.list.focus({preventScroll: true}); },
      shownFill() {
        const layer = this.layers[this.state.fill];
        return layer && layer.after && this.state.swipe ? this.layers[layer.after.before] : layer;
      },
      choose() {
        const layer = this.layers[this.state.fill];
        this.both.hidden = !(layer && layer.after);
        ["fill", "circles"].forEach((kind) => { this.box.dataset[kind] = this.layers[this.state[kind]]?.title ?? ""; });
        if (this.both.hidden) { this.state.swipe = false; }
        this.both.setAttribute("aria-pressed", String(this.state.swipe));
        this.swiped.hidden = !this.state.swipe;
        this.fillLegend();
        this.fillCard();
        // Without a contour there is nothing to walk through; an option always has a name.
        this.list.hidden = this.order.length === 0;
        if (!this.list.hidden) { this.option.textContent = this.spoken(this.state.at < 0 ? this.order[0] : this.state.at); }
        this.redraw();
      },
      fillLegend() {
        const {data, state} = this, layer = this.shownFill(), parts = [];
        const circles = state.swipe ? null : this.layers[state.circles], moved = state.swipe ? this.layers[state.fill].after : null;
        const swatch = (colour, kind) => el("i", {class: kind || "", style: `background-color:${colour}`});
        const entries = [], keys = [];
        if (layer) {
          const counts = layer.labels.map((_, rank) => this.count(layer.classes, rank));
          const bins = layer.labels.map((label, rank) => [label, rank]).filter(([, rank]) => !layer.diverging || counts[rank]);
          const bar = el("div", {class: "cpts-bins", role: "group", "aria-label": "Classes, et communes de chacune",
            style: `grid-template-columns:repeat(${bins.length},minmax(0,1fr))`},
          ...this.marks(layer), ...bins.map(([label, rank]) => el("button", {
            type: "button", class: "cpts-bin", "aria-pressed": "false",
            onmouseenter: () => this.dim(rank), onmouseleave: () => this.dim(null),
            onfocus: () => this.dim(rank), onblur: () => this.dim(null)
          }, swatch(layer.colours[rank]), el("span", {}, label),
          el("b", {}, whole(counts[rank]) + (moved ? ` → ${whole(this.count(moved.classes, rank))}` : "")),
          hidden(counts[rank] > 1 ? " " + data.things[1] : " " + data.things[0]))));
          parts.push(el("p", {class: "cpts-title"}, el("b", {}, layer.heading), " ", layer.measure), bar);
          if (this.count(layer.classes, "-")) { entries.push([swatch("", "cpts-hatch"), "donnée absente"]); }
          if (this.count(layer.classes, "m")) { entries.push([swatch(data.look.mask), "secret statistique"]); }
        }
        if (this.bare.count) { entries.push([swatch("", "cpts-hatch"), "contour absent"]); }
        if (circles) {
          const disc = ([radius, look, text]) => {
            const side = 2 * radius * this.shrink() + 2, {fill, edge, dashed} = data.looks[look];
            return [el("i", {class: "cpts-disc", style: `width:${side}px;height:${side}px;background:${fill};` +
              `border:1px ${dashed ? "dashed" : "solid"} ${edge}`}), text];
          };
          keys.push(el("b", {}, circles.heading), ...circles.key.map((each) => el("span", {}, ...disc(each))));
        }
        if (data.own < this.rows.count && !state.swipe) { entries.push([swatch(data.look.pale), "alentour, plus pâle"]); }
        data.signs.forEach(([sign, text]) => { entries.push([el("em", {}, sign), text]); });
        parts.push(el("p", {class: "cpts-keys"}, ...keys, ...entries.map((each) => el("span", {}, ...each))));
        parts.push(el("p", {class: "cpts-source"}, this.origin()));
        this.legend.replaceChildren(...parts, this.numbers);
      },
      origin() {
        const shown = [this.shownFill(), this.state.swipe ? null : this.layers[this.state.circles]].filter(Boolean).flatMap((each) => [each.source, ...(each.origins || []).filter(Boolean)]);
        const found = [...new Set(shown)];
        return `Source${found.length > 1 ? "s" : ""}\u202f: ${found.join("\u202f; ")}.`;
      },
      count(classes, what) {
        let found = 0;
        for (let row = 0; row < this.data.own; row += 1) { if (classes[row] === String(what)) { found += 1; } }
        return found;
      },
      // Averages stand over the class they are in, as far in it as they are between its bounds.
      marks(layer) {
        if (layer.diverging || !layer.averages.length) { return []; }
        const {breaks} = layer, size = breaks.length + 1;
        const places = layer.averages.map(([name, value, text]) => {
          let rank = breaks.findIndex((each) => value <= each);
          if (rank < 0) { rank = size - 1; }
          const low = rank ? breaks[rank - 1] : Math.min(0, value);
          const high = rank < breaks.length ? breaks[rank] : Math.max(2 * low, value);
          return [(rank + clamp((value - low) / (high - low || 1), 0, 1)) / size, name, text];
        }).sort((a, b) => a[0] - b[0]);
        // Names that would touch stand on lines of their own.
        const ends = [];
        const nodes = places.map(([at, name, text], rank) => {
          const wide = 7.6 * (name.length + text.length + 1) / Math.max(this.legend.clientWidth || this.box.clientWidth, 300);
          const line = clamp(ends.findIndex((end) => end < at - wide / 2), -1, 9);
          const own = line < 0 ? ends.length : line;
          ends[own] = at + wide / 2;
          const side = at - wide / 2 < 0 ? "start" : at + wide / 2 > 1 ? "end" : "mid";
          return el("span", {class: `cpts-mean cpts-${side}`, style: `left:${100 * at}%;bottom:${16 * own}px;--up:${16 * own}px`,
            "data-rank": rank}, el("span", {}, name, " ", el("b", {}, text)), el("i", {}));
        });
        return [el("div", {class: "cpts-means", style: `height:${16 * ends.length + 12}px`}, ...nodes)];
      },
      dim(rank) { this.state.dim = rank; this.redraw(); },

      // ---- the drawing
      shrink() { return this.box.classList.contains("cpts-narrow") ? 0.65 : 1; },
      redraw() { if (this._bounds && this._container) { this.draw(); } },
      frame(canvas) {
        const ctx = canvas.getContext("2d"), size = this._bounds.getSize(), dense = canvas.width / size.x;
        ctx.setTransform(dense, 0, 0, dense, 0, 0);
        ctx.clearRect(0, 0, size.x, size.y);
        const scale = 2 ** this._zoom, origin = this._map.getPixelOrigin().add(this._bounds.min);
        return {ctx, scale, left: origin.x, top: origin.y, wide: size.x, high: size.y};
      },
      within(set, view) {
        const found = [], [x, y] = [view.left / view.scale, view.top / view.scale];
        const right = x + view.wide / view.scale, bottom = y + view.high / view.scale, box = set.boxes;
        for (let k = 0; k < set.count; k += 1) {
          const b = 4 * k;
          if (box[b] <= right && box[b + 2] >= x && box[b + 1] <= bottom && box[b + 3] >= y) { found.push(k); }
        }
        return found;
      },
      follow(set, view, arc, joined) {
        const {start, kept} = detail(set, this._zoom), backward = arc < 0, a = backward ? ~arc : arc;
        const from = start[a], to = start[a + 1] - 1, {ctx, scale, left, top} = view;
        for (let k = joined ? 1 : 0; k <= to - from; k += 1) {
          const p = kept[backward ? to - k : from + k], x = set.x[p] * scale - left, y = set.y[p] * scale - top;
          if (k === 0) { ctx.moveTo(x, y); } else { ctx.lineTo(x, y); }
        }
      },
      // Rings end where they begin: closing them too would measure the whole path each time.
      trace(set, view, shape) {
        for (let r = set.shape[shape]; r < set.shape[shape + 1]; r += 1) {
          for (let k = set.ring[r]; k < set.ring[r + 1]; k += 1) { this.follow(set, view, set.refs[k], k > set.ring[r]); }
        }
      },
      paint(set, view, shapes, colour, alpha) {
        if (shapes.length === 0) { return; }
        const {ctx} = view;
        ctx.globalAlpha = alpha;
        ctx.fillStyle = colour;
        ctx.beginPath();
        shapes.forEach((shape) => this.trace(set, view, shape));
        ctx.fill("evenodd");
        ctx.globalAlpha = 1;
      },
      hatch(ctx) {
        if (!this.hatching) {
          const tile = el("canvas", {width: 6, height: 6}), pen = tile.getContext("2d");
          pen.fillStyle = this.data.look.paper;
          pen.fillRect(0, 0, 6, 6);
          pen.strokeStyle = this.data.look.hatch;
          pen.lineWidth = 1.4;
          pen.beginPath();
          [-6, 0, 6].forEach((each) => { pen.moveTo(each - 1, 7); pen.lineTo(each + 7, -1); });
          pen.stroke();
          this.hatching = tile;
        }
        return ctx.createPattern(this.hatching, "repeat");
      },
      draw() {
        const {state, data} = this, view = this.frame(this.canvas), {ctx} = view, layer = this.layers[state.fill];
        this.paint(this.land, view, this.within(this.land, view), data.look.land, 1);
        const seen = this.within(this.rows, view);
        if (state.swipe) {
          // The border of both sides stands in pixels of the view, whose canvas is larger.
          const before = this.layers[layer.after.before];
          const shift = this._map.containerPointToLayerPoint([0, 0]).subtract(this._bounds.min);
          const at = state.cut * this._map.getSize().x, line = at + shift.x;
          this.swiped.style.setProperty("--cut", `${at}px`);
          // What a change does around is not known: both sides leave it bare.
          const mine = (classes) => classes.slice(0, data.own).padEnd(classes.length, "-");
          [[0, line, mine(before.classes)], [line, view.wide - line, mine(layer.after.classes)]].forEach(([x, wide, classes]) => {
            ctx.save();
            ctx.beginPath();
            ctx.rect(x, 0, wide, view.high);
            ctx.clip();
            this.fills(view, seen, classes, before.colours);
            ctx.restore();
          });
        } else if (layer) { this.fills(view, seen, layer.classes, layer.colours); }
        else { this.paint(this.rows, view, seen, data.look.land, 1); }
        this.paint(this.bare, view, this.within(this.bare, view), this.hatch(ctx), 1);
        this.edges(view, seen);
        if (!state.swipe) { this.discs(view); }
        this.mark();
        this.name();
      },
      fills(view, seen, classes, colours) {
        const {data, state} = this, groups = new Map();
        seen.forEach((row) => {
          const key = (row < data.own ? "" : "o") + classes[row];
          if (!groups.has(key)) { groups.set(key, []); }
          groups.get(key).push(row);
        });
        groups.forEach((rows, key) => {
          const away = key[0] === "o", code = away ? key.slice(1) : key;
          const known = code !== "-" && code !== "m";
          const colour = known ? colours[Number(code)] : code === "m" ? data.look.mask
            : away ? data.look.land : this.hatch(view.ctx);
          const faded = state.dim !== null && code !== String(state.dim);
          const alpha = away && known ? 0.4 * (faded ? 0.4 : 1) : faded ? 0.15 : 1;
          if (alpha < 1) { this.paint(this.rows, view, rows, data.look.paper, 1); }
          this.paint(this.rows, view, rows, colour, alpha);
        });
      },
      edges(view, seen) {
        const {rows, data} = this, {first, second} = this.sides, {ctx} = view, kinds = [[], [], []];
        const done = new Uint8Array(rows.arc.length), close = seen.length * 60 < view.wide * view.high / 2;
        seen.forEach((row) => {
          for (let r = rows.ring[rows.shape[row]]; r < rows.ring[rows.shape[row + 1]]; r += 1) {
            const a = rows.refs[r] < 0 ? ~rows.refs[r] : rows.refs[r];
            if (done[a]) { continue; }
            done[a] = 1;
            const b = second[a];
            const area = data.area[first[a]], other = b < 0 ? -1 : data.area[b];
            if (area !== other) { kinds[2].push(a); }
            else if (b >= 0 && data.departement[first[a]] !== data.departement[b]) { kinds[1].push(a); }
            else if (close && b >= 0) { kinds[0].push(a); }
          }
        });
        // Of many areas, limits must leave their colours to be seen.
        const small = data.areas.length === data.own ? Math.sqrt(view.wide * view.high / seen.length) / 25 : close ? 2.2 : 0.4;
        const pens = [[data.look.paper, 0.8, []], [data.look.border, 1.2, [5, 4]],
          [data.look.ink, data.many ? clamp(small, 0.4, 2.2) : 2.2, []]];
        ctx.lineJoin = "round";
        kinds.forEach((arcs, kind) => {
          const [colour, width, dash] = pens[kind];
          ctx.strokeStyle = colour;
          ctx.lineWidth = width;
          ctx.setLineDash(dash);
          ctx.beginPath();
          arcs.forEach((a) => this.follow(rows, view, a, false));
          ctx.stroke();
        });
        ctx.setLineDash([]);
      },
      discs(view) {
        const circles = this.layers[this.state.circles], {ctx, scale, left, top} = view, {looks} = this.data;
        if (!circles) { return; }
        const shrunk = this.shrink();
        ctx.font = `600 ${this.data.digits}px system-ui, sans-serif`;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        circles.discs.forEach(([row, radius, look, fits]) => {
          const x = this.x[row] * scale - left, y = this.y[row] * scale - top, {fill, edge, ink, dashed} = looks[look];
          ctx.beginPath();
          ctx.arc(x, y, radius * shrunk, 0, 2 * Math.PI);
          ctx.fillStyle = fill;
          ctx.fill();
          ctx.strokeStyle = edge;
          ctx.lineWidth = 1;
          ctx.setLineDash(dashed ? [3, 2] : []);
          ctx.stroke();
          if (fits && shrunk === 1) {
            ctx.fillStyle = ink;
            ctx.fillText(written(circles, circles.values[row]), x, y + 0.5);
          }
        });
        ctx.setLineDash([]);
      },
      // Communes looked at or chosen, on a canvas of their own: nothing else is drawn again.
      mark() {
        if (!this._bounds || !this._container) { return; }
        const view = this.frame(this.top), {ctx} = view, {over, at, picked} = this.state, {ink, paper} = this.data.look;
        [[over, 2, ink], [at, 3, ink], [picked, 3.5, ink]].forEach(([row, width, colour]) => {
          if (row < 0) { return; }
          ctx.beginPath();
          this.trace(this.rows, view, row);
          ctx.lineJoin = "round";
          ctx.strokeStyle = paper;
          ctx.lineWidth = width + 2.5;
          ctx.stroke();
          ctx.strokeStyle = colour;
          ctx.lineWidth = width;
          ctx.stroke();
        });
      },
      beside(row, half, scale, lift) {
        const box = this.rows.boxes.slice(4 * row, 4 * row + 4), x = this.x[row], y = this.y[row];
        const wide = (box[2] - box[0]) * scale, above = Math.min((box[1] - y) * scale, -lift) - 9;
        const right = Math.max((box[2] - x) * scale, lift) + half, left = Math.min((box[0] - x) * scale, -lift) - half;
        const places = [[0, above], [right, 0], [left, 0], [0, Math.max((box[3] - y) * scale, lift) + 9]];
        // Under or over its circle, a name is still that of the area.
        if (lift >= 6) { return [[0, -lift - 8], [0, lift + 9], ...places]; }
        return wide > 1.1 * half ? [[0, 0], ...places] : places;
      },
      // Signs of places first, then names, largest communes first, each where nothing stands yet.
      name() {
        const map = this._map, {data} = this, size = map.getSize(), pane = map.getPane("cpts-names"), taken = [], nodes = [];
        const pen = this.top.getContext("2d"), scale = 2 ** map.getZoom(), origin = map.getPixelOrigin();
        const corner = map.containerPointToLayerPoint([0, 0]);
        const spot = (row) => [this.x[row] * scale - origin.x, this.y[row] * scale - origin.y];
        const circles = this.state.swipe ? null : this.layers[this.state.circles], raised = new Map(), round = [];
        if (circles) {
          circles.discs.forEach(([row, radius]) => {
            const [x, y] = spot(row), r = radius * this.shrink();
            raised.set(row, r);
            if (r > 5) { round.push([x - r, y - r, x + r, y + r, row]); }
          });
        }
        // The buttons of the zoom and the scale hide what is under them.
        taken.push([corner.x, corner.y, corner.x + 48, corner.y + 80],
          [corner.x, corner.y + size.y - 30, corner.x + 96, corner.y + size.y]);
        const apart = (box, each) => box[0] > each[2] || box[2] < each[0] || box[1] > each[3] || box[3] < each[1];
        const free = (box, row) => box[0] >= corner.x + 2 && box[1] >= corner.y + 2 && box[2] <= corner.x + size.x - 2 &&
          box[3] <= corner.y + size.y - 2 && taken.every((each) => apart(box, each)) &&
          round.every((each) => each[4] === row || apart(box, each));
        const put = (kind, text, x, y, box) => {
          taken.push(box);
          nodes.push(el("span", {class: `cpts-name ${kind}`, style: `transform:translate(${x}px,${y}px)`}, text));
        };
        data.signs.forEach(([sign, , rows]) => rows.forEach((row) => {
          const [x, y] = spot(row), lift = raised.has(row) && raised.get(row) > 6 ? raised.get(row) + 6 : 0;
          const box = [x - 8 + lift, y - 9, x + 8 + lift, y + 9];
          if (box[0] > corner.x && box[2] < corner.x + size.x) { put("cpts-site", sign, x + lift, y, box); }
        }));
        const most = data.centred ? data.own : clamp(Math.round(size.x * size.y / 24000), 4, NAMES), late = [];
        let left = most, tries = 1500;
        for (const row of this.ranked) {
          if (left === 0 || tries === 0) { break; }
          tries -= 1;
          const mine = row < data.own;
          // The names around only place the territory: few of them.
          if (!mine && left > most / 3) { left = Math.min(left, Math.ceil(most / 3)); }
          const [x, y] = spot(row), text = data.short[row] || data.names[row];
          pen.font = `${mine ? 600 : 400} 13px system-ui, sans-serif`;
          const half = pen.measureText(text).width / 2 + 3, lift = Math.max(raised.get(row) || 0, 2);
          // A name stands over its place, else below or beside it; that of an area in it, or beside
          // it where it is too small.
          const spots = data.centred ? this.beside(row, half, scale, lift)
            : [[0, -lift - 8], [0, lift + 9], [lift + half, 0], [-lift - half, 0]];
          const spot_of = ([right, low]) => [x + right - half, y + low - 9, x + right + half, y + low + 8];
          // A name inside another area would be read as its own.
          const own = (each) => each[0] === 0 && each[1] === 0 || !this.covers(spot_of(each), origin, scale, row);
          const found = spots.find((each) => (!data.centred || own(each)) && free(spot_of(each), row));
          if (found) {
            left -= 1;
            put(mine ? "" : "cpts-away", text, x + found[0], y + found[1], spot_of(found));
          } else if (data.centred) { late.push([row, text, half, x, y]); }
        }
        // What finds no room by its place stands where there is some, at the end of a line; else
        // under the map, by a number.
        const told = [];
        late.filter(([, , , x, y]) => x > corner.x && y > corner.y && x < corner.x + size.x && y < corner.y + size.y)
          .forEach(([row, text, half, x, y]) => {
            const box = this.aside(x, y, half, (each) => free(each, row) && !this.covers(each, origin, scale, -1));
            if (!box) {
              told.push(text);
              put("", String(told.length), x, y, [x - 8, y - 9, x + 8, y + 8]);
              return;
            }
            put("", text, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box);
            const right = clamp(x, box[0], box[2]) - x, low = clamp(y, box[1], box[3]) - y;
            nodes.unshift(el("i", {class: "cpts-lead", style: `width:${Math.hypot(right, low)}px;` +
              `transform:translate(${x}px,${y}px) rotate(${Math.atan2(low, right)}rad)`}));
          });
        pane.replaceChildren(...nodes);
        this.numbers.replaceChildren(...told.map((text, rank) => el("span", {}, el("b", {}, String(rank + 1)), text)));
        // Fewer numbers, once zoomed, leave the map as high as it was.
        if (told.length) { this.numbers.style.minHeight = Math.max(parseFloat(this.numbers.style.minHeight) || 0, this.numbers.offsetHeight) + "px"; }
      },
      // Whether a name would stand on one of the areas, but for its own.
      covers(box, origin, scale, row) {
        const y = ((box[1] + box[3]) / 2 + origin.y) / scale;
        return [0, 1, 2, 3, 4].map((k) => (box[0] + k * (box[2] - box[0]) / 4 + origin.x) / scale).some((x) =>
          this.order.some((each) => each !== row && inside(this.rows, each, x, y)));
      },
      // The nearest box for a name around a point that passes a test.
      aside(x, y, half, test) {
        const most = this.box.classList.contains("cpts-narrow") ? FAR / 8 : FAR;
        for (let far = 20; far < most; far += 10) {
          for (let turn = 0; turn < 24; turn += 1) {
            const right = Math.round(Math.cos(turn * Math.PI / 12) * far), low = Math.sin(turn * Math.PI / 12) * far;
            const at = x + right + Math.sign(right) * half, box = [at - half, y + low - 9, at + half, y + low + 8];
            if (test(box)) { return box; }
          }
        }
        return null;
      }
    });
  }

  let Layer = null;
  return (id) => {
    Layer = Layer || extended();
    return new Layer(id);
  };
})();
