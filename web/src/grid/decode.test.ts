import { latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { decodeGrid } from "./decode";
import { valueOf } from "./lookup";

// Three cells of resolution 8 as geoplan.grid.encode writes them: header, JSON, varints, float32s.
const SERVER =
  "4750473108000000" + "0300000031000000" +
  "7b226c61796572223a227061726b222c22756e6974223a7b227a68223a22e4b8aa222c22656e223a227061726b73227d7d" +
  "84e3c683c208" + "be6b" + "02" +
  "0000803f" + "00002040" + "00009643";

function fromHex(hex: string): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).buffer;
}

/** The format once more, written from its description with big integers only. */
function encoded(res: number, cells: bigint[], values: number[], fields: object = {}): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify(fields));
  const varints: number[] = [];
  let before = 0n;
  for (const cell of cells) {
    const position = cell >> BigInt(3 * (15 - res));
    let rest = position - before;
    before = position;
    do {
      const low = Number(rest % 128n);
      rest /= 128n;
      varints.push(rest > 0n ? low + 128 : low);
    } while (rest > 0n);
  }
  const bytes = new Uint8Array(16 + json.length + varints.length + 4 * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("GPG1"));
  view.setUint8(4, res);
  view.setUint32(8, cells.length, true);
  view.setUint32(12, json.length, true);
  bytes.set(json, 16);
  bytes.set(varints, 16 + json.length);
  values.forEach((value, i) => view.setFloat32(16 + json.length + varints.length + 4 * i, value, true));
  return bytes.buffer;
}

const cellOf = (lat: number, lon: number, res: number): bigint => BigInt(`0x${latLngToCell(lat, lon, res)}`);
const ascending = (cells: bigint[]): bigint[] => [...new Set(cells)].sort((a, b) => (a < b ? -1 : 1));

describe("the compact binary of a grid", () => {
  it("is read as the server writes it", () => {
    const grid = decodeGrid(fromHex(SERVER));
    expect(grid.res).toBe(8);
    expect(grid.layer).toBe("park");
    expect(grid.unit.zh).toBe("个");
    expect([...grid.cells]).toEqual([0x8840e36309fffffn, 0x8840e3ce85fffffn, 0x8840e3ce89fffffn]);
    expect([...grid.values]).toEqual([1, 2.5, 300]);
  });

  it.each([6, 7, 8, 9, 10, 15])("gives back every cell of resolution %i", (res) => {
    const wanted: bigint[] = [];
    // From Chengdu's streets to the other side of the world: differences of one bit and of fifty.
    for (let i = 0; i < 300; i++) wanted.push(cellOf(30.66 + i * 0.0007, 104.06 + (i % 17) * 0.003, res));
    wanted.push(cellOf(-33.9, -70.6, res), cellOf(0, 0, res), cellOf(78, 15, res));
    const cells = ascending(wanted);
    const values = cells.map((_, i) => i / 4);
    const grid = decodeGrid(encoded(res, cells, values));
    expect([...grid.cells]).toEqual(cells);
    expect([...grid.values]).toEqual(values);
  });

  it("may hold nothing", () => {
    const grid = decodeGrid(encoded(8, [], [], { total: 0 }));
    expect(grid.cells).toHaveLength(0);
    expect(grid.total).toBe(0);
  });

  it("is refused wherever it is cut short", () => {
    const whole = fromHex(SERVER);
    for (let length = 0; length < whole.byteLength; length++) {
      expect(() => decodeGrid(whole.slice(0, length)), `${length} bytes`).toThrow();
    }
  });

  it("is refused with another magic, and when it promises more than it holds", () => {
    const other = new Uint8Array(fromHex(SERVER));
    other[3] = 0x32;
    expect(() => decodeGrid(other.buffer)).toThrow("not a grid");
    const lying = fromHex(SERVER);
    new DataView(lying).setUint32(8, 0xffffffff, true);
    expect(() => decodeGrid(lying)).toThrow("cut short");
  });
});

describe("the value of a cell", () => {
  const cells = ascending(Array.from({ length: 50 }, (_, i) => cellOf(30.5 + i * 0.02, 104.06, 8)));
  const grid = decodeGrid(encoded(8, cells, cells.map((_, i) => i + 0.5)));

  it("is found for each cell of the grid", () => {
    cells.forEach((cell, i) => expect(valueOf(grid, cell)).toBe(i + 0.5));
  });

  it("is null for a cell that holds nothing, before, between and behind", () => {
    expect(valueOf(grid, (cells[0] as bigint) - 1n)).toBeNull();
    expect(valueOf(grid, (cells[20] as bigint) + 1n)).toBeNull();
    expect(valueOf(grid, (cells[49] as bigint) + 1n)).toBeNull();
  });
});
