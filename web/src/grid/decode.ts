import type { Words } from "../config";

/** One layer's measure in the hexagons of one resolution. `cells` ascend. */
export interface Grid {
  layer: string;
  res: number;
  measure: string;
  unit: Words;
  total: number;
  data_version: number;
  synthetic: boolean;
  cells: BigUint64Array;
  values: Float32Array;
}

const MAGIC = 0x31475047; // "GPG1", little-endian
const HEADER = 16;

/**
 * Reads the compact binary of `/api/grid/{layer}?f=bin`:
 * magic "GPG1", u8 res, 3 reserved bytes, u32 n, u32 json_len, the answer's other fields as JSON,
 * n cells as LEB128 differences of (cell >> 3·(15-res)), n values as float32. All little-endian.
 */
export function decodeGrid(buffer: ArrayBuffer): Grid {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint32(0, true) !== MAGIC) {
    throw new RangeError("not a grid of version 1");
  }
  const res = view.getUint8(4);
  const count = view.getUint32(8, true);
  const jsonLength = view.getUint32(12, true);
  // A cell takes at least a byte and its value four: no room is made for more than can be there.
  if (HEADER + jsonLength + 5 * count > buffer.byteLength) throw new RangeError("the grid is cut short");
  const bytes = new Uint8Array(buffer);
  const fields = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER, HEADER + jsonLength))) as Omit<
    Grid,
    "cells" | "values"
  >;
  const { cells, end } = readCells(bytes, HEADER + jsonLength, count, res);
  if (end + 4 * count !== buffer.byteLength) throw new RangeError("the grid is cut short");
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getFloat32(end + 4 * i, true);
  return { ...fields, res, cells, values };
}

function readCells(bytes: Uint8Array, start: number, count: number, res: number): { cells: BigUint64Array; end: number } {
  const shift = BigInt(3 * (15 - res));
  // The digits below the resolution are all ones in a valid H3 index.
  const filler = (1n << shift) - 1n;
  const cells = new BigUint64Array(count);
  let at = start;
  let current = 0n;
  for (let i = 0; i < count; i++) {
    // Differences mostly fit in a small integer: big integers only beyond 28 bits.
    let low = 0;
    let bits = 0;
    let high = 0n;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("the grid is cut short");
      if (bits < 28) low |= (byte & 0x7f) << bits;
      else high |= BigInt(byte & 0x7f) << BigInt(bits);
      bits += 7;
      if (byte < 0x80) break;
    }
    current += high | BigInt(low);
    cells[i] = (current << shift) | filler;
  }
  return { cells, end: at };
}
