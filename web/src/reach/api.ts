import { get } from "../api";
import type { Walk, Words } from "../config";
import { decodeGrid } from "../grid/decode";
import type { Pace, Start, When } from "../state/page";

export type Measure = "network" | "straight" | "estimated";

/** Cells of one resolution; values are minutes on foot, or how many categories are missing. `cells` ascend. */
export interface WalkCells {
  res: number;
  date: string | null;
  synthetic: boolean;
  /** Some of it is straight lines times a detour factor: there is no network. */
  estimated: boolean;
  cells: BigUint64Array;
  values: Float32Array;
}

export interface Facility {
  id: string;
  layer: string;
  name: string | null;
  name_en: string | null;
  minutes: number;
  metres: number;
  lon: number;
  lat: number;
}

export interface Missing {
  id: string;
  title: Words;
  limit_m: number;
  /** On foot; null where none was found within the longest limit of all. */
  nearest_m: number | null;
  /** Where that is not told, the nearest of the city in a straight line; null: there is none. */
  nearest: { name: string | null; name_en: string | null; lon: number; lat: number; apart_m: number } | null;
}

/** What is reached from a place. */
export interface Reached {
  catchment: GeoJSON.Feature;
  facilities: Record<string, Facility[]>;
  counts: Record<string, number>;
  score: { circle: string; met: number; of: number };
  missing: Missing[];
  measure: Measure;
  speed_m_s: number;
  minutes: number;
  synthetic: boolean;
}

export interface Gap {
  rank: number;
  /** Null where they are too few to be told. */
  people: number | null;
  place: { name: string | null; name_en: string | null; metres?: number | null } | null;
  unit: string;
  missing: { id: string; title: Words }[];
  nearest_m: number | null;
  geometry: GeoJSON.Geometry;
}

export interface Gaps {
  gaps: Gap[];
  matched: number;
  people: number | null;
}

export interface ShareRow {
  unit: string;
  kind: "city" | "district" | "zone" | "ring";
  measure: Measure;
  numerator: number | null;
  denominator: number | null;
  share: number | null;
}

export interface Shares {
  rows: ShareRow[];
  date: string | null;
  synthetic: boolean;
}

/** A gap of a circle is where people lack at least half of it: hardly anybody has all. */
export const halfOf = (categories: number): number => Math.ceil(categories / 2);

const query = (walk: Walk, when: When): Record<string, string> =>
  walk.kind === "reach" ? { service: walk.service.id, when } : { circle: walk.circle.id, when };

export async function fetchCells(walk: Walk, when: When, res: number, signal: AbortSignal): Promise<WalkCells> {
  const answer = await get("/api/reach/cells", { ...query(walk, when), res, f: "bin" }, signal);
  return decodeGrid(await answer.arrayBuffer()) as unknown as WalkCells;
}

export async function fetchReached(from: Start, pace: Pace, when: When, signal: AbortSignal): Promise<Reached> {
  const answer = await get(
    "/api/reach",
    { lon: from.lon.toFixed(6), lat: from.lat.toFixed(6), minutes: pace.minutes, speed: pace.speed, when },
    signal,
  );
  return (await answer.json()) as Reached;
}

export async function fetchGaps(walk: Walk, when: When, limit: number, signal: AbortSignal): Promise<Gaps> {
  const lacks = walk.kind === "circle" ? { lacks: halfOf(walk.circle.categories.length) } : {};
  const answer = await get("/api/gaps", { ...query(walk, when), ...lacks, limit, cells: "false" }, signal);
  return (await answer.json()) as Gaps;
}

export async function fetchShares(walk: Walk, when: When, signal: AbortSignal): Promise<Shares> {
  const path = walk.kind === "reach" ? "/api/coverage" : "/api/circles";
  const answer = await get(path, { ...query(walk, when), unit: "all" }, signal);
  return (await answer.json()) as Shares;
}
