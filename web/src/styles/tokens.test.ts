import { describe, expect, it } from "vitest";
import { coloursOf, contrast, distance, EYES, lightness } from "./colours";
import css from "./tokens.css?raw";

const tokens = coloursOf(css);
const TIMES = ["day", "night"] as const;

function colour(name: string, time: (typeof TIMES)[number]): string {
  const pair = tokens.get(name);
  if (!pair) throw new Error(`no colour --${name}`);
  return pair[TIMES.indexOf(time)] as string;
}

/** Words and the grounds that they stand on. */
const WORDS: [string, string[]][] = [
  ["ink", ["paper", "paper-soft", "raised", "brand-soft", "outside", "caution-soft"]],
  ["ink-soft", ["paper", "paper-soft", "raised", "brand-soft"]],
  ["brand", ["paper", "paper-soft", "raised", "brand-soft"]],
  ["on-brand", ["brand", "brand-deep"]],
  ["header-ink", ["header", "header-deep"]],
  ["header-soft", ["header"]],
  ["gold", ["header"]],
  ["ahead", ["paper", "paper-soft", "raised", "brand-soft", "ahead-soft"]],
  ["behind", ["paper", "paper-soft", "raised", "brand-soft", "behind-soft"]],
  ["caution", ["paper", "caution-soft"]],
  ["info", ["paper", "info-soft"]],
  ["map-name", ["map-land", "map-green", "map-water"]],
  ["map-name-quiet", ["map-land"]],
  ["map-name-water", ["map-land"]],
];

/** Marks that must be told from their ground: edges of controls, the focus, what is chosen. */
const MARKS: [string, string[]][] = [
  ["line-strong", ["paper", "paper-soft", "raised"]],
  ["focus", ["paper", "paper-soft", "raised", "brand-soft", "map-land", "outside"]],
  ["selected", ["map-land", "paper"]],
  ["map-boundary", ["map-land"]],
  ...[1, 2, 3, 7].map((n): [string, string[]] => [`cat-${n}`, ["paper"]]),
];

describe.each(TIMES)("the colours of the %s", (time) => {
  it.each(WORDS)("%s can be read wherever it stands", (word, grounds) => {
    for (const ground of grounds) expect(contrast(colour(word, time), colour(ground, time)), ground).toBeGreaterThanOrEqual(4.5);
  });

  it.each(MARKS)("%s is seen wherever it stands", (mark, grounds) => {
    for (const ground of grounds) expect(contrast(colour(mark, time), colour(ground, time)), ground).toBeGreaterThanOrEqual(3);
  });

  it.each([["seq", 5], ["far", 6]] as const)("%s moves away from the ground by even steps, whatever eye looks at it", (scale, count) => {
    const colours = Array.from({ length: count }, (_, i) => colour(`${scale}-${i + 1}`, time));
    const sign = time === "day" ? -1 : 1;
    const steps = colours.slice(1).map((each, i) => sign * (lightness(each) - lightness(colours[i] as string)));
    expect(Math.min(...steps)).toBeGreaterThan(9);
    expect(Math.max(...steps)).toBeLessThan(22);
    for (const eye of Object.values(EYES)) {
      for (const [i, each] of colours.slice(1).entries()) expect(distance(each, colours[i] as string, eye)).toBeGreaterThan(0.06);
    }
  });

  it("less and more than a middle are told apart, whatever eye looks at them", () => {
    for (const eye of Object.values(EYES)) {
      for (const n of [1, 2, 3]) expect(distance(colour(`div-${n}`, time), colour(`div-${8 - n}`, time), eye)).toBeGreaterThan(0.07);
    }
  });

  it("kinds are told apart, whatever eye looks at them", () => {
    const kinds = Array.from({ length: 7 }, (_, i) => colour(`cat-${i + 1}`, time));
    for (const [name, eye] of Object.entries(EYES)) {
      for (const [i, one] of kinds.entries()) {
        for (const other of kinds.slice(i + 1)) expect(distance(one, other, eye), `${one} ${other} ${name}`).toBeGreaterThan(0.05);
      }
    }
  });
});

it("every colour of the design system is a pair, or the same by day and by night", () => {
  const named = [...css.matchAll(/--([\w-]+):[^;]*#[0-9a-f]+/g)].map(([, name]) => name);
  expect(named.filter((name) => !tokens.has(name as string))).toEqual([]);
  expect(tokens.size).toBeGreaterThan(60);
});
