import { fetchProgressByUnit, type ProgressRow } from "../api";
import type { PageConfig, TargetConfig } from "../config";
import { fixed } from "../format/numbers";
import { lang, say, t } from "../i18n";
import { h, svg } from "./dom";

let answers: Promise<ProgressRow[]> | null = null;

/** Appends the table of a target by district: the map's figures for those who read rather than look. */
export async function districtTable(
  config: PageConfig,
  target: TargetConfig,
  place: HTMLElement,
  zoomTo: (unit: string) => void,
): Promise<void> {
  answers ??= fetchProgressByUnit();
  const rows = await answers.catch(() => {
    answers = null;
    return null;
  });
  if (rows === null) return;
  const found = rows
    .filter((row) => row.layer === target.layer && row.target === target.id && row.unit !== "city")
    .sort((a, b) => (b.done ?? 0) - (a.done ?? 0));
  if (found.length === 0) return;
  const most = Math.max(...found.map((row) => row.done ?? 0));
  if (most === 0) {
    place.append(h("p", { class: "muted" }, t("noUnitData")));
    return;
  }
  place.append(
    h(
      "table",
      { class: "districts" },
      h("caption", {}, t("byUnit")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("unitColumn")), h("th", { scope: "col", class: "number" }, say(target.unit)))),
      h("tbody", {}, ...found.map((row) => line(config, target, row, most, zoomTo))),
    ),
  );
}

function line(config: PageConfig, target: TargetConfig, row: ProgressRow, most: number, zoomTo: (unit: string) => void): HTMLElement {
  const unit = config.units.find(({ code }) => code === row.unit);
  const name = unit ? say(unit.name) : row.unit;
  const done = row.done ?? 0;
  const label =
    unit?.kind === "district"
      ? h("button", { type: "button", class: "link", "data-unit": row.unit }, name)
      : h("span", {}, name);
  if (unit?.kind === "district") label.addEventListener("click", () => zoomTo(row.unit));
  const drawn = svg(
    "svg",
    { class: "mini-bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { width: (100 * done) / most, height: 4 }),
  );
  return h("tr", {}, h("th", { scope: "row" }, label), h("td", { class: "number" }, fixed(done, target.decimals, lang), drawn));
}
