import { exact } from "../format/numbers";
import { lang } from "../i18n";
import { failure, h, part, svg } from "../panels/dom";
import type { PlanConfig } from "./config";
import type { Loader } from "./data";
import type { Painted } from "./paint";
import type { Plan, PlanStore } from "./state";
import { factsOf, lessWords, minuteWords, titleOf, w, words } from "./words";

const figure = (value: number): string => exact(value, 1, lang);

/** "5–10 min", "−5–−2"; the open classes in words. */
export function classWords({ panes, classes }: Pick<Painted, "panes" | "classes">, i: number, circle: boolean): string {
  const low = classes.lower[i] as number;
  const next = classes.lower[i + 1];
  if (panes.kind === "difference") {
    if (next !== undefined && low < 0 && next > 0) return w("same");
    if (low === -Infinity) return `${w("less")} ≥${figure(-(next as number))}`;
    if (low < 0) return `${w("less")} ${figure(-(next as number))}–${figure(-low)}`;
    return next === undefined ? `${w("moreThan")} ≥${figure(low)}` : `${w("moreThan")} ${figure(low)}–${figure(next)}`;
  }
  if (circle) {
    if (next === undefined) return low === classes.max ? figure(low) : `${figure(low)}–${figure(classes.max)}`;
    return `${figure(low)}–${figure(next)}`;
  }
  return next === undefined ? w("farther", { n: figure(low) }) : `${figure(low)}–${figure(next)}`;
}

export function unitWords(plan: Plan, { panes }: Painted, config: PlanConfig): string {
  const circle = plan.walk.kind === "circle" ? plan.walk.circle.categories.length : null;
  if (panes.kind !== "difference") {
    if (circle !== null) return w("missingUnit", { n: circle });
    return panes.kind === "one" && panes.sides[0].measure === "straight" ? w("straightUnit") : w("minutesUnit");
  }
  const [first, second] = panes.sides as [typeof panes.sides[0], typeof panes.sides[0]];
  return w("changeUnit", { unit: circle === null ? w("minuteWord") : w("kindWord"), ...lessWords(plan, first, second, config) });
}

export function classingWords(plan: Plan, { panes }: Painted): string {
  if (panes.kind === "difference") return words.classedBy.diverging;
  if (plan.walk.kind === "circle" && plan.classing === "standard") return words.classedBy.missing;
  return words.classedBy[plan.classing];
}

export function limitWords(plan: Plan, { limit }: Painted): string {
  return plan.walk.kind === "reach" && limit !== null ? w("limit", { limit: minuteWords(limit) }) : "";
}

const swatch = (color: string): SVGElement =>
  svg("svg", { class: "swatch", viewBox: "0 0 20 14", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: 20, height: 14, fill: color }));

/** Classes with their words: the legend of the map, of the picture and of the page on paper. */
export function keyRows(plan: Plan, found: Painted): { color: string; words: string }[] {
  const { classes } = found;
  return classes.colors.map((color, i) => ({ color, words: classWords(found, i, plan.walk.kind === "circle") }));
}

export const keyList = (plan: Plan, found: Painted): HTMLElement =>
  h("ol", { class: "classes" }, ...keyRows(plan, found).map((row) => h("li", {}, swatch(row.color), h("span", {}, row.words))));

/** The key of the map: what, in which unit and classes, against which standard, of which day. */
export function legend(store: PlanStore, loader: Loader, config: PlanConfig, painted: () => Painted | null): { render: () => void } {
  const place = part("legend");
  const render = (): void => {
    const plan = store.get();
    const { cells } = loader.data.get();
    place.hidden = plan.tab !== "reach";
    place.setAttribute("aria-busy", String(cells.kind === "loading"));
    const title = h("h2", { class: "legend-title" }, titleOf(plan.walk));
    if (cells.kind === "loading") return place.replaceChildren(title, h("p", { class: "muted", role: "status" }, w("loading")));
    if (cells.kind === "failed") return place.replaceChildren(title, failure(w("failedCells"), w("retry"), () => loader.load()));
    const found = painted();
    if (!found || cells.value[0]?.cells.length === 0) return place.replaceChildren(title, h("p", { class: "muted", role: "status" }, w("empty")));
    const facts = factsOf(plan, cells.value[0]?.date ?? null, config);
    const band = plan.band && h("p", { class: "legend-band" }, w("bandChosen", { band: bandWords(plan) }));
    place.replaceChildren(
      title,
      h("p", { class: "legend-unit" }, unitWords(plan, found, config)),
      keyList(plan, found),
      h(
        "details",
        { class: "legend-more", open: true },
        h("summary", {}, classingWords(plan, found)),
        h("p", { class: "legend-note muted" }, [limitWords(plan, found), ...facts].filter(Boolean).join(words.semicolon)),
      ),
      ...(band ? [band] : []),
      ...(cells.value.some(({ synthetic }) => synthetic) ? [h("span", { class: "tag" }, w("synthetic"))] : []),
    );
  };
  return { render };
}

export function bandWords(plan: Plan): string {
  if (!plan.band) return "";
  const { from, to } = plan.band;
  if (plan.walk.kind === "circle") return to - from === 1 ? w("lacks", { n: from }) : w("lacks", { n: `${from}–${to - 1}` });
  return to === Infinity ? w("groupOpen", { from: figure(from) }) : w("group", { from: figure(from), to: figure(to) });
}

