import { fetchGrid } from "../api";
import { classWords } from "../format/classes";
import { figureOf } from "../format/figures";
import { classesOf } from "../grid/classes";
import type { Grid } from "../grid/decode";
import { lang } from "../i18n";
import { STAGES, type GridState, type PageStore, type ShownGrid } from "../state/page";
import { resolutionAt, type HexagonLayer } from "./hexagons";

const KEPT = 12;

/** Keeps the hexagons in step with theme, stage and zoom: loads, remembers, hands to the layer. */
export class GridLoader {
  private readonly known = new Map<string, Grid>();
  private pending: AbortController | null = null;
  private wanted = "";

  constructor(
    private readonly store: PageStore,
    private readonly layer: HexagonLayer,
  ) {
    store.on(["theme", "stage", "zoom"], () => void this.update());
  }

  async update(): Promise<void> {
    const { theme, stage, zoom } = this.store.get();
    const res = resolutionAt(zoom);
    const key = theme ? `${theme.layer.id}.${theme.measure.id}.${stage}.${res}` : "";
    if (key === this.wanted) return;
    this.wanted = key;
    this.pending?.abort();
    if (!theme) {
      this.layer.show(null, null);
      this.store.set({ grid: { kind: "off" }, pointed: undefined, ...(this.store.get().walk ? {} : { drawn: null }) });
      return;
    }
    const kept = this.known.get(key);
    if (kept) {
      this.show(kept, theme.measure.decimals);
      return;
    }
    this.pending = new AbortController();
    const signal = this.pending.signal;
    const before = inSight(this.store.get().grid);
    // At another zoom of the same theme the old hexagons stay until the new ones are there.
    const same = before?.grid.layer === theme.layer.id && before.grid.measure === theme.measure.id;
    if (!same) this.layer.show(null, null);
    this.store.set({ grid: { kind: "loading", held: same ? before : null }, pointed: undefined });
    try {
      const grid = await fetchGrid(theme.layer.id, { res, measure: theme.measure.id, statuses: STAGES[stage] }, signal);
      if (signal.aborted) return;
      this.remember(key, grid);
      this.show(grid, theme.measure.decimals);
    } catch (error) {
      if (signal.aborted) return;
      this.wanted = "";
      this.layer.show(null, null);
      this.store.set({ grid: { kind: "failed", detail: error instanceof Error ? error.message : "" } });
    }
  }

  private show(grid: Grid, decimals: number): void {
    const classes = classesOf(grid.values, decimals);
    const { theme } = this.store.get();
    this.layer.show(grid, classes);
    this.store.set({
      grid: { kind: "shown", grid, classes },
      pointed: undefined,
      drawn: theme && {
        cells: grid.cells,
        values: grid.values,
        classes,
        order: classes.lower.map((_, i) => i),
        label: (i) => classWords(classes, i, decimals, lang),
        figure: (value) => figureOf(theme, value),
        greatest: "firstHexagons",
      },
    });
    if (grid.synthetic) this.store.set({ synthetic: true });
  }

  private remember(key: string, grid: Grid): void {
    this.known.set(key, grid);
    const [oldest] = this.known.keys();
    if (this.known.size > KEPT && oldest !== undefined) this.known.delete(oldest);
  }
}

function inSight(grid: GridState): ShownGrid | null {
  if (grid.kind === "shown") return grid;
  return grid.kind === "loading" ? grid.held : null;
}
