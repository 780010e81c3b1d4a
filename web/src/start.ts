import type L from "leaflet";
import { findTheme, findWalk, type Box, type PageConfig } from "./config";
import { takeFeedback } from "./feedback/button";
import { say, t } from "./i18n";
import leaflet from "./leaflet";
import { addControls, showWhole } from "./map/controls";
import { drawMap, type MapParts } from "./map/draw";
import { GridLoader } from "./map/gridLoader";
import { Inspector } from "./map/inspect";
import { part } from "./panels/dom";
import { inViewPanel } from "./panels/inView";
import { layersPanel } from "./panels/layers";
import { legendPanel } from "./panels/legend";
import { locateButtons } from "./panels/locate";
import { modes } from "./panels/modes";
import { paletteSwitch } from "./panels/paletteSwitch";
import { ProgressPanel } from "./panels/progress";
import { shareButton } from "./panels/share";
import { sheet } from "./panels/sheet";
import { setStatuses } from "./panels/target";
import { themePanel } from "./panels/theme";
import { unitShapes } from "./panels/unitsAt";
import { offline, waiting } from "./panels/waiting";
import { walkPanel } from "./panels/walk";
import { WalkLoader } from "./reach/cells";
import { findPlaces } from "./search/publicPage";
import { Activity } from "./state/activity";
import { remember } from "./state/address";
import { firstState, shownKey } from "./state/chosen";
import { parseFragment, type PageState } from "./state/fragment";
import { inOrder, modeOf, type Page, type PageStore } from "./state/page";
import { Store } from "./state/store";

/** What the script of the page hands over: the elements it has made, and the catalogue. */
export type Parts = MapParts;

export function start(parts: Parts): void {
  const { map, page: config } = parts;
  const wanted = parseFragment(location.hash);
  const activity = new Activity(document.documentElement);
  setStatuses(config);
  const bounds = openAt(map, config, wanted);
  const hasRaster = parts.raster !== null;
  const store = new Store<Page>(firstState(config, wanted, map.getZoom(), hasRaster));
  map.getContainer().setAttribute("aria-label", t("map"));
  map.getContainer().setAttribute("role", "application");
  addControls(map, bounds, config.attributions.map(say));

  const loader = new GridLoader(store, parts.hexagons);
  const { again } = drawMap(parts, store, activity);
  store.on(["grid"], ({ grid }) => (grid.kind === "loading" ? activity.begin("grid") : activity.end("grid")));
  const walks = new WalkLoader(store, parts.hexagons, map);
  walks.shown.on(["state"], ({ state }) => (state.kind === "loading" ? activity.begin("walk") : activity.end("walk")));
  // Asked for before the panels are made: they take longer than the way there and back.
  activity.begin("grid");
  void loader.update().finally(() => activity.end("grid"));
  activity.begin("walk");
  void walks.update().finally(() => activity.end("walk"));
  map.on("zoomend", () => store.set({ zoom: map.getZoom() }));
  const inspector = new Inspector(map, config, store);
  remember(map, config, store, hasRaster);
  watchSize(map);
  tileNotice(store, again);
  waiting(activity);
  const retryGrid = (): void => {
    if (store.get().grid.kind === "failed") void loader.update();
  };
  offline(store, () => {
    again();
    retryGrid();
  });

  store.on(["synthetic"], ({ synthetic }) => {
    part("synthetic").hidden = !synthetic;
  });
  sheet();
  modes(config, store);
  walkPanel(config, store);
  themePanel(config, store);
  legendPanel(config, store, () => void loader.update());
  layersPanel(config, store, hasRaster);
  inViewPanel(map, config, store, {
    show: (place) => void inspector.inspect(place, true),
    ask: (place) => inspector.ask(place, true),
  });
  locateButtons(config, store);
  fromCentre(map, store);
  shareButton(map, store, hasRaster);
  paletteSwitch();
  const zoom = (unit: string): void => void zoomTo(map, inspector, unit);
  takeFeedback(map);
  findPlaces({ map, config, store, inspector });
  if (wanted.theme === undefined) elseThePlan(config, store);
  walking(parts, walks, store, activity, inspector, zoom);
  targets(config, store, activity, zoom);
}

