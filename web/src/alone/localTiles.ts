import Point from "@mapbox/point-geometry";
import { GeomType, type Feature, type TileSource, type Zxy } from "protomaps-leaflet";

type Properties = Record<string, string | number | boolean | null>;

/** One feature in spherical mercator, 0..1 from the upper left; rings and lines as x, y, x, y, … */
export interface Placed {
  properties: Properties;
  type: GeomType;
  parts: Float64Array[];
  box: [west: number, north: number, east: number, south: number];
}

/** Pixels that symbols and strokes may reach beyond their feature. */
const MARGIN = 24;

/** GeoJSON in degrees (EPSG:4326) as vector tiles: drawn as those of a server, without one. */
export class LocalTiles implements TileSource {
  readonly placed: Placed[];

  /** layer  the name of the layer inside the tiles. */
  constructor(
    collection: GeoJSON.FeatureCollection,
    private readonly layer: string,
  ) {
    this.placed = collection.features.flatMap(place);
  }

  get({ z, x, y }: Zxy, tileSize: number): Promise<Map<string, Feature[]>> {
    const tiles = 2 ** z;
    const margin = MARGIN / (tiles * tileSize);
    const [west, east] = [x / tiles - margin, (x + 1) / tiles + margin];
    const [north, south] = [y / tiles - margin, (y + 1) / tiles + margin];
    const scale = tiles * tileSize;
    const features: Feature[] = [];
    for (const { properties, type, parts, box } of this.placed) {
      if (box[0] > east || box[2] < west || box[1] > south || box[3] < north) continue;
      features.push({
        props: properties,
        geomType: type,
        numVertices: parts.reduce((sum, part) => sum + part.length / 2, 0),
        geom: parts.map((part) => moved(part, scale, x * tileSize, y * tileSize)),
        bbox: {
          minX: box[0] * scale - x * tileSize,
          minY: box[1] * scale - y * tileSize,
          maxX: box[2] * scale - x * tileSize,
          maxY: box[3] * scale - y * tileSize,
        },
      });
    }
    return Promise.resolve(new Map([[this.layer, features]]));
  }
}

function moved(part: Float64Array, scale: number, left: number, top: number): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < part.length; i += 2) {
    points.push(new Point((part[i] as number) * scale - left, (part[i + 1] as number) * scale - top));
  }
  return points;
}

export function worldOf(lon: number, lat: number): [x: number, y: number] {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

function place(feature: GeoJSON.Feature): Placed[] {
  const { geometry } = feature;
  if (!geometry || geometry.type === "GeometryCollection") return [];
  const [type, lines] = linesOf(geometry);
  const parts = lines.map((line) => Float64Array.from(line.flatMap(([lon, lat]) => worldOf(lon as number, lat as number))));
  const box: Placed["box"] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) {
      const [x, y] = [part[i] as number, part[i + 1] as number];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  }
  return [{ properties: (feature.properties ?? {}) as Properties, type, parts, box }];
}

function linesOf(geometry: Exclude<GeoJSON.Geometry, GeoJSON.GeometryCollection>): [GeomType, GeoJSON.Position[][]] {
  switch (geometry.type) {
    case "Point":
      return [GeomType.Point, [[geometry.coordinates]]];
    case "MultiPoint":
      return [GeomType.Point, [geometry.coordinates]];
    case "LineString":
      return [GeomType.Line, [geometry.coordinates]];
    case "MultiLineString":
      return [GeomType.Line, geometry.coordinates];
    case "Polygon":
      return [GeomType.Polygon, geometry.coordinates];
    case "MultiPolygon":
      return [GeomType.Polygon, geometry.coordinates.flat()];
  }
}
