import { exact, percent } from "../../format/numbers";
import { lang, say } from "../../i18n";
import { h } from "../../panels/dom";
import { action } from "../controls";
import { layerOf, unitName, type Desk } from "../desk";
import { count } from "../format";
import { said } from "../frame";
import { icon } from "../icons";
import type { Preview, ReachChange, TargetChange, Upload } from "../types";
import { w } from "../words";
import { difference } from "./difference";
import { shareBar, table, tableLine } from "./tables";

const AGAIN_MS = 4_000;

/** What publishing would change: features, targets, people within reach. Loaded when it is shown. */
export class PreviewSection {
  readonly element: HTMLElement;
  private readonly body = h("div");
  private pending: AbortController | null = null;
  private again: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly upload: Upload,
  ) {
    this.element = h(
      "section",
      { class: "card preview", "aria-labelledby": "preview-title" },
      h("h2", { id: "preview-title" }, w("preview")),
      h("p", { class: "muted" }, w("previewLead")),
      this.body,
    );
    this.body.replaceChildren(h("p", { class: "muted", role: "status" }, w("previewLoading")));
    void this.load();
  }

  leave(): void {
    this.pending?.abort();
    if (this.again) clearTimeout(this.again);
  }

  /** Rows were returned or taken in again: what would be published is another thing. */
  renew(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    this.leave();
    const { signal } = (this.pending = new AbortController());
    this.desk.activity.begin("preview");
    try {
      const found = await this.desk.calls.preview(this.upload.id, signal);
      this.render(found);
      // Reach is measured by a worker, which may take a while.
      if (found.coverage_state === "computing") this.again = setTimeout(() => void this.load(), AGAIN_MS);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    } finally {
      if (!signal.aborted) this.desk.activity.end("preview");
    }
  }

  private fail(error: unknown): void {
    const { detail, remedy } = said(error);
    const retry = action(w("retry"), () => this.load());
    this.body.replaceChildren(h("div", { class: "nothing", role: "alert" }, h("strong", {}, detail), h("p", {}, remedy), retry));
  }

  private render({ features, progress, units, coverage, coverage_state, edited }: Preview): void {
    const counts = [
      [features.added, w("previewAdded")],
      [features.updated, w("previewUpdated")],
      [features.unchanged, w("previewUnchanged")],
    ] as const;
    const parts = [
      edited.length > 0 ? this.edited(edited) : null,
      h("ul", { class: "preview-features" }, ...counts.map(([n, words]) => h("li", {}, h("strong", {}, count(n)), h("span", {}, words)))),
      this.targets(progress),
      this.byUnit(units),
      this.coverage(coverage, coverage_state),
    ];
    this.body.replaceChildren(...parts.filter((part): part is HTMLElement => part !== null));
  }

  private edited(edited: Preview["edited"]): HTMLElement {
    const rows = edited.map(({ row }) => w("rowNumber", { row })).join(w("and"));
    return h("p", { class: "row-reason", role: "alert" }, icon("warning"), h("span", {}, w("previewEdited", { rows })));
  }

  private targets(rows: TargetChange[]): HTMLElement | null {
    if (rows.length === 0) return null;
    return table(
      w("previewProgress"),
      w("previewTarget"),
      rows.map((row) => this.target(row, this.targetName(row))),
    );
  }

  private byUnit(rows: TargetChange[]): HTMLElement | null {
    if (rows.length === 0) return null;
    const several = new Set(rows.map(({ target }) => target)).size > 1;
    const lines = rows.map((row) => {
      const unit = unitName(this.desk.config, row.unit);
      return this.target(row, several ? `${unit} · ${this.targetName(row)}` : unit);
    });
    return h("details", { class: "more" }, h("summary", {}, w("previewUnits")), table(w("previewUnits"), w("previewUnit"), lines));
  }

  private target({ layer, target, before, after, share_before, share_after }: TargetChange, name: string): HTMLElement {
    const known = layerOf(this.desk.config, layer ?? "")?.targets.find(({ id }) => id === target);
    const figure = (value: number): string => exact(value, known?.decimals ?? 0, lang);
    const withUnit = (value: number | null): string => {
      if (value === null) return w("none");
      return known ? `${figure(value)}${lang === "en" ? " " : ""}${say(known.unit)}` : figure(value);
    };
    const shares = share_after === null ? null : shareBar(share_before ?? 0, share_after);
    return tableLine(name, shares, withUnit(before), withUnit(after), difference(before, after, figure));
  }

  private targetName({ layer, target }: TargetChange): string {
    const known = layerOf(this.desk.config, layer ?? "")?.targets.find(({ id }) => id === target);
    return known ? say(known.title) : target;
  }

  private coverage(rows: ReachChange[], state: Preview["coverage_state"]): HTMLElement {
    if (state === "computing") return h("p", { class: "muted", role: "status" }, w("previewComputing"));
    if (state === "later") return h("p", { class: "muted" }, w("previewLater"));
    if (rows.length === 0) return h("p", { class: "muted" }, w(state === "none" ? "previewNoService" : "previewNoChange"));
    const lines = rows.map(({ service, when, people_before, people_after, before, after }) => {
      const known = this.desk.config.services.find(({ id }) => id === service);
      const name = `${known ? say(known.title) : service} · ${w(when === "now" ? "previewNow" : "previewPlanned")}`;
      const figure = (people: number, share: number | null): string =>
        share === null ? count(people) : `${count(people)} (${percent(share, lang)})`;
      const shares = before === null || after === null ? null : shareBar(before, after);
      return tableLine(
        name,
        shares,
        figure(people_before, before),
        figure(people_after, after),
        difference(people_before, people_after, count),
      );
    });
    return table(w("previewCoverage"), w("previewService"), lines);
  }
}
