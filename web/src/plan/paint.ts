import { classOf, type Classes } from "../grid/classes";
import { valueOf } from "../grid/lookup";
import type { WalkCells } from "../reach/api";
import { FAR, LONGEST_MIN, missingClasses } from "../reach/classes";
import { inBand, type Band } from "./brush";
import { coloured, divergingLimits, limitsOf } from "./classing";
import type { PlanConfig } from "./config";
import type { DistrictLines } from "./data";
import { panesOf, type Panes, type Plan } from "./state";

/** From much less to much more: fewer minutes, fewer things missing, is the better end. */
const DIVERGING = ["var(--div-7)", "var(--div-6)", "var(--div-5)", "var(--div-4)", "var(--div-3)", "var(--div-2)", "var(--div-1)"];
const DIMMED = "var(--track)";

/** What is drawn in a pane: cells, and the class of each; the last colour is of what the brush leaves out. */
export interface Layer {
  res: number;
  cells: BigUint64Array;
  values: Float32Array;
  scale: Classes;
}

export interface Painted {
  panes: Panes;
  layers: Layer[];
  /** Of the values, for the legend. */
  classes: Classes;
  /** What the standard asks for, in the values' unit; null where it asks for many things. */
  limit: number | null;
}

/** Both sides in the same classes, or their difference; dimmed where the brush does not reach. */
export function painted(plan: Plan, config: PlanConfig, cells: WalkCells[], districts: DistrictLines | null): Painted {
  const panes = panesOf(plan);
  const limit = limitOf(plan, config, districts);
  if (panes.kind === "difference") {
    const [one, other] = cells as [WalkCells, WalkCells];
    const less = difference(one, other);
    const classes: Classes = { lower: divergingLimits(less.values), max: Infinity, colors: DIVERGING, whole: false };
    const kept = keepers(less.cells, one, plan.band);
    return { panes, layers: [layer(one.res, less.cells, less.values, classes, kept)], classes, limit };
  }
  const classes = classesFor(plan, cells, limit);
  const layers = cells.map((side) => layer(side.res, side.cells, side.values, classes, keepers(side.cells, side, plan.band)));
  return { panes, layers, classes, limit };
}

function classesFor(plan: Plan, cells: WalkCells[], limit: number | null): Classes {
  if (plan.walk.kind === "circle" && plan.classing === "standard") return missingClasses(plan.walk.circle.categories.length);
  const longest = plan.walk.kind === "circle" ? plan.walk.circle.categories.length : LONGEST_MIN;
  const all = cells.length === 1 ? (cells[0] as WalkCells).values : joined(cells);
  const limits = limitsOf(plan.classing, all, limit ?? longest / 4, longest);
  const last = FAR.length - 1;
  const colors = limits.lower.map((_, i) => FAR[limits.lower.length === 1 ? 0 : Math.round((i * last) / (limits.lower.length - 1))] as string);
  return coloured(limits, colors);
}

function joined(cells: WalkCells[]): Float32Array {
  const all = new Float32Array(cells.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of cells) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}

/** The standard's limit as minutes at the speed; a circle of a standard has a limit for each category. */
export function limitOf(plan: Plan, config: PlanConfig, districts: DistrictLines | null): number | null {
  if (plan.walk.kind === "circle" || districts?.limitM == null) return null;
  return districts.limitM / config.walking[plan.speed] / 60;
}

function difference(one: WalkCells, other: WalkCells): { cells: BigUint64Array; values: Float32Array } {
  const cells: bigint[] = [];
  const values: number[] = [];
  one.cells.forEach((cell, i) => {
    const second = one.cells.length === other.cells.length && other.cells[i] === cell ? (other.values[i] as number) : valueOf(other, cell);
    if (second === null) return;
    cells.push(cell);
    values.push(second - (one.values[i] as number));
  });
  return { cells: BigUint64Array.from(cells), values: Float32Array.from(values) };
}

/** Whether the brush holds each cell; null where nothing is brushed. */
function keepers(cells: BigUint64Array, side: WalkCells, band: Band | null): ((i: number) => boolean) | null {
  if (!band) return null;
  if (cells === side.cells) return (i) => inBand(band, side.values[i] as number);
  return (i) => {
    const value = valueOf(side, cells[i] as bigint);
    return value !== null && inBand(band, value);
  };
}

function layer(res: number, cells: BigUint64Array, values: Float32Array, classes: Classes, kept: ((i: number) => boolean) | null): Layer {
  const drawn = new Float32Array(cells.length);
  const dimmed = classes.colors.length;
  for (let i = 0; i < cells.length; i++) drawn[i] = kept && !kept(i) ? dimmed : classOf(classes, values[i] as number);
  const lower = Array.from({ length: dimmed + 1 }, (_, i) => i);
  return { res, cells, values: drawn, scale: { lower, max: dimmed, colors: [...classes.colors, DIMMED], whole: true } };
}
