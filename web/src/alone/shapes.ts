import type Point from "@mapbox/point-geometry";
import { GeomType, type Feature, type PaintSymbolizer } from "protomaps-leaflet";
import { classesOf, classOf, fixedClasses, type Classes } from "../grid/classes";
import { inkOf, paintOf, palette } from "../map/palette";
import { Source } from "../map/sources";
import { traceSymbol } from "../map/symbols";
import { canvasLayer, type CanvasLayer } from "../map/tileLayer";
import { LocalTiles } from "./localTiles";
import { words } from "./words";

/** What geoplan.map.Shapes gives: GeoJSON whose features carry `value` or `kind`, and `details` as JSON. */
export interface ShapesOptions {
  key: string;
  collection: GeoJSON.FeatureCollection;
  color: string;
  decimals: number;
  /** Kinds in the order of their colours; empty where numbers or nothing tells features apart. */
  kinds: string[];
  /** Lower limits of the classes of `value`; empty: found from the values. */
  limits: number[];
}

export interface ShapesLayer extends CanvasLayer {
  source: Source;
  tiles: LocalTiles;
  scale: Classes | null;
  kinds: { label: string; color: string }[];
}

const KIND_COLORS = [1, 2, 3, 4, 5, 6, 7].map((n) => `var(--cat-${n})`);
const EMPTY = "var(--line-strong)";

/** Features of a frame, coloured by a column: classes of numbers, kinds, or one colour for all. */
export function shapesLayer(options: ShapesOptions): ShapesLayer {
  const tiles = new LocalTiles(options.collection, options.key);
  const source = new Source(options.key, { url: "", maxDataZoom: 15 }, tiles);
  const values = tiles.placed.map(({ properties }) => properties["value"]).filter((value) => typeof value === "number");
  const scale = values.length === 0 ? null : options.limits.length > 0 ? fixedClasses(options.limits, values) : classesOf(values, options.decimals);
  const kinds = options.kinds.map((label, i) => ({ label, color: KIND_COLORS[i] ?? EMPTY }));
  if (tiles.placed.some(({ properties }) => properties["kind"] === kinds.length)) kinds.push({ label: words.other, color: EMPTY });
  const colorOf = ({ props }: Feature): string => {
    if (scale) return typeof props["value"] === "number" ? (scale.colors[classOf(scale, props["value"])] ?? EMPTY) : EMPTY;
    return kinds.length > 0 ? (kinds[Number(props["kind"] ?? -1)]?.color ?? EMPTY) : options.color;
  };
  const layer = canvasLayer({
    pane: "features",
    sources: [source],
    paintRules: [{ dataSource: options.key, dataLayer: options.key, symbolizer: new ShapePainter(colorOf) }],
  });
  return Object.assign(layer, { source, tiles, scale, kinds });
}

class ShapePainter implements PaintSymbolizer {
  constructor(private readonly colorOf: (feature: Feature) => string) {}

  draw(ctx: CanvasRenderingContext2D, geom: Point[][], zoom: number, feature: Feature): void {
    const color = this.colorOf(feature);
    const paint = color.startsWith("#") ? inkOf(color) : paintOf(color);
    ctx.lineJoin = "round";
    if (feature.geomType === GeomType.Point) points(ctx, geom, zoom, paint);
    else if (feature.geomType === GeomType.Line) lines(ctx, geom, zoom, paint);
    else areas(ctx, geom, paint);
    ctx.globalAlpha = 1;
  }
}

function points(ctx: CanvasRenderingContext2D, geom: Point[][], zoom: number, paint: string): void {
  for (const at of geom.flat()) {
    traceSymbol(ctx, "circle", at.x, at.y, zoom < 11 ? 3 : zoom < 14 ? 4 : 5.5);
    ctx.fillStyle = paint;
    ctx.fill();
    ctx.strokeStyle = palette.halo;
    ctx.lineWidth = 1;
    ctx.stroke();
  }
}

function lines(ctx: CanvasRenderingContext2D, geom: Point[][], zoom: number, paint: string): void {
  trace(ctx, geom);
  const width = zoom < 11 ? 1.6 : zoom < 14 ? 2.4 : 3.5;
  for (const [color, wide] of [[palette.halo, width + 2], [paint, width]] as const) {
    ctx.strokeStyle = color;
    ctx.lineWidth = wide;
    ctx.stroke();
  }
}

function areas(ctx: CanvasRenderingContext2D, geom: Point[][], paint: string): void {
  trace(ctx, geom);
  ctx.fillStyle = paint;
  ctx.globalAlpha = 0.72;
  ctx.fill("evenodd");
  ctx.globalAlpha = 1;
  ctx.strokeStyle = palette.edge;
  ctx.lineWidth = 1;
  ctx.stroke();
}

function trace(ctx: CanvasRenderingContext2D, geom: Point[][]): void {
  ctx.beginPath();
  for (const part of geom) {
    part.forEach(({ x, y }, i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  }
}
