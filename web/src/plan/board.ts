import type { ProgressRow } from "../api";
import { day, percent, short, withUnit } from "../format/numbers";
import { lang, say, t, words as shared } from "../i18n";
import { cssOf } from "../map/palette";
import { failure, h, part, svg } from "../panels/dom";
import { isHeld, scheduleWords, sentenceOf, targetFigure } from "../panels/target";
import type { Activity } from "../state/activity";
import { arranged, FILTERS, ORDERS, stateOf, type Entry, type Filter, type Order } from "./boardRows";
import { fetchBoard, type Board } from "./calls";
import type { PlanConfig } from "./config";
import { monthChart } from "./months";
import type { PlanStore } from "./state";
import type { Tip } from "./tip";
import { w, words } from "./words";

interface Parts {
  config: PlanConfig;
  store: PlanStore;
  tip: Tip;
  activity: Activity;
  zoomTo: (unit: string) => void;
}

/** All targets with their time progress, by district and by month; opening one shows its layer on the map. */
export function board({ config, store, tip, activity, zoomTo }: Parts): { load: () => void } {
  const place = part("board");
  const lead = h("p", { class: "muted", role: "status" });
  const list = h("ul", { class: "board-rows" });
  const find = h("input", { type: "search", id: "board-find", class: "select", autocomplete: "off" });
  const filter = select("board-filter", FILTERS, words.filters);
  const order = select("board-order", ORDERS, words.orders);
  place.append(
    h("div", { class: "section-head" }, h("h2", {}, w("board"))),
    lead,
    h("div", { class: "board-tools" }, labelled(w("filter"), filter), labelled(w("order"), order), labelled(w("find"), find)),
    list,
  );
  let held: Board | null = null;
  let pending: AbortController | null = null;
  let asked = false;

  const load = (): void => {
    asked = true;
    pending?.abort();
    const { signal } = (pending = new AbortController());
    lead.textContent = w("loading");
    activity.begin("board");
    void fetchBoard(signal)
      .then((found) => {
        held = found;
        render();
      })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        asked = false;
        held = null;
        lead.textContent = "";
        list.replaceChildren(h("li", {}, failure([w("failedBoard"), error instanceof Error ? error.message : ""].filter(Boolean).join(w("colon")), w("retry"), load)));
      })
      .finally(() => activity.end("board"));
  };

  const entries = ({ city }: Board): Entry[] =>
    config.targets.map((target) => ({
      key: `${target.layer}.${target.id}`,
      target,
      title: say(target.title),
      row: city.find((row) => row.layer === target.layer && row.target === target.id && row.unit === "city") ?? null,
    }));

  const render = (): void => {
    const { filter: only, target: opened } = store.get();
    filter.value = FILTERS.includes(only as Filter) ? only : "all";
    if (!held) return;
    const all = entries(held);
    const shown = arranged(all, filter.value as Filter, order.value as Order, find.value);
    lead.replaceChildren(w("boardLead", { date: day(held.asOf, lang), count: shown.length === all.length ? all.length : `${shown.length} / ${all.length}` }), ...(held.synthetic ? [" ", h("span", { class: "tag" }, w("synthetic"))] : []));
    const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["target"] : undefined;
    list.replaceChildren(...shown.map((entry) => row(entry, held as Board, entry.key === opened)));
    if (shown.length === 0) list.replaceChildren(h("li", { class: "muted" }, w("noneFound")));
    if (focused) list.querySelector<HTMLElement>(`[data-target="${focused}"]`)?.focus();
  };

  const row = (entry: Entry, found: Board, open: boolean): HTMLElement => {
    const { target, row: known, key, title } = entry;
    const state = stateOf(entry);
    const color = cssOf(config.layers.find(({ id }) => id === target.layer)?.color ?? "#6d7f86");
    const id = `board-${key.replace(".", "-")}`;
    const figures = figuresOf(entry);
    const button = h(
      "button",
      { type: "button", class: "board-button", "aria-expanded": String(open), "aria-controls": id, "data-target": key, "data-state": state },
      h("span", { class: "board-title" }, title),
      h("span", { class: "board-share" }, known !== null && known.share !== null && isHeld(known) ? percent(known.share, lang) : "–"),
      bar(known, color),
      h("span", { class: "board-figures muted" }, figures.join(" · ")),
      h("span", { class: "board-lead", "data-state": state }, leadOf(entry)),
    );
    button.addEventListener("click", () => store.set({ target: open ? null : key }));
    tip.tell(button, () => [title, ...figures, leadOf(entry)].filter(Boolean));
    return h("li", { class: "board-row" }, button, open ? details(entry, found, id, color) : h("div", { id, hidden: true }));
  };

  const details = (entry: Entry, found: Board, id: string, color: string): HTMLElement => {
    const { target, row: known } = entry;
    const sentence = known ? sentenceOf(target, known, found.asOf) : null;
    const phrase = lang === "en" ? target.phrase.en || target.phrase.zh : target.phrase.zh;
    const months = h("div", { class: "board-months" });
    if (known) monthChart(months, entry, found.asOf, color, tip);
    return h(
      "div",
      { id, class: "board-body" },
      sentence ? h("p", { class: "sentence" }, sentence) : h("p", { class: "muted" }, known?.value == null && target.value === null ? w("noFigure") : w("noData")),
      h("p", { class: "muted" }, `${t("planSays")}${t("colon")}${phrase}`),
      byUnit(entry, found),
      months,
    );
  };

  const byUnit = ({ target }: Entry, { units }: Board): HTMLElement => {
    const rows = units
      .filter((each) => each.layer === target.layer && each.target === target.id && each.unit !== "city")
      .sort((a, b) => (b.done ?? 0) - (a.done ?? 0));
    const most = Math.max(0, ...rows.map(({ done }) => done ?? 0));
    if (most === 0) return h("p", { class: "muted" }, w("noUnits"));
    return h(
      "table",
      { class: "plan-table board-units" },
      h("caption", { class: "muted" }, w("byUnit")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.columns.name), h("th", { scope: "col", class: "number" }, `${w("done")}${w("open")}${say(target.unit)}${w("close")}`))),
      h("tbody", {}, ...rows.map((each) => unitRow(each, target.decimals, most))),
    );
  };

  const unitRow = (row: ProgressRow, decimals: number, most: number): HTMLElement => {
    const unit = config.units.find(({ code }) => code === row.unit);
    const name = unit ? say(unit.name) : row.unit;
    const label = unit?.kind === "district" ? h("button", { type: "button", class: "link", "data-unit": row.unit }, name) : h("span", {}, name);
    if (unit?.kind === "district") {
      label.addEventListener("click", () => {
        store.set({ unit: row.unit });
        zoomTo(row.unit);
      });
    }
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, label),
      h("td", { class: "number" }, short(row.done ?? 0, decimals, lang), svg("svg", { class: "mini-bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: (100 * (row.done ?? 0)) / most, height: 4 }))),
    );
  };

  filter.addEventListener("change", () => store.set({ filter: filter.value }));
  order.addEventListener("change", render);
  find.addEventListener("input", render);
  const begin = (): void => {
    if (store.get().tab === "progress" && !asked) load();
  };
  store.on(["tab"], begin);
  store.on(["target", "filter"], render);
  window.addEventListener("online", () => held === null && begin());
  begin();
  return { load };
}

