import { FILTERS, type Filter } from "./types";

/** Which uploads the list shows. */
export const LISTS = ["all", "todo", "review", "published"] as const;
export type List = (typeof LISTS)[number];

/** Where the page is; the address's fragment says it: `#upload=…&rows=error&after=200&row=214`. */
export type Route =
  | { view: "home"; list: List | null }
  | { view: "upload"; id: string; filter: Filter | null; code: string | null; after: number; row: number | null };

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CODE = /^[a-z0-9_]{1,60}$/;

export function parseRoute(fragment: string): Route {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
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

export function writeRoute(route: Route): string {
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
