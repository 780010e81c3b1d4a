import { get, type Progress, type ProgressRow } from "../api";
import type { Walk, Words } from "../config";
import { decodeGrid } from "../grid/decode";
import { halfOf, type Gap, type WalkCells } from "../reach/api";
import type { When } from "../state/page";
import type { DistrictRow } from "./lines";
import type { Point } from "./lorenz";
import type { Plan, Side } from "./state";
import { lineOf, whenOf } from "./state";

export interface Districts {
  rows: DistrictRow[];
  date: string | null;
  data_version: number;
  synthetic: boolean;
}

export interface Group {
  from_m: number;
  to_m: number | null;
  people: number | null;
}

export interface Spread {
  people: number | null;
  groups: Group[];
  date: string | null;
  synthetic: boolean;
}

export interface Equity {
  unit: string;
  name: Words;
  people: number | null;
  unreached: number | null;
  gini: number | null;
  mean_min: number | null;
  worst: { people: number | null; from_min: number | null; mean_min: number | null } | null;
  lorenz?: Point[];
}

/** A gap with its place, as the planners' list and map need it. */
export interface PlacedGap extends Gap {
  lon: number;
  lat: number;
  cell_count: number;
}

export interface Gaps {
  gaps: PlacedGap[];
  matched: number;
  people: number | null;
  date: string | null;
}

type Query = Record<string, string | number>;

const about = (walk: Walk): Query => (walk.kind === "reach" ? { service: walk.service.id } : { circle: walk.circle.id });
const tierOf = ({ walk, tier }: Plan): Query => (walk.kind === "reach" && tier !== null ? { tier } : {});

/** The parameters of each answer, which are those of its export too. */
export const queries = {
  cells: (walk: Walk, { when, speed, measure }: Side, res: number): Query => ({ ...about(walk), when, speed, measure, res }),
  districts: (plan: Plan): Query => ({ ...about(plan.walk), ...tierOf(plan), speed: plan.speed }),
  gaps: (plan: Plan, limit: number): Query => ({
    ...about(plan.walk),
    ...tierOf(plan),
    ...(plan.walk.kind === "circle" ? { lacks: halfOf(plan.walk.circle.categories.length) } : {}),
    ...(plan.unit ? { unit: plan.unit } : {}),
    when: whenOf(plan),
    speed: plan.speed,
    limit,
  }),
};

export async function fetchCells(walk: Walk, side: Side, res: number, signal: AbortSignal): Promise<WalkCells> {
  const answer = await get("/api/reach/cells", { ...queries.cells(walk, side, res), f: "bin" }, signal);
  return decodeGrid(await answer.arrayBuffer()) as unknown as WalkCells;
}

export const fetchDistricts = (plan: Plan, signal: AbortSignal): Promise<Districts> =>
  json<Districts>(plan.walk.kind === "reach" ? "/api/coverage" : "/api/circles", queries.districts(plan), signal);

export const fetchGaps = (plan: Plan, limit: number, signal: AbortSignal): Promise<Gaps> =>
  json<Gaps>("/api/gaps", { ...queries.gaps(plan, limit), cells: "false" }, signal);

export function fetchSpread(plan: Plan, when: When, signal: AbortSignal): Promise<Spread> {
  return json<Spread>("/api/spread", { ...about(plan.walk), when, measure: lineOf(plan), unit: plan.unit ?? "city" }, signal);
}

export async function fetchEquity(plan: Plan, when: When, signal: AbortSignal): Promise<Equity | null> {
  const found = await json<{ rows: Equity[] }>("/api/equity", { ...about(plan.walk), when, unit: plan.unit ?? "city" }, signal);
  return found.rows[0] ?? null;
}

/** Which data the answers are of: it changes with them. */
export async function fetchVersion(walk: Walk): Promise<string> {
  if (walk.kind === "circle") {
    const found = await json<{ circles: { id: string; data_version: number }[] }>("/api/services", {});
    return String(found.circles.find(({ id }) => id === walk.circle.id)?.data_version ?? "");
  }
  const found = await json<{ services: { data_version: number; people_version: number }[] }>("/api/services", { service: walk.service.id });
  const [service] = found.services;
  return service ? `${service.data_version}.${service.people_version}` : "";
}

export interface Board {
  asOf: string;
  synthetic: boolean;
  city: ProgressRow[];
  units: ProgressRow[];
}

export async function fetchBoard(signal: AbortSignal): Promise<Board> {
  const [city, units] = await Promise.all([json<Progress>("/api/progress", {}, signal), json<Progress>("/api/progress", { unit: "all" }, signal)]);
  return { asOf: city.as_of, synthetic: city.synthetic, city: city.rows, units: units.rows };
}

/** What had been done by a day. */
export const fetchBy = (day: string, signal: AbortSignal): Promise<Progress> => json<Progress>("/api/progress", { as_of: day }, signal);

/** Who is logged in, for what an account adds; null for the public. */
export async function fetchAccount(): Promise<{ username: string; role: string } | null> {
  const found = await json<{ username: string | null; role: string }>("/api/me", {});
  return found.username === null || found.username === undefined ? null : { username: found.username, role: found.role };
}

async function json<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  const answer = await get(path, query, signal);
  return (await answer.json()) as T;
}
