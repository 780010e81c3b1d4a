/**
 * What a tile is painted on: a canvas out of sight, whose picture is handed over when it is whole. The
 * browser copies a canvas that can be painted on for every frame it makes, a hundred of them each time;
 * a picture that was handed over it takes once. Nor is a tile ever seen half painted.
 */
export interface Surface {
  ctx: CanvasRenderingContext2D;
  show(): void;
}

const HANDED_OVER = typeof OffscreenCanvas === "function" && typeof ImageBitmapRenderingContext === "function";

/** width, height  in CSS pixels; opaque: what lies under it need not be drawn. Null where the browser gives no canvas: it has no memory left for it. */
export function surfaceOf(canvas: HTMLCanvasElement, width: number, height = width, opaque = false): Surface | null {
  const ratio = window.devicePixelRatio || 1;
  const size = [Math.round(width * ratio), Math.round(height * ratio)] as const;
  const hidden = HANDED_OVER ? new OffscreenCanvas(...size) : document.createElement("canvas");
  [hidden.width, hidden.height] = size;
  const ctx = hidden.getContext("2d") as CanvasRenderingContext2D | null;
  if (!ctx) return null;
  ctx.scale(ratio, ratio);
  const show = (): void => {
    [canvas.width, canvas.height] = size;
    if (hidden instanceof HTMLCanvasElement) canvas.getContext("2d")?.drawImage(hidden, 0, 0);
    else canvas.getContext("bitmaprenderer", { alpha: !opaque })?.transferFromImageBitmap(hidden.transferToImageBitmap());
  };
  return { ctx, show };
}

/** Gives a tile's memory back at once: phones count it long after the tile is gone. */
export function release(tile: HTMLElement): void {
  if (tile instanceof HTMLCanvasElement) tile.width = tile.height = 0;
}
