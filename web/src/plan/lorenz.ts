export type Point = readonly [people: number, walking: number];

/** The share of all walking that falls on a share of the people, by straight lines between points. */
export function walkingAt(points: readonly Point[], people: number): number {
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1] as Point;
    const [x1, y1] = points[i] as Point;
    if (people <= x1) return x1 === x0 ? y1 : y0 + ((y1 - y0) * (people - x0)) / (x1 - x0);
  }
  return 1;
}

/** What the curve encloses with the diagonal, over what lies under it: the Gini of the points. */
export function giniOf(points: readonly Point[]): number {
  let twice = 0;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1] as Point;
    const [x1, y1] = points[i] as Point;
    twice += (x1 - x0) * (y0 + y1);
  }
  return 1 - twice;
}
