import type LeafletNamespace from "leaflet";
import { cellToLatLng } from "h3-js";
import { exact } from "../format/numbers";
import { classOf } from "../grid/classes";
import { lang, t } from "../i18n";
import L from "../leaflet";
import { cellName } from "../map/hexagons";
import type { DrawnHexagons } from "../state/page";
import { h } from "./dom";
import { districtAt, unitShapes } from "./unitsAt";

const LISTED = 10;

/** The hexagons in view: how many of each class, and the greatest with their places. */
export async function cellsInView(
  map: LeafletNamespace.Map,
  drawn: DrawnHexagons,
  go: (place: LeafletNamespace.LatLng) => void,
): Promise<Node[]> {
  const { cells, values, classes, order } = drawn;
  const centreOf = (i: number): LeafletNamespace.LatLng => L.latLng(cellToLatLng(cellName(cells[i] as bigint)));
  const bounds = map.getBounds();
  const found = Array.from(cells.keys()).filter((i) => bounds.contains(centreOf(i)));
  if (found.length === 0) return [h("p", { class: "muted" }, t("noHexagons"))];
  const counts = new Array<number>(classes.lower.length).fill(0);
  for (const i of found) {
    const at = classOf(classes, values[i] as number);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const greatest = [...found].sort((a, b) => (values[b] as number) - (values[a] as number)).slice(0, LISTED);
  const units = await unitShapes().catch(() => null);
  const items = greatest.map((i) => {
    const at = centreOf(i);
    const place = { district: units ? districtAt(units, at.lng, at.lat) : "", lat: at.lat.toFixed(3), lon: at.lng.toFixed(3) };
    const button = h("button", { type: "button", class: "link" }, t("placeOfHexagon", place).trim());
    button.addEventListener("click", () => go(at));
    return h("li", {}, button, h("span", { class: "muted" }, drawn.figure(values[i] as number)));
  });
  return [
    h(
      "table",
      { class: "in-view-classes" },
      h("caption", {}, t("hexagonsInView")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("classColumn")), h("th", { scope: "col" }, t("hexagonsColumn")))),
      h("tbody", {}, ...order.map((i) => h("tr", {}, h("th", { scope: "row" }, drawn.label(i)), h("td", {}, exact(counts[i] ?? 0, 0, lang))))),
    ),
    h("h3", { class: "in-view-layer" }, t(drawn.greatest, { count: items.length })),
    h("ol", {}, ...items),
  ];
}
