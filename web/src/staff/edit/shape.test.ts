import { describe, expect, it } from "vitest";
import { isUnread, read, write } from "./coordinates";
import { areaOf, copyOf, lengthOf, moved, shapeOf, verticesOf, without, type Shape } from "./shape";

const SQUARE = "104.10, 30.60\n104.11, 30.60\n104.11, 30.61\n104.10, 30.61";
const HOLE = "104.103, 30.603\n104.104, 30.603\n104.104, 30.604";

describe("coordinates as text", () => {
  it("are read with what people put between them, and written so that they are read again", () => {
    for (const text of ["104.113, 30.603", "104.113 30.603", "104.113\t30.603", "104.113，30.603", "[104.113, 30.603]", "(104.113;30.603)"]) {
      expect(read("point", text)).toEqual({ type: "Point", coordinates: [104.113, 30.603] });
    }
    for (const [kind, text] of [
      ["point", "104.113, 30.603"],
      ["line", "104.1, 30.6\n104.2, 30.7\n\n104.3, 30.6\n104.4, 30.7"],
      ["polygon", `${SQUARE}\n\n${HOLE}`],
    ] as const) {
      const shape = read(kind, text) as Shape;
      expect(read(kind, write(shape))).toEqual(shape);
    }
  });

  it("of a ring within a ring are its hole, and of one beside it another part", () => {
    const holed = read("polygon", `${SQUARE}\n\n${HOLE}`) as GeoJSON.Polygon;
    expect([holed.type, holed.coordinates.length]).toEqual(["Polygon", 2]);
    const two = read("polygon", `${SQUARE}\n\n104.2, 30.6\n104.21, 30.6\n104.21, 30.61\n104.2, 30.6`) as GeoJSON.MultiPolygon;
    expect([two.type, two.coordinates.map((rings) => rings[0]?.length)]).toEqual(["MultiPolygon", [5, 4]]);
  });

  it.each([
    ["point", "", "empty", 1],
    ["point", "30.6, 104.1", "swapped", 1],
    ["point", "104.1, 30.6\n104.2, 30.6", "one", 2],
    ["line", "104.1, 30.6\n104.2", "two", 2],
    ["line", "104.1, 30.6\n104.2, thirty 30.6", "two", 2],
    ["line", "104.1, 30.6", "few", 1],
    ["polygon", "104.1, 30.6\n104.2, 30.6", "few", 1],
    ["polygon", "417830.2, 3385721.0", "range", 1],
  ] as const)("that are no %s say why: %s", (kind, text, why, line) => {
    const found = read(kind, text);
    expect(isUnread(found) && found).toEqual({ why, line });
  });
});

describe("a shape", () => {
  const square = read("polygon", SQUARE) as Shape;

  it("is measured as it lies on the earth", () => {
    expect(lengthOf(read("line", "104, 30\n104, 31") as Shape)).toBeCloseTo(111_195, -1);
    expect(areaOf(square)).toBeCloseTo(957.1 * 1112, -4);
    expect(areaOf(read("polygon", `${SQUARE}\n\n${HOLE}`) as Shape)).toBeLessThan(areaOf(square));
  });

  it("goes by metres, whole or by one corner", () => {
    const east = moved(square, null, 100, 0) as GeoJSON.Polygon;
    expect(east.coordinates[0]?.[0]?.[0]).toBeCloseTo(104.101045, 5);
    const corner = moved(square, 2, 0, 111.195) as GeoJSON.Polygon;
    expect(corner.coordinates[0]?.map(([, lat]) => lat)).toEqual([30.6, 30.6, 30.611, 30.61, 30.6]);
    expect((moved(square, 0, 0, 10) as GeoJSON.Polygon).coordinates[0]?.at(-1)?.[1]).toBe(30.60009);
  });

  it("loses a corner, but never so many that none is left", () => {
    const triangle = without(square, 1);
    expect(verticesOf(triangle)).toHaveLength(3);
    expect(without(triangle, 0)).toBe(triangle);
    expect(shapeOf("line", [[[104, 30]]])).toBeNull();
  });

  it("is copied in two dimensions with the decimals that are kept", () => {
    expect(copyOf({ type: "Point", coordinates: [104.12345678, 30.1, 512] })).toEqual({ type: "Point", coordinates: [104.123457, 30.1] });
  });
});
