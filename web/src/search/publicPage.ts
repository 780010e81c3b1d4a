import type L from "leaflet";
import type { PageConfig } from "../config";
import type { Inspector } from "../map/inspect";
import { h, part } from "../panels/dom";
import { unitShapes } from "../panels/unitsAt";
import { inOrder, type PageStore } from "../state/page";
import { searchBox } from "./box";
import { goTo } from "./goTo";
import { described, titleOf, type Result } from "./result";

const LOWERED_MS = 200;

interface Parts {
  map: L.Map;
  config: PageConfig;
  store: PageStore;
  inspector: Inspector;
}

/** The search box of the public page: a district is shown whole, all else with its pop-up. */
export function findPlaces(parts: Parts): void {
  const { map, config } = parts;
  let last: Result | null = null;
  const onChoose = (result: Result, byKeyboard: boolean): void => {
    last = result;
    void show(parts, result, byKeyboard, () => last === result);
  };
  searchBox(part("search"), { map, config, onChoose });
}

/** isLast: whether nothing else was chosen meanwhile. */
async function show({ map, config, store, inspector }: Parts, result: Result, byKeyboard: boolean, isLast: () => boolean): Promise<void> {
  map.closePopup();
  await makeRoom(map);
  const { kind, layer, id } = result;
  const { layers } = store.get();
  if (kind === "feature" && !layers.includes(layer)) store.set({ layers: inOrder(config, [...layers, layer]) });
  const place = await goTo(map, result);
  if (!isLast()) return;
  if (kind === "feature" && id !== null) {
    await inspector.inspect(place, byKeyboard, { layer, id });
  } else if (kind === "district" || kind === "zone") {
    const shapes = await unitShapes().catch(() => null);
    const found = shapes?.features.find(({ properties }) => properties?.["code"] === id);
    if (found?.geometry && isLast()) inspector.highlight.area(found);
  } else {
    const about = h("p", { class: "muted" }, described(result, config));
    inspector.tell(place, byKeyboard, h("div", { class: "found" }, h("h2", { tabindex: "-1" }, titleOf(result)), about));
  }
}

/** On a phone the sheet makes way for what was looked for. */
async function makeRoom(map: L.Map): Promise<void> {
  const { sheet } = document.documentElement.dataset;
  if (!sheet || sheet === "low" || !matchMedia("(max-width: 760px)").matches) return;
  part("handle").click();
  await new Promise((resolve) => setTimeout(resolve, LOWERED_MS));
  map.invalidateSize({ pan: false });
}
