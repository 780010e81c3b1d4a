import type { ShareRow } from "./api";

/** One line of the district table: a unit's people, and the shares of them by each measure. */
export interface Line {
  unit: string;
  kind: "city" | "district" | "zone" | "ring";
  /** People within reach on foot; where there is no network the estimate is part of it. Null: too few to be told. */
  covered: number | null;
  total: number | null;
  walked: number | null;
  straight: number | null;
  /** Some of `covered` is an estimate. */
  estimated: boolean;
}

export type Column = "covered" | "total" | "walked" | "straight";

/** Rows of the coverage answer, a line a unit in their order. Network and estimate see different people: they add up. */
export function linesOf(rows: readonly ShareRow[]): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const line = lines.get(row.unit) ?? {
      unit: row.unit,
      kind: row.kind,
      covered: 0,
      total: row.denominator,
      walked: null,
      straight: null,
      estimated: false,
    };
    lines.set(row.unit, line);
    if (row.measure === "straight") {
      line.straight = row.share;
      continue;
    }
    line.covered = line.covered === null || row.numerator === null ? null : line.covered + row.numerator;
    line.estimated ||= row.measure === "estimated";
  }
  for (const line of lines.values()) line.walked = line.covered === null || !line.total ? null : line.covered / line.total;
  return [...lines.values()];
}

/** Largest first or smallest first; what is not told comes last either way. */
export function sorted(lines: readonly Line[], column: Column, falling: boolean): Line[] {
  return [...lines].sort((a, b) => {
    const [one, other] = [a[column], b[column]];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return falling ? other - one : one - other;
  });
}
