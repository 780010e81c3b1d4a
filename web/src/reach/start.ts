import "../styles/reach.css";
import type L from "leaflet";
import leaflet from "../leaflet";
import type { Inspector } from "../map/inspect";
import type { PageConfig } from "../config";
import type { Activity } from "../state/activity";
import type { PageStore } from "../state/page";
import type { WalkLoader } from "./cells";
import { GapList } from "./gaps";
import { walkLegend } from "./legend";
import { ReachPanel } from "./panel";
import { WalkShapes } from "./shapes";
import { ShareTable } from "./table";

export interface ReachParts {
  map: L.Map;
  loader: WalkLoader;
  page: PageConfig;
  store: PageStore;
  activity: Activity;
  inspector: Inspector;
  zoomTo: (unit: string) => void;
}

/** Everything about walking but its hexagons; loaded with the first wish for it, so that the first view stays small. */
export function startReach({ map, loader, page, store, activity, inspector, zoomTo }: ReachParts): void {
  const settled = (name: string) => (busy: boolean): void => (busy ? activity.begin(name) : activity.end(name));
  const shapes = new WalkShapes(map);
  store.on(["online"], ({ online }) => {
    if (online && loader.shown.get().state.kind === "failed") void loader.update(true);
  });
  walkLegend(store, loader);
  new ReachPanel(page, store, shapes, map, {
    go: (facility) => shapes.facility(facility),
    inspect: ({ lat, lon }) => void inspector.inspect(leaflet.latLng(lat, lon), true),
  });
  new GapList(page, store, shapes, settled("gaps"));
  new ShareTable(page, store, zoomTo, settled("shares"));
}
