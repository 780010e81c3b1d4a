import { describe, expect, it } from "vitest";
import { classWords } from "../format/classes";
import { classesOf, classOf, RAMP } from "./classes";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Much of little and little of much, as what is counted in a city: the same numbers every time. */
const skewed = range(2000).map((i) => Math.ceil(Math.exp(((i * 7919) % 2000) / 300)));

function counts(values: number[], decimals = 0): number[] {
  const classes = classesOf(values, decimals);
  const found = new Array<number>(classes.lower.length).fill(0);
  for (const value of values) found[classOf(classes, value)]!++;
  return found;
}

describe("classes of hexagons", () => {
  it("keep the darkest colour for the densest few", () => {
    const shares = counts(skewed).map((count) => count / skewed.length);
    [0.35, 0.3, 0.2, 0.1, 0.05].forEach((share, i) => expect(shares[i]).toBeCloseTo(share, 1));
    expect(shares[4]).toBeGreaterThan(0.02);
    expect(shares[4]).toBeLessThan(0.09);
  });

  it("begin with the least value and end with the greatest", () => {
    const classes = classesOf(skewed, 0);
    expect(classes.lower[0]).toBe(Math.min(...skewed));
    expect(classes.max).toBe(Math.max(...skewed));
  });

  it("have limits that a reader takes in at once", () => {
    for (const limit of classesOf(skewed, 0).lower.slice(1)) {
      expect(limit.toString()).toMatch(/^(?:[1-9]|1[25]|25)0*$/);
    }
  });

  it("have limits of no more decimals than the measure", () => {
    const classes = classesOf(skewed.map((value) => value / 137), 1);
    for (const limit of classes.lower.slice(1)) expect(Number(limit.toFixed(1))).toBe(limit);
  });

  it("put every value between its class's ends", () => {
    const values = [0.2, 0.2, 1, 3, 3, 3, 8, 21.5, 40, 41];
    const classes = classesOf(values, 1);
    for (const value of values) {
      const found = classOf(classes, value);
      expect(value).toBeGreaterThanOrEqual(classes.lower[found] as number);
      expect(value).toBeLessThan(classes.lower[found + 1] ?? Infinity);
    }
  });

  it("are never empty, and fewer where few values differ", () => {
    expect(classesOf([...new Array<number>(90).fill(1), ...new Array<number>(10).fill(2)], 0).lower).toEqual([1, 2]);
    expect(classesOf([5, 5, 5], 0).lower).toEqual([5]);
    const apart = [...new Array<number>(60).fill(9), ...new Array<number>(25).fill(13), ...new Array<number>(15).fill(90)];
    for (const values of [skewed, range(7), [1, 1, 2, 9], [0, 0, 0, 4], apart]) {
      expect(Math.min(...counts(values))).toBeGreaterThan(0);
    }
  });

  it("use the whole ramp, however few they are", () => {
    expect(classesOf(skewed, 0).colors).toEqual([...RAMP]);
    expect(classesOf([1, 2], 0).colors).toEqual([RAMP[0], RAMP[4]]);
    expect(classesOf([7], 0).colors).toHaveLength(1);
    expect(classesOf([], 0).colors).toEqual([]);
  });
});

describe("the words of a class", () => {
  it("of whole numbers neither overlap nor leave gaps", () => {
    const classes = { lower: [1, 3, 10, 30, 100], max: 1464, colors: [], whole: true };
    expect(classes.lower.map((_, i) => classWords(classes, i, 0, "zh"))).toEqual(["1–2", "3–9", "10–29", "30–99", "100–1,464"]);
  });

  it("name a single value once", () => {
    const classes = { lower: [1, 2], max: 2, colors: [], whole: true };
    expect([0, 1].map((i) => classWords(classes, i, 0, "zh"))).toEqual(["1", "2"]);
  });

  it("keep their decimals", () => {
    const classes = { lower: [0.2, 0.6, 1], max: 5.26, colors: [], whole: false };
    expect([0, 1, 2].map((i) => classWords(classes, i, 1, "en"))).toEqual(["0.2–0.6", "0.6–1.0", "1.0–5.3"]);
  });

  it("say less than one where a hexagon holds a part of a park", () => {
    const classes = classesOf([0.02, 0.3, 0.3, 0.98, 1, 1, 1, 1.4, 2, 3.2], 0);
    expect(classes.lower.map((_, i) => classWords(classes, i, 0, "zh"))).toEqual(["<1", "1–2", "2–3", "3"]);
  });

  it("count in 万 in Chinese alone", () => {
    const classes = { lower: [2000, 12_000], max: 86_000, colors: [], whole: true };
    expect(classWords(classes, 1, 0, "zh")).toBe("1.2万–8.6万");
    expect(classWords(classes, 1, 0, "en")).toBe("12,000–86,000");
  });
});
