import type { Lang } from "../config";
import type { Classes } from "../grid/classes";
import { fixed, short } from "./numbers";

/** The words of class `i`: "3–7"; whole numbers say their last value, others the next class's start. */
export function classWords(classes: Classes, i: number, decimals: number, lang: Lang): string {
  const low = classes.lower[i] ?? 0;
  const next = classes.lower[i + 1];
  const figure = (value: number): string => (value < 1000 ? fixed(value, decimals, lang) : short(value, decimals, lang));
  const high = next === undefined ? classes.max : decimals === 0 ? next - 1 : next;
  return figure(low) === figure(high) ? figure(low) : `${figure(low)}–${figure(high)}`;
}
