import type Point from "@mapbox/point-geometry";
import { GeomType, type Feature, type PaintSymbolizer } from "protomaps-leaflet";
import { areaFill, lookOf } from "./look";
import { inkOf, palette } from "./palette";
import { traceSymbol } from "./symbols";
import { canvasLayer, type CanvasLayer } from "./tileLayer";
import { Source, type SourceConfig } from "./sources";

export interface FeatureLayerOptions extends SourceConfig {
  source: string;
  color: string;
  symbol: string;
  width: number;
}

/** One layer of the catalogue on the map. */
export interface FeatureLayer extends CanvasLayer {
  source: Source;
  /** Whether the circles that stand for many points at small scales are drawn. */
  showAggregates(shown: boolean): void;
}

/** Radius of a single place's symbol, in pixels. */
const radiusAt = (zoom: number): number => (zoom <= 13 ? 3.5 : zoom === 14 ? 4.2 : zoom === 15 ? 5.2 : 6.5);

/** A city's worth of lines must not hide what they lie on. */
const widthAt = (zoom: number): number => (zoom <= 8 ? 0.32 : zoom === 9 ? 0.42 : zoom <= 11 ? 0.65 : zoom === 12 ? 0.9 : 1.5);

/** Circles grow with the count of what they stand for; 8 px is the tiles' margin. */
const aggregateRadius = (count: number): number => Math.min(7.5, 2 + 1.1 * Math.log2(count + 1));

class FeaturePainter implements PaintSymbolizer {
  aggregates = true;

  constructor(private readonly options: FeatureLayerOptions) {}

  draw(ctx: CanvasRenderingContext2D, geom: Point[][], zoom: number, feature: Feature): void {
    ctx.globalAlpha = 1;
    if (feature.props["agg"]) this.aggregate(ctx, geom, feature);
    else if (feature.geomType === GeomType.Point) this.point(ctx, geom, zoom, feature);
    else if (feature.geomType === GeomType.Line) this.line(ctx, geom, zoom, feature);
    else this.area(ctx, geom, zoom, feature);
  }

  private aggregate(ctx: CanvasRenderingContext2D, geom: Point[][], feature: Feature): void {
    const at = geom[0]?.[0];
    if (!this.aggregates || !at) return;
    traceSymbol(ctx, "circle", at.x, at.y, aggregateRadius(Number(feature.props["n"] ?? 1)));
    ctx.globalAlpha = 0.72;
    ctx.fillStyle = inkOf(this.options.color);
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = palette.halo;
    ctx.lineWidth = 0.8;
    ctx.stroke();
  }

  private point(ctx: CanvasRenderingContext2D, geom: Point[][], zoom: number, feature: Feature): void {
    const look = lookOf(feature.props["status"], inkOf(this.options.color));
    const radius = radiusAt(zoom);
    for (const part of geom) {
      for (const at of part) {
        traceSymbol(ctx, this.options.symbol, at.x, at.y, radius);
        ctx.lineJoin = "round";
        ctx.strokeStyle = palette.halo;
        ctx.lineWidth = look.fill === 1 ? 2.4 : 4;
        ctx.stroke();
        ctx.fillStyle = palette.halo;
        ctx.fill();
        ctx.fillStyle = look.color;
        ctx.globalAlpha = look.fill;
        ctx.fill();
        ctx.globalAlpha = 1;
        if (look.fill < 1) {
          ctx.strokeStyle = look.color;
          ctx.lineWidth = 1.7;
          ctx.stroke();
        }
      }
    }
  }

  private line(ctx: CanvasRenderingContext2D, geom: Point[][], zoom: number, feature: Feature): void {
    const look = lookOf(feature.props["status"], inkOf(this.options.color));
    const width = this.options.width * widthAt(zoom);
    trace(ctx, geom);
    ctx.lineJoin = "round";
    ctx.lineCap = look.dash.length === 0 ? "round" : "butt";
    if (zoom >= 11) {
      ctx.strokeStyle = palette.halo;
      ctx.globalAlpha = 0.85;
      ctx.lineWidth = width + 2;
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    ctx.setLineDash(look.dash);
    ctx.strokeStyle = look.color;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  private area(ctx: CanvasRenderingContext2D, geom: Point[][], zoom: number, feature: Feature): void {
    const look = lookOf(feature.props["status"], inkOf(this.options.color));
    trace(ctx, geom);
    ctx.fillStyle = look.color;
    ctx.globalAlpha = areaFill(look);
    ctx.fill("evenodd");
    ctx.globalAlpha = 1;
    ctx.setLineDash(look.dash);
    ctx.strokeStyle = look.color;
    ctx.lineWidth = zoom < 12 ? 0.8 : this.options.width * 0.7;
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

function trace(ctx: CanvasRenderingContext2D, geom: Point[][]): void {
  ctx.beginPath();
  for (const part of geom) {
    part.forEach((point, i) => {
      if (i === 0) ctx.moveTo(point.x, point.y);
      else ctx.lineTo(point.x, point.y);
    });
  }
}

export function featureLayer(options: FeatureLayerOptions): FeatureLayer {
  const source = new Source(options.source, options);
  const painter = new FeaturePainter(options);
  const layer = canvasLayer({
    pane: "features",
    sources: [source],
    paintRules: [{ dataSource: options.source, dataLayer: options.source, symbolizer: painter }],
  });
  const showAggregates = (shown: boolean): void => {
    if (painter.aggregates === shown) return;
    painter.aggregates = shown;
    layer.rerenderTiles();
  };
  return Object.assign(layer, { source, showAggregates });
}
