import type LeafletNamespace from "leaflet";
import { exact } from "../format/numbers";
import { valueOf } from "../grid/lookup";
import { lang, say } from "../i18n";
import { cellAt } from "../map/hexagons";
import { part } from "../panels/dom";
import type { PlanConfig } from "./config";
import type { Loader } from "./data";
import { panesOf, whenOf, type PlanStore } from "./state";
import type { Tip } from "./tip";
import type { Units } from "./units";
import { countWords, minuteWords, shareWords, sideWords, w, words } from "./words";

interface Parts {
  map: LeafletNamespace.Map;
  config: PlanConfig;
  store: PlanStore;
  loader: Loader;
  units: Units;
  tip: Tip;
  point: (unit: string | null) => void;
}

const READ_MS = 400;

/** The numbers of the hexagon and the district under the pointer, or at the centre for who has no pointer. */
export function pointer({ map, config, store, loader, units, tip, point }: Parts): void {
  const status = part("status");
  const container = map.getContainer();
  const figure = (value: number): string => (store.get().walk.kind === "reach" ? minuteWords(value) : w("kinds", { n: exact(value, 1, lang) }));
  const signed = (value: number): string => `${value > 0 ? "+" : value < 0 ? "−" : ""}${figure(Math.abs(value))}`;

  const told = (place: LeafletNamespace.LatLng): { lines: string[]; unit: string | null } => {
    const plan = store.get();
    const { cells, districts } = loader.data.get();
    const unit = units.at(place.lng, place.lat);
    const lines: string[] = [];
    if (plan.tab === "reach" && cells.kind === "shown") {
      const panes = panesOf(plan);
      // While another comparison is on its way the old cells stay: they have no words of the new one.
      const values = panes.sides.length === cells.value.length ? cells.value.map((side) => valueOf(side, cellAt(place, side.res))) : [];
      const [one, other] = values;
      if (one == null) lines.push(w("noCell"));
      else if (other == null) lines.push(w("cellHere", { value: figure(one) }));
      else lines.push(w("cellBoth", { first: sideWords(plan, panes.sides[0], config), one: figure(one), second: sideWords(plan, panes.sides[1] ?? panes.sides[0], config), other: figure(other), difference: signed(other - one) }));
    }
    if (unit !== null) lines.push(districtWords(unit, districts));
    return { lines, unit };
  };

  const districtWords = (code: string, districts: ReturnType<typeof loader.data.get>["districts"]): string => {
    const known = config.units.find((unit) => unit.code === code);
    const name = known ? say(known.name) : code;
    const line = districts.kind === "shown" && store.get().tab === "reach" ? districts.value.lines.find(({ unit }) => unit === code) : undefined;
    if (!line) return name;
    const when = whenOf(store.get());
    return w("districtHere", { unit: `${name} ${words.showns[when]}`, share: shareWords(when === "now" ? line.nowShare : line.plannedShare), numerator: countWords(line[when]), denominator: countWords(line.total) });
  };

  map.on("mousemove", ({ latlng, originalEvent }) => {
    const { lines, unit } = told(latlng);
    if (originalEvent.target instanceof Element && originalEvent.target.closest(".leaflet-control, .swipe-range")) return tip.hide();
    if (lines.length > 0) tip.at(originalEvent.clientX, originalEvent.clientY, lines);
    else tip.hide();
    point(unit);
  });
  map.on("mouseout movestart", () => {
    tip.hide();
    point(null);
  });
  map.on("click", ({ latlng }) => {
    const unit = units.at(latlng.lng, latlng.lat);
    if (unit !== null) store.set({ unit: store.get().unit === unit ? null : unit });
    status.textContent = told(latlng).lines.join(w("stop"));
  });

  const centre = (): void => {
    const { lines } = told(map.getCenter());
    const { left, top, width, height } = container.getBoundingClientRect();
    if (lines.length > 0) tip.at(left + width / 2, top + height / 2, lines);
    status.textContent = lines.join(w("stop"));
  };
  let reading = 0;
  const later = (): void => {
    window.clearTimeout(reading);
    if (!container.matches(":focus-visible")) return;
    reading = window.setTimeout(centre, READ_MS);
  };
  map.on("moveend", later);
  loader.data.on(["cells"], later);
  container.addEventListener("focus", () => {
    const keyboard = container.matches(":focus-visible");
    container.classList.toggle("by-keyboard", keyboard);
    if (keyboard) later();
  });
  container.addEventListener("blur", () => {
    container.classList.remove("by-keyboard");
    tip.hide();
  });
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== container) return;
    event.preventDefault();
    const { lat, lng } = map.getCenter();
    const unit = units.at(lng, lat);
    if (unit !== null) store.set({ unit: store.get().unit === unit ? null : unit });
    centre();
  });
}

