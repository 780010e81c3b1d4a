import type { Walk } from "../config";
import { exact, fixed } from "../format/numbers";
import type { Classes } from "../grid/classes";
import { lang } from "../i18n";
import { presentWords } from "./classes";
import { w } from "./words";

/** A value of a hexagon in words: minutes, or how many categories can be walked to. */
export function figureOf(walk: Walk, value: number): string {
  if (walk.kind === "reach") return w("minutes", { n: fixed(value, 1, lang) });
  const n = walk.circle.categories.length;
  return w("missingOf", { value: exact(n - value, 1, lang), n });
}

/** "5–10"; the last class of minutes also holds what no walk leads to. Of a circle, how many can be walked to. */
export function classWords(walk: Walk, classes: Classes, i: number): string {
  const low = classes.lower[i] as number;
  const next = classes.lower[i + 1];
  if (walk.kind === "reach") return next === undefined ? w("farther", { n: low }) : `${low}–${next}`;
  return presentWords(classes, i);
}
