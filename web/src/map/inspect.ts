import type LeafletNamespace from "leaflet";
import { identify } from "../api";
import { hasPlace, type PageConfig } from "../config";
import { valueOf } from "../grid/lookup";
import { t } from "../i18n";
import L from "../leaflet";
import { failure, h } from "../panels/dom";
import { foundContent } from "../panels/found";
import type { PageStore } from "../state/page";
import { cellAt } from "./hexagons";
import { Highlight } from "./highlight";

/** Click, tap or Enter: asks the server what lies there and says it in a pop-up. */
export class Inspector {
  readonly highlight: Highlight;
  private pending: AbortController | null = null;

  constructor(
    private readonly map: LeafletNamespace.Map,
    private readonly config: PageConfig,
    private readonly store: PageStore,
  ) {
    this.highlight = new Highlight(map);
    map.on("click", (event) => void this.inspect(event.latlng, false));
    map.on("popupclose", () => {
      this.pending?.abort();
      this.highlight.clear();
    });
    const container = map.getContainer();
    // The mark in the middle shows where Enter looks, while the map is worked by keyboard.
    container.addEventListener("keyup", () => container.classList.toggle("by-keyboard", document.activeElement === container));
    for (const end of ["pointerdown", "focusout"]) container.addEventListener(end, () => container.classList.remove("by-keyboard"));
    container.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === container) void this.inspect(map.getCenter(), true);
    });
    this.follow();
  }

  async inspect(place: LeafletNamespace.LatLng, byKeyboard: boolean): Promise<void> {
    const popup = this.open(place);
    this.pending?.abort();
    this.pending = new AbortController();
    const { signal } = this.pending;
    this.highlight.clear();
    const { theme, grid, layers } = this.store.get();
    const cell = grid.kind === "shown" ? cellAt(place, grid.grid.res) : null;
    const value = grid.kind === "shown" && cell !== null ? valueOf(grid.grid, cell) : null;
    if (cell !== null && value !== null) this.highlight.hexagon(cell);
    const asked = this.config.layers.filter((layer) => hasPlace(layer) && layers.includes(layer.id)).map(({ id }) => id);
    const { lat, lng: lon } = place.wrap();
    try {
      const found = await identify({ lon, lat, zoom: this.map.getZoom() }, asked, signal);
      if (signal.aborted) return;
      this.fill(popup, foundContent(this.config, found, theme && value !== null ? { theme, value } : null), byKeyboard);
      void this.highlight.features(found.features);
    } catch {
      if (!signal.aborted) this.fill(popup, failure(t("failedIdentify"), t("retry"), () => void this.inspect(place, byKeyboard)), byKeyboard);
    }
  }

  private open(place: LeafletNamespace.LatLng): LeafletNamespace.Popup {
    const size = this.map.getSize();
    const popup = L.popup({
      maxWidth: Math.min(320, size.x - 60),
      minWidth: Math.min(240, size.x - 60),
      maxHeight: Math.max(140, Math.min(420, size.y - 110)),
      autoPanPadding: [16, 16],
    });
    popup.setLatLng(place).setContent(h("p", { class: "muted", role: "status" }, t("loading"))).openOn(this.map);
    // Leaflet labels its close button in English.
    popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", t("close"));
    popup.getElement()?.setAttribute("role", "dialog");
    popup.getElement()?.setAttribute("aria-label", t("here"));
    return popup;
  }

  private fill(popup: LeafletNamespace.Popup, content: HTMLElement, byKeyboard: boolean): void {
    popup.setContent(content);
    content.addEventListener("toggle", () => popup.update(), true);
    if (byKeyboard) content.querySelector<HTMLElement>("h2")?.focus();
  }

  /** The value under the pointer, for the legend. */
  private follow(): void {
    let asked = 0;
    this.map.on("mousemove", (event) => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => {
        const { grid } = this.store.get();
        if (grid.kind !== "shown") return;
        this.store.set({ pointed: valueOf(grid.grid, cellAt(event.latlng, grid.grid.res)) });
      });
    });
    this.map.on("mouseout", () => {
      cancelAnimationFrame(asked);
      this.store.set({ pointed: undefined });
    });
  }
}
