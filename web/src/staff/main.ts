import "../leaflet";
import "leaflet/dist/leaflet.css";
import "../styles/tokens.css";
import "../styles/layout.css";
import "../styles/panel.css";
import "../styles/map.css";
import "../styles/desk.css";
import "../styles/desk-controls.css";
import "../styles/desk-login.css";
import "../styles/desk-home.css";
import "../styles/desk-upload.css";
import "../styles/desk-map.css";
import "../styles/desk-rows.css";
import "../styles/desk-tables.css";
import "../styles/desk-edit.css";
import "../styles/desk-edit-form.css";
import { boundaryLayers } from "../map/boundaries";
import { featureLayer } from "../map/features";
import { groundLayer } from "../map/ground";
import { makePanes } from "../map/panes";
import { startDesk } from "./start";

/** What the script that Folium writes calls. */
window.geoplan = {
  panes: makePanes,
  boundaries: boundaryLayers,
  ground: groundLayer,
  features: featureLayer,
  start: startDesk,
};
