import type LeafletNamespace from "leaflet";
import type { PageConfig } from "../config";
import L from "../leaflet";
import { palette } from "../map/palette";
import { part } from "../panels/dom";
import { searchBox } from "./box";
import { goTo } from "./goTo";
import type { Result } from "./result";

/** The search box of the planners' page: a district is chosen, all else is marked on the map. */
export function findOnPlan(map: LeafletNamespace.Map, config: PageConfig, chooseUnit: (code: string) => void): void {
  let mark: LeafletNamespace.CircleMarker | null = null;
  const choose = async (result: Result): Promise<void> => {
    mark?.remove();
    if ((result.kind === "district" || result.kind === "zone") && result.id !== null) {
      chooseUnit(result.id);
      return;
    }
    const place = await goTo(map, result);
    mark = L.circleMarker(place, { radius: 14, color: palette.selected, weight: 3, fillOpacity: 0, interactive: false }).addTo(map);
  };
  searchBox(part("search"), { map, config, onChoose: (result) => void choose(result) });
}
