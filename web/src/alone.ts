import "./leaflet";
import "leaflet/dist/leaflet.css";
import "./styles/tokens.css";
import "./styles/map.css";
import { boundaryLayers } from "./map/boundaries";
import { featureLayer } from "./map/features";
import { groundLayer } from "./map/ground";
import { hexagonLayer } from "./map/hexagons";
import { makePanes } from "./map/panes";

/** The map of a notebook or a file: the page's layers without its panels, in one script. */
window.geoplan = {
  panes: makePanes,
  boundaries: boundaryLayers,
  ground: groundLayer,
  hexagons: hexagonLayer,
  features: featureLayer,
};
