import { get } from "../api";
import type { FieldConfig, LayerConfig, UnitConfig } from "../config";
import { exact } from "../format/numbers";
import { lang, nameOf, say } from "../i18n";
import { w, words } from "./words";

/** What the search needs of a page's catalogue. */
export interface SearchConfig {
  layers: readonly (Pick<LayerConfig, "id" | "title" | "geometry" | "color" | "symbol"> & { fields: readonly FieldConfig[] })[];
  units: readonly UnitConfig[];
}

export type Kind = keyof typeof words.kinds;

/** A named thing, as GET /api/search tells it. */
export interface Result {
  kind: Kind;
  layer: string;
  id: string | null;
  name: string | null;
  name_en: string | null;
  unit: string | null;
  category: string | null;
  lon: number;
  lat: number;
  /** West, south, east, north; of what is more than a point. */
  bbox?: [number, number, number, number];
  distance_m?: number;
  match: "exact" | "prefix" | "initials" | "part" | "similar";
  synthetic: boolean;
}

export const LONGEST = 100;
const LISTED = 10;

export async function fetchResults(query: string, near: { lat: number; lng: number }, signal: AbortSignal): Promise<Result[]> {
  const answer = await get("/api/search", { q: query.slice(0, LONGEST), limit: LISTED, lon: near.lng.toFixed(3), lat: near.lat.toFixed(3), lang }, signal);
  return ((await answer.json()) as { results: Result[] }).results;
}

/** What tells it from others of the same name: its kind and district. */
export function described(result: Result, config: SearchConfig): string {
  const unit = config.units.find(({ code }) => code === result.unit);
  const isUnit = result.kind === "district" || result.kind === "zone";
  return [kindOf(result, config), isUnit || !unit ? "" : say(unit.name)].filter(Boolean).join(w("separator"));
}

/** The same for each of several results; those that are still alike are told apart by how far they are. */
export function describedAll(results: readonly Result[], config: SearchConfig): string[] {
  const texts = results.map((result) => described(result, config));
  const whole = results.map((result, i) => `${titleOf(result)}\n${texts[i]}`);
  return texts.map((text, i) => {
    const far = distance(results[i]?.distance_m);
    const alike = whole.indexOf(whole[i] ?? "") !== whole.lastIndexOf(whole[i] ?? "");
    return alike && far ? `${text}${w("separator")}${w("fromCentre", { distance: far })}` : text;
  });
}

function kindOf(result: Result, config: SearchConfig): string {
  if (result.kind !== "feature") return words.kinds[result.kind];
  const layer = config.layers.find(({ id }) => id === result.layer);
  const category = layer?.fields.find(({ id }) => id === "category")?.values[result.category ?? ""];
  if (category) return say(category);
  return layer ? say(layer.title) : words.kinds.feature;
}

/** 40 becomes "here", 412 "410 m", 12345 "12 km". */
export function distance(metres: number | undefined): string {
  if (metres === undefined) return "";
  if (metres < 50) return w("here");
  const join = lang === "en" ? " " : "";
  if (metres < 1000) return `${exact(Math.round(metres / 10) * 10, 0, lang)}${join}${w("metres")}`;
  return `${exact(metres / 1000, metres < 10_000 ? 1 : 0, lang)}${join}${w("kilometres")}`;
}

/** A name in parts, in turn outside and inside what was typed; letters are compared without their case. */
export function marked(name: string, query: string): string[] {
  const typed = query.trim();
  const at = typed === "" ? -1 : name.toLowerCase().indexOf(typed.toLowerCase());
  if (at < 0) return [name];
  return [name.slice(0, at), name.slice(at, at + typed.length), name.slice(at + typed.length)];
}

/** The option that a key leads to; -1: none, the words themselves. */
export function nextOption(active: number, count: number, key: string): number {
  if (count === 0) return -1;
  if (key === "ArrowDown") return active + 1 >= count ? -1 : active + 1;
  if (key === "ArrowUp") return active < 0 ? count - 1 : active - 1;
  return active;
}

export function titleOf(result: Result): string {
  return nameOf(result) || (result.name_en ?? "");
}