/** Target, done and what the calendar expects, in words. */
function figuresOf({ target, row }: Entry): string[] {
  const value = row?.value ?? target.value;
  const held = row !== null && isHeld(row);
  const unit = target.perUnit ? { zh: shared.units, en: shared.units } : target.unit;
  const figure = (amount: number): string => withUnit(short(amount, target.decimals, lang), unit, lang);
  const expected = value !== null && row?.time_progress != null && held ? value * row.time_progress : null;
  return [
    value === null ? w("noFigure") : `${w("target")} ${targetFigure(target, value)}`,
    held && row.done !== null ? `${w("done")} ${figure(row.done)}` : w("noData"),
    expected === null ? "" : `${w("expected")} ${withUnit(short(Math.round(expected * 10) / 10, target.decimals, lang), unit, lang)}`,
  ].filter(Boolean);
}

function leadOf(entry: Entry): string {
  const { row } = entry;
  if (!row || !isHeld(row) || row.share === null) return "";
  if (row.share >= 1) return t("reached");
  return row.ahead_pp === null ? t("noSchedule") : scheduleWords(row.ahead_pp);
}

/** Done against the target, with a tick where the calendar stands. */
function bar(row: ProgressRow | null, color: string): SVGElement {
  const share = row && isHeld(row) ? Math.min(1, Math.max(0, row.share ?? 0)) : 0;
  const tick = row?.time_progress == null ? null : Math.min(1, row.time_progress) * 100;
  return svg(
    "svg",
    { class: "board-bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "bar-whole", y: 2, width: 100, height: 6 }),
    svg("rect", { y: 2, width: share * 100, height: 6, fill: color }),
    tick === null ? null : svg("line", { class: "bar-tick", x1: tick, x2: tick, y1: 0, y2: 10 }),
  );
}

function select<T extends string>(id: string, values: readonly T[], texts: Record<T, string>): HTMLSelectElement {
  return h("select", { id, class: "select" }, ...values.map((value) => h("option", { value }, texts[value])));
}

const labelled = (text: string, control: HTMLElement): HTMLElement => h("div", { class: "choice" }, h("label", { for: control.id }, text), control);

