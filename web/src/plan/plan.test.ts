import { describe, expect, it } from "vitest";
import { arranged, monthEnds, passed, stateOf, type Entry } from "./boardRows";
import { bandKey, bandOf, holds, inBand, pressed } from "./brush";
import { binned, divergingLimits, jenks, limitsOf, quantiles } from "./classing";
import { en } from "./en";
import { linesOf, sorted, type DistrictRow } from "./lines";
import { giniOf, walkingAt, type Point } from "./lorenz";
import { zh } from "./zh";

describe("classes", () => {
  it("of a standard have the limit itself among their limits", () => {
    expect(limitsOf("standard", [], 15, 60).lower).toEqual([0, 5, 10, 15, 22.5, 30]);
    expect(limitsOf("standard", [], 30, 60).lower).toEqual([0, 10, 20, 30, 45]);
  });

  it("by quantile hold as many hexagons each", () => {
    const values = Array.from({ length: 600 }, (_, i) => i / 10);
    const lower = quantiles(binned(values), 6);
    expect(lower).toEqual([0, 10, 20, 30, 40, 50]);
  });

  it("leave what is beyond the longest to a class of its own", () => {
    const values = [...new Array<number>(900).fill(60), ...Array.from({ length: 100 }, (_, i) => i / 2)];
    for (const classing of ["quantile", "jenks"] as const) {
      const { lower } = limitsOf(classing, values, 15, 60);
      expect(lower).toHaveLength(6);
      expect(lower.at(0)).toBe(0);
      expect(lower.at(-1)).toBe(60);
    }
    expect(limitsOf("quantile", [60, 60], 15, 60).lower).toEqual([0, 60]);
  });

  it("never begin twice at the same value", () => {
    const lower = quantiles(binned([...new Array<number>(90).fill(60), 1, 2, 3]), 6);
    expect(new Set(lower).size).toBe(lower.length);
  });

  it("by natural breaks part what lies apart, as trying every break does", () => {
    const values = [1, 1.2, 1.1, 9, 9.3, 9.1, 30, 31, 29, 29, 55];
    expect(jenks(binned(values), 4)).toEqual([1, 9, 29, 55]);
    expect(jenks(binned(values), 3)).toEqual(tried(values));
  });

  it("of differences are as wide below nothing as above it", () => {
    const limits = divergingLimits([-20, 3]);
    expect(limits.slice(1, 4).map((limit) => -limit)).toEqual([...limits.slice(4)].reverse());
  });
});

/** Three classes by trying all pairs of breaks. */
function tried(values: number[]): number[] {
  const rising = [...new Set(values)].sort((a, b) => a - b);
  const spread = (from: number, to: number): number => {
    const own = values.filter((value) => value >= from && value < to);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    return own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  let best = [0, 0, 0];
  let least = Infinity;
  for (const one of rising.slice(1)) {
    for (const other of rising.filter((value) => value > one)) {
      const total = spread(-Infinity, one) + spread(one, other) + spread(other, Infinity);
      if (total < least) [least, best] = [total, [rising[0] as number, one, other]];
    }
  }
  return best;
}

describe("the words", () => {
  const texts = (words: object): string[] => Object.values(words).flatMap((each: unknown) => (typeof each === "string" ? [each] : texts(each as object)));
  const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string).sort();
  it("of English hold no Chinese, and fill the same places", () => {
    expect(texts(en).filter((text) => /[\u3000-\u9fff\uff00-\uffef]/.test(text))).toEqual([]);
    expect(texts(en).map(places)).toEqual(texts(zh).map(places));
  });
});

describe("brushing", () => {
  const group = { from: 5, to: 10 };
  it("chooses a group, lets it go, and extends to another", () => {
    expect(pressed(null, group, false)).toEqual(group);
    expect(pressed(group, group, false)).toBeNull();
    expect(pressed(group, { from: 20, to: 25 }, true)).toEqual({ from: 5, to: 25 });
    expect(holds({ from: 5, to: 25 }, group)).toBe(true);
    expect(inBand(group, 10)).toBe(false);
  });

  it("is kept in the address, open above", () => {
    for (const band of [group, { from: 60, to: Infinity }, { from: 6.25, to: 12.5 }]) expect(bandOf(bandKey(band))).toEqual(band);
    for (const text of ["", "x", "9-3", "5", "5-10-15"]) expect(bandOf(text)).toBeNull();
  });
});

