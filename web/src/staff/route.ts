import { LISTS as FEEDBACK_LISTS, type FeedbackList } from "../feedback/lists";
import { FILTERS, type Filter } from "./types";

/** Which uploads the list shows. */
export const LISTS = ["all", "todo", "review", "published"] as const;
export type List = (typeof LISTS)[number];

/** Where the page is; the address's fragment says it: `#upload=…&rows=error&after=200&row=214`. */
export type Route =
  | { view: "home"; list: List | null }
  | { view: "feedback"; list: FeedbackList | null }
  | { view: "edit"; layer: string | null; feature: string | null; place: Place | null }
  | { view: "upload"; id: string; filter: Filter | null; code: string | null; after: number; row: number | null };

/** Where the map of the editor stands. */
export type Place = readonly [zoom: number, lat: number, lon: number];

/** A feature that is not there yet. */
export const FRESH = "new";

const LAYER = /^[a-z][a-z0-9_]{0,62}$/;
const PLACE = /^(\d{1,2})\/(-?\d{1,2}\.\d{1,6})\/(-?\d{1,3}\.\d{1,6})$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CODE = /^[a-z0-9_]{1,60}$/;

export function parseRoute(fragment: string): Route {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  if (parts.has("edit")) return editRoute(parts);
  if (parts.has("feedback")) return { view: "feedback", list: FEEDBACK_LISTS.find((list) => list === parts.get("feedback")) ?? null };
  const id = parts.get("upload") ?? "";
  if (!ID.test(id)) return { view: "home", list: LISTS.find((list) => list === parts.get("list")) ?? null };
  const code = parts.get("code") ?? "";
  return {
    view: "upload",
    id,
    filter: FILTERS.find((filter) => filter === parts.get("rows")) ?? null,
    code: CODE.test(code) ? code : null,
    after: whole(parts.get("after")) ?? 0,
    row: whole(parts.get("row")),
  };
}

function editRoute(parts: URLSearchParams): Route {
  const [layer, feature, place] = ["edit", "feature", "map"].map((name) => parts.get(name) ?? "") as [string, string, string];
  const known = LAYER.test(layer) ? layer : null;
  const found = PLACE.exec(place);
  return {
    view: "edit",
    layer: known,
    feature: known && (feature === FRESH || ID.test(feature)) ? feature : null,
    place: found ? [Number(found[1]), Number(found[2]), Number(found[3])] : null,
  };
}

export function writeRoute(route: Route): string {
  if (route.view === "edit") {
    const parts = [`edit=${route.layer ?? ""}`];
    if (route.feature) parts.push(`feature=${route.feature}`);
    if (route.place) parts.push(`map=${route.place[0]}/${route.place[1].toFixed(5)}/${route.place[2].toFixed(5)}`);
    return `#${parts.join("&")}`;
  }
  if (route.view === "feedback") return `#feedback=${route.list ?? ""}`;
  if (route.view === "home") return route.list ? `#list=${route.list}` : "#";
  const parts = [`upload=${route.id}`];
  if (route.filter) parts.push(`rows=${route.filter}`);
  if (route.code) parts.push(`code=${route.code}`);
  if (route.after > 0) parts.push(`after=${route.after}`);
  if (route.row !== null) parts.push(`row=${route.row}`);
  return `#${parts.join("&")}`;
}

export const uploadRoute = (id: string): Route => ({ view: "upload", id, filter: null, code: null, after: 0, row: null });

function whole(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
