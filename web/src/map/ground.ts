import {
  CircleSymbolizer,
  LineSymbolizer,
  PolygonSymbolizer,
  exp,
  type Feature,
  type PaintRule,
} from "protomaps-leaflet";
import { palette } from "./palette";
import { Source, type SourceConfig } from "./sources";
import { canvasLayer, type CanvasLayer } from "./tileLayer";

export interface GroundLayer extends CanvasLayer {
  source: Source;
}

const kindIs =
  (...kinds: string[]) =>
  (_: number, feature: Feature): boolean =>
    kinds.includes(String(feature.props["kind"]));

const green = kindIs("park", "garden", "forest", "wood", "nature_reserve", "grass", "grassland", "recreation_ground", "meadow", "scrub", "pitch", "golf_course", "cemetery", "village_green", "playground");

const isMetro = (feature: Feature): boolean => feature.props["kind_detail"] === "subway" || feature.props["kind_detail"] === "light_rail";

function road(kinds: string[], minzoom: number, stops: number[][], color: () => string, casing: () => string): PaintRule[] {
  const width = exp(1.5, stops);
  const common = { dataSource: "base", dataLayer: "roads", minzoom, filter: kindIs(...kinds) };
  return [
    {
      ...common,
      symbolizer: new LineSymbolizer({
        color: casing,
        width: (z: number) => width(z) + (z < 12 ? 0.7 : 1.6),
        lineCap: "round",
        lineJoin: "round",
      }),
    },
    { ...common, symbolizer: new LineSymbolizer({ color, width, lineCap: "round", lineJoin: "round" }) },
  ];
}

const highways = road(["highway"], 7, [[7, 0.6], [10, 1.5], [14, 5], [17, 12]], () => palette.highway, () => palette.highwayCasing);
const majors = road(["major_road"], 9, [[9, 0.4], [12, 1.4], [15, 5], [18, 14]], () => palette.road, () => palette.roadCasing);
const minors = road(["minor_road", "other"], 13, [[13, 0.6], [15, 2.4], [18, 10]], () => palette.road, () => palette.roadCasing);

/** Quiet paint of the base map in the Protomaps schema: the data lie on it, not beside it. */
export const groundRules: PaintRule[] = [
  {
    dataSource: "base",
    dataLayer: "landuse",
    minzoom: 12,
    filter: kindIs("residential", "commercial", "retail", "industrial"),
    symbolizer: new PolygonSymbolizer({ fill: () => palette.built }),
  },
  {
    dataSource: "base",
    dataLayer: "landuse",
    filter: green,
    symbolizer: new PolygonSymbolizer({ fill: () => palette.green }),
  },
  {
    dataSource: "base",
    dataLayer: "landuse",
    minzoom: 12,
    filter: kindIs("school", "university", "college", "hospital", "kindergarten"),
    symbolizer: new PolygonSymbolizer({ fill: () => palette.campus }),
  },
  {
    dataSource: "base",
    dataLayer: "water",
    filter: (_, feature) => feature.geomType === 3,
    symbolizer: new PolygonSymbolizer({ fill: () => palette.water }),
  },
  {
    dataSource: "base",
    dataLayer: "water",
    filter: (_, feature) => feature.geomType === 2,
    symbolizer: new LineSymbolizer({
      color: () => palette.water,
      width: exp(1.4, [[8, 0.8], [11, 2], [15, 6]]),
      lineCap: "round",
      lineJoin: "round",
    }),
  },
  {
    dataSource: "base",
    dataLayer: "buildings",
    minzoom: 14,
    symbolizer: new PolygonSymbolizer({ fill: () => palette.building }),
  },
  {
    dataSource: "base",
    dataLayer: "roads",
    minzoom: 15,
    filter: kindIs("path"),
    symbolizer: new LineSymbolizer({ color: () => palette.path, width: 1.2, dash: [3, 3] }),
  },
  {
    dataSource: "base",
    dataLayer: "roads",
    minzoom: 11,
    filter: (_, feature) => feature.props["kind"] === "rail" && !isMetro(feature),
    symbolizer: new LineSymbolizer({ color: () => palette.rail, width: exp(1.5, [[11, 0.6], [16, 2]]) }),
  },
  {
    dataSource: "base",
    dataLayer: "roads",
    minzoom: 10,
    filter: (_, feature) => isMetro(feature),
    symbolizer: new LineSymbolizer({ color: () => palette.metro, width: exp(1.5, [[10, 0.8], [13, 1.6], [16, 3]]), dash: [6, 3] }),
  },
  // All casings below all fills, so that crossings stay open.
  ...[minors, majors, highways].map((rules) => rules[0] as PaintRule),
  ...[minors, majors, highways].map((rules) => rules[1] as PaintRule),
  {
    dataSource: "base",
    dataLayer: "pois",
    minzoom: 13,
    filter: kindIs("station"),
    symbolizer: new CircleSymbolizer({ radius: 2.6, fill: () => palette.halo, stroke: () => palette.metro, width: 1.6 }),
  },
];

export function groundLayer(options: SourceConfig): GroundLayer {
  const source = new Source("base", options);
  return Object.assign(canvasLayer({ pane: "ground", sources: [source], paintRules: groundRules }), { source });
}
