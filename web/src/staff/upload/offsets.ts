/** How one reading of a file lies to another. */
export interface Offset {
  /** Metres, east and north positive; the middle of all rows that both have. */
  east: number;
  north: number;
  metres: number;
}

type Place = readonly [row: number, lon: number, lat: number];

const METRES_PER_DEGREE = 111_320;

/** The middle offset from `from` to `to`, row by row; null where they share none. Good to a percent over a city. */
export function offsetOf(from: readonly Place[], to: readonly Place[]): Offset | null {
  const known = new Map(from.map((place) => [place[0], place]));
  const east: number[] = [];
  const north: number[] = [];
  for (const [row, lon, lat] of to) {
    const base = known.get(row);
    if (!base) continue;
    east.push((lon - base[1]) * METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180));
    north.push((lat - base[2]) * METRES_PER_DEGREE);
  }
  if (east.length === 0) return null;
  const [e, n] = [middle(east), middle(north)];
  return { east: e, north: n, metres: Math.hypot(e, n) };
}

function middle(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}
