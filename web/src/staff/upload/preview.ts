import { say } from "../../i18n";
import { lang } from "../../i18n";
import { exact, percent } from "../../format/numbers";
import { h } from "../../panels/dom";
import { action } from "../controls";
import { layerOf, type Desk } from "../desk";
import { count } from "../format";
import { said } from "../frame";
import type { Preview, Upload } from "../types";
import { w } from "../words";
import { difference } from "./difference";

/** What publishing would change: features, targets, people within reach. Loaded when it is shown. */
export class PreviewSection {
  readonly element: HTMLElement;
  private readonly body = h("div");
  private pending: AbortController | null = null;

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
    void this.load();
  }

  leave(): void {
    this.pending?.abort();
  }

  private async load(): Promise<void> {
    this.pending?.abort();
    const { signal } = (this.pending = new AbortController());
    this.desk.activity.begin("preview");
    this.body.replaceChildren(h("p", { class: "muted", role: "status" }, w("previewLoading")));
    try {
      this.render(await this.desk.calls.preview(this.upload.id, signal));
    } catch (error) {
      if (signal.aborted) return;
      const { detail, remedy } = said(error);
      this.body.replaceChildren(
        h(
          "div",
          { class: "nothing", role: "alert" },
          h("strong", {}, detail),
          h("p", {}, remedy),
          action(w("retry"), () => this.load()),
        ),
      );
    } finally {
      if (!signal.aborted) this.desk.activity.end("preview");
    }
  }

  private render({ features, progress, coverage }: Preview): void {
    this.body.replaceChildren(
      h(
        "ul",
        { class: "preview-features" },
        ...(["added", "updated", "unchanged"] as const).map((key) =>
          h(
            "li",
            {},
            h("strong", {}, count(features[key])),
            h("span", {}, w(key === "added" ? "previewAdded" : key === "updated" ? "previewUpdated" : "previewUnchanged")),
          ),
        ),
      ),
      this.progress(progress) ?? "",
      this.coverage(coverage) ?? "",
    );
  }

  private progress(rows: Preview["progress"]): HTMLElement | null {
    if (rows.length === 0) return null;
    const lines = rows.map(({ layer, target, before, after, share_before, share_after }) => {
      const known = layerOf(this.desk.config, layer)?.targets.find(({ id }) => id === target);
      const unit = known ? say(known.unit) : "";
      const figure = (value: number | null): string =>
        value === null ? w("none") : `${exact(value, known?.decimals ?? 0, lang)}${lang === "en" ? " " : ""}${unit}`;
      return line(
        known ? say(known.title) : target,
        figure(before),
        figure(after),
        difference(before, after, (n) => exact(n, known?.decimals ?? 0, lang)),
        share_before,
        share_after,
      );
    });
    return table(w("previewProgress"), w("previewTarget"), lines);
  }

  private coverage(rows: Preview["coverage"]): HTMLElement | null {
    if (rows.length === 0) return h("p", { class: "muted" }, w("previewNoCoverage"));
    const lines = rows.map(({ service, before, after }) => {
      const known = this.desk.config.services.find(({ id }) => id === service);
      const figure = (value: number | null): string => (value === null ? w("none") : percent(value, lang));
      const points =
        before !== null && after !== null ? difference(before * 100, after * 100, (n) => w("points", { n: exact(n, 2, lang) })) : "";
      return line(known ? say(known.title) : service, figure(before), figure(after), points, before, after);
    });
    return table(w("previewCoverage"), w("previewService"), lines);
  }
}

function table(caption: string, first: string, lines: HTMLElement[]): HTMLElement {
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      { class: "plain-table preview-table" },
      h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, first),
          ...[w("before"), w("after"), w("difference")].map((text) => h("th", { scope: "col", class: "number" }, text)),
        ),
      ),
      h("tbody", {}, ...lines),
    ),
  );
}

function line(name: string, before: string, after: string, change: string, from: number | null, to: number | null): HTMLElement {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name, shareBar(from, to)),
    h("td", { class: "number" }, before),
    h("td", { class: "number" }, h("strong", {}, after)),
    h("td", { class: `number ${change.startsWith("+") ? "is-more" : change.startsWith("−") ? "is-less" : ""}` }, change || w("same")),
  );
}

/** Share before, and what is added or lost, as one bar. */
function shareBar(before: number | null, after: number | null): HTMLElement | null {
  if (before === null || after === null) return null;
  const within = (share: number): string => `${Math.min(100, Math.max(0, share * 100))}%`;
  const bar = h("span", { class: "share-bar", "aria-hidden": "true" });
  const now = h("span", { class: "share-now" });
  const then = h("span", { class: `share-then${after < before ? " is-less" : ""}` });
  now.style.width = within(Math.min(before, after));
  then.style.width = within(Math.abs(after - before));
  bar.append(now, then);
  return bar;
}
