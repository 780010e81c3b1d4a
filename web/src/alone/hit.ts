import { GeomType } from "protomaps-leaflet";
import type { Placed } from "./localTiles";

/**
 * The uppermost feature at a place, both in spherical mercator 0..1.
 *
 * near  how far beside points and lines still counts, in the same units.
 */
export function featureAt(placed: readonly Placed[], x: number, y: number, near: number): Placed | null {
  for (let i = placed.length - 1; i >= 0; i--) {
    const each = placed[i] as Placed;
    const [west, north, east, south] = each.box;
    if (x < west - near || x > east + near || y < north - near || y > south + near) continue;
    if (each.type === GeomType.Polygon ? inside(each.parts, x, y) : within(each, x, y, near)) return each;
  }
  return null;
}

function within({ type, parts }: Placed, x: number, y: number, near: number): boolean {
  return parts.some((part) => {
    for (let i = 0; i + 1 < part.length; i += 2) {
      const end = type === GeomType.Point || i + 3 >= part.length ? i : i + 2;
      if (distance(part, i, end, x, y) <= near) return true;
    }
    return false;
  });
}

function distance(part: Float64Array, a: number, b: number, x: number, y: number): number {
  const [ax, ay] = [part[a] as number, part[a + 1] as number];
  const [dx, dy] = [(part[b] as number) - ax, (part[b + 1] as number) - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** By the even-odd rule, as it is painted: rings are outlines and holes alike. */
function inside(rings: readonly Float64Array[], x: number, y: number): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [yi, yj] = [ring[i + 1] as number, ring[j + 1] as number];
      if (yi > y === yj > y) continue;
      const [xi, xj] = [ring[i] as number, ring[j] as number];
      if (x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
    }
  }
  return odd;
}
