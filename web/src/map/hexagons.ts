import type LeafletNamespace from "leaflet";
import { cellToBoundary, getHexagonAreaAvg, getResolution, latLngToCell, UNITS } from "h3-js";
import { classesOf, fixedClasses, type Classes } from "../grid/classes";
import L from "../leaflet";
import { CellPlaces, type Drawn } from "./cellPlaces";
import { rest } from "./pace";
import { paintOf, palette } from "./palette";
import { release, surfaceOf } from "./surface";

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

/**
 * The hexagons on canvas. One fill each: a common path of thousands is many times slower. Tiles are
 * painted in slices, so that the map moves meanwhile.
 */
export class HexagonLayer extends L.GridLayer {
  /** Of what is shown, or about to be. */
  scale: Classes | null = null;
  private places: CellPlaces | null = null;
  private turn = 0;

  constructor(options: LeafletNamespace.GridLayerOptions = {}) {
    super({ pane: "hexagons", opacity: 0.82, updateWhenZooming: false, ...options });
    this.on("tileunload", ({ tile }) => release(tile));
  }

  /** Fires `loading`, and `load` when all is painted. */
  show(grid: Drawn | null, scale: Classes | null): void {
    this.turn++;
    this.scale = grid && scale ? scale : null;
    this.places = grid && scale ? new CellPlaces(grid, scale) : null;
    void this.repaint();
  }

  /** Paints the tiles that are there anew. New ones would be empty for a moment. */
  private async repaint(): Promise<void> {
    const { turn } = this;
    this.fire("loading");
    const tiles = Object.values(this._tiles ?? {});
    await Promise.all(tiles.map(({ el, coords }) => this.paint(el as HTMLCanvasElement, coords)));
    if (turn === this.turn && !this.isLoading()) this.fire("load");
  }

  protected override createTile(coords: LeafletNamespace.Coords, done: LeafletNamespace.DoneCallback): HTMLElement {
    const canvas = document.createElement("canvas");
    void this.paint(canvas, coords).then(() => done(undefined, canvas));
    return canvas;
  }

  private async paint(canvas: HTMLCanvasElement, coords: LeafletNamespace.Coords): Promise<void> {
    const { turn } = this;
    await rest();
    // Tiles of a zoom that was left are not waited for.
    if (this._tileZoom !== undefined && coords.z !== this._tileZoom) return;
    if (!this.places) return release(canvas);
    const size = this.getTileSize().x;
    const surface = surfaceOf(canvas, size);
    if (!surface) return;
    const outdated = (): boolean => turn !== this.turn;
    await draw(surface.ctx, this.places, coords, size, outdated);
    if (!outdated()) surface.show();
  }
}

export interface HexagonOptions extends LeafletNamespace.GridLayerOptions {
  /** H3 indices of one resolution, ascending, and their values: for a map that no page feeds. */
  cells?: string[];
  values?: number[];
  /** Of the limits of classes, and the limits themselves where they are given. */
  decimals?: number;
  limits?: number[];
}

export function hexagonLayer({ cells, values, decimals, limits, ...options }: HexagonOptions): HexagonLayer {
  const layer = new HexagonLayer(options);
  if (cells && values) {
    const drawn = {
      res: cells[0] === undefined ? 0 : getResolution(cells[0]),
      cells: BigUint64Array.from(cells, (cell) => BigInt(`0x${cell}`)),
      values: Float32Array.from(values),
    };
    const places = decimals ?? (values.every(Number.isInteger) ? 0 : 2);
    layer.show(drawn, limits ? fixedClasses(limits, drawn.values) : classesOf(drawn.values, places));
  }
  return layer;
}

/** Hexagons between two looks at the clock: most tiles are painted at once, for each look may cost a copy. */
const CHECKED = 400;

async function draw(
  ctx: CanvasRenderingContext2D,
  places: CellPlaces,
  coords: LeafletNamespace.Coords,
  size: number,
  outdated: () => boolean,
): Promise<void> {
  const tiles = 2 ** coords.z;
  const world = tiles * size;
  const edge = places.reach * world > 7;
  const fills = places.scale.colors.map(paintOf);
  ctx.strokeStyle = palette.edge;
  ctx.lineWidth = 0.7;
  let drawn = 0;
  for (const i of places.within(coords.x / tiles, coords.y / tiles, (coords.x + 1) / tiles, (coords.y + 1) / tiles)) {
    if (++drawn % CHECKED === 0) {
      await rest();
      if (outdated()) return;
    }
    const outline = places.outline(i);
    ctx.beginPath();
    for (let k = 0; k < outline.length; k += 2) {
      const px = (outline[k] as number) * world - coords.x * size;
      const py = (outline[k + 1] as number) * world - coords.y * size;
      if (k === 0) ctx.moveTo(px, py);
      else ctx.lineTo(px, py);
    }
    ctx.closePath();
    ctx.fillStyle = fills[places.classAt(i)] as string;
    ctx.fill();
    if (edge) ctx.stroke();
  }
}
