import { VectorTile } from "@mapbox/vector-tile";
import Pbf from "pbf";
import { TileCache, View, type Feature, type TileSource, type Zxy } from "protomaps-leaflet";
import { rest } from "./pace";

type Layers = Map<string, Feature[]>;

/** A data tile covers four display tiles: four times fewer requests. */
const LEVEL_DIFFERENCE = 1;
const TILE_SIZE = 256 << LEVEL_DIFFERENCE;
const CHECKED = 128; // features between two looks at the clock

/**
 * Vector tiles over HTTP. Unlike the library's own source it tells a failed request from an empty
 * tile, and requests of a zoom that was left are dropped.
 */
class HttpSource implements TileSource {
  private zoom = -1;
  private leaving = new AbortController();

  constructor(
    private readonly url: string,
    private readonly failed: () => void,
  ) {}

  async get(tile: Zxy, tileSize: number): Promise<Layers> {
    if (tile.z !== this.zoom) {
      this.leaving.abort();
      this.leaving = new AbortController();
      this.zoom = tile.z;
    }
    const url = this.url
      .replace("{z}", String(tile.z))
      .replace("{x}", String(tile.x))
      .replace("{y}", String(tile.y));
    try {
      const answer = await fetch(url, { signal: this.leaving.signal });
      if (answer.status === 204 || answer.status === 404) return new Map();
      if (!answer.ok) throw new Error(`tile ${tile.z}/${tile.x}/${tile.y}: ${answer.status}`);
      return await readTile(await answer.arrayBuffer(), tileSize);
    } catch (error) {
      // What is left behind is not a failure; the tile it was for is gone as well.
      if (!(error instanceof DOMException && error.name === "AbortError")) this.failed();
      throw new DOMException("no tile", "AbortError");
    }
  }
}

/** In slices: a tile of thousands of features would keep the map from moving. */
async function readTile(buffer: ArrayBuffer, tileSize: number): Promise<Layers> {
  const layers: Layers = new Map();
  if (buffer.byteLength === 0) return layers;
  for (const [name, layer] of Object.entries(new VectorTile(new Pbf(buffer)).layers)) {
    const scale = tileSize / layer.extent;
    const features: Feature[] = [];
    for (let i = 0; i < layer.length; i++) {
      if (i % CHECKED === 0) await rest();
      const read = layer.feature(i);
      const geom = read.loadGeometry();
      const bbox = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
      let numVertices = 0;
      for (const line of geom) {
        numVertices += line.length;
        for (const point of line) {
          point.x *= scale;
          point.y *= scale;
          if (point.x < bbox.minX) bbox.minX = point.x;
          if (point.x > bbox.maxX) bbox.maxX = point.x;
          if (point.y < bbox.minY) bbox.minY = point.y;
          if (point.y > bbox.maxY) bbox.maxY = point.y;
        }
      }
      features.push({ props: read.properties, bbox, geomType: read.type as number, geom, numVertices });
    }
    layers.set(name, features);
  }
  return layers;
}

export interface SourceConfig {
  url: string;
  maxDataZoom: number;
}

/** A source's tiles, shared by the layer that paints them and the one that writes their names. */
export class Source {
  readonly view: View;

  /** tiles  where they come from, when it is no server. */
  constructor(
    readonly id: string,
    config: SourceConfig,
    tiles?: TileSource,
  ) {
    const source = tiles ?? new HttpSource(config.url, () => this.onFailure?.());
    this.view = new View(new TileCache(source, TILE_SIZE), config.maxDataZoom, LEVEL_DIFFERENCE);
  }

  onFailure: (() => void) | null = null;
}
