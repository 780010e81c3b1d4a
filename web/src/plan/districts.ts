import { lang, say } from "../i18n";
import { failure, h, part, svg } from "../panels/dom";
import type { PlanConfig } from "./config";
import type { Loader } from "./data";
import { COLUMNS, sorted, type Column, type Line } from "./lines";
import { whenOf, type PlanStore } from "./state";
import type { Tip } from "./tip";
import { countWords, pointsWords, shareFacts, shareWords, w, words } from "./words";

interface Parts {
  config: PlanConfig;
  store: PlanStore;
  loader: Loader;
  tip: Tip;
  point: (unit: string | null) => void;
  exportCsv: () => void;
}

/** Coverage of the city or the chosen district, then of all districts as a chart and as a table. */
export function districts({ config, store, loader, tip, point, exportCsv }: Parts): void {
  const headline = part("headline");
  const place = part("districts");
  let order: { column: Column; falling: boolean } = { column: "nowShare", falling: true };
  let view: "bars" | "table" = "bars";

  const nameOf = (line: Line): string => (line.kind === "city" ? w("wholeCity") : say(line.name));
  const choose = (unit: string): void => store.set({ unit: store.get().unit === unit ? null : unit });
  const numbers = (line: Line): string[] => {
    const { shown } = store.get();
    const told = (when: "now" | "planned"): string =>
      `${words.showns[when]}${w("colon")}${shareWords(when === "now" ? line.nowShare : line.plannedShare)}${w("open")}${w("ofPeople", { numerator: countWords(line[when]), denominator: countWords(line.total) })}${w("close")}`;
    const lines = shown === "now" ? [told("now")] : shown === "planned" ? [told("planned")] : [told("now"), told("planned"), pointsWords(line.change)];
    return [nameOf(line), ...lines, ...(line.estimated ? [w("estimated")] : [])];
  };

  const head = (lines: Line[], date: string | null, synthetic: boolean): void => {
    const plan = store.get();
    const line = lines.find(({ unit }) => unit === (plan.unit ?? "city"));
    if (!line) return headline.replaceChildren();
    const when = whenOf(plan);
    const share = when === "now" ? line.nowShare : line.plannedShare;
    const clear = h("button", { type: "button", class: "link" }, w("clear"));
    clear.addEventListener("click", () => store.set({ unit: null }));
    headline.replaceChildren(
      h("p", { class: "headline-of" }, h("strong", {}, nameOf(line)), ` · ${words.showns[when]}`, plan.unit ? clear : null, synthetic ? h("span", { class: "tag" }, w("synthetic")) : null),
      h("p", { class: "headline" }, h("strong", { class: "figure" }, shareWords(share)), h("span", {}, w(plan.walk.kind === "circle" ? "headlineCircle" : "headline", { share: "" }).trim())),
      h("p", { class: "headline-numbers" }, w("ofPeople", { numerator: countWords(line[when]), denominator: countWords(line.total) }), plan.shown === "change" ? ` · ${pointsWords(line.change)}` : "", line.estimated ? ` · ${w("estimated")}` : ""),
      h("p", { class: "muted" }, shareFacts(plan, date, config).join(" · ")),
    );
  };

  const bars = (lines: Line[]): HTMLElement => {
    const plan = store.get();
    const when = whenOf(plan);
    const shareOf = (line: Line): number | null => (when === "now" ? line.nowShare : line.plannedShare);
    const column: Column = plan.shown === "change" ? "change" : when === "now" ? "nowShare" : "plannedShare";
    const city = lines.find(({ kind }) => kind === "city");
    const whole = (city && shareOf(city)) ?? 0;
    const list = sorted(lines.filter(({ kind }) => kind === "district"), column, true, nameOf, lang);
    const bar = (line: Line): HTMLElement => {
      const share = shareOf(line) ?? 0;
      const before = plan.shown === "change" ? (line.nowShare ?? 0) : null;
      const button = h(
        "button",
        { type: "button", class: "bar-row", "data-unit": line.unit, "aria-pressed": String(plan.unit === line.unit) },
        h("span", { class: "bar-name" }, nameOf(line)),
        svg(
          "svg",
          { class: "bar-chart", viewBox: "0 0 100 12", preserveAspectRatio: "none", "aria-hidden": "true" },
          svg("rect", { class: "bar-whole", width: 100, height: 12 }),
          svg("rect", { class: "bar-share", width: 100 * share, height: 12 }),
          before === null ? null : svg("rect", { class: "bar-before", width: 100 * before, y: 3, height: 6 }),
          svg("line", { class: "bar-city", x1: 100 * whole, x2: 100 * whole, y1: 0, y2: 12 }),
        ),
        h("span", { class: "bar-value" }, plan.shown === "change" ? pointsWords(line.change, true) : shareWords(shareOf(line))),
        // What the tip says to the eye, in the button's own name.
        h("span", { class: "visually-hidden" }, numbers(line).slice(1).join(words.semicolon)),
      );
      button.addEventListener("click", () => choose(line.unit));
      pointing(button, line.unit);
      tip.tell(button, () => numbers(line));
      return h("li", {}, button);
    };
    return h("div", {}, h("p", { class: "muted" }, w("barsLead", { when: words.showns[when].toLowerCase() })), h("ul", { class: "bars" }, ...list.map(bar)));
  };

  const pointing = (element: HTMLElement, unit: string): void => {
    for (const kind of ["pointerenter", "focus"]) element.addEventListener(kind, () => point(unit));
    for (const kind of ["pointerleave", "blur"]) element.addEventListener(kind, () => point(null));
  };

  const table = (lines: Line[]): HTMLElement => {
    const plan = store.get();
    const of = (kind: Line["kind"]): Line[] => sorted(lines.filter((line) => line.kind === kind), order.column, order.falling, nameOf, lang);
    const headCell = (column: Column): HTMLElement => {
      const title = words.columns[column];
      const button = h("button", { type: "button", class: "sort", "data-column": column, title: w("sortBy", { column: title }) }, title);
      button.addEventListener("click", () => {
        order = { column, falling: order.column === column ? !order.falling : column !== "name" };
        render();
        place.querySelector<HTMLElement>(`[data-column="${column}"]`)?.focus();
      });
      const state = order.column === column ? (order.falling ? "descending" : "ascending") : "none";
      return h("th", { scope: "col", class: column === "name" ? null : "number", "aria-sort": state }, button);
    };
    const cell = (line: Line, column: Column): HTMLElement => {
      if (column === "total" || column === "now" || column === "planned") return h("td", { class: "number" }, countWords(line[column]));
      if (column === "change") return h("td", { class: "number" }, pointsWords(line.change, true));
      return h("td", { class: "number share" }, shareWords(line[column as "nowShare"]));
    };
    const row = (line: Line): HTMLElement => {
      const chooses = line.kind === "district" || line.kind === "zone";
      const label = chooses ? h("button", { type: "button", class: "link", "aria-pressed": String(plan.unit === line.unit) }, nameOf(line)) : h("span", {}, nameOf(line));
      if (chooses) label.addEventListener("click", () => choose(line.unit));
      const made = h("tr", { class: line.kind === "city" ? "whole" : null, "data-unit": line.unit, "data-chosen": plan.unit === line.unit ? "true" : null }, h("th", { scope: "row" }, label), ...COLUMNS.slice(1).map((column) => cell(line, column)));
      if (chooses) pointing(made, line.unit);
      return made;
    };
    const body = (title: string | null, list: Line[]): HTMLElement | null =>
      list.length === 0 ? null : h("tbody", {}, title ? h("tr", { class: "group" }, h("th", { scope: "rowgroup", colspan: COLUMNS.length }, title)) : null, ...list.map(row));
    return h(
      "div",
      { class: "table-frame", tabindex: "0", role: "region", "aria-label": w("table") },
      h(
        "table",
        { class: "plan-table" },
        h("caption", { class: "muted" }, w("tableLead")),
        h("thead", {}, h("tr", {}, ...COLUMNS.map(headCell))),
        body(null, [...of("city"), ...of("district")]),
        body(w("rings"), of("ring")),
        body(w("zones"), of("zone")),
      ),
    );
  };

  const modes = (["bars", "table"] as const).map((mode) => {
    const button = h("button", { type: "button", class: "segment", "data-districts": mode }, mode === "bars" ? w("asBars") : w("asTable"));
    button.addEventListener("click", () => {
      view = mode;
      render();
    });
    return { mode, button };
  });
  const csv = h("button", { type: "button", class: "link" }, w("csv"));
  csv.addEventListener("click", exportCsv);
  const body = h("div");
  place.append(h("div", { class: "section-head" }, h("h2", {}, w("shareByDistrict")), csv, h("div", { class: "segments", role: "group", "aria-label": w("districts") }, ...modes.map(({ button }) => button))), body);

  const render = (): void => {
    const { districts: found } = loader.data.get();
    for (const { mode, button } of modes) button.setAttribute("aria-pressed", String(mode === view));
    place.setAttribute("aria-busy", String(found.kind === "loading"));
    if (found.kind === "shown") {
      head(found.value.lines, found.value.date, found.value.synthetic);
      const focused = place.contains(document.activeElement) ? (document.activeElement as HTMLElement).closest<HTMLElement>("[data-unit]")?.dataset["unit"] : undefined;
      body.replaceChildren(view === "bars" ? bars(found.value.lines) : table(found.value.lines));
      if (focused) (place.querySelector<HTMLElement>(`button[data-unit="${focused}"]`) ?? place.querySelector<HTMLElement>(`[data-unit="${focused}"] button`))?.focus();
      return;
    }
    const note = found.kind === "loading" ? h("p", { class: "muted", role: "status" }, w("loading")) : failure([w("failedDistricts"), found.why].filter(Boolean).join(w("colon")), w("retry"), () => loader.load());
    headline.replaceChildren();
    body.replaceChildren(note);
  };
  loader.data.on(["districts"], render);
  store.on(["unit", "shown", "compared"], render);
  render();
}

