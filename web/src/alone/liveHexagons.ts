import type LeafletNamespace from "leaflet";
import { classesOf } from "../grid/classes";
import { decodeGrid, type Grid } from "../grid/decode";
import { HexagonLayer, resolutionAt } from "../map/hexagons";

/** What geoplan.map.GridHexagons gives: the address of a layer's grid on a server. */
export interface LiveOptions {
  url: string;
  measure: string;
  decimals: number;
  opacity: number;
}

/** Hexagons of a server, in step with the zoom; fires `loading`, `load` and `failed`. */
export class LiveHexagons extends HexagonLayer {
  synthetic = false;
  private readonly known = new Map<number, Grid>();
  private pending: AbortController | null = null;

  constructor(private readonly live: LiveOptions) {
    super({ opacity: live.opacity });
  }

  override onAdd(map: LeafletNamespace.Map): this {
    super.onAdd(map);
    map.on("zoomend", this.update, this);
    void this.update();
    return this;
  }

  override onRemove(map: LeafletNamespace.Map): this {
    map.off("zoomend", this.update, this);
    this.pending?.abort();
    return super.onRemove(map);
  }

  private async update(): Promise<void> {
    const res = resolutionAt(this._map.getZoom());
    this.pending?.abort();
    const { signal } = (this.pending = new AbortController());
    try {
      const grid = this.known.get(res) ?? (await this.fetchGrid(res, signal));
      if (signal.aborted) return;
      this.known.set(res, grid);
      this.synthetic = grid.synthetic;
      this.show(grid, classesOf(grid.values, this.live.decimals));
      this.fire("told");
    } catch {
      if (!signal.aborted) this.fire("failed");
    }
  }

  private async fetchGrid(res: number, signal: AbortSignal): Promise<Grid> {
    const query = new URLSearchParams({ res: String(res), measure: this.live.measure, f: "bin" });
    const answer = await fetch(`${this.live.url}?${query}`, { signal });
    if (!answer.ok) throw new Error(String(answer.status));
    return decodeGrid(await answer.arrayBuffer());
  }
}

export const liveHexagons = (options: LiveOptions): LiveHexagons => new LiveHexagons(options);
