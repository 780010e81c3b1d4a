import type { PageConfig, Status, Theme, Walk } from "../config";
import type { Classes } from "../grid/classes";
import type { Grid } from "../grid/decode";
import { Store } from "./store";

/** Stages a reader filters by, and the statuses they stand for; all: no filter. */
export const STAGES = {
  all: [],
  done: ["finished", "open"],
  building: ["building"],
  planned: ["planned"],
} as const satisfies Record<string, readonly Status[]>;

export type Stage = keyof typeof STAGES;
export const isStage = (name: string | undefined): name is Stage => name !== undefined && Object.hasOwn(STAGES, name);

export interface ShownGrid {
  kind: "shown";
  grid: Grid;
  classes: Classes;
}

/** `held`: the same theme at another zoom, which stays in sight until the new one is there. */
export type GridState = { kind: "off" } | { kind: "loading"; held: ShownGrid | null } | { kind: "failed"; detail: string } | ShownGrid;

/** The hexagons that are drawn, in words: for those who read the map as a list. */
export interface DrawnHexagons {
  cells: BigUint64Array;
  values: ArrayLike<number>;
  classes: Classes;
  /** Numbers of the classes from few to many. */
  order: number[];
  label: (i: number) => string;
  figure: (value: number) => string;
  /** What the greatest values are called. */
  greatest: "firstHexagons" | "fewestHexagons" | "farthestHexagons";
}

/** As it is, or as it will be when what is planned stands. */
export type When = "now" | "planned";

export const SPEEDS = ["planning", "adult", "elderly", "child"] as const;
export const MINUTES = [5, 10, 15, 20, 30] as const;

/** How long and how fast people walk. */
export interface Pace {
  minutes: number;
  speed: (typeof SPEEDS)[number];
}

export const PLAIN_PACE: Pace = { minutes: 15, speed: "planning" };

/** Where a walk begins. */
export interface Start {
  lat: number;
  lon: number;
  /** Asked by a key, so that the focus goes to the answer. */
  keyboard: boolean;
  /** It is where the reader is: kept out of the address unless they share it themselves. */
  located?: boolean;
}

/** The two questions that the page answers: what can be walked to, and how far the plan is. */
export type Mode = "walk" | "plan";

/** Grounds that a reader can turn off. */
export const GROUNDS = ["districts", "ground", "raster"] as const;
export type Ground = (typeof GROUNDS)[number];

/** Everything that panels and map share. */
export interface Page {
  /** At most one of `theme` and `walk` is set: both are drawn as hexagons. */
  theme: Theme | null;
  walk: Walk | null;
  when: When;
  from: Start | null;
  pace: Pace;
  stage: Stage;
  /** Layers drawn, in the catalogue's order. */
  layers: string[];
  districts: boolean;
  ground: boolean;
  raster: boolean;
  /** The opened target, `layer.target`. */
  target: string | null;
  grid: GridState;
  drawn: DrawnHexagons | null;
  /** The value under the pointer; null: none there; undefined: the pointer is elsewhere. */
  pointed: number | null | undefined;
  zoom: number;
  /** Day of the figures of the plan, once they are known. */
  asOf: string | null;
  tilesFailed: boolean;
  online: boolean;
  /** Some of what is shown is made up. */
  synthetic: boolean;
}

export type PageStore = Store<Page>;

/** What walking shows belongs to the one question, everything else to the other. */
export const modeOf = ({ walk }: Pick<Page, "walk">): Mode => (walk ? "walk" : "plan");

export const targetKey = (layer: string, target: string): string => `${layer}.${target}`;

/** Known layers only, in the catalogue's order. */
export function inOrder(config: PageConfig, ids: readonly string[]): string[] {
  return config.layers.filter((layer) => ids.includes(layer.id)).map((layer) => layer.id);
}

/** "10.elderly" of the address. */
export function paceOf(text: string | undefined): Pace {
  const [minutes, speed] = (text ?? "").split(".");
  return {
    minutes: MINUTES.find((each) => String(each) === minutes) ?? PLAIN_PACE.minutes,
    speed: SPEEDS.find((each) => each === speed) ?? PLAIN_PACE.speed,
  };
}

export function paceKey({ minutes, speed }: Pace): string | undefined {
  return minutes === PLAIN_PACE.minutes && speed === PLAIN_PACE.speed ? undefined : `${minutes}.${speed}`;
}
