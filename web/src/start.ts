import type L from "leaflet";
import { fetchUnits } from "./api";
import { findTheme, findWalk, themeKey, walkKey, type PageConfig } from "./config";
import { say, t } from "./i18n";
import leaflet from "./leaflet";
import type { BoundaryLayers } from "./map/boundaries";
import { addControls, showWhole } from "./map/controls";
import type { FeatureLayer } from "./map/features";
import { GridLoader } from "./map/gridLoader";
import type { GroundLayer } from "./map/ground";
import type { HexagonLayer } from "./map/hexagons";
import { Inspector } from "./map/inspect";
import { Names } from "./map/names";
import { part } from "./panels/dom";
import { layersPanel } from "./panels/layers";
import { legendPanel } from "./panels/legend";
import { inViewPanel } from "./panels/inView";
import { ProgressPanel } from "./panels/progress";
import { sheet } from "./panels/sheet";
import { setStatuses } from "./panels/target";
import { stageOf, themePanel } from "./panels/theme";
import { Activity } from "./state/activity";
import { parseFragment, writeFragment, type PageState } from "./state/fragment";
import { inOrder, paceKey, paceOf, type Page } from "./state/page";
import { Store } from "./state/store";

type Chosen = Pick<Page, "theme" | "walk" | "when" | "from" | "pace" | "stage" | "layers" | "target">;

/** What the script of the page hands over: the elements it has made, and the catalogue. */
export interface Parts {
  map: L.Map;
  boundaries: BoundaryLayers;
  ground: GroundLayer;
  hexagons: HexagonLayer;
  features: Record<string, FeatureLayer>;
  raster: L.TileLayer | null;
  page: PageConfig;
}

export function start(parts: Parts): void {
  const { map, page: config } = parts;
  const wanted = parseFragment(location.hash);
  const activity = new Activity(document.documentElement);
  setStatuses(config);

  const [west, south, east, north] = config.bounds;
  const bounds = leaflet.latLngBounds([south, west], [north, east]);
  if (wanted.view) map.setView([wanted.view.lat, wanted.view.lon], wanted.view.zoom, { animate: false });
  else showWhole(map, bounds, false);

  const store = new Store<Page>(firstState(config, wanted, map.getZoom(), parts.raster !== null));
  map.getContainer().setAttribute("aria-label", t("map"));
  map.getContainer().setAttribute("role", "application");
  addControls(map, bounds, config.attributions.map(say));

  const names = new Names({ units: parts.boundaries.source, base: parts.ground.source });
  for (const [name, layer] of namedLayers(parts, names)) {
    layer.on("loading", () => activity.begin(name));
    layer.on("load remove", () => activity.end(name));
  }
  const failed = (): void => store.set({ tilesFailed: true });
  for (const { source } of [parts.boundaries, parts.ground, ...Object.values(parts.features)]) source.onFailure = failed;

  const loader = new GridLoader(store, parts.hexagons);
  parts.boundaries.land.addTo(map);
  parts.hexagons.addTo(map);
  names.addTo(map);
  const draw = (): void => drawLayers(parts, names, store.get());
  store.on(["layers", "districts", "ground", "raster", "theme"], draw);
  draw();

  store.on(["grid"], ({ grid }) => (grid.kind === "loading" ? activity.begin("grid") : activity.end("grid")));
  map.on("zoomend", () => store.set({ zoom: map.getZoom() }));
  const inspector = new Inspector(map, config, store);
  remember(map, config, store);
  watchSize(map);
  tileNotice(parts, store);

  walking(parts, store, activity, inspector);
  themePanel(config, store);
  legendPanel(config, store, () => void loader.update());
  layersPanel(config, store, parts.raster !== null);
  inViewPanel(map, config, store, (place) => void inspector.inspect(place, true));
  sheet();
  const progress = new ProgressPanel(config, store, (unit) => void zoomTo(map, inspector, unit));
  activity.begin("progress");
  void progress.load().finally(() => activity.end("progress"));
  activity.begin("grid");
  void loader.update().finally(() => activity.end("grid"));
}

function firstState(config: PageConfig, wanted: PageState, zoom: number, raster: boolean): Page {
  return {
    ...chosen(config, wanted),
    districts: true,
    ground: true,
    raster,
    grid: { kind: "off" },
    pointed: undefined,
    zoom,
    tilesFailed: false,
    synthetic: false,
  };
}

