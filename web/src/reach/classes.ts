import type { Classes } from "../grid/classes";

/**
 * From near to far, from complete to lacking. Lightness falls evenly from 94 to 22 (CIE L*), so the
 * order survives colour blindness and print; it is warm where the ramp of sums is cool.
 */
export const FAR = ["#fbeec0", "#f7cd8a", "#ee9f66", "#d66a5c", "#a23c68", "#5a1f5e"] as const;

/** The server writes an hour for everything that is farther, and for what no walk leads to. */
export const LONGEST_MIN = 60;

/** Minutes on foot; the last class also holds what can not be reached. */
export function minuteClasses(): Classes {
  return { lower: [0, 5, 10, 15, 20, 30], max: LONGEST_MIN, colors: [...FAR], whole: false };
}

/** Shares of all categories at which classes begin, after those who lack none and those who lack few. */
const LACKING = [0.25, 0.5, 0.7, 0.85];

/** How many of `count` categories are missing; the first class is for those who lack none. */
export function missingClasses(count: number): Classes {
  const limits = [0, 1, ...(count <= 8 ? [2, 3, 4, 5] : LACKING.map((share) => Math.round(share * count)))];
  const shown = limits.filter((limit) => limit <= count);
  return { lower: shown, max: count, colors: spread(shown.length), whole: true };
}

function spread(count: number): string[] {
  const last = FAR.length - 1;
  return Array.from({ length: count }, (_, i) => FAR[count === 1 ? 0 : Math.round((i * last) / (count - 1))] as string);
}
