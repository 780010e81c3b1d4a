import { describe, expect, it } from "vitest";
import { en as english, zh as chinese } from "./dictionaries";

type Tree = { readonly [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  );
}

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
const [zh, en] = [new Map(leaves(chinese)), new Map(leaves(english))];

describe("the words of walking", () => {
  it("are the same in both languages, with the same places to fill", () => {
    expect([...en.keys()]).toEqual([...zh.keys()]);
    for (const [key, text] of zh) expect(places(en.get(key) as string), key).toEqual(places(text));
  });

  it("of Chinese are Chinese, of English are English", () => {
    for (const [key, text] of zh) expect(text.replace(/\{\w+\}/g, ""), key).not.toMatch(/[a-zA-Z]{2,}/);
    for (const [key, text] of en) expect(text, key).not.toMatch(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/);
  });
});
