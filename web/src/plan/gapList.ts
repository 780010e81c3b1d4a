import type LeafletNamespace from "leaflet";
import { exact } from "../format/numbers";
import { lang, nameOf, say } from "../i18n";
import L from "../leaflet";
import { palette } from "../map/palette";
import { failure, h, part } from "../panels/dom";
import { halfOf } from "../reach/api";
import type { PlacedGap } from "./calls";
import type { PlanConfig } from "./config";
import { GAPS_STEP, type Loader } from "./data";
import { whenOf, type PlanStore } from "./state";
import type { Tip } from "./tip";
import { peopleWords, w, words } from "./words";

const LACKS_TOLD = 3;

/** Gaps by people; one that is pointed at is outlined on the map, one that is pressed is gone to. */
export function gapList(config: PlanConfig, store: PlanStore, loader: Loader, tip: Tip, map: LeafletNamespace.Map): void {
  const place = part("gap-list");
  const list = h("ol", { class: "gap-rows" });
  const lead = h("p", { class: "muted" });
  const status = h("p", { class: "muted", role: "status" });
  const more = h("button", { type: "button", class: "button" });
  const shapes = L.layerGroup().addTo(map);
  const renderer = L.canvas({ pane: "highlight", padding: 0.2 });
  let chosen: number | null = null;
  place.append(h("div", { class: "section-head" }, h("h2", {}, w("gaps"))), lead, list, status, more);
  more.addEventListener("click", () => loader.moreGaps());

  const outline = (gaps: PlacedGap[], pointed: number | null): void => {
    shapes.clearLayers();
    for (const [rank, weight] of [[chosen, 3], [pointed, 2]] as const) {
      const gap = gaps.find((each) => each.rank === rank);
      if (gap) shapes.addLayer(L.geoJSON(gap.geometry, { renderer, interactive: false, style: { color: palette.selected, weight, fillOpacity: 0.08 } } as LeafletNamespace.GeoJSONOptions));
    }
  };

  const placeOf = (gap: PlacedGap): string => {
    const unit = config.units.find(({ code }) => code === gap.unit);
    const district = unit ? say(unit.name) : gap.unit;
    const name = gap.place ? nameOf(gap.place) : "";
    return name ? `${district} · ${w("near", { place: name })}` : district;
  };

  const factsOf = (gap: PlacedGap): string => {
    if (store.get().walk.kind === "reach") return gap.nearest_m === null ? w("nearestNone") : w("nearestAt", { metres: exact(gap.nearest_m, 0, lang) });
    const told = gap.missing.slice(0, LACKS_TOLD).map(({ title }) => say(title)).join(w("and"));
    return gap.missing.length > LACKS_TOLD ? `${told} +${gap.missing.length - LACKS_TOLD}` : told;
  };

  const item = (gap: PlacedGap, gaps: PlacedGap[]): HTMLElement => {
    const button = h(
      "button",
      { type: "button", class: "gap-row", "aria-pressed": String(gap.rank === chosen), "data-rank": gap.rank },
      h("span", { class: "gap-place" }, placeOf(gap)),
      h("strong", { class: "gap-people" }, peopleWords(gap.people)),
      h("span", { class: "muted gap-facts" }, factsOf(gap)),
    );
    button.addEventListener("click", () => {
      chosen = chosen === gap.rank ? null : gap.rank;
      outline(gaps, null);
      for (const each of list.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each.dataset["rank"] === String(chosen)));
      if (chosen !== null) map.fitBounds(L.geoJSON(gap.geometry).getBounds(), { padding: [50, 50], maxZoom: 15 });
    });
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => outline(gaps, gap.rank));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => outline(gaps, null));
    tip.tell(button, () => [placeOf(gap), peopleWords(gap.people), factsOf(gap)]);
    return h("li", {}, button);
  };

  const render = (): void => {
    const plan = store.get();
    const { gaps: found } = loader.data.get();
    const when = words.showns[whenOf(plan)];
    lead.textContent = plan.walk.kind === "reach" ? w("gapsLead", { when }) : w("gapsLeadCircle", { when, half: halfOf(plan.walk.circle.categories.length) });
    place.setAttribute("aria-busy", String(found.kind === "loading"));
    status.textContent = "";
    more.hidden = true;
    if (found.kind !== "shown") {
      chosen = null;
      outline([], null);
      return list.replaceChildren(h("li", { class: "gap-note" }, found.kind === "loading" ? h("span", { class: "muted" }, w("loading")) : failure(w("failedGaps"), w("retry"), () => loader.load())));
    }
    const { gaps, matched } = found.value;
    const held = list.childElementCount;
    const focused = document.activeElement === more;
    outline(gaps, null);
    list.replaceChildren(...gaps.map((gap) => item(gap, gaps)));
    status.textContent = gaps.length === 0 ? w("noGaps") : w("gapsShown", { count: exact(matched, 0, lang), shown: gaps.length });
    more.textContent = w("moreGaps", { n: Math.min(GAPS_STEP, matched - gaps.length) });
    more.hidden = gaps.length >= matched || gaps.length >= 500;
    if (focused) list.children[held]?.querySelector("button")?.focus();
  };
  loader.data.on(["gaps"], render);
  store.on(["tab"], ({ tab }) => tab !== "reach" && shapes.clearLayers());
  render();
}
