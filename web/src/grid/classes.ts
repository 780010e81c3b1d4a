/** Colours from few to many, of styles/tokens.css: one scale by day, one by night. */
export const RAMP = ["var(--seq-1)", "var(--seq-2)", "var(--seq-3)", "var(--seq-4)", "var(--seq-5)"] as const;

/** Class i holds values from `lower[i]` up to, but not including, `lower[i + 1]`; the last up to `max`. */
export interface Classes {
  lower: number[];
  max: number;
  colors: string[];
  /** All values are whole numbers. A park that lies in two hexagons is a part of one in each. */
  whole: boolean;
}

/**
 * Share of the hexagons below each class. What is counted in a city is mostly thin with a dense core:
 * with equal shares the whole core would be one colour.
 */
const SHARES = [0, 0.35, 0.65, 0.85, 0.95];

/** First digits of limits that a reader takes in at once. */
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/**
 * Five classes at round limits near these shares; fewer where few different values exist.
 *
 * decimals  of the measure: limits have no more, so that the legend says them exactly.
 */
export function classesOf(values: ArrayLike<number>, decimals: number): Classes {
  const sorted = Float64Array.from(values).sort();
  const lower = [...sorted.subarray(0, 1)];
  const max = sorted[sorted.length - 1] ?? 0;
  let below = 0;
  for (const share of SHARES.slice(1)) {
    const limit = roundLimit(sorted[Math.floor(share * sorted.length)] ?? 0, decimals);
    const less = limit > max ? 0 : sorted.findIndex((value) => value >= limit);
    // A class that holds nothing is none.
    if (less > below) {
      lower.push(limit);
      below = less;
    }
  }
  return { lower, max, colors: spread(lower.length), whole: sorted.every(Number.isInteger) };
}

/** The nearest round number, by ratio. */
function roundLimit(value: number, decimals: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const first = value / power;
  const nearest = ROUND.reduce((best, digit) => (Math.abs(Math.log(digit / first)) < Math.abs(Math.log(best / first)) ? digit : best));
  return Number((nearest * power).toFixed(decimals));
}

/** Classes with limits that were given; what lies below the first belongs to it. */
export function fixedClasses(limits: readonly number[], values: ArrayLike<number>): Classes {
  const all = Float64Array.from(values);
  const max = all.reduce((most, value) => Math.max(most, value), limits.at(-1) ?? 0);
  return { lower: [...limits], max, colors: spread(limits.length), whole: all.every(Number.isInteger) };
}

export function classOf(classes: Classes, value: number): number {
  let found = 0;
  for (let i = 1; i < classes.lower.length && value >= (classes.lower[i] as number); i++) found = i;
  return found;
}

/** `count` colours of the ramp, as far apart as possible. */
function spread(count: number): string[] {
  if (count <= 1) return RAMP.slice(2, 2 + count);
  return Array.from({ length: count }, (_, i) => RAMP[Math.round((i * (RAMP.length - 1)) / (count - 1))] as string);
}
