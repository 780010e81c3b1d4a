import type LeafletNamespace from "leaflet";
import { walkKey } from "../config";
import { day } from "../format/numbers";
import { lang, say } from "../i18n";
import { resolutionAt } from "../map/hexagons";
import { h, part } from "../panels/dom";
import { queries } from "./calls";
import type { PlanConfig } from "./config";
import type { Loader } from "./data";
import { bytesWords, fetchFile, save } from "./files";
import { keyRows, limitWords, classingWords, unitWords } from "./legend";
import type { Painted } from "./paint";
import { blobOf, captioned, mapPicture, type Caption } from "./picture";
import { panesOf, type Plan, type PlanStore } from "./state";
import { factsOf, fill, sideWords, titleOf, w, words } from "./words";

interface Parts {
  map: LeafletNamespace.Map;
  config: PlanConfig;
  store: PlanStore;
  loader: Loader;
  painted: () => Painted | null;
}

type Kind = keyof typeof words.exports;

/** What can be taken away: a picture of the view, its rows, its hexagons, a page to print. */
export class ExportMenu {
  private readonly progress = h("progress", { class: "export-progress", hidden: true });
  private readonly status = h("p", { class: "muted", role: "status" });
  private pending: AbortController | null = null;

  constructor(private readonly parts: Parts) {
    const place = part("export");
    const box = h("details", { class: "menu" }, h("summary", { class: "button" }, w("export")));
    const button = (kind: Kind): HTMLElement => {
      const made = h("button", { type: "button", class: "menu-item", "data-export": kind }, words.exports[kind]);
      made.addEventListener("click", () => void this.make(kind));
      return made;
    };
    const of = (tab: Plan["tab"]): Kind[] => (tab === "reach" ? ["png", "csv", "districts", "gaps", "gpkg", "pdf"] : ["board", "pdf"]);
    const items = h("div", { class: "menu-items" });
    const fillMenu = (): void => {
      items.replaceChildren(h("p", { class: "muted" }, w("exportLead")), ...of(parts.store.get().tab).map(button), h("p", { class: "muted" }, w("exportPdfNote")), this.progress, this.status);
    };
    box.append(items);
    place.append(box);
    parts.store.on(["tab"], fillMenu);
    fillMenu();
    document.addEventListener("pointerdown", (event) => {
      if (box.open && event.target instanceof Node && !box.contains(event.target)) box.open = false;
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      box.open = false;
      box.querySelector("summary")?.focus();
    });
  }

  async make(kind: Kind): Promise<void> {
    const name = words.exports[kind];
    this.pending?.abort();
    const { signal } = (this.pending = new AbortController());
    if (kind === "pdf") {
      window.print();
      return;
    }
    this.progress.removeAttribute("value");
    this.progress.hidden = false;
    this.progress.setAttribute("aria-label", fill(w("exporting"), { name }));
    this.status.textContent = w("exporting", { name });
    try {
      if (kind === "png") save(await this.picture(), this.fileName("png"));
      else await this.files(kind, signal);
      this.status.textContent = w("exported", { name });
    } catch (error) {
      if (!signal.aborted) this.status.textContent = w("exportFailed", { why: error instanceof Error ? error.message : "" });
    } finally {
      if (!signal.aborted) this.progress.hidden = true;
    }
  }

  private fileName(ending: string, more = ""): string {
    const { walk, shown, tab } = this.parts.store.get();
    return ["geoplan", ...(tab === "reach" ? [walkKey(walk).replace(".", "-"), shown] : ["progress"]), more].filter(Boolean).join("-") + `.${ending}`;
  }

  private async files(kind: Exclude<Kind, "png" | "pdf">, signal: AbortSignal): Promise<void> {
    const told = (done: number, total: number | null): void => {
      if (total !== null) {
        this.progress.max = total;
        this.progress.value = done;
      }
      this.status.textContent = `${w("exporting", { name: words.exports[kind] })} ${total === null ? bytesWords(done) : w("exportedSize", { done: bytesWords(done), total: bytesWords(total) })}`;
    };
    const plan = this.parts.store.get();
    if (kind === "board") {
      save(await fetchFile({ view: "progress" }, told, signal), this.fileName("csv"));
      return save(await fetchFile({ view: "progress", unit: "all" }, told, signal), this.fileName("csv", "districts"));
    }
    if (kind === "districts") return save(await fetchFile({ view: "districts", ...queries.districts(plan) }, told, signal), this.fileName("csv", "districts"));
    if (kind === "gaps") return save(await fetchFile({ view: "gaps", ...queries.gaps(plan, 500) }, told, signal), this.fileName("csv", "gaps"));
    const form = kind === "gpkg" ? "gpkg" : "csv";
    for (const query of this.cellQueries(plan)) {
      save(await fetchFile({ view: "cells", f: form, ...query }, told, signal), this.fileName(form, [query["speed"], query["measure"]].filter((each) => each !== "planning" && each !== "network").join("-")));
    }
  }

  /** Now and after the plan come in one file; other comparisons are two. */
  private cellQueries(plan: Plan): Record<string, string | number>[] {
    const { map } = this.parts;
    const [west, south, east, north] = this.parts.config.bounds;
    const view = map.getBounds();
    const box = [Math.max(west, view.getWest()), Math.max(south, view.getSouth()), Math.min(east, view.getEast()), Math.min(north, view.getNorth())];
    const bbox = (box[0] as number) < (box[2] as number) && (box[1] as number) < (box[3] as number) ? { bbox: box.map((degrees) => degrees.toFixed(5)).join(",") } : {};
    const { sides } = panesOf(plan);
    const [one, other] = sides;
    const of = (side: typeof one, both: boolean): Record<string, string | number> => {
      const { when, ...query } = queries.cells(plan.walk, side, resolutionAt(map.getZoom()));
      return { ...query, ...bbox, ...(both ? {} : { when: when as string }) };
    };
    if (other === undefined) return [of(one, false)];
    return one.when === other.when ? [of(one, false), of(other, false)] : [of(one, true)];
  }

  /** Where the curtain stands, null without one. */
  curtain(): number | null {
    const plan = this.parts.store.get();
    return plan.tab === "reach" && panesOf(plan).kind === "swipe" ? plan.at : null;
  }

  caption(): Caption {
    const { config, store, loader, painted } = this.parts;
    const plan = store.get();
    const { cells } = loader.data.get();
    const found = painted();
    const shown = cells.kind === "shown" ? cells.value : [];
    const [left, right] = panesOf(plan).sides;
    return {
      title: plan.tab === "reach" ? titleOf(plan.walk) : w("board"),
      tag: shown.some(({ synthetic }) => synthetic) ? w("synthetic") : null,
      facts: plan.tab === "reach" ? factsOf(plan, shown[0]?.date ?? null, config) : [],
      sides: right && this.curtain() !== null ? [sideWords(plan, left, config), sideWords(plan, right, config)] : null,
      unit: found ? [unitWords(plan, found, config), classingWords(plan, found), limitWords(plan, found)].filter(Boolean).join(words.semicolon) : "",
      key: found ? keyRows(plan, found) : [],
      sources: [...config.attributions.map(say), `${say(config.title)} · ${day(new Date().toISOString().slice(0, 10), lang)}`],
    };
  }

  private async picture(): Promise<Blob> {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    return blobOf(captioned(mapPicture(this.parts.map, ratio, this.curtain()), ratio, this.caption()));
  }
}
