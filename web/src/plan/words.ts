import type { Walk } from "../config";
import { day, exact, fixed, percent } from "../format/numbers";
import { heading, lang } from "../i18n";
import { standardWords } from "../reach/legend";
import { en } from "./en";
import type { PlanConfig, Speed } from "./config";
import { lineOf, panesOf, type Plan, type Side } from "./state";
import { zh, type PlanWords } from "./zh";

type Key = { [K in keyof typeof zh]: (typeof zh)[K] extends string ? K : never }[keyof typeof zh];

export const words: PlanWords = lang === "en" ? en : zh;

/** A text of the page's language, with `{name}` places filled. */
export const w = (key: Key, places: Record<string, string | number> = {}): string => fill(words[key], places);

export const fill = (text: string, places: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ""));

export const peopleWords = (people: number | null): string => (people === null ? w("few") : w("people", { n: exact(people, 0, lang) }));
export const countWords = (people: number | null): string => (people === null ? w("few") : exact(people, 0, lang));
export const shareWords = (share: number | null): string => (share === null ? w("few") : percent(share, lang));
export const minuteWords = (minutes: number): string => w("minutes", { n: fixed(minutes, 1, lang) });

/** "+3.2 percentage points". */
export function pointsWords(change: number | null, short = false): string {
  if (change === null) return w("few");
  const points = fixed(Math.abs(change) * 100, 1, lang);
  if (points === fixed(0, 1, lang)) return short ? points : w("noChange");
  const sign = change > 0 ? "+" : "−";
  return short ? `${sign}${points}` : w("changeBy", { sign, points });
}

export const speedWords = (speed: Speed, config: PlanConfig): string =>
  w("speedOf", { who: words.speeds[speed], speed: fixed(config.walking[speed], 2, lang).replace(/0$/, "") });

export const titleOf = (walk: Walk): string => (walk.kind === "reach" ? heading(walk.service.title) : heading(walk.circle.title));

/** The standard that the shares are held to, and where its figure is from. */
export function standardOf({ walk, tier }: Plan): string {
  if (walk.kind === "circle") return walk.circle.source;
  const { standards } = walk.service;
  return standardWords(standards.find((each) => each.tier === tier) ?? standards[0]);
}

/** What tells one side from the other. */
export function sideWords(plan: Plan, side: Side, config: PlanConfig): string {
  const [one, other] = panesOf(plan).sides;
  if (other === undefined || one.when !== other.when) return words.showns[side.when];
  if (one.speed !== other.speed) return speedWords(side.speed, config);
  return words.measures[side.measure];
}

/** As it stands within a sentence. */
const within = (text: string): string => (lang === "en" ? text.charAt(0).toLowerCase() + text.slice(1) : text);

/** "second less first". */
export const lessWords = (plan: Plan, first: Side, second: Side, config: PlanConfig): { first: string; second: string } => ({
  first: within(sideWords(plan, first, config)),
  second: within(sideWords(plan, second, config)),
});

/** Measure, speed, standard and day: what every share must say. */
export const shareFacts = (plan: Plan, date: string | null, config: PlanConfig): string[] =>
  [words.measures[lineOf(plan)], speedWords(plan.speed, config), standardOf(plan), date ? w("date", { date: day(date, lang) }) : ""].filter(Boolean);

/** What the map is of: as a share's, with both sides where they are two. */
export function factsOf(plan: Plan, date: string | null, config: PlanConfig): string[] {
  const { sides, kind } = panesOf(plan);
  const [side, other = side] = sides;
  return [
    side.measure === other.measure ? words.measures[side.measure] : "",
    side.speed === other.speed ? speedWords(side.speed, config) : "",
    side.when === other.when ? words.showns[side.when] : "",
    kind === "one" ? "" : sides.map((each) => within(sideWords(plan, each, config))).join(lang === "zh" ? "与" : " and "),
    standardOf(plan),
    date ? w("date", { date: day(date, lang) }) : "",
  ].filter(Boolean);
}
