import { describe, expect, it } from "vitest";

Object.assign(globalThis, { document: { documentElement: { lang: "zh-CN" } } });
const { bodyOf, isEnough, numberOf } = await import("./send");
const { en, zh } = await import("./words");
const desk = await import("./deskWords");

const remark = { layer: "park", feature: "f", kind: "place", text: null, point: { lat: 30.12345678, lon: 104.1 }, website: "" } as const;

describe("a remark", () => {
  it("says enough with words or a place, or when the place is closed", () => {
    expect(isEnough(remark)).toBe(true);
    expect(isEnough({ ...remark, point: null })).toBe(false);
    expect(isEnough({ ...remark, point: null, kind: "closed" })).toBe(true);
    expect(isEnough({ ...remark, point: null, text: "x" })).toBe(true);
  });

  it("goes with its place to the decimetre, or without one", () => {
    expect(bodyOf(remark)).toEqual({ layer: "park", feature: "f", kind: "place", text: null, website: "", lon: 104.1, lat: 30.123457 });
    expect(bodyOf({ ...remark, point: null })).not.toHaveProperty("lon");
  });

  it("has a number that can be read out", () => expect(numberOf("3f9a12bc-0000-4000-8000-000000000000")).toBe("3F9A12BC"));
});

type Tree = { readonly [key: string]: string | Tree };
const leaves = (tree: Tree, path = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] => (typeof value === "string" ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`)));
const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it.each([
  [zh, en],
  [desk.zh, desk.en],
])("the words are the same in both languages, with the same places to fill", (chinese, english) => {
  const [one, other] = [new Map(leaves(chinese as Tree)), new Map(leaves(english as Tree))];
  expect([...other.keys()]).toEqual([...one.keys()]);
  for (const [key, text] of one) expect(places(other.get(key) as string), key).toEqual(places(text));
  for (const [key, text] of other) expect(text, key).not.toMatch(/[\u3400-\u9fff]/);
});
