import { describe, expect, it } from "vitest";
import type { ShareRow } from "./api";
import { linesOf, sorted } from "./rows";

const row = (unit: string, measure: ShareRow["measure"], numerator: number | null, denominator: number | null = 1000): ShareRow => ({
  unit,
  kind: unit === "city" ? "city" : "district",
  measure,
  numerator,
  denominator,
  share: numerator === null || !denominator ? null : numerator / denominator,
});

describe("lines of the district table", () => {
  it("add the estimate to the walk, because each sees other people, and say so", () => {
    const [line] = linesOf([row("510104", "network", 300), row("510104", "straight", 700), row("510104", "estimated", 50)]);
    expect(line).toMatchObject({ covered: 350, total: 1000, walked: 0.35, straight: 0.7, estimated: true });
  });

  it("keep the order of the answer, one for each unit", () => {
    const lines = linesOf([row("city", "network", 1), row("510105", "network", 2), row("city", "straight", 3)]);
    expect(lines.map(({ unit }) => unit)).toEqual(["city", "510105"]);
    expect(lines.every(({ estimated }) => !estimated)).toBe(true);
  });

  it("tell nothing of too few people", () => {
    const [line] = linesOf([row("510104", "network", null, null), row("510104", "straight", null, null)]);
    expect(line).toMatchObject({ covered: null, total: null, walked: null, straight: null });
  });

  it("are sorted both ways with what is not told at the end", () => {
    const lines = linesOf([row("a", "network", 5), row("b", "network", null), row("c", "network", 9)]);
    expect(sorted(lines, "walked", true).map(({ unit }) => unit)).toEqual(["c", "a", "b"]);
    expect(sorted(lines, "walked", false).map(({ unit }) => unit)).toEqual(["a", "c", "b"]);
  });
});
