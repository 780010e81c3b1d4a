import type LeafletNamespace from "leaflet";
import L from "../leaflet";
import { paintOf, palette } from "../map/palette";
import { part } from "../panels/dom";

/** What walking draws over the map: the start, the area within reach, a gap, a facility. */
export class WalkShapes {
  private readonly walk = L.layerGroup();
  private readonly chosen = L.layerGroup();

  private begun: LeafletNamespace.LatLngTuple | null = null;

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
    this.begun = [lat, lon];
    this.walk.addLayer(
      L.circleMarker([lat, lon], { pane: "highlight", radius: 6, color: palette.halo, weight: 2, fillColor: palette.name, fillOpacity: 1, interactive: false }),
    );
  }

  /** The area within reach; the map comes nearer when it would be small, and moves when it lies outside. */
  catchment(feature: GeoJSON.Feature): void {
    const drawn = L.geoJSON(feature, {
      pane: "highlight",
      interactive: false,
      style: { color: palette.name, weight: 2.5, fillColor: paintOf("var(--seq-4)"), fillOpacity: 0.16 },
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

  /** A facility; one beyond the view brings the map there and the start with it. */
  facility({ lat, lon }: { lat: number; lon: number }): void {
    this.chosen.clearLayers();
    this.chosen.addLayer(
      L.circleMarker([lat, lon], { pane: "highlight", radius: 11, color: palette.selected, weight: 3, fillOpacity: 0, interactive: false }),
    );
    if (this.begun && !this.map.getBounds().contains([lat, lon])) this.map.fitBounds(L.latLngBounds(this.begun, [lat, lon]), { padding: [48, 48], maxZoom: 16 });
    else this.map.panInside([lat, lon], { padding: [60, 60] });
  }

  private bring(bounds: LeafletNamespace.LatLngBounds): void {
    const size = this.map.getSize();
    const upper = this.map.latLngToContainerPoint(bounds.getNorthWest());
    const lower = this.map.latLngToContainerPoint(bounds.getSouthEast());
    const { topLeft, bottomRight } = roomBeside(part("legend"), size);
    const inside = upper.x >= topLeft.x && upper.y >= topLeft.y && lower.x <= size.x - bottomRight.x && lower.y <= size.y - bottomRight.y;
    const large = Math.max((lower.x - upper.x) / (size.x - topLeft.x), (lower.y - upper.y) / (size.y - topLeft.y)) > 0.45;
    if (!inside || !large) this.map.fitBounds(bounds, { paddingTopLeft: topLeft, paddingBottomRight: bottomRight, maxZoom: 16 });
  }
}

const NARROW = 600;

/** What the legend leaves free: beside it on a wide map, below it on a narrow one. */
function roomBeside(legend: HTMLElement, size: LeafletNamespace.Point): { topLeft: LeafletNamespace.Point; bottomRight: LeafletNamespace.Point } {
  const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = legend;
  const narrow = size.x < NARROW;
  const topLeft = narrow ? L.point(16, Math.min(offsetTop + offsetHeight + 12, size.y / 2)) : L.point(offsetLeft + offsetWidth + 20, 28);
  return { topLeft, bottomRight: narrow ? L.point(16, 44) : L.point(64, 44) };
}
