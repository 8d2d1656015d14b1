// Draws one map from its data: text is data here, written by textContent or escaped before it came.
function cptsMap(map, data) {
  map.attributionControl.setPrefix(false);
  L.control.scale({imperial: false}).addTo(map);
  L.control.zoom({zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer"}).addTo(map);
  // Hundreds of shapes are no path for a keyboard: the table of communes is.
  map.on("layeradd", function (event) {
    var path = event.layer instanceof L.Path && event.layer.getElement();
    if (path) { path.setAttribute("tabindex", "-1"); }
  });
  map.getContainer().setAttribute("role", "group");
  map.getContainer().setAttribute("aria-label", data.label);
  // Above the shapes, also those of a layer chosen later.
  var above = map.createPane("cpts-above");
  above.style.zIndex = 450;
  above.style.pointerEvents = "none";
  map.createPane("cpts-circles").style.zIndex = 460;

  // The legend stays beside the territory where there is room for both; circles are smaller where
  // there is not, and their numbers are left to the tips.
  var roomy = map.getSize().x > 700, shrunk = roomy ? 1 : 0.6;

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

  // A layer with its circles, made when it is first shown: each answers for its commune, whatever
  // land it lies on.
  function encircled(group, layer) {
    var lands = layer.getLayers(), all = L.layerGroup([layer]);
    return all.once("add", function () {
      group.circles.forEach(function (each) {
        var row = each[0], place = [each[2], each[1]], look = data.looks[each[4]], text = each[5];
        L.circleMarker(place, {
          pane: "cpts-circles", radius: shrunk * each[3], weight: 1, color: look.edge,
          dashArray: look.dashed ? "3 2" : "", fillColor: look.fill, fillOpacity: 1
        }).bindTooltip(group.tips[row], {sticky: true, className: "cpts-tip"})
          .on("mouseover", function () { lands[row].setStyle(group.highlight); })
          .on("mouseout", function () { layer.resetStyle(lands[row]); })
          .addTo(all);
        if (text && roomy) {
          var number = html(text);
          number.style.color = look.ink;
          L.tooltip({permanent: true, direction: "center", className: "cpts-label cpts-count"})
            .setLatLng(place).setContent(number).addTo(all);
        }
      });
    });
  }

  var chosen = {}, named = [], towns = [];
  data.groups.forEach(function (group) {
    var layer = shapes(group);
    if (group.circles.length > 0) { layer = encircled(group, layer); }
    if (group.name === null) { layer.addTo(map); return; }
    if (named.length === 0) { layer.addTo(map); }
    // Leaflet writes the names of layers as HTML.
    chosen[html(group.name).innerHTML] = layer;
    named.push({layer: layer, legend: group.legend, circles: group.circles});
  });
  data.labels.forEach(function (label) {
    var town = L.circleMarker([label.lat, label.lon], {
      radius: 2, weight: 0, fill: true, fillColor: label.colour, fillOpacity: label.dot ? 1 : 0,
      interactive: false, pane: "cpts-above"
    }).bindTooltip(html(label.text), {
      permanent: true, direction: label.side, className: "cpts-label " + label.kind
    }).addTo(map);
    towns.push({label: label, dot: town});
  });
  // The name of a town stands over its circle; among circles, a dot would be taken for one.
  function raise(circles) {
    var radii = {};
    circles.forEach(function (each) { radii[[each[2], each[1]]] = shrunk * each[3]; });
    towns.forEach(function (town) {
      var radius = radii[[town.label.lat, town.label.lon]] || 0;
      var dotted = town.label.dot && (circles.length === 0 || town.label.kind === "out");
      town.dot.setStyle({fillOpacity: dotted ? 1 : 0});
      town.dot.getTooltip().options.offset = L.point(0, -radius);
      town.dot.getTooltip().update();
    });
  }

  var beside = named.length > 0 && roomy;
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
    function explain(legend) {
      body.innerHTML = legend;
      body.querySelectorAll("svg").forEach(function (drawn) {
        ["width", "height"].forEach(function (side) {
          drawn.setAttribute(side, shrunk * drawn.getAttribute(side));
        });
      });
    }
    explain(named[0].legend);
    raise(named[0].circles);
    L.DomEvent.disableClickPropagation(box);
    map.on("baselayerchange", function (event) {
      named.forEach(function (each) {
        if (each.layer === event.layer) {
          explain(each.legend);
          raise(each.circles);
        }
      });
    });
    return box;
  };
  control.addTo(map);
}
