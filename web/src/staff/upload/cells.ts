import type { HeaderUse } from "../types";

/** The name that a spreadsheet gives a column: 0 is A, 26 is AA. */
export function columnLetters(index: number): string {
  let letters = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/** The cell that a finding speaks of, as a spreadsheet names it; null where the column is not known. */
export function cellName(headers: readonly HeaderUse[], column: string | null, row: number): string | null {
  const use = headers.find(({ header }) => header === column);
  return use === undefined ? null : `${columnLetters(use.column)}${row}`;
}
