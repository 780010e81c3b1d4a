import type { ProgressRow } from "../api";
import type { LayerConfig, PageConfig, Status, TargetConfig } from "../config";
import { percent, short, withUnit } from "../format/numbers";
import { lang, say, t, words } from "../i18n";
import { h, svg } from "./dom";
import { symbolOf } from "./symbol";

const ORDER: Status[] = ["open", "finished", "building", "planned", "stopped"];

/** "≥ 60所": what the plan asks for. */
export function targetFigure(target: TargetConfig, value: number): string {
  const sign = target.op === ">=" || target.op === ">" ? (target.op === ">=" ? "≥" : ">") : "";
  const unit = target.perUnit ? { zh: words.units, en: words.units } : target.unit;
  return withUnit(`${sign}${short(value, target.decimals, lang)}`, unit, lang);
}

/** How far ahead of the calendar, in words. Points below a twentieth count as none. */
export function scheduleWords(aheadPoints: number): string {
  const points = Math.abs(aheadPoints).toFixed(1);
  if (Math.abs(aheadPoints) < 0.05) return t("onSchedule");
  return t(aheadPoints > 0 ? "ahead" : "behind", { points });
}

/** Done against target as a bar, with a tick where the calendar stands. */
function bar(row: ProgressRow, color: string): HTMLElement {
  const width = Math.min(1, Math.max(0, row.share ?? 0)) * 100;
  const tick = row.time_progress === null ? null : Math.min(1, row.time_progress) * 100;
  // SVG attributes carry the lengths: a style attribute would break the page's security policy.
  const drawn = svg(
    "svg",
    { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { x: 0, y: 2, width: 100, height: 6, class: "bar-whole" }),
    svg("rect", { x: 0, y: 2, width, height: 6, fill: color }),
    tick === null ? null : svg("line", { x1: tick, x2: tick, y1: 0, y2: 10, class: "bar-tick" }),
  );
  return h("span", { class: "bar-frame" }, drawn);
}

/** One target: its figures in a button that opens the rest. */
export function targetCard(
  target: TargetConfig,
  row: ProgressRow | undefined,
  layer: LayerConfig | undefined,
  id: string,
): { card: HTMLElement; button: HTMLButtonElement; body: HTMLElement } {
  const value = row?.value ?? target.value;
  const done = row?.done ?? null;
  const color = layer?.color ?? "#6d7f86";
  const figures = h(
    "span",
    { class: "target-figures" },
    done === null
      ? h("span", { class: "muted" }, t("noData"))
      : h("strong", { class: "figure" }, withUnit(short(done, target.decimals, lang), target.perUnit ? { zh: words.units, en: words.units } : target.unit, lang)),
    h("span", { class: "muted" }, value === null ? t("noNumber") : `${t("target")} ${targetFigure(target, value)}`),
  );
  const measured = row && row.share !== null;
  const state = !measured ? "" : row.share !== null && row.share >= 1 ? "reached" : (row.ahead_pp ?? 0) < -0.05 ? "behind" : "ahead";
  const button = h(
    "button",
    { type: "button", class: "target-button", "aria-expanded": "false", "aria-controls": id },
    h(
      "span",
      { class: "target-head" },
      layer ? symbolOf(layer) : null,
      h("span", { class: "target-title" }, say(target.title)),
      measured ? h("span", { class: "percent" }, percent(row.share as number, lang)) : null,
    ),
    measured ? bar(row, color) : null,
    figures,
    measured
      ? h(
          "span",
          { class: "schedule", "data-state": state },
          state === "reached" ? t("reached") : row.ahead_pp === null ? "" : scheduleWords(row.ahead_pp),
          row.time_progress === null ? null : h("span", { class: "muted" }, t("schedule", { share: percent(row.time_progress, lang) })),
        )
      : null,
  );
  const body = h("div", { id, class: "target-body", hidden: true }, ...details(target, row));
  const card = h("li", { class: "target", "data-target": `${target.layer}.${target.id}` }, button, body);
  return { card, button, body };
}

function details(target: TargetConfig, row: ProgressRow | undefined): (Node | null)[] {
  const period = words.period[target.period as keyof typeof words.period] ?? target.period;
  const phrase = lang === "en" ? target.phrase.en || target.phrase.zh : target.phrase.zh;
  return [
    h("p", { class: "phrase" }, h("span", { class: "muted" }, `${t("planSays")}${t("colon")}`), phrase, h("span", { class: "muted" }, ` (${period})`)),
    row ? stages(target, row) : null,
  ];
}

/** What stands in which stage, whatever the period. */
function stages(target: TargetConfig, row: ProgressRow): HTMLElement | null {
  const present = ORDER.filter((status) => (row.by_status[status] ?? 0) > 0);
  if (present.length === 0) return null;
  return h(
    "dl",
    { class: "stages", "aria-label": t("byStatus") },
    ...present.map((status) =>
      h(
        "div",
        {},
        h("dt", {}, statusWord(status)),
        h("dd", {}, withUnit(short(row.by_status[status] ?? 0, target.decimals, lang), target.unit, lang)),
      ),
    ),
  );
}

let statuses: PageConfig["statuses"] | null = null;

export function setStatuses(config: PageConfig): void {
  statuses = config.statuses;
}

export function statusWord(status: string): string {
  const known = statuses?.[status as Status];
  return known ? say(known) : status;
}
