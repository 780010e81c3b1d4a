import type L from "leaflet";
import type { PageConfig } from "../config";
import type { Activity } from "../state/activity";
import type { Page, PageStore } from "../state/page";
import type { BoundaryLayers } from "./boundaries";
import type { FeatureLayer } from "./features";
import type { GroundLayer } from "./ground";
import type { HexagonLayer } from "./hexagons";
import { Names } from "./names";
import { onPaletteChange } from "./palette";

/** The map and what is drawn on it, as the page's script made them. */
export interface MapParts {
  map: L.Map;
  boundaries: BoundaryLayers;
  ground: GroundLayer;
  hexagons: HexagonLayer;
  features: Record<string, FeatureLayer>;
  /** The map, and its names over it where they come apart. */
  raster: L.LayerGroup<L.TileLayer> | null;
  page: PageConfig;
}

/** Keeps what is drawn in step with what is chosen; `again` asks once more for what did not come. */
export function drawMap(parts: MapParts, store: PageStore, activity: Activity): { again: () => void } {
  const { map, boundaries, ground, hexagons, raster } = parts;
  const features = Object.values(parts.features);
  const names = new Names({ units: boundaries.source, base: ground.source });
  for (const [name, layer] of named(parts, names)) {
    layer.on("loading", () => activity.begin(name));
    layer.on("load remove", () => activity.end(name));
  }
  const failed = (): void => store.set({ tilesFailed: true });
  for (const { source } of [boundaries, ground, ...features]) source.onFailure = failed;
  raster?.eachLayer((tiles) => tiles.on("tileerror", failed));

  ground.over(boundaries.land);
  hexagons.addTo(map);
  names.addTo(map);
  const draw = (): void => turnLayers(parts, names, store.get());
  store.on(["layers", "districts", "ground", "raster", "theme"], draw);
  draw();

  const tiles = [boundaries.land, boundaries.lines, ground, ...features];
  const again = (): void => {
    for (const layer of tiles) layer.rerenderTiles();
    names.redraw();
    raster?.eachLayer((tiles) => (map.hasLayer(tiles) ? (tiles as L.TileLayer).redraw() : undefined));
  };
  onPaletteChange(() => {
    for (const layer of tiles) layer.rerenderTiles();
    names.redraw();
    hexagons.redraw();
  });
  return { again };
}

function named(parts: MapParts, names: Names): [string, L.GridLayer][] {
  return [
    ["land", parts.boundaries.land],
    ["boundaries", parts.boundaries.lines],
    ["ground", parts.ground],
    ["hexagons", parts.hexagons],
    ["names", names.layer],
    ...Object.entries(parts.features).map(([id, layer]): [string, L.GridLayer] => [`features-${id}`, layer]),
  ];
}

function turnLayers(parts: MapParts, names: Names, state: Page): void {
  const { map } = parts;
  const turn = (layer: L.Layer, on: boolean): void => {
    if (on !== map.hasLayer(layer)) {
      if (on) layer.addTo(map);
      else layer.remove();
    }
  };
  turn(parts.boundaries.lines, state.districts);
  turn(parts.ground, state.ground);
  turn(parts.boundaries.land, !state.ground);
  if (parts.raster) turn(parts.raster, state.raster);
  // A raster base map brings its own names.
  names.setGround(state.ground && !(parts.raster && state.raster));
  for (const layer of parts.page.layers) {
    const feature = parts.features[layer.id];
    if (!feature) continue;
    const on = state.layers.includes(layer.id);
    turn(feature, on);
    names.setFeatures(feature.source, layer.color, on);
    // Circles over hexagons of the same thing would say it twice.
    feature.showAggregates(state.theme?.layer.id !== layer.id);
  }
}
