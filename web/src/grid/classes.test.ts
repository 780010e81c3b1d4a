import { describe, expect, it } from "vitest";
import { classWords } from "../format/classes";
import { classOf, quantileClasses, RAMP } from "./classes";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe("quantile classes", () => {
  it("hold about equally many values each", () => {
    const values = range(1000).map((i) => i ** 2 % 7919);
    const classes = quantileClasses(values);
    const counts = new Array<number>(classes.lower.length).fill(0);
    for (const value of values) counts[classOf(classes, value)]!++;
    expect(counts).toHaveLength(5);
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThanOrEqual(2);
  });

  it("put every value between its class's ends", () => {
    const values = [0.2, 0.2, 1, 3, 3, 3, 8, 21.5, 40, 41];
    const classes = quantileClasses(values);
    for (const value of values) {
      const found = classOf(classes, value);
      expect(value).toBeGreaterThanOrEqual(classes.lower[found] as number);
      expect(value).toBeLessThan(classes.lower[found + 1] ?? Infinity);
    }
    expect(classes.max).toBe(41);
  });

  it("never split equal values, so there are fewer where few differ", () => {
    const classes = quantileClasses([...new Array<number>(90).fill(1), ...new Array<number>(10).fill(2)]);
    expect(classes.lower).toEqual([1]);
    expect(quantileClasses([1, 1, 1, 2, 2, 2]).lower).toEqual([1, 2]);
  });

  it("use the whole ramp, however few they are", () => {
    expect(quantileClasses(range(100)).colors).toEqual([...RAMP]);
    expect(quantileClasses([1, 2]).colors).toEqual([RAMP[0], RAMP[4]]);
    expect(quantileClasses([7]).colors).toHaveLength(1);
    expect(quantileClasses([]).colors).toEqual([]);
  });
});

describe("the colours", () => {
  // Relative luminance as WCAG 2 has it.
  const luminance = (color: string): number => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
    const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * (red as number) + 0.7152 * (green as number) + 0.0722 * (blue as number);
  };

  it("get darker from class to class, so that the order survives print and colour blindness", () => {
    const shades = RAMP.map(luminance);
    for (let i = 1; i < shades.length; i++) {
      expect(((shades[i - 1] as number) + 0.05) / ((shades[i] as number) + 0.05)).toBeGreaterThan(1.3);
    }
  });
});

describe("the words of a class", () => {
  it("of whole numbers neither overlap nor leave gaps", () => {
    const classes = quantileClasses([1, 2, 3, 8, 9, 30, 31, 90, 100, 572]);
    expect(classes.lower.map((_, i) => classWords(classes, i, 0, "zh"))).toEqual(["1–2", "3–8", "9–30", "31–99", "100–572"]);
  });

  it("name a single value once", () => {
    const classes = quantileClasses([1, 1, 1, 2, 2, 2]);
    expect([0, 1].map((i) => classWords(classes, i, 0, "zh"))).toEqual(["1", "2"]);
  });

  it("keep their decimals", () => {
    const classes = { lower: [0.04, 0.6, 1], max: 5.26, colors: [] };
    expect([0, 1, 2].map((i) => classWords(classes, i, 1, "en"))).toEqual(["0.0–0.6", "0.6–1.0", "1.0–5.3"]);
  });

  it("count in 万 in Chinese alone", () => {
    const classes = { lower: [2000, 12_000], max: 86_000, colors: [] };
    expect(classWords(classes, 1, 0, "zh")).toBe("1.2万–8.6万");
    expect(classWords(classes, 1, 0, "en")).toBe("12,000–86,000");
  });
});
