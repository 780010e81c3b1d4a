import type { HeaderUse } from "../types";

/** Headers that are to be read otherwise than they were; "" and null: not at all. */
export function changedHeaders(headers: readonly HeaderUse[], chosen: ReadonlyMap<string, string>): Record<string, string | null> {
  const changed: Record<string, string | null> = {};
  for (const { header, field } of headers) {
    const now = chosen.get(header) || null;
    if (now !== field) changed[header] = now;
  }
  return changed;
}

/** A field that two columns are read as. */
export function doubled(values: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const value of values) {
    if (value === "") continue;
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return null;
}
