import "./leaflet";
import "leaflet/dist/leaflet.css";
import "./styles/tokens.css";
import "./styles/map.css";
import "./styles/popup.css";
import "./styles/alone.css";
import { frame } from "./alone/frame";
import { legend } from "./alone/legend";
import { liveHexagons } from "./alone/liveHexagons";
import { localBoundaries } from "./alone/localBoundaries";
import { shapesLayer } from "./alone/shapes";
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
  liveHexagons,
  localBoundaries,
  shapes: shapesLayer,
  legend,
  frame,
};
