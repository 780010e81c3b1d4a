import type { Classes } from "../grid/classes";

export const CLASSINGS = ["standard", "quantile", "jenks"] as const;
export type Classing = (typeof CLASSINGS)[number];

/** Where classes begin, and the largest value. Colours are given when they are drawn. */
export interface Limits {
  lower: number[];
  max: number;
}

const COUNT = 6;

/** Limits by the way the planner chose. `limit`: what the standard asks for, in the values' unit. */
export function limitsOf(classing: Classing, values: ArrayLike<number>, limit: number, longest: number): Limits {
  const max = longest;
  if (classing === "standard") return { lower: standardLimits(limit, longest), max };
  // What is farther than the longest is one class of its own: otherwise it would be most of them.
  const { value, count } = binned(values);
  const within = value.filter((each) => each < longest).length;
  const bins = { value: value.slice(0, within), count: count.slice(0, within) };
  const beyond = within < value.length ? [longest] : [];
  const classes = COUNT - beyond.length;
  const [, ...rest] = classing === "quantile" ? quantiles(bins, classes) : jenks(bins, classes);
  return { lower: [0, ...rest, ...beyond], max };
}

/** Thirds of what the standard asks for, the limit itself, and multiples of it beyond. */
export function standardLimits(limit: number, longest: number): number[] {
  return [0, limit / 3, (2 * limit) / 3, limit, 1.5 * limit, 2 * limit].map(tenth).filter((value, i) => i === 0 || value < longest);
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Values in tenths and how many there are of each, rising. */
export interface Bins {
  value: number[];
  count: number[];
}

export function binned(values: ArrayLike<number>): Bins {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    const value = tenth(values[i] as number);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const value = [...counts.keys()].sort((a, b) => a - b);
  return { value, count: value.map((each) => counts.get(each) as number) };
}

/** Classes that hold as many hexagons each, as nearly as equal values allow. */
export function quantiles({ value, count }: Bins, classes: number): number[] {
  const total = count.reduce((sum, each) => sum + each, 0);
  const lower: number[] = value.length > 0 ? [value[0] as number] : [0];
  let below = 0;
  for (let i = 0; i < value.length && lower.length < classes; i++) {
    below += count[i] as number;
    const next = value[i + 1];
    if (next !== undefined && below >= (total * lower.length) / classes) lower.push(next);
  }
  return lower;
}

/**
 * Natural breaks: the classes whose values differ least from their means. Exact, by dynamic programming
 * over the different values (Fisher 1958, "On grouping for maximum homogeneity"; Jenks 1967).
 */
export function jenks({ value, count }: Bins, classes: number): number[] {
  const n = value.length;
  if (n <= classes) return n > 0 ? [...value] : [0];
  const weight = prefix(n, (i) => count[i] as number);
  const sum = prefix(n, (i) => (count[i] as number) * (value[i] as number));
  const square = prefix(n, (i) => (count[i] as number) * (value[i] as number) ** 2);
  /** Squared differences from the mean of values `from` up to, not including, `to`. */
  const cost = (from: number, to: number): number => {
    const [w, s, q] = [weight, sum, square].map((each) => (each[to] as number) - (each[from] as number)) as [number, number, number];
    return q - (s * s) / w;
  };
  let best = Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : cost(0, to)));
  const starts: number[][] = [];
  for (let k = 1; k < classes; k++) {
    const next = new Array<number>(n + 1).fill(Infinity);
    const start = new Array<number>(n + 1).fill(0);
    for (let to = k + 1; to <= n; to++) {
      for (let from = k; from < to; from++) {
        const total = (best[from] as number) + cost(from, to);
        if (total < (next[to] as number)) {
          next[to] = total;
          start[to] = from;
        }
      }
    }
    best = next;
    starts.push(start);
  }
  const lower: number[] = [];
  let to = n;
  for (let k = classes - 2; k >= 0; k--) {
    to = (starts[k] as number[])[to] as number;
    lower.unshift(value[to] as number);
  }
  return [value[0] as number, ...lower];
}

function prefix(n: number, of: (i: number) => number): number[] {
  const made = [0];
  for (let i = 0; i < n; i++) made.push((made[i] as number) + of(i));
  return made;
}

/** Differences about nothing: as much less as more, "about the same" in the middle. */
export function divergingLimits(values: ArrayLike<number>): number[] {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  const [low, middle, high] = most <= 3 ? [0.2, 0.5, 1] : most <= 12 ? [0.5, 2, 5] : [1, 5, 15];
  return [-Infinity, -(high as number), -(middle as number), -(low as number), low as number, middle as number, high as number];
}

/** Limits with their colours, as the hexagon layer takes them. */
export const coloured = ({ lower, max }: Limits, colors: string[], whole = false): Classes => ({ lower, max, colors, whole });
