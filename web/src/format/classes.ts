import type { Lang } from "../config";
import type { Classes } from "../grid/classes";
import { fixed, short } from "./numbers";

/**
 * The words of class `i`. Of whole numbers "3–7", its first and last; of others "0.6–1.0", up to the
 * next class's start, and "<0.6" for a first class that begins with next to nothing.
 */
export function classWords(classes: Classes, i: number, decimals: number, lang: Lang): string {
  const figure = (value: number): string => (value < 1000 ? fixed(value, decimals, lang) : short(value, decimals, lang));
  const low = figure(classes.lower[i] ?? 0);
  const next = classes.lower[i + 1];
  if (!classes.whole && next !== undefined && low === figure(0)) return `<${figure(next)}`;
  const high = figure(next === undefined ? classes.max : classes.whole ? next - 1 : next);
  return low === high ? low : `${low}–${high}`;
}
