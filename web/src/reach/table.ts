import type { PageConfig, Walk } from "../config";
import { day, exact, percent } from "../format/numbers";
import { lang, say, t } from "../i18n";
import { failure, h, part } from "../panels/dom";
import type { PageStore, When } from "../state/page";
import { fetchShares, type Shares } from "./api";
import { standardWords } from "./legend";
import { linesOf, sorted, type Column, type Line } from "./rows";
import { w } from "./words";

const COLUMNS: Column[] = ["walked", "straight", "covered", "total"];

/** Coverage by district: every share with its numerator, denominator, measure, standard and day. */
export class ShareTable {
  private readonly place = part("shares");
  private readonly body = h("div");
  private pending: AbortController | null = null;
  private order: { column: Column; falling: boolean } | null = null;
  private held: { walk: Walk; when: When; shares: Shares } | null = null;

  constructor(
    private readonly config: PageConfig,
    private readonly store: PageStore,
    private readonly zoomTo: (unit: string) => void,
    private readonly settled: (busy: boolean) => void,
  ) {
    const box = h("details", { class: "more" }, h("summary", {}, w("table")), this.body);
    box.addEventListener("toggle", () => {
      if (box.open) void this.load();
    });
    this.place.append(box);
    this.place.setAttribute("aria-label", w("table"));
    const changed = (): void => {
      this.place.hidden = store.get().walk === null;
      this.held = null;
      if (box.open) void this.load();
    };
    store.on(["walk", "when"], changed);
    changed();
  }

  private async load(): Promise<void> {
    const { walk, when } = this.store.get();
    this.pending?.abort();
    if (!walk || this.held) return;
    const { signal } = (this.pending = new AbortController());
    this.body.replaceChildren(h("p", { class: "muted", role: "status" }, w("loading")));
    this.settled(true);
    try {
      const shares = await fetchShares(walk, when, signal);
      if (signal.aborted) return;
      this.held = { walk, when, shares };
      this.render();
    } catch {
      if (!signal.aborted) this.body.replaceChildren(failure(w("failedTable"), w("retry"), () => void this.load()));
    } finally {
      if (!signal.aborted) this.settled(false);
    }
  }

  private render(): void {
    if (!this.held) return;
    const { walk, when, shares } = this.held;
    const lines = linesOf(shares.rows);
    const shown = COLUMNS.filter((column) => column !== "straight" || lines.some((line) => line.straight !== null));
    const of = (kind: Line["kind"]): Line[] => {
      const own = lines.filter((line) => line.kind === kind);
      return this.order ? sorted(own, this.order.column, this.order.falling) : own;
    };
    const zones = of("zone");
    const facts = [
      walk.kind === "reach" ? standardWords(walk.service.standards[0]) : walk.circle.source,
      t(when === "now" ? "whenNow" : "whenPlanned"),
      shares.date ? w("date", { date: day(shares.date, lang) }) : "",
    ];
    this.body.replaceChildren(
      h("p", { class: "muted" }, facts.filter(Boolean).join(" · "), shares.synthetic ? h("span", { class: "tag" }, w("synthetic")) : null),
      h(
        "div",
        { class: "shares-frame", tabindex: "0", role: "region", "aria-label": w("table") },
        h(
          "table",
          { class: "districts shares" },
          h("caption", {}, w("tableLead")),
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("unit")), ...shown.map((column) => this.head(column, walk)))),
          h("tbody", {}, ...[...of("city"), ...of("district")].map((line) => this.line(line, shown))),
          zones.length > 0 ? h("tbody", {}, h("tr", {}, h("th", { scope: "rowgroup", colspan: shown.length + 1 }, w("zones"))), ...zones.map((line) => this.line(line, shown))) : null,
        ),
      ),
    );
  }

  private head(column: Column, walk: Walk): HTMLElement {
    const title = {
      walked: `${w("share")} ${w("network")}`,
      straight: `${w("share")} ${w("straight")}`,
      covered: w(walk.kind === "reach" ? "covered" : "complete"),
      total: w("total"),
    }[column];
    const own = this.order?.column === column ? this.order : null;
    const button = h("button", { type: "button", class: "sort", "data-column": column, title: w("sortBy", { column: title }) }, title);
    button.addEventListener("click", () => {
      this.order = { column, falling: !(own?.falling ?? false) };
      this.render();
      this.body.querySelector<HTMLElement>(`[data-column="${column}"]`)?.focus();
    });
    return h("th", { scope: "col", class: "number", "aria-sort": own ? (own.falling ? "descending" : "ascending") : "none" }, button);
  }

  private line(line: Line, shown: readonly Column[]): HTMLElement {
    const unit = this.config.units.find(({ code }) => code === line.unit);
    const name = line.kind === "city" ? w("city") : unit ? say(unit.name) : line.unit;
    const label = unit?.kind === "district" ? h("button", { type: "button", class: "link", "data-unit": line.unit }, name) : h("span", {}, name);
    if (unit?.kind === "district") label.addEventListener("click", () => this.zoomTo(line.unit));
    return h("tr", { class: line.kind === "city" ? "whole" : null }, h("th", { scope: "row" }, label), ...shown.map((column) => this.figure(line, column)));
  }

  private figure(line: Line, column: Column): HTMLElement {
    const value = line[column];
    if (value === null) return h("td", { class: "number muted" }, w("tooFew"));
    if (column === "total" || column === "covered") return h("td", { class: "number" }, exact(value, 0, lang));
    return h("td", { class: "number" }, percent(value, lang), column === "walked" && line.estimated ? h("span", { class: "muted" }, ` ${w("estimated")}`) : null);
  }
}
