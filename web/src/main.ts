import "./leaflet";
import "leaflet/dist/leaflet.css";
import "./styles/tokens.css";
import "./styles/layout.css";
import "./styles/sheet.css";
import "./styles/chrome.css";
import "./styles/panel.css";
import "./styles/targets.css";
import "./styles/map.css";
import "./styles/popup.css";
import { boundaryLayers } from "./map/boundaries";
import { featureLayer } from "./map/features";
import { groundLayer } from "./map/ground";
import { hexagonLayer } from "./map/hexagons";
import { beginPalette } from "./map/palette";
import { makePanes } from "./map/panes";
import { start } from "./start";

beginPalette();

/** What the script that Folium writes calls. */
window.geoplan = {
  panes: makePanes,
  boundaries: boundaryLayers,
  ground: groundLayer,
  hexagons: hexagonLayer,
  features: featureLayer,
  start,
};