describe("the Lorenz curve", () => {
  it("of equal walks is the diagonal, of unequal ones lies below", () => {
    const equal: Point[] = [[0, 0], [0.5, 0.5], [1, 1]];
    expect(giniOf(equal)).toBeCloseTo(0);
    expect(walkingAt(equal, 0.25)).toBeCloseTo(0.25);
    const unequal: Point[] = [[0, 0], [0.5, 0], [1, 1]];
    expect(giniOf(unequal)).toBeCloseTo(0.5);
    expect(walkingAt(unequal, 0.75)).toBeCloseTo(0.5);
  });
});

describe("lines of districts", () => {
  const row = (unit: string, when: "now" | "planned", measure: DistrictRow["measure"], numerator: number | null): DistrictRow => ({
    unit, kind: "district", name: { zh: unit, en: unit }, measure, when, numerator, denominator: 1000, share: null, standard: "", date: null,
  });
  const rows = [
    row("a", "now", "network", 100), row("a", "now", "estimated", 50), row("a", "now", "straight", 400),
    row("a", "planned", "network", 300), row("a", "planned", "straight", 500),
    row("b", "now", "network", null), row("b", "planned", "network", 900),
    row("c", "now", "network", 500), row("c", "planned", "network", 400),
  ];
  it("add what a network sees and what is estimated, never the straight line", () => {
    const [a] = linesOf(rows, "network");
    expect(a).toMatchObject({ now: 150, nowShare: 0.15, planned: 300, estimated: true });
    expect(a?.change).toBeCloseTo(0.15);
    expect(linesOf(rows, "straight")[0]).toMatchObject({ now: 400, planned: 500, estimated: false });
  });

  it("sort both ways, with what is not told last", () => {
    const order = (falling: boolean): string[] => sorted(linesOf(rows, "network"), "change", falling, ({ unit }) => unit, "en").map(({ unit }) => unit);
    expect(order(true)).toEqual(["a", "c", "b"]);
    expect(order(false)).toEqual(["c", "a", "b"]);
  });
});

describe("the board", () => {
  const entry = (title: string, featured: boolean, share: number | null, ahead: number | null): Entry =>
    ({ key: title, title, target: { featured }, row: { share, ahead_pp: ahead, by_status: { finished: 1 } } }) as unknown as Entry;
  const entries = [entry("a", false, 0.5, -10), entry("b", true, 0.7, 5), entry("c", true, 1.2, 40), entry("d", false, null, null)];
  const titles = (found: Entry[]): string => found.map(({ title }) => title).join("");

  it("tells behind, ahead, reached and without a figure apart", () => {
    expect(entries.map(stateOf)).toEqual(["behind", "ahead", "reached", "open"]);
    expect(stateOf({ row: null })).toBe("open");
  });

  it("puts featured targets first, what is most behind first, and what has no figure last", () => {
    expect(titles(arranged(entries, "all", "plan", ""))).toBe("bcad");
    expect(titles(arranged(entries, "all", "ahead", ""))).toBe("abcd");
    expect(titles(arranged(entries, "all", "share", ""))).toBe("cbad");
    expect(titles(arranged(entries, "open", "plan", ""))).toBe("d");
    expect(titles(arranged(entries, "all", "plan", " B "))).toBe("b");
  });

  it("counts months by their ends, the last day of the data at last", () => {
    expect(monthEnds("2023-07-01", "2023-12-31", "2023-10-31")).toEqual(["2023-07-31", "2023-08-31", "2023-09-30", "2023-10-31"]);
    expect(monthEnds(null, "2023-12-31", "2024-02-10").at(-1)).toBe("2023-12-31");
    expect(monthEnds("2024-01-01", "2024-12-31", "2023-10-31")).toEqual([]);
    expect(passed("2023-07-01", "2023-12-31", "2023-10-31")).toBeCloseTo(4 / 6);
  });
});
