import type { Counts, Filter, Upload } from "../types";

/** What a reader wants to see first: what is to be looked at, else all. */
export function firstFilter({ state, counts }: Pick<Upload, "state" | "counts">): Filter {
  const working = state === "checked" || state === "returned" || state === "published";
  return working && counts && counts.open > 0 ? "open" : "all";
}

/** How many rows a filter shows. */
export const countOf = (counts: Counts, filter: Filter): number => (filter === "all" ? counts.rows : counts[filter]);
