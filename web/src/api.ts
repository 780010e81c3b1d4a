import type { Words } from "./config";
import { decodeGrid, type Grid } from "./grid/decode";
import { lang, t } from "./i18n";

export interface ProgressRow {
  layer: string;
  target: string;
  unit: string;
  value: number | null;
  op: string;
  measure: string;
  measure_unit: Words;
  done: number | null;
  share: number | null;
  time_progress: number | null;
  ahead_pp: number | null;
  period: string;
  by_status: Record<string, number>;
  synthetic?: boolean;
}

export interface Progress {
  as_of: string;
  synthetic: boolean;
  rows: ProgressRow[];
}

export interface IdentifiedFeature {
  layer: string;
  id: string;
  name: string | null;
  name_en: string | null;
  status: string;
  unit: string | null;
  district: string | null;
  started_on: string | null;
  finished_on: string | null;
  properties: Record<string, unknown>;
  measures: Record<string, number>;
  synthetic: boolean;
  source: { title: Words | string; attribution: string | null } | null;
}

export interface Identified {
  features: IdentifiedFeature[];
  /** How many there are; at most 20 are told. */
  matched: number;
  district: { code: string; name: string; name_en: string } | null;
}

/** An answer other than success; `detail` is the server's sentence in the page's language. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

export async function get(path: string, query: Record<string, string | number>, signal?: AbortSignal): Promise<Response> {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) parameters.set(key, String(value));
  const answer = await fetch(parameters.size ? `${path}?${parameters}` : path, {
    headers: { "Accept-Language": lang },
    signal: signal ?? null,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(503, t("noAnswer")); // the browser's own words are in its own language
  });
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
    throw new ApiError(answer.status, problem.detail ?? t("noAnswer"));
  }
  return answer;
}

export async function fetchGrid(
  layer: string,
  options: { res: number; measure: string; statuses: readonly string[] },
  signal?: AbortSignal,
): Promise<Grid> {
  const query: Record<string, string | number> = { res: options.res, measure: options.measure, f: "bin" };
  if (options.statuses.length > 0) query["status"] = options.statuses.join(",");
  const answer = await get(`/api/grid/${layer}`, query, signal);
  return decodeGrid(await answer.arrayBuffer());
}

export async function fetchProgress(): Promise<Progress> {
  const answer = await get("/api/progress", {});
  return (await answer.json()) as Progress;
}

/** The targets in every reporting unit that has done something for them. */
export async function fetchProgressByUnit(): Promise<ProgressRow[]> {
  const answer = await get("/api/progress", { unit: "all" });
  return ((await answer.json()) as Progress).rows;
}

export async function identify(
  place: { lon: number; lat: number; zoom: number },
  layers: readonly string[],
  signal?: AbortSignal,
): Promise<Identified> {
  const answer = await get(
    "/api/identify",
    { lon: place.lon.toFixed(6), lat: place.lat.toFixed(6), z: place.zoom, layers: layers.join(",") },
    signal,
  );
  return (await answer.json()) as Identified;
}

/** The shape of one feature, for its highlight. */
export async function fetchFeature(layer: string, id: string, signal?: AbortSignal): Promise<GeoJSON.Feature> {
  const answer = await get(`/api/collections/${layer}/items/${encodeURIComponent(id)}`, { f: "json" }, signal);
  return (await answer.json()) as GeoJSON.Feature;
}

export interface Listed {
  features: GeoJSON.Feature[];
  numberMatched: number;
}

/** The first features of a layer in a box, west, south, east, north. */
export async function fetchInBox(layer: string, box: readonly number[], limit: number, signal: AbortSignal): Promise<Listed> {
  const query = { f: "json", limit, bbox: box.map((degrees) => degrees.toFixed(6)).join(",") };
  const answer = await get(`/api/collections/${layer}/items`, query, signal);
  return (await answer.json()) as Listed;
}

export async function fetchUnits(): Promise<GeoJSON.FeatureCollection> {
  const answer = await get("/api/collections/units/items", { f: "json", limit: 100 });
  return (await answer.json()) as GeoJSON.FeatureCollection;
}
