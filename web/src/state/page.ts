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

/** Where a walk begins; `keyboard`: asked by a key, so that the focus goes to the answer. */
export interface Start {
  lat: number;
  lon: number;
  keyboard: boolean;
}

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
  /** The value under the pointer; null: none there; undefined: the pointer is elsewhere. */
  pointed: number | null | undefined;
  zoom: number;
  tilesFailed: boolean;
  /** Some of what is shown is made up. */
  synthetic: boolean;
}

export type PageStore = Store<Page>;

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