/** What the address says of the map's content; what it leaves out is as at first. */
function chosen(config: PageConfig, wanted: PageState): Chosen {
  const shown = wanted.theme === undefined ? config.start.theme : wanted.theme;
  return {
    theme: findTheme(config, shown),
    walk: findWalk(config, shown),
    when: wanted.when === "planned" ? "planned" : "now",
    from: wanted.from ? { ...wanted.from, keyboard: false } : null,
    pace: paceOf(wanted.walk),
    stage: stageOf(wanted.status),
    layers: inOrder(config, wanted.layers ?? config.start.layers),
    target: wanted.target ?? null,
  };
}

function namedLayers(parts: Parts, names: Names): [string, L.GridLayer][] {
  return [
    ["land", parts.boundaries.land],
    ["boundaries", parts.boundaries.lines],
    ["ground", parts.ground],
    ["hexagons", parts.hexagons],
    ["names", names.layer],
    ...Object.entries(parts.features).map(([id, layer]): [string, L.GridLayer] => [`features-${id}`, layer]),
  ];
}

function drawLayers(parts: Parts, names: Names, state: Page): void {
  const { map } = parts;
  const turn = (layer: L.Layer, on: boolean): void => {
    if (on !== map.hasLayer(layer)) {
      if (on) layer.addTo(map);
      else layer.remove();
    }
  };
  turn(parts.boundaries.lines, state.districts);
  turn(parts.ground, state.ground);
  if (parts.raster) turn(parts.raster, state.raster);
  names.setGround(state.ground);
  for (const layer of parts.page.layers) {
    const feature = parts.features[layer.id];
    if (!feature) continue;
    const on = state.layers.includes(layer.id);
    turn(feature, on);
    names.setFeatures(feature.source, layer.color, on);
    // Circles over hexagons of the same thing would say it twice.
    feature.showAggregates(state.theme?.layer.id !== layer.id);
  }
}

/** Keeps the address in step, so that a link shows what its sender saw, and follows a link within the page. */
function remember(map: L.Map, config: PageConfig, store: Store<Page>): void {
  const write = (): void => {
    const { theme, walk, when, from, pace, stage, layers, target } = store.get();
    const centre = map.getCenter();
    const fragment = writeFragment({
      view: { zoom: map.getZoom(), lat: centre.lat, lon: centre.lng },
      theme: theme ? themeKey(theme.layer.id, theme.measure.id) : walk ? walkKey(walk) : null,
      layers,
      status: stage === "all" ? undefined : stage,
      target: target ?? undefined,
      when: when === "now" ? undefined : when,
      from,
      walk: paceKey(pace),
    });
    history.replaceState(null, "", fragment);
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keeps-state]")) link.hash = fragment;
  };
  map.on("moveend", write);
  store.on(["theme", "walk", "when", "from", "pace", "stage", "layers", "target"], write);
  window.addEventListener("hashchange", () => {
    const wanted = parseFragment(location.hash);
    if (wanted.view) {
      map.setView([wanted.view.lat, wanted.view.lon], wanted.view.zoom, { animate: false });
      store.set(chosen(config, wanted));
    }
    write();
  });
  write();
}

/** Minutes on foot, life circles and their gaps come with the first wish for them. */
function walking(parts: Parts, store: Store<Page>, activity: Activity, inspector: Inspector): void {
  let asked = false;
  const load = (): void => {
    const { walk, from } = store.get();
    if (asked || (walk === null && from === null)) return;
    asked = true;
    activity.begin("walking");
    void import("./reach/start")
      .then(({ startReach }) => startReach({ ...parts, store, activity, inspector, zoomTo: (unit) => void zoomTo(parts.map, inspector, unit) }))
      .catch(() => {
        asked = false;
        store.set({ tilesFailed: true });
      })
      .finally(() => activity.end("walking"));
  };
  store.on(["walk", "from"], load);
  load();
}

function watchSize(map: L.Map): void {
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
}

function tileNotice(parts: Parts, store: Store<Page>): void {
  const notice = part("notice");
  store.on(["tilesFailed"], ({ tilesFailed }) => {
    notice.hidden = !tilesFailed;
  });
  part("notice-retry").addEventListener("click", () => {
    store.set({ tilesFailed: false });
    const { land, lines } = parts.boundaries;
    for (const layer of [land, lines, parts.ground, ...Object.values(parts.features)]) layer.rerenderTiles();
  });
}

let units: Promise<GeoJSON.FeatureCollection> | null = null;

async function zoomTo(map: L.Map, inspector: Inspector, code: string): Promise<void> {
  units ??= fetchUnits();
  const collection = await units.catch(() => {
    units = null;
    return null;
  });
  const found = collection?.features.find((feature) => feature.properties?.["code"] === code || feature.id === code);
  if (!found?.geometry) return;
  map.closePopup();
  map.fitBounds(inspector.highlight.area(found), { padding: [24, 24] });
}
