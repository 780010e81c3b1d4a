import { describe, expect, it } from "vitest";
import type { HeaderUse } from "../types";
import { cellName, columnLetters } from "./cells";
import { changedHeaders, doubled } from "./columnChoices";
import { difference } from "./difference";
import { offsetOf } from "./offsets";
import { shareOf } from "./progress";

const use = (header: string, field: string | null, column: number): HeaderUse => ({ header, field, how: "exact", suggestions: [], column });

describe("cells", () => {
  it.each([
    [0, "A"],
    [25, "Z"],
    [26, "AA"],
    [51, "AZ"],
    [52, "BA"],
    [701, "ZZ"],
    [702, "AAA"],
  ])("column %i is %s", (index, letters) => expect(columnLetters(index)).toBe(letters));

  it("are named by their column's place, where it has one", () => {
    expect(cellName([use("序号", null, 0), use("桩数", "piles", 7)], "桩数", 61)).toBe("H61");
    expect(cellName([use("桩数", "piles", 7)], "枪数", 61)).toBeNull();
    expect(cellName([use("桩数", "piles", 7)], null, 61)).toBeNull();
  });
});

describe("two readings of a file", () => {
  const wgs = [
    [4, 104.0633, 30.6597],
    [5, 103.62, 31.0],
    [6, 104.55, 30.41],
  ] as const;
  const gcj = [
    [4, 104.06580277, 30.65727564],
    [5, 103.62202993, 30.99741839],
    [6, 104.5523864, 30.40720914],
  ] as const;

  it("lie as far from each other as the middle of their rows", () => {
    const offset = offsetOf(wgs, gcj);
    // GCJ-02 lies 167 to 266 m east and 224 to 319 m south of WGS 84 in this city.
    expect(offset?.east).toBeGreaterThan(167);
    expect(offset?.east).toBeLessThan(266);
    expect(offset?.north).toBeGreaterThan(-319);
    expect(offset?.north).toBeLessThan(-224);
    expect(offset?.metres).toBeCloseTo(Math.hypot(offset?.east ?? 0, offset?.north ?? 0));
  });

  it("are compared row by row, not in their order", () => {
    expect(offsetOf(wgs, [...gcj].reverse())).toEqual(offsetOf(wgs, gcj));
    expect(offsetOf(wgs, [[99, 104, 30]])).toBeNull();
  });
});

describe("the columns of a file", () => {
  const headers = [use("名称", "name", 0), use("建设规模", null, 1), use("电话", null, 2)];

  it("are read otherwise only where somebody said so", () => {
    expect(
      changedHeaders(
        headers,
        new Map([
          ["名称", "name"],
          ["建设规模", "piles"],
          ["电话", ""],
        ]),
      ),
    ).toEqual({ 建设规模: "piles" });
    expect(
      changedHeaders(
        headers,
        new Map([
          ["名称", ""],
          ["建设规模", ""],
          ["电话", ""],
        ]),
      ),
    ).toEqual({ 名称: null });
  });

  it("can not be the same field twice", () => {
    expect(doubled(["name", "", "", "piles"])).toBeNull();
    expect(doubled(["name", "piles", "name"])).toBe("name");
  });
});

describe("how far a check is", () => {
  it("is told in thirds, and not at all while nothing is known", () => {
    expect(shareOf(null)).toBeNull();
    expect(shareOf({ step: "reading", done: 4000, of: null })).toBeNull();
    expect(shareOf({ step: "reading", done: 3000, of: 6000 })).toBeCloseTo(1 / 6);
    expect(shareOf({ step: "checking", done: 7000, of: 6000 })).toBe(1);
  });
});

describe("a change", () => {
  const whole = (n: number): string => n.toFixed(0);
  it.each([
    [10, 13, "+3"],
    [10, 8, "−2"],
    [10, 10, ""],
    [10, 10.3, ""],
    [null, 4, "+4"],
  ])("from %s to %s is %s", (before, after, said) => expect(difference(before, after, whole)).toBe(said));
});
