import type LeafletNamespace from "leaflet";
import { fetchFeature } from "../api";
import L from "../leaflet";
import { cellOutline } from "./hexagons";
import { palette } from "./palette";

const SHAPES = 5;

/** What the pop-up speaks of, drawn on the map: its hexagon and the shapes of its features. */
export class Highlight {
  private readonly group = L.layerGroup();
  private pending: AbortController | null = null;

  constructor(map: LeafletNamespace.Map) {
    this.group.addTo(map);
  }

  clear(): void {
    this.pending?.abort();
    this.group.clearLayers();
  }

  hexagon(cell: bigint): void {
    this.group.addLayer(
      L.polygon(cellOutline(cell), {
        pane: "highlight",
        color: palette.name,
        weight: 2,
        fill: false,
        interactive: false,
      }),
    );
  }

  async features(found: { layer: string; id: string }[]): Promise<void> {
    this.pending = new AbortController();
    const { signal } = this.pending;
    const shapes = await Promise.allSettled(found.slice(0, SHAPES).map(({ layer, id }) => fetchFeature(layer, id, signal)));
    if (signal.aborted) return;
    for (const shape of shapes) {
      if (shape.status === "fulfilled") this.shape(shape.value);
    }
  }

  area(feature: GeoJSON.Feature): LeafletNamespace.LatLngBounds {
    this.clear();
    return this.shape(feature).getBounds();
  }

  private shape(feature: GeoJSON.Feature): LeafletNamespace.GeoJSON {
    const shape = L.geoJSON(feature, {
      pane: "highlight",
      interactive: false,
      style: { color: palette.selected, weight: 3, fillOpacity: 0.08 },
      pointToLayer: (_, place) =>
        L.circleMarker(place, { pane: "highlight", radius: 12, color: palette.selected, weight: 3, fillOpacity: 0, interactive: false }),
    });
    this.group.addLayer(shape);
    return shape;
  }
}
