import { describe, expect, it } from "vitest";
import { en as english } from "./en";
import { fill } from "./fill";
import { zh as chinese } from "./zh";

type Tree = string | readonly string[] | { readonly [key: string]: Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return typeof tree === "string"
    ? [[path, tree]]
    : Object.entries(tree).flatMap(([key, value]) => leaves(value as Tree, path ? `${path}.${key}` : key));
}

const places = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name as string).sort();
const [zh, en] = [new Map(leaves(chinese)), new Map(leaves(english))];
/** Names of formats and coordinate systems are the same in every language. */
const NAMES = /Excel|CSV|GeoPackage|GeoJSON|Shapefile|KML|TXT|MB|WGS 84|CGCS2000|GCJ-02|BD-09|UTM|Web/g;

describe("the words of the staff page", () => {
  it("are the same in both languages, with the same places to fill", () => {
    expect([...en.keys()]).toEqual([...zh.keys()]);
    for (const [key, text] of zh) expect(places(en.get(key) as string), key).toEqual(places(text));
  });

  it("of Chinese are Chinese, of English are English", () => {
    for (const [key, text] of zh) expect(text.replace(/\{\w+\}/g, "").replace(NAMES, ""), key).not.toMatch(/[a-zA-Z]{2,}/);
    for (const [key, text] of en) expect(text, key).not.toMatch(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/);
  });
});

it("a count stands with its noun", () => {
  expect(fill("Hand in ({n|row|rows})", { n: "1" })).toBe("Hand in (1 row)");
  expect(fill("Hand in ({n|row|rows})", { n: "1,200" })).toBe("Hand in (1,200 rows)");
  expect(fill("第{row}行", { row: 7 })).toBe("第7行");
});