/** Opens where the address says; else where most people live, or with the whole city for its plan. */
function openAt(map: L.Map, config: PageConfig, wanted: PageState): L.LatLngBounds {
  const bounds = boundsOf(config.bounds);
  const walks = findWalk(config, shownKey(config, wanted.theme)) !== null;
  if (wanted.view) map.setView([wanted.view.lat, wanted.view.lon], wanted.view.zoom, { animate: false });
  else showWhole(map, walks ? boundsOf(config.core) : bounds, false);
  return bounds;
}

const boundsOf = ([west, south, east, north]: Box): L.LatLngBounds => leaflet.latLngBounds([south, west], [north, east]);

/** The panels of minutes on foot, life circles and their gaps come with the first wish for them. */
function walking(parts: Parts, loader: WalkLoader, store: PageStore, activity: Activity, inspector: Inspector, zoomToUnit: (unit: string) => void): void {
  let asked = false;
  const load = (): void => {
    const { walk, from } = store.get();
    if (asked || (walk === null && from === null)) return;
    asked = true;
    activity.begin("walking");
    void import("./reach/start")
      .then(({ startReach }) => startReach({ ...parts, loader, store, activity, inspector, zoomTo: zoomToUnit }))
      .catch(() => {
        asked = false;
        store.set({ tilesFailed: true });
      })
      .finally(() => activity.end("walking"));
  };
  store.on(["walk", "from", "tilesFailed"], load);
  load();
}

/** Where no walk is computed yet, a page that was not asked for one opens with the plan. */
function elseThePlan(config: PageConfig, store: PageStore): void {
  let first = true;
  store.on(["drawn"], ({ drawn, walk }) => {
    if (first && walk && drawn?.cells.length === 0) {
      store.set({ walk: null, theme: findTheme(config, config.start.theme), layers: inOrder(config, config.start.layers) });
    }
    first = false;
  });
}

/** The targets of the plan come when somebody turns to them. */
function targets(config: PageConfig, store: PageStore, activity: Activity, zoomToUnit: (unit: string) => void): void {
  const progress = new ProgressPanel(config, store, zoomToUnit);
  let asked = false;
  const load = (): void => {
    if (asked || modeOf(store.get()) !== "plan") return;
    asked = true;
    activity.begin("progress");
    void progress.load().finally(() => activity.end("progress"));
  };
  store.on(["walk", "target"], load);
  load();
}

/** For those who do not tap: the walk from the middle of the map. */
function fromCentre(map: L.Map, store: PageStore): void {
  part("from-centre").addEventListener("click", () => {
    const { lat, lng: lon } = map.getCenter().wrap();
    store.set({ from: { lat, lon, keyboard: true } });
  });
  const hint = part("hint");
  const show = ({ from, walk }: Page): void => {
    hint.hidden = from !== null || walk === null;
    document.documentElement.dataset["from"] = String(from !== null);
  };
  store.on(["from", "walk"], show);
  show(store.get());
}

/** Until somebody has touched the page its middle stays what the address says, however the layout settles. */
function watchSize(map: L.Map): void {
  let touched = false;
  for (const name of ["pointerdown", "keydown", "wheel"]) {
    window.addEventListener(name, () => (touched = true), { once: true, capture: true, passive: true });
  }
  new ResizeObserver(() => map.invalidateSize({ pan: !touched })).observe(map.getContainer());
}

function tileNotice(store: PageStore, again: () => void): void {
  const notice = part("notice");
  store.on(["tilesFailed", "online"], ({ tilesFailed, online }) => {
    // Without a network that is what is said, not what follows from it.
    notice.hidden = !tilesFailed || !online;
  });
  part("notice-retry").addEventListener("click", () => {
    store.set({ tilesFailed: false });
    again();
  });
}

async function zoomTo(map: L.Map, inspector: Inspector, code: string): Promise<void> {
  const collection = await unitShapes().catch(() => null);
  const found = collection?.features.find((feature) => feature.properties?.["code"] === code || feature.id === code);
  if (!found?.geometry) return;
  map.closePopup();
  map.fitBounds(inspector.highlight.area(found), { padding: [24, 24] });
}
