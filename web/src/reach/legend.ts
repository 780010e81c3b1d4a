import type { StandardConfig, Walk } from "../config";
import { day, exact } from "../format/numbers";
import { classOf, type Classes } from "../grid/classes";
import { lang, say, t } from "../i18n";
import { failure, h, part, svg } from "../panels/dom";
import type { PageStore } from "../state/page";
import type { WalkCells } from "./api";
import type { WalkLoader } from "./cells";
import { inOrder } from "./classes";
import { classWords, figureOf } from "./figures";
import { w } from "./words";

/** The key of minutes and of missing categories: classes, measure, standard, day of the data. */
export function walkLegend(store: PageStore, loader: WalkLoader): void {
  const place = part("walk-legend");
  const render = (): void => {
    const { walk, when } = store.get();
    const { state } = loader.shown.get();
    if (!walk) return place.replaceChildren();
    const title = walk.kind === "reach" ? w("minutesTo", { service: say(walk.service.title) }) : w("lacking", { circle: say(walk.circle.title) });
    place.replaceChildren(
      h("h2", { class: "legend-title" }, title, h("span", { class: `legend-stage legend-when-${when}` }, t(when === "now" ? "whenNow" : "whenPlanned"))),
      ...(state.kind === "loading"
        ? [h("p", { class: "muted", role: "status" }, w("loading"))]
        : state.kind === "failed"
          ? [failure(w("failedCells"), w("retry"), () => void loader.update(true))]
          : state.cells.cells.length === 0
            ? [h("p", { class: "muted", role: "status" }, w("emptyCells"))]
            : key(walk, state.cells, state.classes)),
    );
  };
  const pointed = (): void => {
    const { state, pointed: value } = loader.shown.get();
    const live = document.querySelector<HTMLElement>(".legend-pointed");
    const { walk } = store.get();
    if (!live || !walk) return;
    place.querySelectorAll(".is-pointed").forEach((item) => item.classList.remove("is-pointed"));
    const found = state.kind === "shown" && value !== undefined && value !== null;
    live.textContent = found ? `${t("inHexagon")}${w("colon")}${figureOf(walk, value)}` : "";
    if (found) place.querySelector(`[data-class="${classOf(state.classes, value)}"]`)?.classList.add("is-pointed");
  };
  store.on(["walk", "when"], render);
  loader.shown.on(["state"], render);
  loader.shown.on(["pointed"], pointed);
  render();
}

function key(walk: Walk, cells: WalkCells, classes: Classes): Node[] {
  const unit = walk.kind === "reach" ? w("minuteUnit") : w("missingUnit", { n: walk.circle.categories.length });
  return [
    h("p", { class: "legend-unit" }, unit),
    h("ol", { class: "classes" }, ...inOrder(walk, classes).map((i) => h("li", { "data-class": i }, swatch(classes.colors[i] as string), h("span", {}, classWords(walk, classes, i))))),
    h("p", { class: "legend-note muted" }, notes(walk, cells).join(lang === "zh" ? "；" : "; ")),
  ];
}

const swatch = (color: string): SVGElement =>
  svg("svg", { class: "swatch", viewBox: "0 0 20 14", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: 20, height: 14, fill: color }));

function notes(walk: Walk, cells: WalkCells): string[] {
  const made = [w(walk.kind === "reach" ? "fixedMinutes" : "fixedShares"), w("meanNote"), w("byNetwork")];
  if (cells.estimated) made.push(w("partlyEstimated"));
  if (walk.kind === "reach") made.push(w("hourNote"));
  const standard = walk.kind === "reach" ? standardWords(walk.service.standards[0]) : walk.circle.source;
  if (standard) made.push(w("standard", { standard }));
  if (cells.date) made.push(w("date", { date: day(cells.date, lang) }));
  return made;
}

/** "GB 50180-2018, 300 m (working default)". */
export function standardWords(standard: StandardConfig | undefined): string {
  if (!standard) return "";
  const limit =
    standard.radiusM !== null
      ? w("limitRadius", { metres: exact(standard.radiusM, 0, lang) })
      : standard.minutes !== null
        ? w("limitMinutes", { n: exact(standard.minutes, 0, lang) })
        : "";
  const name = standard.standard === "working default" ? "" : standard.standard;
  const told = [name, limit].filter(Boolean).join(" ");
  return standard.verified ? told : `${told}${lang === "zh" ? `（${w("unverified")}）` : ` (${w("unverified")})`}`;
}
