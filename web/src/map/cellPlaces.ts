import { cellToBoundary, cellToLatLng } from "h3-js";
import { classOf, type Classes } from "../grid/classes";
import type { Grid } from "../grid/decode";

export type Drawn = Pick<Grid, "res" | "cells" | "values">;

/** Spherical mercator in world units: 0..1 from the upper left. */
const worldX = (lon: number): number => lon / 360 + 0.5;
function worldY(lat: number): number {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** Half the diameter of a hexagon in world units at Chengdu's latitude and beyond, by resolution. */
const REACH: Record<number, number> = { 6: 2.8e-4, 7: 1.06e-4, 8: 4e-5, 9: 1.5e-5, 10: 5.8e-6 };

/** So much coarser are the cells by which hexagons are found: 343 in each. */
const COARSER = 3;
const STEP = Math.sqrt(7); // in width from one resolution to the next

/** Neighbours in the order of the cells: what one coarser cell holds. */
interface Group {
  first: number;
  end: number;
  x: number;
  y: number;
}

/** Where the hexagons of a grid are and what class each is of; worked out for those that come into view. */
export class CellPlaces {
  readonly reach: number;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly outlines: (Float64Array | undefined)[];
  private readonly groups: Group[] = [];
  /** The cells as h3-js takes them without their text: lower and upper half. */
  private readonly halves: Uint32Array;
  private readonly values: Float32Array;

  constructor(
    { res, cells, values }: Drawn,
    readonly scale: Classes,
  ) {
    this.reach = REACH[res] ?? 1e-4;
    this.values = values;
    this.x = new Float64Array(cells.length).fill(NaN);
    this.y = new Float64Array(cells.length);
    this.outlines = new Array<Float64Array | undefined>(cells.length);
    this.halves = new Uint32Array(cells.buffer, cells.byteOffset, 2 * cells.length);
    const shift = BigInt(3 * (15 - Math.max(res - COARSER, 0)));
    for (let first = 0, i = 1; i <= cells.length; i++) {
      const begun = cells[first] as bigint;
      if (i < cells.length && (cells[i] as bigint) >> shift === begun >> shift) continue;
      // Any of a group lies within its coarser cell's width of any other.
      const [lat, lon] = cellToLatLng(this.cell(first));
      this.groups.push({ first, end: i, x: worldX(lon), y: worldY(lat) });
      first = i;
    }
  }

  /** Hexagons that may touch a box of world units. */
  *within(west: number, north: number, east: number, south: number): Generator<number> {
    const far = this.reach * (2.4 * STEP ** COARSER + 1);
    for (const { first, end, x, y } of this.groups) {
      if (x < west - far || x > east + far || y < north - far || y > south + far) continue;
      for (let i = first; i < end; i++) {
        if (Number.isNaN(this.x[i])) this.put(i);
        const [px, py] = [this.x[i] as number, this.y[i] as number];
        if (px >= west - this.reach && px <= east + this.reach && py >= north - this.reach && py <= south + this.reach) yield i;
      }
    }
  }

  private put(i: number): void {
    const [lat, lon] = cellToLatLng(this.cell(i));
    this.x[i] = worldX(lon);
    this.y[i] = worldY(lat);
  }

  classAt(i: number): number {
    return classOf(this.scale, this.values[i] as number);
  }

  /** Corners x, y, x, y, … in world units. */
  outline(i: number): Float64Array {
    const known = this.outlines[i];
    if (known) return known;
    const corners = cellToBoundary(this.cell(i));
    const made = new Float64Array(corners.length * 2);
    corners.forEach(([lat, lon], k) => {
      made[2 * k] = worldX(lon);
      made[2 * k + 1] = worldY(lat);
    });
    this.outlines[i] = made;
    return made;
  }

  private cell(i: number): number[] {
    return [this.halves[2 * i] as number, this.halves[2 * i + 1] as number];
  }
}
