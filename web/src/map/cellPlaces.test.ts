import { cellToBoundary, cellToLatLng, gridDisk, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { CellPlaces } from "./cellPlaces";

const worldY = (lat: number): number => 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);

function city(res: number, around: number): { names: string[]; places: CellPlaces } {
  const names = gridDisk(latLngToCell(30.66, 104.06, res), around).sort();
  const drawn = {
    res,
    cells: BigUint64Array.from(names, (name) => BigInt(`0x${name}`)),
    values: Float32Array.from(names, (_, i) => i),
  };
  return { names, places: new CellPlaces(drawn, { lower: [0, 10], max: names.length, colors: ["a", "b"], whole: true }) };
}

describe("hexagons of a grid", () => {
  it.each([7, 8, 9])("of resolution %i that touch a box are all found", (res) => {
    const { names, places } = city(res, 40);
    for (const size of [0.01, 0.09, 0.4]) {
      const [west, east, south, north] = [104.03, 104.03 + size, 30.62, 30.62 + size];
      const found = new Set(places.within(west / 360 + 0.5, worldY(north), east / 360 + 0.5, worldY(south)));
      const touching = names.flatMap((name, i) => {
        const inside = cellToBoundary(name).some(([lat, lon]) => lon >= west && lon <= east && lat >= south && lat <= north);
        return inside ? [i] : [];
      });
      expect(touching.filter((i) => !found.has(i))).toEqual([]);
      // Those beside the box that are found as well are few.
      expect(found.size).toBeLessThan(touching.length * 1.6 + 40);
    }
  });

  it("have the outlines and classes of h3 and of their values", () => {
    const { names, places } = city(9, 5);
    names.forEach((name, i) => {
      const outline = places.outline(i);
      cellToBoundary(name).forEach(([lat, lon], k) => {
        expect(outline[2 * k]).toBeCloseTo(lon / 360 + 0.5, 12);
        expect(outline[2 * k + 1]).toBeCloseTo(worldY(lat), 12);
      });
      expect(places.classAt(i)).toBe(i < 10 ? 0 : 1);
      const [lat, lon] = cellToLatLng(name);
      const [x, y] = [lon / 360 + 0.5, worldY(lat)];
      expect([...places.within(x, y, x, y)]).toContain(i);
    });
  });

  it("may be none", () => {
    const drawn = { res: 8, cells: new BigUint64Array(0), values: new Float32Array(0) };
    const places = new CellPlaces(drawn, { lower: [], max: 0, colors: [], whole: true });
    expect([...places.within(0, 0, 1, 1)]).toEqual([]);
  });
});
