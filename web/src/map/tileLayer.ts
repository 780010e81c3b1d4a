import Point from "@mapbox/point-geometry";
import type LeafletNamespace from "leaflet";
import { Labelers, paint, type Index, type LabelRule, type PaintRule, type PreparedTile, type View } from "protomaps-leaflet";
import L from "../leaflet";
import { rest } from "./pace";
import type { Source } from "./sources";
import { release, surfaceOf } from "./surface";

export interface CanvasLayerOptions {
  pane: string;
  sources: Source[];
  paintRules?: PaintRule[];
  labelRules?: LabelRule[];
}

const SIZE = 256;
const LABELLED = 16; // data tiles whose names are kept in mind
const MARGIN = 16; // what reaches into a tile from beside it, in pixels

/**
 * A canvas layer of vector tiles, painted in slices. The library's own layer paints on canvases that
 * stay, one tile after another by a timer; sources are handed in here, so several layers share one cache.
 */
export class CanvasLayer extends L.GridLayer {
  views: Map<string, View>;
  paintRules: PaintRule[];
  labelRules: LabelRule[];
  private readonly scratch = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  private labelers: Labelers | null = null;
  /** The last painting that each canvas waits for, and whom to tell of the first. */
  private readonly turns = new WeakMap<HTMLElement, number>();
  private readonly first = new WeakMap<HTMLElement, () => void>();
  private turn = 0;

  constructor({ pane, sources, paintRules = [], labelRules = [] }: CanvasLayerOptions) {
    // Two fingers pass zooms by the dozen: tiles are made for the one they stop at.
    super({ pane, updateWhenZooming: false });
    this.views = new Map(sources.map((source) => [source.id, source.view]));
    this.paintRules = paintRules;
    this.labelRules = labelRules;
    this.on("tileunload", ({ tile }) => release(tile));
  }

  /** Paints what another layer shows under its own, in the same tiles: one layer less to be put together for every frame. */
  over(under: CanvasLayer): void {
    this.views = new Map([...under.views, ...this.views]);
    this.paintRules = [...under.paintRules, ...this.paintRules];
  }

  /** Forgets where names lie. */
  clearLayout(): void {
    this.labelers = null;
  }

  rerenderTiles(): void {
    for (const { el, coords } of Object.values(this._tiles ?? {})) void this.render(el as HTMLCanvasElement, coords);
  }

  protected override createTile(coords: LeafletNamespace.Coords, done: LeafletNamespace.DoneCallback): HTMLElement {
    const canvas = document.createElement("canvas");
    this.first.set(canvas, () => done(undefined, canvas));
    void this.render(canvas, coords);
    return canvas;
  }

  private async render(canvas: HTMLCanvasElement, coords: LeafletNamespace.Coords): Promise<void> {
    const turn = ++this.turn;
    this.turns.set(canvas, turn);
    const left = (): boolean => !this._map || this.turns.get(canvas) !== turn || coords.z !== this._tileZoom;
    const place = this._wrapCoords(coords);
    await rest(); // even to ask for a hundred tiles takes longer than a frame
    if (left()) return;
    const tiles = await this.tilesAt(place);
    await rest();
    if (left()) return;
    const names = this.namesAt(coords.z, tiles);
    await rest();
    if (left()) return;
    const surface = surfaceOf(canvas, SIZE);
    if (!surface) return;
    const origin = new Point(SIZE * place.x, SIZE * place.y);
    const box = { minX: origin.x - MARGIN, minY: origin.y - MARGIN, maxX: origin.x + SIZE + MARGIN, maxY: origin.y + SIZE + MARGIN };
    paint(surface.ctx, coords.z, tiles, names, this.paintRules, box, origin, false);
    surface.show();
    this.first.get(canvas)?.();
    this.first.delete(canvas);
  }

  /** Of each source what covers a tile. What did not come has been told by its source. */
  private async tilesAt(place: LeafletNamespace.Coords): Promise<Map<string, PreparedTile[]>> {
    const found = new Map<string, PreparedTile[]>();
    const ask = async ([id, view]: [string, View]): Promise<void> => {
      const tile = await view.getDisplayTile(place).catch(() => null);
      if (tile) found.set(id, [tile]);
    };
    await Promise.all([...this.views].map(ask));
    return found;
  }

  /** Lays out the names of tiles that are new; where they take the place of others, those are painted anew. */
  private namesAt(zoom: number, tiles: Map<string, PreparedTile[]>): Index | null {
    if (this.labelRules.length === 0) return null;
    this.labelers ??= new Labelers(this.scratch, this.labelRules, LABELLED, (changed) => this.rerender(changed));
    this.labelers.add(zoom, tiles);
    return this.labelers.getIndex(zoom) ?? null;
  }

  /** Those of `keys`, x:y:z, that are painted already; the others will be. */
  private rerender(keys: Set<string>): void {
    for (const { el, coords } of Object.values(this._tiles ?? {})) {
      const { x, y, z } = this._wrapCoords(coords);
      if (!this.first.has(el) && keys.has(`${x}:${y}:${z}`)) void this.render(el as HTMLCanvasElement, coords);
    }
  }
}

export function canvasLayer(options: CanvasLayerOptions): CanvasLayer {
  return new CanvasLayer(options);
}
