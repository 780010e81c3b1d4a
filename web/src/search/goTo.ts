import type LeafletNamespace from "leaflet";
import L from "../leaflet";
import type { Result } from "./result";

const NEAR_ZOOM = 16;

/** Moves the map to a result, as a whole where it has a size; resolves once the map rests there. */
export function goTo(map: LeafletNamespace.Map, result: Result): Promise<LeafletNamespace.LatLng> {
  const place = L.latLng(result.lat, result.lon);
  const animate = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return new Promise((resolve) => {
    map.once("moveend", () => resolve(place));
    if (result.bbox) {
      const [west, south, east, north] = result.bbox;
      map.fitBounds([[south, west], [north, east]], { padding: [32, 32], maxZoom: NEAR_ZOOM, animate }); // prettier-ignore
    } else {
      map.setView(place, Math.max(map.getZoom(), NEAR_ZOOM), { animate });
    }
  });
}
