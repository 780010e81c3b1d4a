import type LeafletNamespace from "leaflet";
import { LineSymbolizer, PolygonSymbolizer, type TileSource } from "protomaps-leaflet";
import L from "../leaflet";
import { palette } from "./palette";
import { Source, type SourceConfig } from "./sources";
import { canvasLayer, type CanvasLayer } from "./tileLayer";

export interface BoundaryLayers extends LeafletNamespace.LayerGroup {
  /** The city's land, under everything: what lies outside is dimmer. */
  land: CanvasLayer;
  lines: CanvasLayer;
  source: Source;
}

export function boundaryLayers(options: SourceConfig, tiles?: TileSource): BoundaryLayers {
  const source = new Source("units", options, tiles);
  const rule = { dataSource: "units", dataLayer: "units" };
  const land = canvasLayer({
    pane: "ground",
    sources: [source],
    paintRules: [{ ...rule, symbolizer: new PolygonSymbolizer({ fill: () => palette.land }) }],
  });
  const lines = canvasLayer({
    pane: "boundaries",
    sources: [source],
    paintRules: [
      {
        ...rule,
        symbolizer: new LineSymbolizer({
          color: () => palette.halo,
          width: (z: number) => (z < 10 ? 2.6 : 4),
          opacity: 0.75,
          lineJoin: "round",
        }),
      },
      {
        ...rule,
        symbolizer: new LineSymbolizer({
          color: () => palette.boundary,
          width: (z: number) => (z < 10 ? 0.9 : 1.4),
          lineJoin: "round",
        }),
      },
    ],
  });
  return Object.assign(L.layerGroup([land, lines]), { land, lines, source });
}
