import type { Walk } from "../config";
import { RAMP, type Classes } from "../grid/classes";

/** From near to far, of styles/tokens.css: warm where the scale of sums is cool. */
export const FAR = ["var(--far-1)", "var(--far-2)", "var(--far-3)", "var(--far-4)", "var(--far-5)", "var(--far-6)"] as const;

/** The server writes an hour for everything that is farther, and for what no walk leads to. */
export const LONGEST_MIN = 60;

/** Minutes on foot; the last class also holds what can not be reached. */
export function minuteClasses(): Classes {
  return { lower: [0, 5, 10, 15, 20, 30], max: LONGEST_MIN, colors: [...FAR], whole: false };
}

/** Shares of all categories at which classes begin, from the top: most of a city lacks most of a circle. */
const PRESENT = [0.5, 0.3, 0.15];
/** So few categories have a class each. */
const FEW = 7;

/**
 * How many of `count` categories are missing. The page says how many can be walked to instead: the
 * more, the darker; the last class is for those who can walk to less than one.
 */
export function missingClasses(count: number): Classes {
  const limits = count <= FEW ? Array.from({ length: count + 1 }, (_, i) => i) : [0, ...PRESENT.map((share) => count - Math.round(share * count)), count - 1];
  return { lower: limits, max: count, colors: spread(limits.length), whole: true };
}

/** Classes from few to many: those of what is missing begin with the last. */
export function inOrder(walk: Walk, classes: Classes): number[] {
  const order = classes.lower.map((_, i) => i);
  return walk.kind === "circle" ? order.reverse() : order;
}

/** "6–10": how many categories can be walked to where a class of those is missing. */
export function presentWords(classes: Classes, i: number): string {
  const least = classes.max - (classes.lower[i + 1] ?? classes.max);
  const most = classes.max - (classes.lower[i] as number);
  return least === most ? `${most}` : `${least}–${most}`;
}

/** Of more classes than colours, neighbours may share one. */
function spread(count: number): string[] {
  const last = RAMP.length - 1;
  return Array.from({ length: count }, (_, i) => RAMP[count === 1 ? last : Math.round(((count - 1 - i) * last) / (count - 1))] as string);
}
