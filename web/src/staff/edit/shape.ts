/** Shapes as the page edits them: GeoJSON in degrees (EPSG:4326), longitude first. Nothing here draws. */

export type Shape = GeoJSON.Point | GeoJSON.LineString | GeoJSON.MultiLineString | GeoJSON.Polygon | GeoJSON.MultiPolygon;
export type Kind = "point" | "line" | "polygon";
type Lonlat = [lon: number, lat: number];

const EARTH_M = 6_371_008.8;
const DEGREE_M = (Math.PI / 180) * EARTH_M;
/** Decimals of a degree that are kept: a tenth of a metre. */
const DECIMALS = 6;

/** One corner of a shape: where it stands in the coordinates, and where it lies. */
export interface Vertex {
  /** Of the corner within its line or ring. */
  at: number;
  line: Lonlat[];
  lonlat: Lonlat;
}

export const rounded = (degrees: number): number => Number(degrees.toFixed(DECIMALS));

/** A copy that shares nothing, of two dimensions, with as many decimals as are kept. */
export function copyOf(shape: Shape): Shape {
  const walk = (part: unknown): unknown =>
    Array.isArray(part) && typeof part[0] === "number" ? [rounded(part[0]), rounded(Number(part[1]))] : (part as unknown[]).map(walk);
  return { type: shape.type, coordinates: walk(shape.coordinates) } as Shape;
}

/** The lines, or the rings without their repeated end, as lists of places; a point is a line of one. */
export function linesOf(shape: Shape): Lonlat[][] {
  switch (shape.type) {
    case "Point":
      return [[shape.coordinates as Lonlat]];
    case "LineString":
      return [shape.coordinates as Lonlat[]];
    case "MultiLineString":
      return shape.coordinates as Lonlat[][];
    case "Polygon":
      return (shape.coordinates as Lonlat[][]).map(open);
    case "MultiPolygon":
      return (shape.coordinates as Lonlat[][][]).flat().map(open);
  }
}

const open = (ring: Lonlat[]): Lonlat[] => ring.slice(0, -1);
const closed = (ring: Lonlat[]): Lonlat[] => [...ring, [...(ring[0] as Lonlat)] as Lonlat];

/** Corners in the order in which they were drawn. */
export function verticesOf(shape: Shape): Vertex[] {
  return linesOf(shape).flatMap((line) => line.map((lonlat, at) => ({ at, line, lonlat })));
}

/**
 * A shape of lines: of polygons, a ring that lies in the one before it is its hole, any other begins another
 * part. Null where a line has too few places for its kind.
 */
export function shapeOf(kind: Kind, lines: Lonlat[][]): Shape | null {
  const least = kind === "point" ? 1 : kind === "line" ? 2 : 3;
  const [first, ...others] = lines;
  if (!first || lines.some((line) => line.length < least)) return null;
  if (kind === "point") return { type: "Point", coordinates: first[0] as Lonlat };
  if (kind === "line") {
    return others.length === 0 ? { type: "LineString", coordinates: first } : { type: "MultiLineString", coordinates: lines };
  }
  const parts: Lonlat[][][] = [];
  for (const ring of lines) {
    const last = parts.at(-1);
    if (last?.[0] && isInside(ring[0] as Lonlat, last[0])) last.push(closed(ring));
    else parts.push([closed(ring)]);
  }
  const [only] = parts;
  return parts.length === 1 && only ? { type: "Polygon", coordinates: only } : { type: "MultiPolygon", coordinates: parts };
}

/** Whether a place lies within a ring, by how often a ray to the east crosses it. */
function isInside([lon, lat]: Lonlat, ring: Lonlat[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x, y] = ring[i] as Lonlat;
    const [u, v] = ring[j] as Lonlat;
    if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  }
  return inside;
}

/** The shape, or one corner of it, moved by metres to the east and to the north. */
export function moved(shape: Shape, vertex: number | null, east: number, north: number): Shape {
  const lines = linesOf(shape);
  let at = 0;
  const next = lines.map((line) =>
    line.map((lonlat): Lonlat => {
      if (vertex !== null && at++ !== vertex) return lonlat;
      const [lon, lat] = lonlat;
      return [rounded(lon + east / (DEGREE_M * Math.cos((lat * Math.PI) / 180))), rounded(lat + north / DEGREE_M)];
    }),
  );
  return sameKind(shape, next);
}

/** The shape without one corner; itself where that would leave too few. */
export function without(shape: Shape, vertex: number): Shape {
  const least = shape.type === "Point" ? 2 : shape.type.endsWith("LineString") ? 3 : 4;
  let at = 0;
  let taken = false;
  const next = linesOf(shape).map((line) =>
    line.filter(() => {
      const here = at++ === vertex && line.length >= least;
      taken ||= here;
      return !here;
    }),
  );
  return taken ? sameKind(shape, next) : shape;
}

/** The lines in place of a shape's own, which are as many. */
function sameKind(shape: Shape, lines: Lonlat[][]): Shape {
  switch (shape.type) {
    case "Point":
      return { type: "Point", coordinates: lines[0]?.[0] as Lonlat };
    case "LineString":
      return { type: "LineString", coordinates: lines[0] as Lonlat[] };
    case "MultiLineString":
      return { type: "MultiLineString", coordinates: lines };
    case "Polygon":
      return { type: "Polygon", coordinates: lines.map(closed) };
    case "MultiPolygon": {
      let at = 0;
      return { type: "MultiPolygon", coordinates: shape.coordinates.map((part) => part.map(() => closed(lines[at++] as Lonlat[]))) };
    }
  }
}

/** Length of its lines or outlines in metres, on a sphere: for the eye, the service measures on the ellipsoid. */
export function lengthOf(shape: Shape): number {
  const rings = shape.type.endsWith("Polygon");
  return linesOf(shape)
    .map((line) => (rings ? closed(line) : line))
    .flatMap((line) => line.slice(1).map((to, i) => distance(line[i] as Lonlat, to)))
    .reduce((sum, metres) => sum + metres, 0);
}

/** Area in m², holes taken off, on a sphere. */
export function areaOf(shape: Shape): number {
  if (shape.type !== "Polygon" && shape.type !== "MultiPolygon") return 0;
  const parts = (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates) as Lonlat[][][];
  return parts
    .map((rings) => rings.map((ring, i) => (i === 0 ? 1 : -1) * Math.abs(ringArea(ring))).reduce((sum, area) => sum + area, 0))
    .reduce((sum, area) => sum + area, 0);
}

function ringArea(ring: Lonlat[]): number {
  const [lon0, lat0] = ring[0] as Lonlat;
  const scale = Math.cos((lat0 * Math.PI) / 180);
  const flat = ring.map(([lon, lat]): Lonlat => [(lon - lon0) * DEGREE_M * scale, (lat - lat0) * DEGREE_M]);
  return flat.slice(1).reduce((sum, [x, y], i) => sum + ((flat[i] as Lonlat)[0] * y - x * (flat[i] as Lonlat)[1]), 0) / 2;
}

function distance([lon1, lat1]: Lonlat, [lon2, lat2]: Lonlat): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(h));
}

export const isSame = (one: Shape | null, other: Shape | null): boolean => JSON.stringify(one) === JSON.stringify(other);
