import type LeafletNamespace from "leaflet";
import L from "../leaflet";
import { t, words } from "../i18n";
import { h, svg } from "../panels/dom";

/** Scale with the unit in the page's language. */
class WordedScale extends L.Control.Scale {
  // Leaflet calls this for each of its bars; its own version writes English units.
  _updateScale(bar: HTMLElement, text: string, ratio: number): void {
    const { maxWidth = 100 } = this.options;
    bar.style.width = `${Math.round(maxWidth * ratio)}px`;
    const [figure, unit] = text.split(" ");
    bar.textContent = `${figure} ${unit === "km" ? words.kilometres : words.metres}`;
  }
}

class WholeCity extends L.Control {
  constructor(private readonly bounds: LeafletNamespace.LatLngBounds) {
    super({ position: "topright" });
  }

  override onAdd(map: LeafletNamespace.Map): HTMLElement {
    const icon = svg(
      "svg",
      { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: "icon" },
      svg("path", { d: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" }),
    );
    const button = h("a", { href: "#", role: "button", title: t("wholeCity"), "aria-label": t("wholeCity") }, icon);
    L.DomEvent.on(button, "click", (event) => {
      L.DomEvent.stop(event);
      showWhole(map, this.bounds);
    });
    return h("div", { class: "leaflet-bar leaflet-control" }, button);
  }
}

/** Room that the legend takes: beside the city on a wide map, above it on a narrow one. */
const LEGEND = { wide: 328, high: 118 };
/** Room that credits and scale take below. */
const CREDITS = 40;
const MARGIN = 16;
const NARROW = 600;

/** The whole city at the largest zoom that holds it, moved out from under what lies on the map where it can be. */
export function showWhole(map: LeafletNamespace.Map, bounds: LeafletNamespace.LatLngBounds, animate = true): void {
  const zoom = map.getBoundsZoom(bounds);
  const size = map.getSize();
  const corners = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => map.project(corner, zoom));
  const [upper, lower] = corners as [LeafletNamespace.Point, LeafletNamespace.Point];
  const free = size.subtract(lower.subtract(upper));
  const narrow = size.x < NARROW;
  const within = (wanted: number, room: number): number => Math.max(0, Math.min(wanted, room - 2 * MARGIN)) / 2;
  const shift = narrow ? L.point(0, (LEGEND.high - CREDITS) / 2) : L.point(within(LEGEND.wide, free.x), -within(CREDITS, free.y));
  const centre = map.unproject(upper.add(lower).divideBy(2).subtract(shift), zoom);
  map.setView(centre, zoom, { animate });
}

/** Zoom, whole city, credits and scale; the first credit is the map's review. */
export function addControls(map: LeafletNamespace.Map, bounds: LeafletNamespace.LatLngBounds, credits: string[]): void {
  L.control.zoom({ position: "topright", zoomInTitle: t("zoomIn"), zoomOutTitle: t("zoomOut") }).addTo(map);
  new WholeCity(bounds).addTo(map);
  const [review, ...others] = credits.map(escapeHtml);
  L.control
    .attribution({ position: "bottomright", prefix: false })
    .addAttribution([`<strong>${review}</strong>`, ...others].join(" · "))
    .addTo(map);
  new WordedScale({ position: "bottomright", imperial: false, maxWidth: 120 }).addTo(map);
}

/** Leaflet writes credits as HTML; ours are plain words. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
