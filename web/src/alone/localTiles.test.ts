import { describe, expect, it } from "vitest";
import { featureAt } from "./hit";
import { LocalTiles, worldOf } from "./localTiles";

const at: GeoJSON.Position = [104.06, 30.66];
const feature = (geometry: GeoJSON.Geometry, name: string): GeoJSON.Feature => ({ type: "Feature", geometry, properties: { name } });
const ring = (half: number): GeoJSON.Position[] =>
  [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([x, y]) => [104.06 + half * (x as number), 30.66 + half * (y as number)]);

const collection: GeoJSON.FeatureCollection = {
  type: "FeatureCollection",
  features: [
    feature({ type: "Polygon", coordinates: [ring(0.1), ring(0.05)] }, "ring"),
    feature({ type: "LineString", coordinates: [[104.0, 30.66], [104.02, 30.66]] }, "line"),
    feature({ type: "Point", coordinates: at }, "point"),
    feature({ type: "MultiPoint", coordinates: [at, [105, 31]] }, "points"),
    feature({ type: "MultiPolygon", coordinates: [[ring(0.001)], [ring(0.002)]] }, "areas"),
  ],
};

const tileOf = (lon: number, lat: number, z: number): { z: number; x: number; y: number } => {
  const [x, y] = worldOf(lon, lat);
  return { z, x: Math.floor(x * 2 ** z), y: Math.floor(y * 2 ** z) };
};

describe("GeoJSON as tiles", () => {
  const tiles = new LocalTiles(collection, "own");

  it("gives a tile what lies in it, in its pixels", async () => {
    const tile = tileOf(104.06, 30.66, 14);
    const found = (await tiles.get(tile, 512)).get("own") ?? [];
    expect(found.map(({ props }) => props["name"])).toEqual(["ring", "point", "points", "areas"]);
    const [x, y] = worldOf(104.06, 30.66).map((each) => each * 2 ** 14 * 512) as [number, number];
    expect(found[1]?.geom[0]?.[0]?.x).toBeCloseTo(x - tile.x * 512, 6);
    expect(found[1]?.geom[0]?.[0]?.y).toBeCloseTo(y - tile.y * 512, 6);
    expect(found[0]?.geom).toHaveLength(2);
    expect(found[0]?.numVertices).toBe(10);
  });

  it("gives a tile elsewhere nothing", async () => {
    expect((await tiles.get(tileOf(110, 20, 12), 512)).get("own")).toEqual([]);
  });

  it("finds the uppermost feature at a place, holes left out", () => {
    const near = 2e-6;
    const nameAt = (lon: number, lat: number): unknown => featureAt(tiles.placed, ...worldOf(lon, lat), near)?.properties["name"];
    expect(nameAt(104.06, 30.66)).toBe("points"); // the areas lie on each other: even-odd, as painted
    expect(nameAt(104.0615, 30.66)).toBe("areas");
    expect(nameAt(104.01, 30.6601)).toBe("line");
    expect(nameAt(104.14, 30.74)).toBe("ring");
    expect(nameAt(104.09, 30.66)).toBeUndefined();
    expect(nameAt(105, 31)).toBe("points");
    expect(nameAt(106, 31)).toBeUndefined();
  });
});
