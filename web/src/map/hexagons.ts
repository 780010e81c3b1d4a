import type LeafletNamespace from "leaflet";
import { cellToBoundary, cellToLatLng, getHexagonAreaAvg, getResolution, latLngToCell, UNITS } from "h3-js";
import { classesOf, classOf, type Classes } from "../grid/classes";
import type { Grid } from "../grid/decode";
import L from "../leaflet";

/** Hexagons 10 to 50 pixels wide at every zoom. */
export function resolutionAt(zoom: number): 7 | 8 | 9 {
  return zoom <= 9 ? 7 : zoom <= 12 ? 8 : 9;
}

export function hexagonArea(res: number): number {
  return getHexagonAreaAvg(res, UNITS.km2);
}

export const cellName = (cell: bigint): string => cell.toString(16).padStart(15, "0");

export function cellAt(place: { lat: number; lng: number }, res: number): bigint {
  return BigInt(`0x${latLngToCell(place.lat, place.lng, res)}`);
}

/** Corners as Leaflet wants them. */
export function cellOutline(cell: bigint): [number, number][] {
  return cellToBoundary(cellName(cell));
}

/** Spherical mercator in world units: 0..1 from the upper left. */
const worldX = (lon: number): number => lon / 360 + 0.5;
function worldY(lat: number): number {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** Half the diameter of a hexagon in world units at Chengdu's latitude and beyond, by resolution. */
const REACH: Record<number, number> = { 6: 2.8e-4, 7: 1.06e-4, 8: 4e-5, 9: 1.5e-5, 10: 5.8e-6 };

type Drawn = Pick<Grid, "res" | "cells" | "values">;

/** What is drawn: positions once per grid, outlines only of hexagons that come into view. */
class Prepared {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly classes: Uint8Array;
  private readonly outlines: (Float64Array | undefined)[];

  constructor(
    readonly grid: Drawn,
    readonly scale: Classes,
  ) {
    const count = grid.cells.length;
    this.x = new Float64Array(count);
    this.y = new Float64Array(count);
    this.classes = new Uint8Array(count);
    this.outlines = new Array<Float64Array | undefined>(count);
    for (let i = 0; i < count; i++) {
      const [lat, lon] = cellToLatLng(cellName(grid.cells[i] as bigint));
      this.x[i] = worldX(lon);
      this.y[i] = worldY(lat);
      this.classes[i] = classOf(scale, grid.values[i] as number);
    }
  }

  outline(i: number): Float64Array {
    const known = this.outlines[i];
    if (known) return known;
    const corners = cellToBoundary(cellName(this.grid.cells[i] as bigint));
    const made = new Float64Array(corners.length * 2);
    corners.forEach(([lat, lon], k) => {
      made[2 * k] = worldX(lon);
      made[2 * k + 1] = worldY(lat);
    });
    this.outlines[i] = made;
    return made;
  }
}

/** The hexagons on canvas. One fill each: a common path of thousands is many times slower. */
export class HexagonLayer extends L.GridLayer {
  private prepared: Prepared | null = null;

  constructor(options: LeafletNamespace.GridLayerOptions = {}) {
    super({ pane: "hexagons", opacity: 0.82, updateWhenZooming: false, ...options });
  }

  show(grid: Drawn | null, scale: Classes | null): void {
    this.prepared = grid && scale ? new Prepared(grid, scale) : null;
    this.redraw();
  }

  protected override createTile(coords: LeafletNamespace.Coords): HTMLElement {
    const size = this.getTileSize();
    const ratio = window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    canvas.width = size.x * ratio;
    canvas.height = size.y * ratio;
    const ctx = canvas.getContext("2d");
    if (ctx && this.prepared) {
      ctx.scale(ratio, ratio);
      draw(ctx, this.prepared, coords, size.x);
    }
    return canvas;
  }
}

export interface HexagonOptions extends LeafletNamespace.GridLayerOptions {
  /** H3 indices of one resolution, ascending, and their values: for a map that no page feeds. */
  cells?: string[];
  values?: number[];
}

export function hexagonLayer({ cells, values, ...options }: HexagonOptions): HexagonLayer {
  const layer = new HexagonLayer(options);
  if (cells && values) {
    const drawn = {
      res: cells[0] === undefined ? 0 : getResolution(cells[0]),
      cells: BigUint64Array.from(cells, (cell) => BigInt(`0x${cell}`)),
      values: Float32Array.from(values),
    };
    layer.show(drawn, classesOf(drawn.values, values.every(Number.isInteger) ? 0 : 2));
  }
  return layer;
}

function draw(ctx: CanvasRenderingContext2D, prepared: Prepared, coords: LeafletNamespace.Coords, size: number): void {
  const tiles = 2 ** coords.z;
  const world = tiles * size;
  const reach = REACH[prepared.grid.res] ?? 1e-4;
  const west = coords.x / tiles - reach;
  const east = (coords.x + 1) / tiles + reach;
  const north = coords.y / tiles - reach;
  const south = (coords.y + 1) / tiles + reach;
  const edge = reach * world > 7;
  ctx.strokeStyle = "rgba(255, 255, 255, 0.6)";
  ctx.lineWidth = 0.7;
  for (let i = 0; i < prepared.x.length; i++) {
    const x = prepared.x[i] as number;
    const y = prepared.y[i] as number;
    if (x < west || x > east || y < north || y > south) continue;
    const outline = prepared.outline(i);
    ctx.beginPath();
    for (let k = 0; k < outline.length; k += 2) {
      const px = (outline[k] as number) * world - coords.x * size;
      const py = (outline[k + 1] as number) * world - coords.y * size;
      if (k === 0) ctx.moveTo(px, py);
      else ctx.lineTo(px, py);
    }
    ctx.closePath();
    ctx.fillStyle = prepared.scale.colors[prepared.classes[i] as number] as string;
    ctx.fill();
    if (edge) ctx.stroke();
  }
}
