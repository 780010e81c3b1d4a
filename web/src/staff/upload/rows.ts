import { nameOf } from "../../i18n";
import { h } from "../../panels/dom";
import { action, option } from "../controls";
import type { Desk } from "../desk";
import { said } from "../frame";
import { count } from "../format";
import { icon, type IconName } from "../icons";
import type { Route } from "../route";
import { allowed } from "../states";
import { FILTERS, type Filter, type Row, type RowChange, type Upload } from "../types";
import { named, w, words } from "../words";
import { countOf, firstFilter } from "./filters";
import { placeRow } from "./placing";
import { rowItem, rowName } from "./rowItem";

const PAGE = 50;
const SIGNS: Partial<Record<Filter, IconName>> = {
  error: "error",
  warning: "warning",
  ok: "ok",
  skipped: "skipped",
  returned: "back_turn",
};
type UploadRoute = Extract<Route, { view: "upload" }>;

/** The rows of the file with the map beside them: filtered, page by page, each openable. */
export class RowsSection {
  readonly element: HTMLElement;
  readonly mapPlace = h("div", { class: "map-place" });
  private readonly list = h("ol", { class: "rows-list" });
  private readonly told = h("p", { class: "muted rows-told", role: "status" });
  private readonly pager = h("nav", { class: "pager", "aria-label": w("pages") });
  private readonly filters = h("div", { class: "rows-filters" });
  private readonly placing = h("div", { class: "placing", role: "group", hidden: true });
  private endPlacing: (() => void) | null = null;
  private pending: AbortController | null = null;
  /** For the name of a held feature. */
  private asked: AbortController | null = null;
  private rows: Row[] = [];
  private next: number | null = null;
  /** Where the pages before this one began, so that there is a way back. */
  private before: number[] = [];
  private mapped = false;

  constructor(
    private readonly desk: Desk,
    private upload: Upload,
    private route: UploadRoute,
    /** Rows were worked on: what that makes of the upload. */
    private readonly changed: (upload: Upload) => void,
    /** The map shows the rows of the page. */
    private readonly drawn: () => void,
  ) {
    if (route.filter === null) this.route = { ...route, filter: firstFilter(upload) };
    this.element = h(
      "section",
      { class: "card rows", "aria-labelledby": "rows-title", id: "rows", tabindex: "-1" },
      h("div", { class: "card-head" }, h("h2", { id: "rows-title" }, w("rows")), this.filters),
      this.placing,
      h("div", { class: "beside" }, h("div", { class: "rows-side" }, this.told, this.list, this.pager), this.mapPlace),
    );
    this.showFilters();
  }

  /** The map is here from now on. */
  takeMap(): void {
    this.mapped = true;
    this.desk.map.hold(this.upload.layer);
    this.draw(true);
  }

  giveMap(): void {
    this.mapped = false;
    this.stopPlacing();
  }

  leave(): void {
    this.pending?.abort();
    this.asked?.abort();
    this.giveMap();
  }

  update(upload: Upload): void {
    this.upload = upload;
    this.showFilters();
    this.render();
  }

  /** Goes to one row, whatever is filtered. */
  async goTo(row: number): Promise<void> {
    this.before = [];
    this.set({ filter: "all", code: null, after: row - 1, row });
    await this.load();
    this.element.scrollIntoView({ block: "start" });
  }

  /** Shows some of the rows only. */
  async only(filter: Filter, code: string | null = null): Promise<void> {
    this.before = [];
    this.set({ filter, code, after: 0, row: null });
    this.element.scrollIntoView({ block: "start" });
    await this.load();
  }

  async load(): Promise<void> {
    this.pending?.abort();
    const { signal } = (this.pending = new AbortController());
    const { filter, code, after } = this.route;
    this.desk.activity.begin("rows");
    this.element.setAttribute("aria-busy", "true");
    try {
      const page = await this.desk.calls.rows(this.upload.id, { filter: filter ?? "all", code, limit: PAGE, after }, signal);
      this.rows = page.rows;
      this.next = page.next;
      this.render();
      this.draw(true);
    } catch (error) {
      if (signal.aborted) return;
      const { detail, remedy } = said(error);
      this.told.textContent = "";
      this.list.replaceChildren(
        h(
          "li",
          { class: "nothing", role: "alert" },
          h("strong", {}, detail),
          h("p", {}, remedy),
          action(w("retry"), () => this.load()),
        ),
      );
    } finally {
      if (!signal.aborted) {
        this.desk.activity.end("rows");
        this.element.removeAttribute("aria-busy");
      }
    }
  }

  private set(change: Partial<UploadRoute>): void {
    this.route = { ...this.route, ...change };
    this.desk.keep(this.route);
    this.showFilters();
  }

