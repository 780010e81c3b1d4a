import type LeafletNamespace from "leaflet";
import L from "../leaflet";
import { palette } from "../map/palette";
import type { Facility } from "./api";

const START = "#1b2a30";

/** What walking draws over the map: the start, the area within reach, a gap, a facility. */
export class WalkShapes {
  private readonly walk = L.layerGroup();
  private readonly chosen = L.layerGroup();

  constructor(private readonly map: LeafletNamespace.Map) {
    this.walk.addTo(map);
    this.chosen.addTo(map);
  }

  clear(): void {
    this.walk.clearLayers();
    this.chosen.clearLayers();
  }

  start({ lat, lon }: { lat: number; lon: number }): void {
    this.clear();
    this.walk.addLayer(
      L.circleMarker([lat, lon], { pane: "highlight", radius: 6, color: "#ffffff", weight: 2, fillColor: START, fillOpacity: 1, interactive: false }),
    );
  }

  /** The area within reach; the map comes nearer when it would be small, and moves when it lies outside. */
  catchment(feature: GeoJSON.Feature): void {
    const drawn = L.geoJSON(feature, {
      pane: "highlight",
      interactive: false,
      style: { color: START, weight: 2.5, fillColor: "#2a7ba3", fillOpacity: 0.14 },
    });
    this.walk.addLayer(drawn);
    const bounds = drawn.getBounds();
    if (bounds.isValid()) this.bring(bounds);
  }

  gap(geometry: GeoJSON.Geometry): void {
    this.chosen.clearLayers();
    const drawn = L.geoJSON(geometry, {
      pane: "highlight",
      interactive: false,
      style: { color: palette.selected, weight: 3, fillOpacity: 0.04 },
    });
    this.chosen.addLayer(drawn);
    this.map.fitBounds(drawn.getBounds(), { padding: [40, 40], maxZoom: 15 });
  }

  facility({ lat, lon }: Facility): void {
    this.chosen.clearLayers();
    this.chosen.addLayer(
      L.circleMarker([lat, lon], { pane: "highlight", radius: 11, color: palette.selected, weight: 3, fillOpacity: 0, interactive: false }),
    );
    this.map.panInside([lat, lon], { padding: [60, 60] });
  }

  private bring(bounds: LeafletNamespace.LatLngBounds): void {
    const size = this.map.getSize();
    const upper = this.map.latLngToContainerPoint(bounds.getNorthWest());
    const lower = this.map.latLngToContainerPoint(bounds.getSouthEast());
    const inside = upper.x >= 0 && upper.y >= 0 && lower.x <= size.x && lower.y <= size.y;
    const large = Math.max((lower.x - upper.x) / size.x, (lower.y - upper.y) / size.y) > 0.3;
    if (!inside || !large) this.map.fitBounds(bounds, { padding: [28, 28], maxZoom: 16 });
  }
}
