/** Colours from few to many: lightness falls evenly, so the order survives colour blindness and print. */
export const RAMP = ["#d6ebd2", "#9ad1c0", "#53adb8", "#2a7ba3", "#1c4a80"] as const;

/** Class i holds values from `lower[i]` up to, but not including, `lower[i + 1]`; the last up to `max`. */
export interface Classes {
  lower: number[];
  max: number;
  colors: string[];
}

/**
 * Quantile classes: about equally many hexagons in each. Ties never split, so there are fewer
 * classes when few different values exist.
 */
export function quantileClasses(values: ArrayLike<number>, count: number = RAMP.length): Classes {
  const sorted = Float64Array.from(values).sort();
  const lower: number[] = [];
  for (let i = 0; i < count && sorted.length > 0; i++) {
    const value = sorted[Math.floor((i * sorted.length) / count)] as number;
    if (lower.length === 0 || value > (lower[lower.length - 1] as number)) lower.push(value);
  }
  return { lower, max: sorted[sorted.length - 1] ?? 0, colors: spread(lower.length) };
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
