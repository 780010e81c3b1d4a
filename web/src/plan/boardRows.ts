import type { ProgressRow } from "../api";
import type { TargetConfig } from "../config";

export const FILTERS = ["all", "behind", "ahead", "reached", "open"] as const;
export const ORDERS = ["plan", "share", "ahead"] as const;
export type Filter = (typeof FILTERS)[number];
export type Order = (typeof ORDERS)[number];

/** A target of the plan, and what is known of it. */
export interface Entry {
  key: string;
  target: TargetConfig;
  row: ProgressRow | null;
  /** Its title in the page's language. */
  title: string;
}

/** Points below a twentieth count as none. */
const NONE_PP = 0.05;

/** Where a target stands. `open`: the plan gives no number, no period, or nothing was brought in. */
export function stateOf({ row }: Pick<Entry, "row">): Exclude<Filter, "all"> {
  if (!row || row.share === null || Object.keys(row.by_status).length === 0) return "open";
  if (row.share >= 1) return "reached";
  if (row.ahead_pp === null) return "open";
  return row.ahead_pp < -NONE_PP ? "behind" : "ahead";
}

/** Featured targets first, in the plan's order or by a figure; what has none comes last. */
export function arranged(entries: readonly Entry[], filter: Filter, order: Order, find: string): Entry[] {
  const wanted = find.trim().toLowerCase();
  const kept = entries.filter((entry) => (filter === "all" || stateOf(entry) === filter) && entry.title.toLowerCase().includes(wanted));
  if (order === "plan") return kept.sort((a, b) => Number(b.target.featured) - Number(a.target.featured));
  const figure = (entry: Entry): number | null => (stateOf(entry) === "open" && order === "ahead" ? null : order === "share" ? (entry.row?.share ?? null) : (entry.row?.ahead_pp ?? null));
  return kept.sort((a, b) => {
    const [one, other] = [figure(a), figure(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    // What is most behind is what a planner looks for first.
    return order === "ahead" ? one - other : other - one;
  });
}

/** Months told of a period of which only the end is known. */
const USUAL_MONTHS = 6;

/** Ends of the months of a period up to a day, that day last. */
export function monthEnds(startsOn: string | null, endsOn: string | null, asOf: string): string[] {
  const until = endsOn !== null && endsOn < asOf ? endsOn : asOf;
  const ends: string[] = [];
  let [year, month] = [Number(until.slice(0, 4)), Number(until.slice(5, 7))];
  const first = startsOn ?? "";
  for (let told = 1; startsOn === null ? told < USUAL_MONTHS : told < 60; told++) {
    // Day 0 of a month is the last of the one before.
    const end = new Date(Date.UTC(year, month - 1, 0)).toISOString().slice(0, 10);
    if (end < first) break;
    ends.unshift(end);
    [year, month] = month === 1 ? [year - 1, 12] : [year, month - 1];
  }
  return until >= first ? [...ends, until] : [];
}

/** The part of a period's months that has passed on the last day of a month. */
export function passed(startsOn: string | null, endsOn: string | null, day: string): number | null {
  if (startsOn === null || endsOn === null) return null;
  const months = (from: string, to: string): number => (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7)) + 1;
  return Math.min(1, Math.max(0, months(startsOn, day) / months(startsOn, endsOn)));
}
