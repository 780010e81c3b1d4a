import { findTheme, findWalk, type PageConfig } from "../config";
import type { PageState } from "./fragment";
import { inOrder, isStage, paceOf, type Page, type Stage } from "./page";

type Chosen = Pick<Page, "theme" | "walk" | "when" | "from" | "pace" | "stage" | "layers" | "target" | "districts" | "ground" | "raster">;

export const stageOf = (name: string | undefined): Stage => (isStage(name) ? name : "all");

/**
 * What the address says of the map's content; what it leaves out is as at first. The page opens with
 * the life circle: most who come want to know what they can walk to, and it needs no explanation.
 */
export function chosen(config: PageConfig, wanted: PageState, raster: boolean): Chosen {
  const shown = shownKey(config, wanted.theme);
  const walk = findWalk(config, shown);
  return {
    theme: findTheme(config, shown),
    walk,
    when: wanted.when === "planned" ? "planned" : "now",
    from: wanted.from ? { ...wanted.from, keyboard: false } : null,
    pace: paceOf(wanted.walk),
    stage: stageOf(wanted.status),
    layers: inOrder(config, wanted.layers ?? (walk ? [] : config.start.layers)),
    target: wanted.target ?? null,
    districts: !wanted.off.includes("districts"),
    ground: !wanted.off.includes("ground"),
    raster: raster && !wanted.off.includes("raster"),
  };
}

/** What the address names, or as at first where it names nothing that there is. Null: no hexagons. */
export function shownKey(config: PageConfig, wanted: PageState["theme"]): string | null {
  if (wanted === null || (wanted !== undefined && (findTheme(config, wanted) || findWalk(config, wanted)))) return wanted;
  const { walk, theme, walks } = config.start;
  return (walks ? walk : theme) ?? theme ?? walk;
}

export function firstState(config: PageConfig, wanted: PageState, zoom: number, raster: boolean): Page {
  return {
    ...chosen(config, wanted, raster),
    grid: { kind: "off" },
    drawn: null,
    pointed: undefined,
    zoom,
    asOf: null,
    tilesFailed: false,
    online: true,
    synthetic: false,
  };
}
