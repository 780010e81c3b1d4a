import type LeafletNamespace from "leaflet";
import { lang, say } from "../i18n";
import { h, part, svg } from "../panels/dom";
import type { Loader } from "./data";
import type { ExportMenu } from "./exportMenu";
import { sorted } from "./lines";
import { mapPicture } from "./picture";
import type { PlanStore } from "./state";
import { countWords, pointsWords, shareWords, w, words } from "./words";

const ROWS = 26;

/** One A4 page, across: the map as a picture, key, table and sources. It is filled when the browser is about to print. */
export function printSheet(map: LeafletNamespace.Map, store: PlanStore, loader: Loader, menu: ExportMenu): void {
  const place = part("sheet");

  const table = (): HTMLElement | null => {
    const { districts } = loader.data.get();
    if (districts.kind !== "shown") return null;
    const list = districts.value.lines;
    const name = (line: (typeof list)[number]): string => (line.kind === "city" ? w("wholeCity") : say(line.name));
    const rows = [...list.filter(({ kind }) => kind === "city"), ...sorted(list.filter(({ kind }) => kind === "district"), "nowShare", true, name, lang)].slice(0, ROWS);
    const { columns } = words;
    return h(
      "table",
      { class: "sheet-table" },
      h("thead", {}, h("tr", {}, ...[columns.name, columns.total, columns.now, columns.nowShare, columns.planned, columns.plannedShare, columns.change].map((text) => h("th", { scope: "col" }, text)))),
      h(
        "tbody",
        {},
        ...rows.map((line) =>
          h("tr", {}, h("th", { scope: "row" }, name(line)), ...[countWords(line.total), countWords(line.now), shareWords(line.nowShare), countWords(line.planned), shareWords(line.plannedShare), pointsWords(line.change, true)].map((text) => h("td", {}, text))),
        ),
      ),
    );
  };

  /** The board as it stands, read from the page: its rows are words already. */
  const board = (): HTMLElement =>
    h(
      "ul",
      { class: "sheet-board" },
      ...[...part("board").querySelectorAll<HTMLElement>(".board-button")].slice(0, 2 * ROWS).map((button) => {
        const text = (name: string): string => button.querySelector(`.${name}`)?.textContent ?? "";
        return h("li", {}, h("strong", {}, `${text("board-title")} ${text("board-share")}`), h("span", {}, [text("board-figures"), text("board-lead")].filter(Boolean).join(" · ")));
      }),
    );

  const fill = (): void => {
    const caption = menu.caption();
    const reach = store.get().tab === "reach";
    place.replaceChildren(
      h("header", { class: "sheet-head" }, h("h1", {}, caption.title, caption.tag ? h("span", { class: "tag" }, caption.tag) : null), h("p", {}, [...caption.facts].join(" · "))),
      h(
        "div",
        { class: "sheet-body", "data-tab": reach ? "reach" : "progress" },
        h(
          "figure",
          { class: "sheet-map" },
          mapPicture(map, Math.max(2, window.devicePixelRatio || 1), menu.curtain()),
          caption.sides ? h("figcaption", { class: "sheet-sides" }, h("span", {}, caption.sides[0]), h("span", {}, caption.sides[1])) : null,
          reach ? h("p", { class: "sheet-unit" }, caption.unit) : null,
          reach
            ? h(
                "ol",
                { class: "sheet-key" },
                ...caption.key.map(({ color, words: text }) => h("li", {}, svg("svg", { viewBox: "0 0 20 14", "aria-hidden": "true" }, svg("rect", { width: 20, height: 14, fill: color })), h("span", {}, text))),
              )
            : null,
        ),
        reach ? table() : board(),
      ),
      h("footer", { class: "sheet-foot" }, ...caption.sources.map((line) => h("p", {}, line))),
    );
  };
  window.addEventListener("beforeprint", fill);
  window.addEventListener("afterprint", () => place.replaceChildren());
}

