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
      map.fitBounds(this.bounds);
    });
    return h("div", { class: "leaflet-bar leaflet-control" }, button);
  }
}

export function addControls(map: LeafletNamespace.Map, bounds: LeafletNamespace.LatLngBounds, attributions: string[]): void {
  L.control.zoom({ position: "topright", zoomInTitle: t("zoomIn"), zoomOutTitle: t("zoomOut") }).addTo(map);
  new WholeCity(bounds).addTo(map);
  new WordedScale({ position: "bottomright", imperial: false, maxWidth: 90 }).addTo(map);
  const credit = L.control.attribution({ position: "bottomright", prefix: false }).addTo(map);
  for (const text of attributions) credit.addAttribution(escapeHtml(text));
}

/** Leaflet writes attributions as HTML; ours are plain words. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
