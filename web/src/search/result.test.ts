import { describe, expect, it } from "vitest";
import type { SearchConfig, Result } from "./result";

Object.assign(globalThis, { document: { documentElement: { lang: "zh-CN" } } });
const { described, describedAll, distance, marked, nextOption, titleOf } = await import("./result");
const { en, zh } = await import("./words");

const config = {
  layers: [
    { id: "place", title: { zh: "日常设施", en: "Everyday places" }, fields: [{ id: "category", values: { school: { zh: "教育", en: "education" } } }] },
    { id: "park", title: { zh: "公园", en: "Parks" }, fields: [] },
  ],
  units: [{ code: "510104", name: { zh: "锦江区", en: "Jinjiang" }, kind: "district" }],
} as unknown as SearchConfig;
const result: Result = {
  kind: "feature", layer: "place", id: "1", name: "示意小学", name_en: null, unit: "510104", category: "school", lon: 104, lat: 30,
  distance_m: 1234, match: "prefix", synthetic: true,
}; // prettier-ignore

describe("a result", () => {
  it("is told apart by kind and district, and where that is not enough by distance", () => {
    expect(described(result, config)).toBe("教育 · 锦江区");
    expect(described({ ...result, layer: "park", category: null }, config)).toBe("公园 · 锦江区");
    expect(described({ ...result, kind: "street", layer: "base", unit: null }, config)).toBe("道路");
    expect(described({ ...result, kind: "district", layer: "units" }, config)).toBe("区（市）县");
    const alike = describedAll([result, { ...result, id: "2", distance_m: 20 }, { ...result, name: "别处" }], config);
    expect(alike).toEqual(["教育 · 锦江区 · 距图中心1.2公里", "教育 · 锦江区 · 距图中心不到50米", "教育 · 锦江区"]);
  });

  it("has a name in either language", () => {
    expect(titleOf(result)).toBe("示意小学");
    expect(titleOf({ ...result, name: null, name_en: "Global Centre" })).toBe("Global Centre");
  });
});

it.each([
  [undefined, ""],
  [12, "不到50米"],
  [412, "410米"],
  [999, "1,000米"],
  [9960, "10公里"],
  [12345, "12公里"],
])("%s metres are %s", (metres, text) => expect(distance(metres)).toBe(text));

it.each([
  ["天府广场", "天府", ["", "天府", "广场"]],
  ["天府广场", "广", ["天府", "广", "场"]],
  ["Tianfu Square", "square", ["Tianfu ", "Square", ""]],
  ["天府广场", "tfgc", ["天府广场"]],
  ["天府广场", " ", ["天府广场"]],
  ["(a+", "(a+", ["", "(a+", ""]],
])("of %s typed as %s the typed part is marked", (name, query, parts) => expect(marked(name, query)).toEqual(parts));

it("the arrows go round through the words", () => {
  expect([-1, 0, 1, 2].map((active) => nextOption(active, 3, "ArrowDown"))).toEqual([0, 1, 2, -1]);
  expect([-1, 2, 1, 0].map((active) => nextOption(active, 3, "ArrowUp"))).toEqual([2, 1, 0, -1]);
  expect(nextOption(-1, 0, "ArrowDown")).toBe(-1);
});

it("the words have the same places to fill in both languages, and none of the other one's characters", () => {
  const places = (text: unknown): string[] => (String(text).match(/\{\w+\}/g) ?? []).sort();
  for (const [key, text] of Object.entries(zh)) expect(places(en[key as keyof typeof zh]), key).toEqual(places(text));
  expect(JSON.stringify(en)).not.toMatch(/[\u3400-\u9fff]/);
});
