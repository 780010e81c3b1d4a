import type L from "leaflet";
import {
  CenteredTextSymbolizer,
  LineLabelPlacement,
  LineLabelSymbolizer,
  OffsetTextSymbolizer,
  TextPlacements,
  type Feature,
  type LabelRule,
} from "protomaps-leaflet";
import { lang } from "../i18n";
import { FONT, inkOf, palette } from "./palette";
import type { Source } from "./sources";
import { canvasLayer, type CanvasLayer } from "./tileLayer";

const labelProps = lang === "en" ? ["name_en", "name:en", "name"] : ["name", "name:zh-Hans", "name_en"];
const halo = { stroke: () => palette.halo, width: 2 };

/** What people find their way by, named once streets are. */
const PLACES = ["hospital", "museum", "library", "university", "college", "school"];

const districts: LabelRule = {
  dataSource: "units",
  dataLayer: "unit_labels",
  maxzoom: 13,
  filter: (zoom, feature) => zoom >= 9 || feature.props["ring"] !== "central",
  symbolizer: new CenteredTextSymbolizer({
    labelProps,
    fontFamily: FONT,
    fontWeight: 600,
    fontSize: (zoom: number) => (zoom < 9 ? 11 : zoom < 11 ? 12.5 : 15),
    letterSpacing: lang === "zh" ? 1 : 0,
    fill: () => palette.name,
    ...halo,
  }),
};

const groundNames: LabelRule[] = [
  {
    dataSource: "base",
    dataLayer: "places",
    minzoom: 11,
    filter: (zoom, feature) => zoom >= 13 || feature.props["kind"] !== "neighbourhood",
    symbolizer: new CenteredTextSymbolizer({
      labelProps,
      fontFamily: FONT,
      fontSize: 12,
      fill: () => palette.quietName,
      ...halo,
    }),
  },
  {
    dataSource: "base",
    dataLayer: "pois",
    minzoom: 13,
    filter: (zoom, feature) => feature.props["kind"] === "station" || (zoom >= 15 && PLACES.includes(String(feature.props["kind"]))),
    symbolizer: new OffsetTextSymbolizer({
      labelProps,
      fontFamily: FONT,
      fontSize: 11.5,
      fill: () => palette.quietName,
      offsetY: 6,
      placements: [TextPlacements.S],
      ...halo,
    }),
  },
  {
    dataSource: "base",
    dataLayer: "water",
    minzoom: 11,
    filter: (_, feature) => feature.geomType === 2,
    symbolizer: new LineLabelSymbolizer({
      labelProps,
      fontFamily: FONT,
      fontStyle: "italic",
      fontSize: 12,
      fill: () => palette.waterName,
      position: LineLabelPlacement.Center,
      repeatDistance: 600,
      stroke: () => palette.halo,
      width: 3,
    }),
  },
  {
    dataSource: "base",
    dataLayer: "roads",
    minzoom: 13,
    filter: (zoom, feature) => ["highway", "major_road"].includes(String(feature.props["kind"])) || zoom >= 16,
    symbolizer: new LineLabelSymbolizer({
      labelProps,
      fontFamily: FONT,
      fontSize: 11.5,
      fill: () => palette.quietName,
      position: LineLabelPlacement.Center,
      repeatDistance: 500,
      stroke: () => palette.halo,
      width: 3,
    }),
  },
];

function featureNames(layer: string, color: string): LabelRule[] {
  const named = (_: number, feature: Feature): boolean => !feature.props["agg"];
  return [
    {
      dataSource: layer,
      dataLayer: layer,
      minzoom: 15,
      filter: (zoom, feature) => named(zoom, feature) && feature.geomType === 1,
      symbolizer: new OffsetTextSymbolizer({
        labelProps,
        fontFamily: FONT,
        fontSize: 12,
        fill: () => palette.name,
        offsetY: 8,
        placements: [TextPlacements.S],
        ...halo,
      }),
    },
    {
      dataSource: layer,
      dataLayer: layer,
      minzoom: 12,
      filter: (zoom, feature) => named(zoom, feature) && feature.geomType === 2,
      symbolizer: new LineLabelSymbolizer({
        labelProps,
        fontFamily: FONT,
        fontSize: 11.5,
        fontWeight: 600,
        fill: () => inkOf(color),
        position: LineLabelPlacement.Above,
        offset: 4,
        repeatDistance: 700,
        stroke: () => palette.halo,
        width: 3,
      }),
    },
  ];
}

/** All names in one layer above the hexagons, so that they give way to each other. */
export class Names {
  readonly layer: CanvasLayer;
  private readonly shown = new Map<string, { source: Source; rules: LabelRule[] }>();

  constructor(private readonly sources: { units: Source; base: Source }) {
    this.layer = canvasLayer({ pane: "names", sources: [] });
    this.shown.set("units", { source: sources.units, rules: [districts] });
  }

  setGround(shown: boolean): void {
    this.change("base", shown ? { source: this.sources.base, rules: groundNames } : null);
  }

  setFeatures(source: Source, color: string, shown: boolean): void {
    this.change(source.id, shown ? { source, rules: featureNames(source.id, color) } : null);
  }

  private change(id: string, entry: { source: Source; rules: LabelRule[] } | null): void {
    if ((entry !== null) === this.shown.has(id)) return;
    if (entry) this.shown.set(id, entry);
    else this.shown.delete(id);
    this.apply();
  }

  /** Districts first, then the features, then the ground: the order is the right of way. */
  private apply(): void {
    const entries = [...this.shown];
    const rank = (id: string): number => (id === "units" ? 0 : id === "base" ? 2 : 1);
    entries.sort(([a], [b]) => rank(a) - rank(b));
    this.layer.views = new Map(entries.map(([id, { source }]) => [id, source.view]));
    this.layer.labelRules = entries.flatMap(([, { rules }]) => rules);
    this.redraw();
  }

  /** Lays all names out anew: for other names, and for other colours. */
  redraw(): void {
    this.layer.clearLayout();
    this.layer.rerenderTiles();
  }

  addTo(map: L.Map): void {
    this.apply();
    this.layer.addTo(map);
  }
}
