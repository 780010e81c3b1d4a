import type L from "leaflet";
import { StandIn } from "./standIn";

/** Bottom to top: ground, raster base map, hexagons, boundaries, features, highlight, names; pop-ups lie above. */
const PANES: Record<string, number> = {
  ground: 210,
  raster: 230,
  hexagons: 350,
  boundaries: 380,
  features: 420,
  standIn: 430, // what stands in for the others while the map zooms
  highlight: 600,
  names: 640,
};

/** What the layers of tiles lie in; `compared` is a second pane of hexagons. */
const COVERED = ["ground", "hexagons", "compared", "boundaries", "features", "names"];

export function makePanes(map: L.Map): void {
  for (const [name, level] of Object.entries(PANES)) {
    const pane = map.getPane(name) ?? map.createPane(name);
    pane.style.zIndex = String(level);
    // Clicks belong to the map: what lies here is asked of the server.
    pane.style.pointerEvents = "none";
  }
  new StandIn(map, COVERED);
}
