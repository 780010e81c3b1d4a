import type LeafletNamespace from "leaflet";
import type { Words } from "../config";
import { classWords } from "../format/classes";
import type { Classes } from "../grid/classes";
import { lang, say } from "../i18n";
import L from "../leaflet";
import { h, svg } from "../panels/dom";
import type { ShapesLayer } from "./shapes";
import { words } from "./words";

/** One layer as the legend speaks of it. */
export interface Entry {
  layer: LeafletNamespace.GridLayer & Partial<Pick<ShapesLayer, "kinds">> & { scale?: Classes | null; synthetic?: boolean };
  title: Words;
  unit: Words;
  decimals: number;
  /** Of layers without classes and kinds. */
  color: string;
  hexagons: boolean;
  synthetic: boolean;
}

/** What geoplan.map.Legend gives. */
export interface LegendOptions {
  map: LeafletNamespace.Map;
  entries: Entry[];
}

const NARROW = 600; // pixels: below, credits take the whole width at the bottom

/** The key of a map without the page: classes, kinds and colours; each layer can be taken off. */
export function legend({ map, entries }: LegendOptions): LeafletNamespace.Control {
  const place = h("section", { class: "legend alone-legend leaflet-control", "aria-label": words.legend });
  const render = (): void => place.replaceChildren(...entries.flatMap((entry) => part(map, entry, entries.length > 1)), ...tag(map, entries));
  for (const { layer } of entries) layer.on("told add remove", render);
  const control = Object.assign(new L.Control({ position: map.getSize().x < NARROW ? "topleft" : "bottomleft" }), {
    onAdd: () => {
      L.DomEvent.disableClickPropagation(place);
      render();
      return place;
    },
  });
  return control.addTo(map);
}

function part(map: LeafletNamespace.Map, entry: Entry, many: boolean): Node[] {
  const { layer } = entry;
  const shown = map.hasLayer(layer);
  const plain = !layer.scale && !layer.kinds?.length;
  const name = h("span", {}, say(entry.title));
  const heading = h("h2", { class: "legend-title" }, ...(plain && !entry.hexagons ? [swatch(entry.color)] : []), many ? box(map, entry, shown, name) : name);
  if (!shown || plain) return [heading];
  const unit = [say(entry.unit), entry.hexagons ? words.count : ""].filter(Boolean).join(" · ");
  return [heading, ...(unit ? [h("p", { class: "legend-unit" }, unit)] : []), layer.scale ? classes(layer.scale, entry.decimals) : kinds(layer.kinds ?? [])];
}

function box(map: LeafletNamespace.Map, { layer }: Entry, shown: boolean, name: HTMLElement): HTMLElement {
  const input = h("input", { type: "checkbox", checked: shown });
  input.addEventListener("change", () => {
    if (input.checked) layer.addTo(map);
    else layer.remove();
    // The list is made anew: the focus stays where it was.
    const again = [...document.querySelectorAll<HTMLInputElement>(".alone-legend input")];
    again.find((each) => each.parentElement?.textContent === name.textContent)?.focus();
  });
  return h("label", { class: "alone-choice" }, input, name);
}

function classes(scale: Classes, decimals: number): HTMLElement {
  return h("ol", { class: "classes" }, ...scale.colors.map((color, i) => h("li", {}, swatch(color), h("span", {}, classWords(scale, i, decimals, lang)))));
}

function kinds(found: { label: string; color: string }[]): HTMLElement {
  return h("ul", { class: "classes" }, ...found.map(({ label, color }) => h("li", {}, swatch(color), h("span", {}, label))));
}

function swatch(color: string): SVGElement {
  const box = svg("rect", { width: 20, height: 14 });
  box.style.fill = color;
  return svg("svg", { class: "swatch", viewBox: "0 0 20 14", preserveAspectRatio: "none", "aria-hidden": "true" }, box);
}

function tag(map: LeafletNamespace.Map, entries: readonly Entry[]): Node[] {
  const made = entries.some((entry) => map.hasLayer(entry.layer) && (entry.synthetic || entry.layer.synthetic));
  return made ? [h("p", { class: "alone-synthetic" }, h("span", { class: "tag" }, words.synthetic))] : [];
}