  private showFilters(): void {
    const { counts } = this.upload;
    const focused =
      document.activeElement instanceof HTMLElement && this.filters.contains(document.activeElement)
        ? document.activeElement.dataset["filter"]
        : undefined;
    const chips = FILTERS.map((filter) => {
      const n = counts ? countOf(counts, filter) : 0;
      if (n === 0 && filter !== "all" && filter !== this.route.filter) return null;
      const sign = SIGNS[filter];
      const chip = h(
        "button",
        { type: "button", class: `chip chip-${filter}`, "data-filter": filter, "aria-pressed": String(this.route.filter === filter) },
        sign ? icon(sign, 18) : null,
        h("span", {}, words.filters[filter]),
        h("span", { class: "chip-count" }, count(n)),
      );
      chip.addEventListener("click", () => void this.only(filter));
      return chip;
    });
    const codes = Object.entries(this.upload.codes).sort(([, a], [, b]) => b - a);
    const select = h(
      "select",
      { class: "select rows-code", "data-filter": "code", "aria-label": w("whichFinding") },
      option("", w("allFindings"), this.route.code === null),
      ...codes.map(([code, n]) =>
        option(code, w("findingCount", { what: named(words.codes, code), n: count(n) }), this.route.code === code),
      ),
    );
    select.addEventListener("change", () => void this.only("all", select.value || null));
    this.filters.replaceChildren(
      h("div", { class: "chips", role: "group", "aria-label": w("show") }, ...chips),
      codes.length > 0 ? select : "",
    );
    if (focused) this.filters.querySelector<HTMLElement>(`[data-filter="${focused}"]`)?.focus();
  }

  private render(): void {
    const { row: chosen } = this.route;
    const may = allowed(this.desk.me, this.upload);
    const focused =
      document.activeElement instanceof HTMLElement && this.list.contains(document.activeElement)
        ? document.activeElement.closest<HTMLElement>(".row")?.id
        : undefined;
    const context = {
      desk: this.desk,
      upload: this.upload,
      may,
      acts: {
        open: (row: number) => this.open(row),
        change: (row: Row, change: RowChange) => this.change(row, change),
        acceptAll: (code: string) => this.acceptAll(code),
        place: (row: Row) => this.place(row),
        showHeld: (id: string, named: (name: string) => void) => void this.showHeld(id, named),
      },
    };
    this.list.replaceChildren(...this.rows.map((row) => rowItem(context, row, row.row === chosen)));
    this.told.textContent = this.rows.length === 0 ? w("noRows") : w("rowsShown", { n: count(this.rows.length) });
    this.pages();
    if (focused) this.list.querySelector<HTMLElement>(`#${focused} .row-head`)?.focus({ preventScroll: true });
  }

  private pages(): void {
    const go = (after: number): void => {
      this.set({ after, row: null });
      void this.load().then(() => this.element.scrollIntoView({ block: "start" }));
    };
    const earlier = this.before.length > 0 || this.route.after > 0;
    const back = action(w("pageBefore"), () => go(this.before.pop() ?? 0), { as: { disabled: !earlier } });
    const on = action(
      w("pageAfter"),
      () => {
        this.before.push(this.route.after);
        go(this.next ?? 0);
      },
      { as: { disabled: this.next === null } },
    );
    this.pager.hidden = !earlier && this.next === null;
    this.pager.replaceChildren(back, on);
  }

  private open(row: number): void {
    const chosen = this.route.row === row ? null : row;
    this.set({ row: chosen });
    this.render();
    if (this.mapped) this.desk.map.choose(chosen, true);
  }

  private draw(fit: boolean): void {
    if (!this.mapped) return;
    this.desk.map.rows(this.rows, (row) => {
      this.set({ row });
      this.render();
      this.desk.map.choose(row, false);
      const head = this.list.querySelector<HTMLElement>(`#row-${row} .row-head`);
      head?.focus({ preventScroll: true });
      head?.scrollIntoView({ block: "nearest" });
    });
    if (fit) this.desk.map.fit();
    this.drawn();
    this.desk.map.choose(this.route.row, fit && this.route.row !== null);
  }

  private async change(row: Row, change: RowChange): Promise<void> {
    const { upload, ...fresh } = await this.desk.calls.changeRow(this.upload.id, row.row, change);
    this.rows = this.rows.map((each) => (each.row === fresh.row ? fresh : each));
    this.desk.frame.announce(w("rowChanged", { row: row.row }));
    this.update({ ...this.upload, ...upload });
    this.draw(false);
    this.changed(this.upload);
  }

  private async acceptAll(code: string): Promise<void> {
    const upload = await this.desk.calls.acceptAll(this.upload.id, this.upload.version, code);
    this.desk.frame.announce(w("acceptedAll", { what: named(words.codes, code) }));
    this.update(upload);
    this.changed(upload);
    await this.load();
  }

  private place(row: Row): void {
    this.stopPlacing();
    this.endPlacing = placeRow(this.desk, this.placing, this.mapPlace, row, rowName(row), async (lon, lat) => {
      await this.change(row, { place: { lon, lat } });
      this.desk.map.choose(row.row, true);
    });
  }

  private async showHeld(id: string, named: (name: string) => void): Promise<void> {
    this.asked?.abort();
    const { signal } = (this.asked = new AbortController());
    try {
      const feature = await this.desk.calls.feature(this.upload.layer, id, signal);
      if (signal.aborted) return;
      named(
        nameOf({ name: null, name_en: null, ...(feature.properties as Partial<{ name: string; name_en: string }> | null) }) ||
          w("nameless"),
      );
      if (this.mapped) this.desk.map.showHeld(feature);
    } catch {
      if (!signal.aborted) named(w("heldUnknown"));
    }
  }

  private stopPlacing(): void {
    this.endPlacing?.();
    this.endPlacing = null;
  }
}
