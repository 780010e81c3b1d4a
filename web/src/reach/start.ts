import "../styles/reach.css";
import type L from "leaflet";
import leaflet from "../leaflet";
import type { HexagonLayer } from "../map/hexagons";
import type { Inspector } from "../map/inspect";
import { part } from "../panels/dom";
import type { PageConfig } from "../config";
import type { Activity } from "../state/activity";
import type { PageStore } from "../state/page";
import { WalkLoader } from "./cells";
import { GapList } from "./gaps";
import { walkLegend } from "./legend";
import { ReachPanel } from "./panel";
import { WalkShapes } from "./shapes";
import { ShareTable } from "./table";

export interface ReachParts {
  map: L.Map;
  hexagons: HexagonLayer;
  page: PageConfig;
  store: PageStore;
  activity: Activity;
  inspector: Inspector;
  zoomTo: (unit: string) => void;
}

/** Everything about walking; loaded with the first wish for it, so that the first view stays small. */
export async function startReach({ map, hexagons, page, store, activity, inspector, zoomTo }: ReachParts): Promise<void> {
  const settled = (name: string) => (busy: boolean): void => (busy ? activity.begin(name) : activity.end(name));
  const shapes = new WalkShapes(map);
  const loader = new WalkLoader(store, hexagons, map);
  loader.shown.on(["state"], ({ state }) => settled("walk")(state.kind === "loading"));
  walkLegend(store, loader);
  new ReachPanel(page, store, shapes, map, {
    go: (facility) => shapes.facility(facility),
    inspect: ({ lat, lon }) => void inspector.inspect(leaflet.latLng(lat, lon), true),
  });
  new GapList(page, store, shapes, settled("gaps"));
  new ShareTable(page, store, zoomTo, settled("shares"));
  arrange(store);
  await loader.update();
}

/** What was asked for stands above the targets while walking is shown, and below them otherwise. */
function arrange(store: PageStore): void {
  const theme = part("theme").closest("section");
  const targets = part("targets").closest("section");
  if (!theme || !targets) return;
  const place = (): void => {
    const walking = store.get().walk !== null;
    // The targets move, not the choice: what has the focus must keep it.
    if (walking) part("shares").after(targets);
    else theme.before(targets);
  };
  store.on(["walk"], place);
  place();
}
