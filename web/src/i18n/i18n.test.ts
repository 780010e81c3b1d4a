import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

type Tree = { readonly [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  );
}

const both = { zh: leaves(zh), en: leaves(en) };
const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the page's words", () => {
  it("are the same in both languages", () => {
    expect(both.en.map(([key]) => key)).toEqual(both.zh.map(([key]) => key));
  });

  it("have the same places to fill", () => {
    const english = new Map(both.en);
    for (const [key, text] of both.zh) expect(places(english.get(key) as string), key).toEqual(places(text));
  });

  it("of Chinese are Chinese, of English are English", () => {
    // "2024" as a period is a year in both; what is left of Chinese words is punctuation and figures.
    for (const [key, text] of both.zh) {
      expect(text.replace(/\{\w+\}/g, ""), key).not.toMatch(/[a-zA-Z]{2,}/);
      expect(text, key).not.toBe("");
    }
    for (const [key, text] of both.en) expect(text, key).not.toMatch(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/);
  });
});
