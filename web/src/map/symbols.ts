/** Shapes of point layers on a unit circle: one definition for the canvas and the panel. */
const corners = (count: number, turn: number): [number, number][] =>
  Array.from({ length: count }, (_, i) => {
    const angle = ((i + turn) / count) * 2 * Math.PI - Math.PI / 2;
    return [Math.cos(angle), Math.sin(angle)];
  });

const star: [number, number][] = corners(10, 0).map(([x, y], i) => (i % 2 === 0 ? [1.15 * x, 1.15 * y] : [0.55 * x, 0.55 * y]));

const plus: [number, number][] = [
  [-0.36, -1], [0.36, -1], [0.36, -0.36], [1, -0.36], [1, 0.36], [0.36, 0.36],
  [0.36, 1], [-0.36, 1], [-0.36, 0.36], [-1, 0.36], [-1, -0.36], [-0.36, -0.36],
];

const shapes: Record<string, [number, number][] | null> = {
  circle: null,
  square: corners(4, 0.5).map(([x, y]) => [1.2 * x, 1.2 * y]),
  diamond: corners(4, 0).map(([x, y]) => [1.15 * x, 1.15 * y]),
  triangle: corners(3, 0).map(([x, y]) => [1.2 * x, 1.2 * y + 0.2]),
  pentagon: corners(5, 0).map(([x, y]) => [1.08 * x, 1.08 * y]),
  hexagon: corners(6, 0).map(([x, y]) => [1.06 * x, 1.06 * y]),
  star,
  cross: plus,
  plus,
};

/** Corners of a symbol, or null for a circle (also for names that are not known). */
export function shapeOf(symbol: string): [number, number][] | null {
  return shapes[symbol] ?? null;
}

export function traceSymbol(ctx: CanvasRenderingContext2D, symbol: string, x: number, y: number, radius: number): void {
  ctx.beginPath();
  const shape = shapeOf(symbol);
  if (!shape) {
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  shape.forEach(([dx, dy], i) => {
    if (i === 0) ctx.moveTo(x + dx * radius, y + dy * radius);
    else ctx.lineTo(x + dx * radius, y + dy * radius);
  });
  ctx.closePath();
}

/** The same outline as an SVG path. */
export function symbolPath(symbol: string, x: number, y: number, radius: number): string {
  const shape = shapeOf(symbol);
  if (!shape) {
    return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  }
  return `M${shape.map(([dx, dy]) => `${(x + dx * radius).toFixed(2)} ${(y + dy * radius).toFixed(2)}`).join("L")}Z`;
}
