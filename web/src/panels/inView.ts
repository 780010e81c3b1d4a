import type LeafletNamespace from "leaflet";
import { fetchInBox, type Listed } from "../api";
import { hasPlace, type LayerConfig, type PageConfig } from "../config";
import { lang, nameOf, say, t } from "../i18n";
import L from "../leaflet";
import type { PageStore } from "../state/page";
import { failure, h, part } from "./dom";
import { cellsInView } from "./inViewCells";
import { symbolOf } from "./symbol";
import { statusWord } from "./target";

const LISTED = 25;

/** What is in view as lists: the map's content for those who can not see or point at it. */
export function inViewPanel(
  map: LeafletNamespace.Map,
  config: PageConfig,
  store: PageStore,
  { show, ask }: { show: (place: LeafletNamespace.LatLng) => void; ask: (place: LeafletNamespace.LatLng) => void },
): void {
  const place = part("in-view");
  const list = h("div", { class: "in-view" });
  const cells = h("div", { class: "in-view" });
  const status = h("p", { class: "muted", role: "status" });
  const box = h("details", { class: "more" }, h("summary", {}, t("inView")), cells, status, list);
  place.append(box);
  let pending: AbortController | null = null;
  /** While one of its places is looked at, the list stays: it is what the reader is going through. */
  let held = false;

  const update = async (): Promise<void> => {
    pending?.abort();
    if (!box.open) return;
    const { signal } = (pending = new AbortController());
    void listCells();
    const layers = config.layers.filter((layer) => hasPlace(layer) && store.get().layers.includes(layer.id));
    if (layers.length === 0) {
      status.textContent = store.get().drawn ? "" : t("inViewNoLayers");
      list.replaceChildren();
      return;
    }
    status.textContent = t("loading");
    try {
      const found = await Promise.all(layers.map((layer) => fetchInBox(layer.id, boxOf(map), LISTED, signal)));
      if (signal.aborted) return;
      const total = found.reduce((sum, { numberMatched }) => sum + numberMatched, 0);
      status.textContent = total === 0 ? t("inViewNothing") : "";
      // A map that still moves when a pop-up closes lists anew: the focus stays with its place.
      const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["id"] : undefined;
      list.replaceChildren(...layers.flatMap((layer, i) => layerList(layer, found[i] as Listed, go)));
      const again = [...list.querySelectorAll<HTMLElement>("[data-id]")].find((button) => button.dataset["id"] === focused);
      if (focused !== undefined) (again ?? box.querySelector("summary"))?.focus();
    } catch {
      if (signal.aborted) return;
      status.textContent = "";
      list.replaceChildren(failure(t("failedInView"), t("retry"), () => void update()));
    }
  };
  const listCells = async (): Promise<void> => {
    const { drawn } = store.get();
    const made = drawn ? await cellsInView(map, drawn, goToCell) : [];
    if (drawn === store.get().drawn) cells.replaceChildren(...made);
  };
  const go = (feature: GeoJSON.Feature): void => {
    const at = placeOf(feature.geometry);
    if (!at) return;
    held = true;
    map.setView(at, Math.max(map.getZoom(), 14), { animate: false });
    show(at);
    held = true; // showing it has closed the pop-up before
  };
  const goToCell = (at: LeafletNamespace.LatLng): void => {
    map.setView(at, Math.max(map.getZoom(), 13), { animate: false });
    ask(at);
  };
  const changed = (): void => {
    if (!held) void update();
  };
  map.on("popupclose", () => {
    held = false;
  });
  box.addEventListener("toggle", changed);
  map.on("moveend", changed);
  store.on(["layers", "drawn"], changed);
}

function layerList(layer: LayerConfig, { features, numberMatched }: Listed, go: (feature: GeoJSON.Feature) => void): Node[] {
  if (numberMatched === 0) return [];
  const items = features.map((feature) => {
    const facts = (feature.properties ?? {}) as { name: string | null; name_en: string | null; status: string };
    const button = h("button", { type: "button", class: "link", "data-id": String(feature.id) }, nameOf(facts) || t("nameless"));
    button.addEventListener("click", () => go(feature));
    return h("li", {}, button, h("span", { class: "muted" }, statusWord(facts.status)));
  });
  const count = t("inViewCount", { count: numberMatched.toLocaleString(lang) });
  const first = numberMatched > features.length ? t("inViewFirst", { shown: features.length }) : "";
  return [
    h("h3", { class: "in-view-layer" }, symbolOf(layer), h("span", {}, say(layer.title)), h("span", { class: "muted" }, `${count}${first}`)),
    h("ul", {}, ...items),
  ];
}

/** West, south, east, north of the view, within what coordinates can be. */
function boxOf(map: LeafletNamespace.Map): [number, number, number, number] {
  const bounds = map.getBounds();
  return [Math.max(-180, bounds.getWest()), Math.max(-85, bounds.getSouth()), Math.min(180, bounds.getEast()), Math.min(85, bounds.getNorth())];
}

/** A place on the feature itself: a corner in the middle of its list. */
export function placeOf(geometry: GeoJSON.Geometry | null): LeafletNamespace.LatLng | null {
  if (!geometry) return null;
  if (geometry.type === "GeometryCollection") return placeOf(geometry.geometries[0] ?? null);
  let found: unknown = geometry.coordinates;
  while (Array.isArray(found) && Array.isArray(found[0])) found = found[Math.floor(found.length / 2)];
  const [lon, lat] = found as number[];
  return lon === undefined || lat === undefined ? null : L.latLng(lat, lon);
}
