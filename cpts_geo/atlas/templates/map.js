// Draws one map from its data: text is data here, written by textContent or escaped before it came.
function cptsMap(map, data) {
  map.attributionControl.setPrefix(false);
  L.control.scale({imperial: false}).addTo(map);
  L.control.zoom({zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer"}).addTo(map);
  // Hundreds of shapes are no path for a keyboard: the table of communes is.
  map.on("layeradd", function () {
    map.getContainer().querySelectorAll("path:not([tabindex='-1'])").forEach(
      function (path) { path.setAttribute("tabindex", "-1"); });
  });
  map.getContainer().setAttribute("role", "group");
  map.getContainer().setAttribute("aria-label", data.label);
  // Above the shapes, also those of a layer chosen later.
  var above = map.createPane("cpts-above");
  above.style.zIndex = 450;
  above.style.pointerEvents = "none";

  function html(text) {
    var box = document.createElement("span");
    box.textContent = text;
    return box;
  }

  function shapes(group) {
    var layer = L.geoJSON(null, {
      pane: group.above ? "cpts-above" : "overlayPane",
      interactive: group.tips !== null,
      style: function (feature) {
        return {
          color: group.edge, weight: group.weight, dashArray: group.dash, fill: group.fills !== null,
          fillColor: group.fills === null ? undefined : group.fills[feature.properties.rank],
          fillOpacity: group.opacity
        };
      },
      onEachFeature: function (feature, shape) {
        if (group.tips === null) { return; }
        // Tips are HTML of ours, in which every name was escaped.
        shape.bindTooltip(group.tips[feature.properties.rank], {sticky: true, className: "cpts-tip"});
        if (group.highlight !== null) {
          shape.on("mouseover", function () { shape.setStyle(group.highlight); });
          shape.on("mouseout", function () { layer.resetStyle(shape); });
        }
      }
    });
    data.contours[group.contours].forEach(function (geometry, rank) {
      layer.addData({type: "Feature", properties: {rank: rank}, geometry: geometry});
    });
    return layer;
  }

  var chosen = {}, named = [];
  data.groups.forEach(function (group) {
    var layer = shapes(group);
    if (group.name === null) { layer.addTo(map); return; }
    if (named.length === 0) { layer.addTo(map); }
    // Leaflet writes the names of layers as HTML.
    chosen[html(group.name).innerHTML] = layer;
    named.push({layer: layer, legend: group.legend});
  });
  data.labels.forEach(function (label) {
    L.circleMarker([label.lat, label.lon], {
      radius: 2, weight: 0, fill: true, fillColor: label.colour, fillOpacity: label.dot ? 1 : 0,
      interactive: false, pane: "cpts-above"
    }).bindTooltip(html(label.text), {
      permanent: true, direction: label.side, className: "cpts-label " + label.kind
    }).addTo(map);
  });

  // The legend stays beside the territory where there is room for both.
  var beside = named.length > 0 && map.getSize().x > 700;
  var folded = named.length > 0 && !beside;
  map.fitBounds(data.bounds, {
    animate: false,
    // On a narrow screen the territory stands under the choice of layers.
    paddingTopLeft: [
      beside ? data.legend_width : 12, folded ? 100 + 20 * named.length : 12],
    paddingBottomRight: [12, 12]
  });
  if (named.length === 0) { return; }
  L.control.layers(chosen, {}, {position: "topleft", collapsed: false}).addTo(map);
  var control = L.control({position: "bottomleft"});
  control.onAdd = function () {
    // Folded on a narrow screen, where it would cover the territory.
    var box = L.DomUtil.create("details", "cpts-legend");
    box.open = beside;
    var title = L.DomUtil.create("summary", "", box);
    title.textContent = "Légende";
    var body = L.DomUtil.create("div", "", box);
    body.innerHTML = named[0].legend;
    L.DomEvent.disableClickPropagation(box);
    map.on("baselayerchange", function (event) {
      named.forEach(function (each) {
        if (each.layer === event.layer) { body.innerHTML = each.legend; }
      });
    });
    return box;
  };
  control.addTo(map);
}
