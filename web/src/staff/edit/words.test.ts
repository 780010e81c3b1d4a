import { describe, expect, it } from "vitest";
import { en as english } from "./en";
import { zh as chinese } from "./zh";

type Tree = string | { readonly [key: string]: Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return typeof tree === "string" ? [[path, tree]] : Object.entries(tree).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

const places = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name as string).sort();
const [zh, en] = [new Map(leaves(chinese)), new Map(leaves(english))];
const NAMES = /JPEG|PNG|WebP|PDF|MB/g;

describe("the words of editing", () => {
  it("are the same in both languages, with the same places to fill", () => {
    expect([...en.keys()]).toEqual([...zh.keys()]);
    for (const [key, text] of zh) expect(places(en.get(key) as string), key).toEqual(places(text));
  });

  it("of Chinese are Chinese, of English are English", () => {
    for (const [key, text] of zh) expect(text.replace(/\{\w+\}/g, "").replace(NAMES, ""), key).not.toMatch(/[a-zA-Z]{2,}/);
    for (const [key, text] of en) expect(text, key).not.toMatch(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/);
  });
});
