import type LeafletNamespace from "leaflet";
import { say } from "../i18n";
import leaflet from "../leaflet";
import type { BoundaryLayers } from "../map/boundaries";
import { addControls, showWhole } from "../map/controls";
import { featureLayer, type FeatureLayer } from "../map/features";
import type { GroundLayer } from "../map/ground";
import { HexagonLayer } from "../map/hexagons";
import { Names } from "../map/names";
import { onPaletteChange } from "../map/palette";
import { part } from "../panels/dom";
import { paletteSwitch } from "../panels/paletteSwitch";
import { setStatuses } from "../panels/target";
import { waiting } from "../panels/waiting";
import { findOnPlan } from "../search/planPage";
import { Activity } from "../state/activity";
import { parseFragment } from "../state/fragment";
import { Store } from "../state/store";
import { board } from "./board";
import { fetchAccount } from "./calls";
import { facilitiesOf, type PlanConfig, type Shown } from "./config";
import { controls } from "./controls";
import { Loader } from "./data";
import { districts } from "./districts";
import { ExportMenu } from "./exportMenu";
import { gapList } from "./gapList";
import { histogram } from "./histogram";
import { legend } from "./legend";
import { lorenzChart } from "./lorenzChart";
import { forgetMonths } from "./months";
import { painted, type Painted } from "./paint";
import { pointer } from "./pointer";
import { printSheet } from "./printSheet";
import { parsePlan, writePlan, type Plan } from "./state";
import { SECOND_PANE, Swipe } from "./swipe";
import { Tip } from "./tip";
import { Units } from "./units";
import { fill, w, words } from "./words";

/** What the script of the page hands over: the elements it has made, and the catalogue. */
export interface PlanParts {
  map: LeafletNamespace.Map;
  boundaries: BoundaryLayers;
  ground: GroundLayer;
  hexagons: HexagonLayer;
  features: Record<string, FeatureLayer>;
  raster: LeafletNamespace.TileLayer | null;
  page: PlanConfig;
}

const SECOND_LEVEL = "351";

export function startPlan(parts: PlanParts): void {
  const { map, page: config, hexagons } = parts;
  setStatuses(config);
  const activity = new Activity(document.documentElement);
  activity.begin("start");
  const store = new Store<Plan>(parsePlan(location.hash, config));
  const second = secondPane(map);
  view(map, config);
  const { drawGround } = ground(parts, store, activity);

  const units = new Units(map);
  const tip = new Tip();
  let pointed: string | null = null;
  const outlines = (again = false): void => units.show(store.get().unit, pointed, again);
  const point = (unit: string | null): void => {
    if (unit === pointed) return;
    pointed = unit;
    outlines();
    for (const row of document.querySelectorAll("[data-unit]")) row.classList.toggle("is-pointed", (row as HTMLElement).dataset["unit"] === unit);
  };
  store.on(["unit"], () => outlines());

  const loader = new Loader(store, map, activity, () => {
    part("status").textContent = w("renewed");
    forgetMonths();
    targets.load();
  });
  let drawn: Painted | null = null;
  const key = legend(store, loader, config, () => drawn);
  const draw = (): void => {
    const plan = store.get();
    const { cells, districts: lines } = loader.data.get();
    const ready = cells.kind === "shown" && cells.value.length === sidesOf(plan);
    drawn = ready ? painted(plan, config, cells.value, lines.kind === "shown" ? lines.value : null) : null;
    const [one, other] = plan.tab === "reach" ? (drawn?.layers ?? []) : [];
    hexagons.show(one ?? null, one?.scale ?? null);
    second.show(other ?? null, other?.scale ?? null);
    key.render();
  };
  store.on(["tab", "classing", "band", "walk", "speed", "shown", "compared"], draw);
  loader.data.on(["cells", "districts"], draw);
  hexagons.addTo(map);
  second.addTo(map);
  for (const [name, layer] of Object.entries({ hexagons, second })) {
    layer.on("loading", () => activity.begin(`layer-${name}`));
    layer.on("load", () => activity.end(`layer-${name}`));
  }

  controls(config, store);
  new Swipe(map, store, config);
  const menu = new ExportMenu({ map, config, store, loader, painted: () => drawn });
  districts({ config, store, loader, tip, point, exportCsv: () => void menu.make("districts") });
  histogram(config, store, loader, tip);
  lorenzChart(store, loader, tip);
  gapList(config, store, loader, tip, map);
  const targets = board({ config, store, tip, activity, zoomTo: (unit) => units.zoomTo(unit) });
  findOnPlan(map, config, (unit) => {
    store.set({ unit });
    units.zoomTo(unit);
  });
  pointer({ map, config, store, loader, units, tip, point });
  printSheet(map, store, loader, menu);
  remember(map, config, store);
  frame(activity, loader);

  onPaletteChange(() => {
    drawGround();
    hexagons.redraw();
    second.redraw();
    outlines(true);
  });
  paletteSwitch();
  activity.begin("units");
  void units
    .load()
    .then(() => outlines(true))
    .catch(() => undefined)
    .finally(() => activity.end("units"));
  void account();
  loader.load();
  activity.end("start");
}

/** How many answers the panes are made of. */
const sidesOf = (plan: Plan): number => (plan.compared === "none" && plan.shown !== "change" ? 1 : plan.compared === "measure" && plan.walk.kind === "circle" ? 1 : 2);

