import type { PageConfig, Theme } from "../config";
import { classWords } from "../format/classes";
import { figureOf } from "../format/figures";
import { day, exact } from "../format/numbers";
import { classOf } from "../grid/classes";
import { lang, say, t } from "../i18n";
import { hexagonArea } from "../map/hexagons";
import type { Page, PageStore } from "../state/page";
import { failure, h, part, svg } from "./dom";
import { symbolOf } from "./symbol";
import { stageWord, themeTitle } from "./theme";

const LAYERS_LISTED = 6;

/** The key of the map: the hexagons' classes and total, what the pointer is on, and the layers' symbols. */
export function legendPanel(config: PageConfig, store: PageStore, retry: () => void): void {
  const place = part("legend");
  const walk = h("div", { "data-part": "walk-legend" });
  const fold = h("button", { type: "button", class: "legend-fold", "aria-expanded": "false", "aria-label": t("legendMore") }, foldIcon());
  fold.addEventListener("click", () => {
    const open = place.dataset["folded"] !== "false";
    place.dataset["folded"] = String(!open);
    fold.setAttribute("aria-expanded", String(open));
  });
  const live = h("p", { class: "legend-pointed", "aria-hidden": "true" });
  const render = (): void => {
    const state = store.get();
    const { theme, grid } = state;
    place.hidden = theme === null && state.walk === null && state.layers.length === 0;
    walk.hidden = state.walk === null;
    fold.hidden = theme === null && state.walk === null;
    place.setAttribute("aria-busy", String(grid.kind === "loading"));
    place.replaceChildren(
      fold,
      walk,
      ...(theme ? [title(theme, state), ...body(theme, state, retry)] : []),
      ...layerKey(config, state),
      live,
    );
    pointed();
  };
  const pointed = (): void => {
    const { theme, grid, pointed: value } = store.get();
    place.querySelectorAll(".is-pointed").forEach((item) => item.classList.remove("is-pointed"));
    const found = theme && grid.kind === "shown" && value !== undefined && value !== null;
    live.textContent = found ? `${t("inHexagon")}${t("colon")}${figureOf(theme, value)}` : "";
    if (found) place.querySelectorAll(".classes li")[classOf(grid.classes, value)]?.classList.add("is-pointed");
  };
  store.on(["theme", "walk", "stage", "grid", "layers", "synthetic", "asOf"], render);
  store.on(["pointed"], pointed);
  render();
}

function foldIcon(): SVGElement {
  return svg("svg", { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: "icon" }, svg("path", { d: "M6 9l6 6 6-6" }));
}

function title(theme: Theme, { stage }: Page): HTMLElement {
  const staged = theme.layer.group === "plan";
  return h(
    "h2",
    { class: "legend-title" },
    themeTitle(theme),
    staged ? h("span", { class: `legend-stage legend-stage-${stage}` }, stage === "all" ? t("stagesAll") : stageWord(stage)) : null,
  );
}

function body(theme: Theme, { grid, stage, asOf }: Page, retry: () => void): Node[] {
  const shown = grid.kind === "loading" ? grid.held : grid;
  if (shown === null || shown.kind === "off") return [h("p", { class: "muted", role: "status" }, t("loading"))];
  if (shown.kind === "failed") return [failure(t("failedGrid"), t("retry"), retry)];
  if (shown.grid.cells.length === 0) return [h("p", { class: "muted", role: "status" }, t("emptyGrid"))];
  const { classes } = shown;
  const area = hexagonArea(shown.grid.res);
  return [
    h("p", { class: "legend-unit" }, t("perHexagon", { unit: say(theme.measure.unit) })),
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
    h("p", { class: "legend-total" }, `${t(stage === "all" && theme.layer.group === "plan" ? "totalAll" : "total")} `, h("strong", {}, figureOf(theme, shown.grid.total))),
    h(
      "p",
      { class: "legend-note muted" },
      [t("hexagonNote", { area: exact(area, area < 1 ? 2 : 1, lang) }), t("methodShares"), asOf === null ? "" : t("asOf", { date: day(asOf, lang) })].filter(Boolean).join(t("semicolon")),
    ),
  ];
}

/** The symbols of the layers that are on, and whether any of what is shown is made up. */
function layerKey(config: PageConfig, state: Page): Node[] {
  const layers = config.layers.filter(({ id }) => state.layers.includes(id));
  if (layers.length === 0 && !state.synthetic) return [];
  const rest = layers.length - LAYERS_LISTED;
  return [
    h(
      "ul",
      { class: "legend-layers" },
      ...layers.slice(0, LAYERS_LISTED).map((layer) => h("li", { class: "legend-layer" }, symbolOf(layer), h("span", {}, say(layer.title)))),
      rest > 0 ? h("li", { class: "muted" }, t("more", { count: rest })) : null,
      state.synthetic ? h("li", {}, h("span", { class: "tag" }, t("synthetic"))) : null,
    ),
  ];
}
