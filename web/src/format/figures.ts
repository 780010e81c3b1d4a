import type { Theme } from "../config";
import { lang } from "../i18n";
import { exact, withUnit } from "./numbers";

/** A value of a hexagon with its unit; parts of one keep their decimals. */
export function figureOf(theme: Theme, value: number): string {
  return withUnit(exact(value, Math.max(theme.measure.decimals, value < 1 ? 2 : 0), lang), theme.measure.unit, lang);
}
