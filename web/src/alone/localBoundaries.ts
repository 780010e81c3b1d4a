import type { Feature, TileSource, Zxy } from "protomaps-leaflet";
import { boundaryLayers, type BoundaryLayers } from "../map/boundaries";
import { LocalTiles } from "./localTiles";

/** What geoplan.map.DistrictShapes gives: boundaries, and a place for each one's name. */
export interface LocalBoundaryOptions {
  areas: GeoJSON.FeatureCollection;
  labels: GeoJSON.FeatureCollection;
}

/** The districts of a map without a server. */
export function localBoundaries({ areas, labels }: LocalBoundaryOptions): BoundaryLayers {
  const both = new Joined([new LocalTiles(areas, "units"), new LocalTiles(labels, "unit_labels")]);
  return boundaryLayers({ url: "", maxDataZoom: 15 }, both);
}

class Joined implements TileSource {
  constructor(private readonly sources: LocalTiles[]) {}

  async get(tile: Zxy, tileSize: number): Promise<Map<string, Feature[]>> {
    const found = await Promise.all(this.sources.map((source) => source.get(tile, tileSize)));
    return new Map(found.flatMap((layers) => [...layers]));
  }
}
