import type { Lang, Theme } from "../config";
import { exact, short, withUnit } from "../format/numbers";
import { classOf, type Classes } from "../grid/classes";
import { lang, say, t } from "../i18n";
import { hexagonArea } from "../map/hexagons";
import type { GridState, PageStore } from "../state/page";
import { failure, h, part, svg } from "./dom";
import { stageWord } from "./theme";

/** The words of class `i`: "3–7"; whole numbers say their last value, others the next class's start. */
export function classWords(classes: Classes, i: number, decimals: number, language: Lang): string {
  const low = classes.lower[i] ?? 0;
  const next = classes.lower[i + 1];
  const figure = (value: number): string => short(value, decimals, language);
  const high = next === undefined ? classes.max : decimals === 0 ? next - 1 : next;
  return figure(low) === figure(high) ? figure(low) : `${figure(low)}–${figure(high)}`;
}

/** The key of the hexagons: title, classes, total, and what the pointer is on. */
export function legendPanel(store: PageStore, retry: () => void): void {
  const place = part("legend");
  const live = h("p", { class: "legend-pointed", "aria-hidden": "true" });
  const render = (): void => {
    const { theme, stage, grid } = store.get();
    place.hidden = theme === null;
    if (!theme) return;
    const title = h(
      "h2",
      { class: "legend-title" },
      say(theme.layer.title),
      theme.layer.measures.length > 1 ? h("span", {}, ` · ${say(theme.measure.title)}`) : null,
      theme.layer.group === "plan" ? h("span", { class: "legend-stage" }, stage === "all" ? t("stagesAll") : stageWord(stage)) : null,
    );
    place.replaceChildren(title, ...body(theme, grid, retry), live);
    pointed();
  };
  const pointed = (): void => {
    const { theme, grid, pointed: value } = store.get();
    place.querySelectorAll(".is-pointed").forEach((item) => item.classList.remove("is-pointed"));
    const found = theme && grid.kind === "shown" && value !== undefined && value !== null;
    live.textContent = found ? `${t("inHexagon")}${t("colon")}${figureOf(theme, value)}` : "";
    if (found) place.querySelectorAll(".classes li")[classOf(grid.classes, value)]?.classList.add("is-pointed");
  };
  store.on(["theme", "stage", "grid"], render);
  store.on(["pointed"], pointed);
  render();
}

export function figureOf(theme: Theme, value: number): string {
  return withUnit(exact(value, Math.max(theme.measure.decimals, value < 1 ? 2 : 0), lang), theme.measure.unit, lang);
}

function body(theme: Theme, grid: GridState, retry: () => void): Node[] {
  if (grid.kind === "loading" || grid.kind === "off") return [h("p", { class: "muted", role: "status" }, t("loading"))];
  if (grid.kind === "failed") return [failure(t("failedGrid"), t("retry"), retry)];
  if (grid.grid.cells.length === 0) return [h("p", { class: "muted", role: "status" }, t("emptyGrid"))];
  const { classes } = grid;
  const area = hexagonArea(grid.grid.res);
  return [
    h("p", { class: "legend-unit" }, `${withUnit("", theme.measure.unit, lang).trim()} ${t("perHexagon")}`),
    h(
      "ol",
      { class: "classes" },
      ...classes.colors.map((color, i) =>
        h(
          "li",
          {},
          svg("svg", { class: "swatch", viewBox: "0 0 20 14", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: 20, height: 14, fill: color })),
          h("span", {}, classWords(classes, i, theme.measure.decimals, lang)),
        ),
      ),
    ),
    h("p", { class: "legend-total" }, `${t("total")} `, h("strong", {}, figureOf(theme, grid.grid.total))),
    h("p", { class: "legend-note muted" }, `${t("quantiles")}${lang === "zh" ? "；" : "; "}${t("hexagonSize", { area: exact(area, area < 1 ? 2 : 1, lang) })}`),
  ];
}