/** The pane of the second side lies just above that of the first. */
function secondPane(map: LeafletNamespace.Map): HexagonLayer {
  const pane = map.createPane(SECOND_PANE);
  pane.style.zIndex = SECOND_LEVEL;
  pane.style.pointerEvents = "none";
  return new HexagonLayer({ pane: SECOND_PANE });
}

function view(map: LeafletNamespace.Map, config: PlanConfig): void {
  const [west, south, east, north] = config.bounds;
  const [coreWest, coreSouth, coreEast, coreNorth] = config.core;
  const bounds = leaflet.latLngBounds([south, west], [north, east]);
  const wanted = parseFragment(location.hash).view;
  if (wanted) map.setView([wanted.lat, wanted.lon], wanted.zoom, { animate: false });
  else showWhole(map, leaflet.latLngBounds([coreSouth, coreWest], [coreNorth, coreEast]), false);
  // The ring around the centre belongs to a planner's first view.
  if (!wanted) map.setZoom(map.getZoom() - 1, { animate: false });
  map.getContainer().setAttribute("aria-label", w("map"));
  map.getContainer().setAttribute("role", "application");
  addControls(map, bounds, config.attributions.map(say));
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
}

/** Land, base map, boundaries, names, and the facilities of what is shown where they are wished for. */
function ground(parts: PlanParts, store: Store<Plan>, activity: Activity): { drawGround: () => void } {
  const { map, boundaries, ground: base, features, raster, page: config } = parts;
  const names = new Names({ units: boundaries.source, base: base.source });
  const notice = part("notice");
  const failed = (): void => {
    notice.hidden = false;
  };
  const watch = (name: string, layer: LeafletNamespace.Layer): void => {
    layer.on("loading", () => activity.begin(`tiles-${name}`));
    layer.on("load remove", () => activity.end(`tiles-${name}`));
  };
  for (const [name, layer] of Object.entries({ ground: base, lines: boundaries.lines, names: names.layer })) watch(name, layer);
  boundaries.source.onFailure = base.source.onFailure = failed;
  // Layers of the plan, and facilities of services once somebody has wished for them.
  const known = new Map<string, FeatureLayer>();
  const know = (name: string, layer: FeatureLayer): void => {
    watch(name, layer);
    layer.source.onFailure = failed;
    known.set(name, layer);
  };
  for (const [name, layer] of Object.entries(features)) know(name, layer);
  const again = (): void => {
    for (const layer of [base, boundaries.lines, ...known.values()]) layer.rerenderTiles();
    names.redraw();
  };
  part("notice-retry").addEventListener("click", () => {
    notice.hidden = true;
    again();
  });
  raster?.addTo(map);
  base.over(boundaries.land);
  for (const layer of [base, boundaries.lines]) layer.addTo(map);
  names.setGround(true);
  names.addTo(map);
  const show = (): void => {
    const { facilities, walk, tab, target } = store.get();
    const shown = tab === "progress" ? layerOf(config, target) : facilities ? facilitiesOf(config, walk) : null;
    if (shown && !known.has(shown.source)) know(shown.source, facilityLayer(shown));
    for (const [name, layer] of known) {
      const on = name === shown?.source;
      if (on !== map.hasLayer(layer)) {
        if (on) layer.addTo(map);
        else layer.remove();
      }
      names.setFeatures(layer.source, shown?.color ?? "", on);
    }
  };
  store.on(["facilities", "walk", "tab", "target"], show);
  show();
  return { drawGround: again };
}

const facilityLayer = (shown: Shown): FeatureLayer =>
  featureLayer({ ...shown, url: `/tiles/${shown.source}/{z}/{x}/{y}.mvt`, maxDataZoom: 15 });

/** The layer of a target; one of figures only has none. */
function layerOf(config: PlanConfig, target: string | null): Shown | null {
  const layer = config.layers.find(({ id }) => id === target?.split(".")[0]);
  return layer && layer.geometry !== "none" ? { ...layer, source: layer.id } : null;
}

/** Keeps the address in step, so that a link shows what its sender saw, and follows a link within the page. */
function remember(map: LeafletNamespace.Map, config: PlanConfig, store: Store<Plan>): void {
  const write = (): void => {
    const { lat, lng } = map.getCenter();
    const fragment = `#${[`map=${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`, ...writePlan(store.get())].join("&")}`;
    history.replaceState(null, "", fragment);
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keeps-state]")) link.hash = fragment;
  };
  map.on("moveend", write);
  store.on(Object.keys(store.get()) as (keyof Plan)[], write);
  window.addEventListener("hashchange", () => {
    const wanted = parseFragment(location.hash);
    if (wanted.view) {
      map.setView([wanted.view.lat, wanted.view.lon], wanted.view.zoom, { animate: false });
      store.set(parsePlan(location.hash, config));
    }
    write();
  });
  write();
}

/** What surrounds the work: waiting, no network, the way past the header. */
function frame(activity: Activity, loader: Loader): void {
  waiting(activity);
  const offline = part("offline");
  const show = (): void => {
    offline.hidden = navigator.onLine;
  };
  window.addEventListener("offline", show);
  window.addEventListener("online", () => {
    show();
    loader.again();
  });
  show();
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    // The address belongs to the state: the way past the map must not take its place.
    event.preventDefault();
    part("panel").focus();
  });
}

/** An account adds its name; everything here is public. */
async function account(): Promise<void> {
  const found = await fetchAccount().catch(() => null);
  if (!found) return;
  const role = words.roles[found.role as keyof typeof words.roles] ?? found.role;
  part("account").textContent = fill(words.signedIn, { name: found.username, role });
}

