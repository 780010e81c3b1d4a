import type L from "leaflet";
import { themeKey, walkKey, type PageConfig } from "../config";
import { chosen } from "./chosen";
import { parseFragment, writeFragment, type PageState } from "./fragment";
import { GROUNDS, paceKey, type Page, type PageStore } from "./page";

const KEYS: (keyof Page)[] = ["theme", "walk", "when", "from", "pace", "stage", "layers", "target", "districts", "ground", "raster"];

/** The address of what is shown. */
export function fragmentOf(page: Page, view: PageState["view"], from: Page["from"], hasRaster: boolean): string {
  const { theme, walk, when, pace, stage, layers, target } = page;
  return writeFragment({
    view,
    theme: theme ? themeKey(theme.layer.id, theme.measure.id) : walk ? walkKey(walk) : null,
    layers,
    off: GROUNDS.filter((ground) => !page[ground] && (ground !== "raster" || hasRaster)),
    status: stage === "all" ? undefined : stage,
    target: target ?? undefined,
    when: when === "now" ? undefined : when,
    from,
    walk: paceKey(pace),
  });
}

export function viewOf(map: L.Map): NonNullable<PageState["view"]> {
  const centre = map.getCenter();
  return { zoom: map.getZoom(), lat: centre.lat, lon: centre.lng };
}

/**
 * Keeps the address in step, so that a link shows what its sender saw, and follows a link within the
 * page. While the walk begins where the reader is, the address tells neither that place nor the view
 * around it: it stays with the view from before.
 */
export function remember(map: L.Map, config: PageConfig, store: PageStore, hasRaster: boolean): void {
  let view = viewOf(map);
  const write = (): void => {
    const page = store.get();
    const located = page.from?.located === true;
    if (!located) view = viewOf(map);
    const fragment = fragmentOf(page, view, located ? null : page.from, hasRaster);
    history.replaceState(null, "", fragment);
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keeps-state]")) link.hash = fragment;
  };
  map.on("moveend", write);
  store.on(KEYS, write);
  window.addEventListener("hashchange", () => {
    const wanted = parseFragment(location.hash);
    if (wanted.view) {
      // Panning goes by whole pixels, a reset to the very place; Leaflet's types do not know it.
      map.setView([wanted.view.lat, wanted.view.lon], wanted.view.zoom, { reset: true } as L.ZoomPanOptions);
      store.set(chosen(config, wanted, hasRaster));
    }
    write();
  });
  write();
}
