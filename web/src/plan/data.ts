import type L from "leaflet";
import { walkKey } from "../config";
import { resolutionAt } from "../map/hexagons";
import type { WalkCells } from "../reach/api";
import type { Activity } from "../state/activity";
import { Store } from "../state/store";
import { fetchCells, fetchDistricts, fetchEquity, fetchGaps, fetchSpread, fetchVersion, type Districts, type Equity, type Gaps, type Spread } from "./calls";
import { linesOf, type DistrictRow, type Line } from "./lines";
import { lineOf, panesOf, whenOf, type Plan, type PlanStore } from "./state";

export type Loaded<T> = { kind: "loading" } | { kind: "failed"; why: string } | { kind: "shown"; value: T };

export interface DistrictLines extends Districts {
  lines: Line[];
  /** Metres of the longest walk, or of the circle; null for circles of a life, which have many. */
  limitM: number | null;
}

export interface Data {
  cells: Loaded<WalkCells[]>;
  districts: Loaded<DistrictLines>;
  spread: Loaded<Spread | null>;
  equity: Loaded<Equity | null>;
  gaps: Loaded<Gaps>;
}

const LOADING = { kind: "loading" } as const;
const LOOK_MS = 30_000;
export const GAPS_STEP = 10;

/**
 * Loads what is chosen, part by part: each part has a key of what it is of, and an answer to an earlier
 * key is never shown. When the data change they are all asked for again.
 */
export class Loader {
  readonly data = new Store<Data>({ cells: LOADING, districts: LOADING, spread: LOADING, equity: LOADING, gaps: LOADING });
  private readonly keys = new Map<keyof Data, string>();
  private readonly pending = new Map<keyof Data, AbortController>();
  private version = "";
  private round = 0;
  gapsLimit = GAPS_STEP;

  constructor(
    private readonly store: PlanStore,
    private readonly map: L.Map,
    private readonly activity: Activity,
    private readonly renewed: () => void,
  ) {
    const load = (): void => this.load();
    store.on(["walk", "tier", "measure", "speed", "shown", "compared", "unit", "tab"], () => {
      this.gapsLimit = GAPS_STEP;
      load();
    });
    map.on("zoomend", load);
    window.setInterval(() => void this.look(), LOOK_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.look();
    });
    window.addEventListener("online", () => this.again());
  }

  /** Asks for everything anew. */
  again(): void {
    this.round++;
    this.load();
  }

  moreGaps(): void {
    this.gapsLimit += GAPS_STEP;
    this.load();
  }

  load(): void {
    const plan = this.store.get();
    if (plan.tab !== "reach") return;
    const about = [walkKey(plan.walk), plan.tier, plan.speed, this.round];
    const { sides } = panesOf(plan);
    const res = resolutionAt(this.map.getZoom());
    const when = whenOf(plan);
    const line = lineOf(plan);
    this.part("cells", [walkKey(plan.walk), this.round, res, ...sides.map((side) => Object.values(side).join("."))], (signal) =>
      Promise.all(sides.map((side) => fetchCells(plan.walk, side, res, signal))),
    );
    this.part("districts", [...about, line], async (signal) => districtLines(plan, await fetchDistricts(plan, signal)));
    this.part("gaps", [...about, when, plan.unit, this.gapsLimit], (signal) => fetchGaps(plan, this.gapsLimit, signal));
    const walked = plan.walk.kind === "reach";
    const of = [walkKey(plan.walk), this.round, when, plan.unit];
    this.part("spread", [...of, line], (signal) => (walked ? fetchSpread(plan, when, signal) : Promise.resolve(null)));
    this.part("equity", of, (signal) => (walked ? fetchEquity(plan, when, signal) : Promise.resolve(null)));
    if (!this.version.startsWith(`${walkKey(plan.walk)} `)) void this.look();
  }

  private part<K extends keyof Data>(name: K, parts: unknown[], fetch: (signal: AbortSignal) => Promise<unknown>): void {
    const key = parts.join(" ");
    if (this.keys.get(name) === key) return;
    // At another zoom, and with more gaps, the old stays in sight until the new is there.
    const held = this.data.get()[name].kind === "shown" && kept(name, this.keys.get(name) ?? "", key);
    this.keys.set(name, key);
    this.pending.get(name)?.abort();
    const controller = new AbortController();
    this.pending.set(name, controller);
    if (!held) this.put(name, LOADING);
    this.activity.begin(name);
    void fetch(controller.signal)
      .then((value) => {
        if (!controller.signal.aborted) this.put(name, { kind: "shown", value });
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        this.keys.delete(name);
        this.put(name, { kind: "failed", why: error instanceof Error ? error.message : "" });
      })
      .finally(() => {
        if (!controller.signal.aborted) this.activity.end(name);
      });
  }

  private put(name: keyof Data, loaded: Loaded<unknown>): void {
    this.data.set({ [name]: loaded } as Partial<Data>);
  }

  /** Whether the data are still those that are shown. */
  private async look(): Promise<void> {
    const { walk, tab } = this.store.get();
    if (tab !== "reach" || document.visibilityState === "hidden" || !navigator.onLine) return;
    const found = await fetchVersion(walk).catch(() => null);
    if (found === null || this.store.get().walk !== walk) return;
    const now = `${walkKey(walk)} ${found}`;
    const changed = this.version.startsWith(`${walkKey(walk)} `) && this.version !== now;
    this.version = now;
    if (changed) {
      this.again();
      this.renewed();
    }
  }
}

/** Cells of the same at another resolution, gaps of the same in another number. */
function kept(name: keyof Data, before: string, after: string): boolean {
  const [one, other] = [before.split(" "), after.split(" ")];
  const place = name === "cells" ? 2 : name === "gaps" ? one.length - 1 : -1;
  return place >= 0 && one.length === other.length && one.every((each, i) => i === place || each === other[i]);
}

/** A tier may name two figures; the first of them is the one that gaps are held to as well. */
function districtLines(plan: Plan, found: Districts): DistrictLines {
  const measure = lineOf(plan);
  const seen = new Set<string>();
  const rows = found.rows.filter((row) => {
    const key = [row.unit, row.measure, row.when].join(" ");
    return !seen.has(key) && seen.add(key);
  });
  const of = (row: DistrictRow): boolean => row.unit === "city" && row.measure === (measure === "straight" ? "straight" : "network");
  return { ...found, rows, lines: linesOf(rows, measure), limitM: rows.find(of)?.limit_m ?? null };
}
