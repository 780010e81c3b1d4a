import { findWalk, walkKey, type Walk } from "../config";
import { SPEEDS, type When } from "../state/page";
import { Store } from "../state/store";
import { bandKey, bandOf, type Band } from "./brush";
import { CLASSINGS, type Classing } from "./classing";
import type { PlanConfig, Speed } from "./config";

export const SHOWN = ["now", "planned", "change"] as const;
export const COMPARED = ["none", "when", "speed", "measure"] as const;
export const MEASURES = ["network", "straight"] as const;
export const TABS = ["reach", "progress"] as const;
export type Shown = (typeof SHOWN)[number];
export type Compared = (typeof COMPARED)[number];
export type Measure = (typeof MEASURES)[number];
export type Tab = (typeof TABS)[number];

/** What a planner has chosen; all of it is in the address. */
export interface Plan {
  tab: Tab;
  walk: Walk;
  /** A tier of the service's standards; null: its usual one. */
  tier: string | null;
  measure: Measure;
  speed: Speed;
  shown: Shown;
  compared: Compared;
  /** Where the curtain stands, per cent of the map's width. */
  at: number;
  classing: Classing;
  /** The chosen district. */
  unit: string | null;
  /** The chosen minutes, or the number of missing categories. */
  band: Band | null;
  facilities: boolean;
  /** The opened target of the board, `layer.target`. */
  target: string | null;
  /** What the board is filtered to. */
  filter: string;
}

export type PlanStore = Store<Plan>;

/** One side of the map: what its hexagons are of. */
export interface Side {
  when: When;
  speed: Speed;
  measure: Measure;
}

/** `one`: a single pane; `swipe`: two under a curtain; `difference`: the second less the first. */
export interface Panes {
  kind: "one" | "swipe" | "difference";
  sides: [Side] | [Side, Side];
}

/** What the map shows. A circle is only measured along ways. */
export function panesOf({ walk, measure, speed, shown, compared }: Plan): Panes {
  const line = walk.kind === "circle" ? "network" : measure;
  const when = shown === "planned" ? "planned" : "now";
  const base: Side = { when, speed, measure: line };
  const pair = compared === "none" && shown === "change" ? "when" : compared;
  const sides = ((): [Side, Side] | null => {
    if (pair === "when") return [{ ...base, when: "now" }, { ...base, when: "planned" }];
    if (pair === "speed") return [{ ...base, speed: "adult" }, { ...base, speed: "elderly" }];
    if (pair === "measure" && walk.kind === "reach") return [{ ...base, measure: "straight" }, { ...base, measure: "network" }];
    return null;
  })();
  if (!sides) return { kind: "one", sides: [base] };
  return { kind: shown === "change" ? "difference" : "swipe", sides };
}

/** What lists, charts and table are of, where they can only be of one time. */
export const whenOf = ({ shown }: Plan): When => (shown === "now" ? "now" : "planned");
export const lineOf = ({ walk, measure }: Plan): Measure => (walk.kind === "circle" ? "network" : measure);

const one = <T extends string>(known: readonly T[], text: string | null, usual: T): T => known.find((each) => each === text) ?? usual;
const word = (text: string | null): string | null => (text !== null && /^[a-z0-9_.:]{1,60}$/i.test(text) ? text : null);

export function firstWalk(config: PlanConfig): Walk {
  const service = config.services.find(({ id }) => id === "primary_school") ?? config.services[0];
  const circle = config.circles[0];
  if (service) return { kind: "reach", service };
  if (circle) return { kind: "circle", circle };
  throw new Error("the catalogue has neither services nor circles");
}

export function parsePlan(fragment: string, config: PlanConfig): Plan {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const walk = findWalk(config, parts.get("of")) ?? firstWalk(config);
  const tier = word(parts.get("tier"));
  const unit = word(parts.get("unit"));
  const at = Number(parts.get("at") ?? "50");
  return {
    tab: one(TABS, parts.get("tab"), "reach"),
    walk,
    tier: walk.kind === "reach" && walk.service.standards.some((each) => each.tier === tier) ? tier : null,
    measure: one(MEASURES, parts.get("by"), "network"),
    speed: one(SPEEDS, parts.get("speed"), "planning"),
    shown: one(SHOWN, parts.get("show"), "now"),
    compared: one(COMPARED, parts.get("vs"), "none"),
    at: Number.isFinite(at) ? Math.min(100, Math.max(0, Math.round(at))) : 50,
    classing: one(CLASSINGS, parts.get("classes"), "standard"),
    unit: config.units.some(({ code }) => code === unit) ? unit : null,
    band: bandOf(parts.get("band")),
    facilities: parts.get("places") === "1",
    target: word(parts.get("target")),
    filter: word(parts.get("only")) ?? "all",
  };
}

/** The address without its view; what is as at first is left out. */
export function writePlan(plan: Plan): string[] {
  const parts = [`of=${walkKey(plan.walk)}`];
  const add = (name: string, value: string | null, usual: string | null = null): void => {
    if (value !== null && value !== usual) parts.push(`${name}=${value}`);
  };
  add("tab", plan.tab, "reach");
  add("tier", plan.tier);
  add("by", plan.measure, "network");
  add("speed", plan.speed, "planning");
  add("show", plan.shown, "now");
  add("vs", plan.compared, "none");
  add("at", plan.compared === "none" ? null : String(plan.at), "50");
  add("classes", plan.classing, "standard");
  add("unit", plan.unit);
  add("band", plan.band && bandKey(plan.band));
  add("places", plan.facilities ? "1" : null);
  add("target", plan.target);
  add("only", plan.filter, "all");
  return parts;
}
