import type LeafletNamespace from "leaflet";
import { fetchUnits } from "../api";
import L from "../leaflet";
import { palette } from "../map/palette";

interface Shape {
  feature: GeoJSON.Feature;
  /** West, south, east, north. */
  box: [number, number, number, number];
}

/** The districts' outlines: which one holds a point, and the chosen one drawn on the map. */
export class Units {
  private readonly shapes = new Map<string, Shape>();
  private readonly group: LeafletNamespace.LayerGroup;
  private readonly renderer: LeafletNamespace.Canvas;
  private drawn = "";

  constructor(private readonly map: LeafletNamespace.Map) {
    this.renderer = L.canvas({ pane: "highlight", padding: 0.2 });
    this.group = L.layerGroup().addTo(map);
  }

  async load(): Promise<void> {
    const { features } = await fetchUnits();
    for (const feature of features) {
      const code = String(feature.properties?.["code"] ?? feature.id);
      if (feature.geometry) this.shapes.set(code, { feature, box: boxOf(feature.geometry) });
    }
    this.drawn = "";
  }

  has(code: string): boolean {
    return this.shapes.has(code);
  }

  /** The code of the district that holds a place. */
  at(lon: number, lat: number): string | null {
    for (const [code, { feature, box }] of this.shapes) {
      if (lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3] && holds(feature.geometry, lon, lat)) return code;
    }
    return null;
  }

  /** Draws the chosen district and, thinner, the one that is pointed at. */
  show(chosen: string | null, pointed: string | null, again = false): void {
    const key = `${chosen} ${pointed}`;
    if (key === this.drawn && !again) return;
    this.drawn = key;
    this.group.clearLayers();
    for (const [code, weight] of [[pointed, 2], [chosen, 3.5]] as const) {
      const shape = code === null ? undefined : this.shapes.get(code);
      if (!shape || (code === chosen && weight === 2)) continue;
      // Leaflet's options for paths know the renderer; those of GeoJSON pass them on.
      const options = { renderer: this.renderer, interactive: false, style: { color: palette.selected, weight, fill: false } };
      this.group.addLayer(L.geoJSON(shape.feature, options as LeafletNamespace.GeoJSONOptions));
    }
  }

  zoomTo(code: string): void {
    const shape = this.shapes.get(code);
    if (!shape) return;
    const [west, south, east, north] = shape.box;
    this.map.fitBounds([[south, west], [north, east]], { padding: [20, 20] });
  }
}

function rings(geometry: GeoJSON.Geometry): GeoJSON.Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

function boxOf(geometry: GeoJSON.Geometry): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const ring of rings(geometry)) {
    for (const [lon, lat] of ring as [number, number][]) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}

/** By counting the edges that a ray to the east crosses; holes are rings like others. */
function holds(geometry: GeoJSON.Geometry, lon: number, lat: number): boolean {
  let inside = false;
  for (const ring of rings(geometry)) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i] as [number, number];
      const [xj, yj] = ring[j] as [number, number];
      if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
