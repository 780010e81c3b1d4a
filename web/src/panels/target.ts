import type { ProgressRow } from "../api";
import type { LayerConfig, PageConfig, Status, TargetConfig } from "../config";
import { day, percent, short, withUnit } from "../format/numbers";
import { lang, say, t, words } from "../i18n";
import { cssOf } from "../map/palette";
import { h, svg } from "./dom";
import { symbolOf } from "./symbol";

const ORDER: Status[] = ["open", "finished", "building", "planned", "stopped"];

/** "≥ 60所": what the plan asks for. */
export function targetFigure(target: TargetConfig, value: number): string {
  if (target.perUnit) return withUnit(short(value, 0, lang), { zh: words.units, en: words.units }, lang);
  const sign = target.op === ">=" ? "≥" : target.op === ">" ? ">" : "";
  return withUnit(`${sign}${short(value, target.decimals, lang)}`, target.unit, lang);
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
  { id, asOf }: { id: string; asOf: string },
): { card: HTMLElement; button: HTMLButtonElement; body: HTMLElement } {
  const value = row?.value ?? target.value;
  const held = row !== undefined && isHeld(row);
  const done = held ? row.done : null;
  const unit = target.perUnit ? { zh: words.units, en: words.units } : target.unit;
  const color = cssOf(layer?.color ?? "#6d7f86");
  const figures = h(
    "span",
    { class: "target-figures" },
    done === null
      ? h("span", { class: "muted" }, t("noData"))
      : h("span", {}, h("span", { class: "muted" }, `${t("done")} `), h("strong", { class: "figure" }, withUnit(short(done, target.decimals, lang), unit, lang))),
    h("span", { class: "muted" }, value === null ? t("noNumber") : `${t("target")} ${targetFigure(target, value)}`),
  );
  const measured = held && row.share !== null;
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
    measured ? schedule(row) : null,
  );
  const body = h("div", { id, class: "target-body", hidden: true }, ...details(target, row, asOf));
  const card = h("li", { class: "target", "data-target": `${target.layer}.${target.id}` }, button, body);
  return { card, button, body };
}

/** Whether anything has been brought in for a target: without it nothing done is not "behind". */
export function isHeld(row: ProgressRow): boolean {
  return Object.keys(row.by_status).length > 0;
}

/** How the done stands to the calendar, with the calendar's own share. */
function schedule({ share, ahead_pp: ahead, time_progress: passed }: ProgressRow): HTMLElement {
  const reached = share !== null && share >= 1;
  const state = reached ? "reached" : ahead === null ? "open" : ahead < -0.05 ? "behind" : "ahead";
  return h(
    "span",
    { class: "schedule", "data-state": state },
    reached ? t("reached") : ahead === null ? h("span", { class: "muted" }, t("noSchedule")) : scheduleWords(ahead),
    passed === null ? null : h("span", { class: "muted" }, t("schedule", { share: percent(passed, lang) })),
  );
}

function details(target: TargetConfig, row: ProgressRow | undefined, asOf: string): (Node | null)[] {
  const period = words.period[target.period as keyof typeof words.period] ?? target.period;
  const phrase = lang === "en" ? target.phrase.en || target.phrase.zh : target.phrase.zh;
  const sentence = row ? sentenceOf(target, row, asOf) : null;
  return [
    sentence ? h("p", { class: "sentence" }, sentence) : null,
    h("p", { class: "phrase" }, h("span", { class: "muted" }, `${t("planSays")}${t("colon")}`), phrase, h("span", { class: "muted" }, ` (${period})`)),
    row ? stages(target, row) : null,
  ];
}

/** The sentence of monthly reports; none where a part of it is not known. */
export function sentenceOf(target: TargetConfig, row: ProgressRow, asOf: string): string | null {
  const { value, done, share, ahead_pp: ahead } = row;
  if (value === null || done === null || share === null || target.perUnit || !isHeld(row)) return null;
  const figure = (amount: number): string => withUnit(short(amount, target.decimals, lang), target.unit, lang);
  return t("sentence", {
    date: day(asOf, lang),
    title: say(target.title),
    done: figure(done),
    period: words.targetOf[target.period as keyof typeof words.targetOf] ?? "",
    target: figure(value),
    share: percent(share, lang),
    schedule: ahead === null ? "" : `${t("comma")}${scheduleWords(ahead)}`,
  });
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
