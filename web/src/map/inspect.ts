import type LeafletNamespace from "leaflet";
import { identify } from "../api";
import { hasPlace, type PageConfig } from "../config";
import { valueOf } from "../grid/lookup";
import { t } from "../i18n";
import L from "../leaflet";
import { failure, h, part } from "../panels/dom";
import { foundContent } from "../panels/found";
import type { PageStore } from "../state/page";
import { cellAt } from "./hexagons";
import { Highlight } from "./highlight";

/**
 * Click, tap or Enter: asks the server what lies there and says it in a pop-up. While the map shows
 * minutes on foot, the place becomes the start of a walk instead; each leads to the other.
 */
export class Inspector {
  readonly highlight: Highlight;
  private pending: AbortController | null = null;
  /** Where the keyboard was when it asked: it returns there when the pop-up closes. */
  private asker: HTMLElement | null = null;

  constructor(
    private readonly map: LeafletNamespace.Map,
    private readonly config: PageConfig,
    private readonly store: PageStore,
  ) {
    this.highlight = new Highlight(map);
    map.on("click", (event) => this.ask(event.latlng, false));
    const container = map.getContainer();
    map.on("popupclose", () => {
      this.pending?.abort();
      this.highlight.clear();
      this.asker?.focus();
      this.asker = null;
    });
    // Leaflet's own Escape only works while the map itself has the focus, not the pop-up in it.
    container.addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
    // The mark in the middle shows where Enter looks, while the map is worked by keyboard.
    container.addEventListener("keyup", () => container.classList.toggle("by-keyboard", document.activeElement === container));
    for (const end of ["pointerdown", "focusout"]) container.addEventListener(end, () => container.classList.remove("by-keyboard"));
    container.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === container) this.ask(map.getCenter(), true);
    });
    this.follow();
  }

  /** What a tap there does. */
  ask(place: LeafletNamespace.LatLng, keyboard: boolean): void {
    if (this.store.get().walk) this.walkFrom(place, keyboard);
    else void this.inspect(place, keyboard);
  }

  private walkFrom(place: LeafletNamespace.LatLng, keyboard: boolean): void {
    const { lat, lng: lon } = place.wrap();
    this.store.set({ from: { lat, lon, keyboard } });
  }

  /** wanted: what was looked for there; it comes first and open. */
  async inspect(place: LeafletNamespace.LatLng, byKeyboard: boolean, wanted?: { layer: string; id: string }): Promise<void> {
    const asker = byKeyboard ? (document.activeElement as HTMLElement | null) : null;
    const popup = this.open(place);
    this.asker = asker;
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
      if (wanted) found.features.sort((a, b) => Number(b.id === wanted.id) - Number(a.id === wanted.id));
      const content = foundContent(this.config, found, theme && value !== null ? { theme, value } : null);
      content.append(this.walkButton(place, byKeyboard));
      this.fill(popup, content, byKeyboard);
      void this.highlight.features(found.features);
    } catch {
      if (!signal.aborted) this.fill(popup, failure(t("failedIdentify"), t("retry"), () => void this.inspect(place, byKeyboard, wanted)), byKeyboard);
    }
  }

  /** Says at a place what is known of it already. */
  tell(place: LeafletNamespace.LatLng, byKeyboard: boolean, content: HTMLElement): void {
    const asker = byKeyboard ? (document.activeElement as HTMLElement | null) : null;
    const popup = this.open(place);
    this.asker = asker;
    content.append(this.walkButton(place, byKeyboard));
    this.fill(popup, content, byKeyboard);
  }

  private open(place: LeafletNamespace.LatLng): LeafletNamespace.Popup {
    const size = this.map.getSize();
    const room = roomOn(size);
    const popup = L.popup({
      maxWidth: Math.min(320, room.wide),
      minWidth: Math.min(240, room.wide),
      maxHeight: Math.max(140, Math.min(420, room.high)),
      autoPanPaddingTopLeft: room.topLeft,
      autoPanPaddingBottomRight: room.bottomRight,
    });
    popup.setLatLng(place).setContent(h("p", { class: "muted", role: "status" }, t("loading"))).openOn(this.map);
    // Leaflet labels its close button in English.
    popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", t("close"));
    popup.getElement()?.setAttribute("role", "dialog");
    popup.getElement()?.setAttribute("aria-label", t("here"));
    return popup;
  }

  private walkButton(place: LeafletNamespace.LatLng, byKeyboard: boolean): HTMLElement {
    const button = h("button", { type: "button", class: "button found-walk" }, t("walkFromHere"));
    button.addEventListener("click", () => {
      this.map.closePopup();
      this.walkFrom(place, byKeyboard);
    });
    return button;
  }

  private fill(popup: LeafletNamespace.Popup, content: HTMLElement, byKeyboard: boolean): void {
    popup.setContent(content);
    content.addEventListener("toggle", () => refit(popup, content), true);
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

/** Fits a pop-up to content that has grown. Leaflet takes the content out and in again: the focus must be put back. */
function refit(popup: LeafletNamespace.Popup, content: HTMLElement): void {
  const focused = document.activeElement;
  popup.update();
  if (focused instanceof HTMLElement && content.contains(focused)) focused.focus({ preventScroll: true });
}

const NARROW = 600;

/** What a pop-up may take of the map: it keeps clear of the legend and, on a narrow map, of the buttons. */
function roomOn(size: LeafletNamespace.Point): { wide: number; high: number; topLeft: [number, number]; bottomRight: [number, number] } {
  const narrow = size.x < NARROW;
  const { offsetTop, offsetHeight, offsetLeft, offsetWidth } = part("legend");
  const top = narrow ? offsetTop + offsetHeight + 8 : 16;
  const beside = offsetLeft + offsetWidth + 8;
  const left = narrow || size.x - beside < NARROW / 2 ? 8 : beside;
  const right = narrow ? 60 : 64;
  const bottom = narrow ? 40 : 16;
  // 34 and 46: the pop-up's own margins, and its tip.
  return { wide: size.x - left - right - 34, high: size.y - top - bottom - 46, topLeft: [left, top], bottomRight: [right, bottom] };
}
