import type L from "leaflet";
import { leafletLayer, type LabelRule, type PaintRule, type View } from "protomaps-leaflet";
import type { Source } from "./sources";

/** What the library's Leaflet layer is; it types itself as `any`. */
export interface CanvasLayer extends L.GridLayer {
  views: Map<string, View>;
  paintRules: PaintRule[];
  labelRules: LabelRule[];
  clearLayout(): void;
  rerenderTiles(): void;
}

export interface CanvasLayerOptions {
  pane: string;
  sources: Source[];
  paintRules?: PaintRule[];
  labelRules?: LabelRule[];
}

/** A canvas layer of vector tiles. Sources are handed in, so several layers share one cache. */
export function canvasLayer(options: CanvasLayerOptions): CanvasLayer {
  const layer = leafletLayer({
    pane: options.pane,
    // Two fingers pass zooms by the dozen: tiles are made for the one they stop at.
    updateWhenZooming: false,
    // Milliseconds a tile waits for each tile it lies from the middle: a hundred in one frame would jerk.
    tileDelay: 12,
    attribution: "",
    sources: {},
    paintRules: options.paintRules ?? [],
    labelRules: options.labelRules ?? [],
  } as Parameters<typeof leafletLayer>[0]) as unknown as CanvasLayer;
  layer.views = new Map(options.sources.map((source) => [source.id, source.view]));
  return layer;
}
