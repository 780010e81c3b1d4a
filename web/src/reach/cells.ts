import { walkKey, type Walk } from "../config";
import type { Classes } from "../grid/classes";
import { cellAt, resolutionAt, type HexagonLayer } from "../map/hexagons";
import { valueOf } from "../grid/lookup";
import type { PageStore, When } from "../state/page";
import { Store } from "../state/store";
import type L from "leaflet";
import { fetchCells, type WalkCells } from "./api";
import { inOrder, minuteClasses, missingClasses } from "./classes";
import { classWords, figureOf } from "./figures";

const KEPT = 12;

export type CellsState = { kind: "loading" } | { kind: "failed" } | { kind: "shown"; cells: WalkCells; classes: Classes };

/** What the legend of walking needs. `pointed` as in the page's own state. */
export interface Shown {
  state: CellsState;
  pointed: number | null | undefined;
}

/** Keeps the hexagons of walking in step with what is chosen, with now or planned, and with the zoom. */
export class WalkLoader {
  readonly shown = new Store<Shown>({ state: { kind: "loading" }, pointed: undefined });
  private readonly known = new Map<string, WalkCells>();
  private pending: AbortController | null = null;
  private wanted = "";

  constructor(
    private readonly store: PageStore,
    private readonly layer: HexagonLayer,
    map: L.Map,
  ) {
    store.on(["walk", "when", "zoom"], () => void this.update());
    map.on("mousemove", ({ latlng }) => this.point(latlng));
    map.on("mouseout", () => this.shown.set({ pointed: undefined }));
  }

  async update(again = false): Promise<void> {
    const { walk, when, zoom, theme } = this.store.get();
    const res = resolutionAt(zoom);
    const key = walk ? `${walkKey(walk)}.${when}.${res}` : "";
    if (key === this.wanted && !again) return;
    const same = walk !== null && this.wanted.startsWith(`${walkKey(walk)}.${when}.`);
    this.wanted = key;
    this.pending?.abort();
    if (!walk) {
      // Sums that were chosen instead draw themselves.
      if (!theme) this.layer.show(null, null);
      return;
    }
    const kept = this.known.get(key);
    if (kept) return this.show(walk, kept);
    const { signal } = (this.pending = new AbortController());
    // At another zoom of the same the old hexagons stay until the new ones are there.
    if (!same) this.layer.show(null, null);
    if (!same || this.shown.get().state.kind === "failed") this.shown.set({ state: { kind: "loading" } });
    await this.load(walk, when, res, key, signal);
  }

  private async load(walk: Walk, when: When, res: number, key: string, signal: AbortSignal): Promise<void> {
    try {
      const cells = await fetchCells(walk, when, res, signal);
      if (signal.aborted) return;
      this.known.set(key, cells);
      const [oldest] = this.known.keys();
      if (this.known.size > KEPT && oldest !== undefined) this.known.delete(oldest);
      this.show(walk, cells);
    } catch {
      if (signal.aborted) return;
      this.wanted = "";
      this.layer.show(null, null);
      this.shown.set({ state: { kind: "failed" } });
    }
  }

  private show(walk: Walk, cells: WalkCells): void {
    const classes = walk.kind === "reach" ? minuteClasses() : missingClasses(walk.circle.categories.length);
    this.layer.show(cells, classes);
    this.shown.set({ state: { kind: "shown", cells, classes }, pointed: undefined });
    this.store.set({
      drawn: {
        cells: cells.cells,
        values: cells.values,
        classes,
        order: inOrder(walk, classes),
        label: (i) => classWords(walk, classes, i),
        figure: (value) => figureOf(walk, value),
        greatest: walk.kind === "reach" ? "farthestHexagons" : "fewestHexagons",
      },
    });
    if (cells.synthetic) this.store.set({ synthetic: true });
  }

  private point(place: L.LatLng): void {
    const { state } = this.shown.get();
    if (state.kind !== "shown" || !this.store.get().walk) return;
    this.shown.set({ pointed: valueOf(state.cells, cellAt(place, state.cells.res)) });
  }
}
