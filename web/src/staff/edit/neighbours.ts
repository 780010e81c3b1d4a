import type LeafletNamespace from "leaflet";
import { fetchUnits } from "../../api";
import { say } from "../../i18n";
import L from "../../leaflet";
import { symbolPath } from "../../map/symbols";
import { svg } from "../../panels/dom";
import type { DeskLayer } from "../config";

/** What lies about the shape at work: features of its layer, to be opened and caught at, and borders to be caught at. */
export class Neighbours {
  private readonly features = L.featureGroup();
  private readonly borders = L.layerGroup();
  private units: Promise<GeoJSON.FeatureCollection> | null = null;

  /** `opened` hears which feature was pressed; it is asked only while nothing is drawn. */
  constructor(
    map: LeafletNamespace.Map,
    private readonly opened: (id: string) => void,
  ) {
    this.features.addTo(map);
    this.borders.addTo(map);
  }

  /** Draws features; but for one, which is at work. */
  show(layer: DeskLayer, features: readonly GeoJSON.Feature[], but: string | null): void {
    this.features.clearLayers();
    for (const feature of features) {
      if (!feature.geometry || String(feature.id) === but) continue;
      const drawn = L.geoJSON(feature, {
        pane: "shapes",
        style: { color: layer.color, weight: Math.max(3, layer.width), fillOpacity: 0.2, snapIgnore: false } as LeafletNamespace.PathOptions,
        pointToLayer: (_, place) => L.marker(place, { pane: "marks", keyboard: false, icon: signOf(layer), snapIgnore: false }),
      });
      drawn.bindTooltip(nameOf(feature), { direction: "top", sticky: true });
      drawn.on("click", () => this.opened(String(feature.id)));
      this.features.addLayer(drawn);
    }
  }

  /** Lines of the districts, unseen: the map draws them itself. */
  async catchAtBorders(): Promise<void> {
    const { features } = await this.known();
    if (this.borders.getLayers().length > 0) return;
    for (const { geometry } of features) {
      const style = { opacity: 0, fill: false, snapIgnore: false } as LeafletNamespace.PathOptions;
      this.borders.addLayer(L.geoJSON(geometry, { pane: "shapes", interactive: false, style }));
    }
  }

  /** The box of a unit; null where it has no outline. */
  async boundsOf(code: string): Promise<LeafletNamespace.LatLngBounds | null> {
    const unit = (await this.known()).features.find(({ properties, id }) => properties?.["code"] === code || String(id) === code);
    return unit ? L.geoJSON(unit).getBounds() : null;
  }

  leave(): void {
    this.features.remove();
    this.borders.remove();
  }

  private known(): Promise<GeoJSON.FeatureCollection> {
    this.units ??= fetchUnits();
    return this.units;
  }
}

export function nameOf({ properties }: GeoJSON.Feature): string {
  const [name, english] = [properties?.["name"], properties?.["name_en"]];
  return say({ zh: typeof name === "string" ? name : "", en: typeof english === "string" ? english : "" });
}

export function signOf(layer: DeskLayer): LeafletNamespace.DivIcon {
  const sign = layerSign(layer);
  return L.divIcon({ html: sign as unknown as HTMLElement, className: "mark", iconSize: [28, 28] });
}

/** A layer's symbol in its colour. */
export function layerSign(layer: DeskLayer, size = 18): SVGElement {
  const path = layer.geometry === "point" ? symbolPath(layer.symbol, 0, 0, 6.4) : layer.geometry === "line" ? "M-8 4 -2-3 3 3 8-4" : "M-7-5 6-7 8 5-5 7Z";
  const line = layer.geometry === "line";
  return svg(
    "svg",
    { viewBox: "-10 -10 20 20", width: size, height: size, class: "sign", "aria-hidden": "true" },
    svg("path", {
      d: path,
      fill: line ? "none" : layer.color,
      stroke: line ? layer.color : "#fff",
      "stroke-width": line ? 3.4 : 1.8,
      "stroke-linejoin": "round",
    }),
  );
}
