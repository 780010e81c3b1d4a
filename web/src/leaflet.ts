// protomaps-leaflet and the script that Folium writes use the global `L`: set it before they run.
import L from "leaflet";

declare global {
  interface Window {
    L: typeof L;
  }
}

window.L = L;
export default L;
