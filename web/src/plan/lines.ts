import type { ShareRow } from "../reach/api";
import type { When } from "../state/page";

/** A row of /api/coverage or /api/circles as this page reads it. */
export interface DistrictRow extends ShareRow {
  name: { zh: string; en: string };
  when: When;
  standard: string;
  tier?: string;
  verified?: boolean;
  limit_m?: number;
  missing?: (number | null)[];
  date: string | null;
}

/** One unit: people within reach now and after the plan, of all people. Null: too few to be told. */
export interface Line {
  unit: string;
  kind: ShareRow["kind"];
  name: { zh: string; en: string };
  total: number | null;
  now: number | null;
  planned: number | null;
  nowShare: number | null;
  plannedShare: number | null;
  /** After the plan less now, as a share. */
  change: number | null;
  /** Some of it is an estimate: there is no network. */
  estimated: boolean;
}

export type Column = "name" | "total" | "now" | "nowShare" | "planned" | "plannedShare" | "change";
export const COLUMNS: readonly Column[] = ["name", "total", "nowShare", "now", "plannedShare", "planned", "change"];

/** Lines in the order of the answer. Network and estimate see different people: they add up. */
export function linesOf(rows: readonly DistrictRow[], measure: "network" | "straight"): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    if ((row.measure === "straight") !== (measure === "straight")) continue;
    const line = lines.get(row.unit) ?? {
      unit: row.unit,
      kind: row.kind,
      name: row.name,
      total: row.denominator,
      now: 0,
      planned: 0,
      nowShare: null,
      plannedShare: null,
      change: null,
      estimated: false,
    };
    lines.set(row.unit, line);
    const held = line[row.when];
    line[row.when] = held === null || row.numerator === null ? null : held + row.numerator;
    line.estimated ||= row.measure === "estimated";
  }
  for (const line of lines.values()) {
    const share = (people: number | null): number | null => (people === null || !line.total ? null : people / line.total);
    line.nowShare = share(line.now);
    line.plannedShare = share(line.planned);
    line.change = line.nowShare === null || line.plannedShare === null ? null : line.plannedShare - line.nowShare;
  }
  return [...lines.values()];
}

/** Sorted by a column; what is not told comes last either way, equal lines keep their order. */
export function sorted(lines: readonly Line[], column: Column, falling: boolean, nameOf: (line: Line) => string, locale: string): Line[] {
  return [...lines].sort((a, b) => {
    if (column === "name") return nameOf(a).localeCompare(nameOf(b), locale) * (falling ? -1 : 1);
    const [one, other] = [a[column], b[column]];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return falling ? other - one : one - other;
  });
}
