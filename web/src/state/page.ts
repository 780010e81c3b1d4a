import type { PageConfig, Status, Theme } from "../config";
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

/** Everything that panels and map share. */
export interface Page {
  theme: Theme | null;
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
