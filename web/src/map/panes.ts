import type L from "leaflet";

/** Bottom to top: ground, raster base map, hexagons, boundaries, features, highlight, names; pop-ups lie above. */
const PANES: Record<string, number> = {
  ground: 210,
  raster: 230,
  hexagons: 350,
  boundaries: 380,
  features: 420,
  highlight: 600,
  names: 640,
};

export function makePanes(map: L.Map): void {
  for (const [name, level] of Object.entries(PANES)) {
    const pane = map.getPane(name) ?? map.createPane(name);
    pane.style.zIndex = String(level);
    // Clicks belong to the map: what lies here is asked of the server.
    pane.style.pointerEvents = "none";
  }
  // Mixing two layers of colour is what costs most when the whole map is scaled: see map.css.
  map.on("zoomstart", () => map.getContainer().classList.add("is-zooming"));
  map.on("zoomend", () => map.getContainer().classList.remove("is-zooming"));
}
