import type LeafletNamespace from "leaflet";

/** A canvas of the map, and what its panes do to it. */
export interface Level {
  canvas: HTMLCanvasElement;
  opacity: number;
  blend: GlobalCompositeOperation;
  pane: string;
}

/** The canvases of the map from bottom to top. */
export function levelsOf(map: LeafletNamespace.Map): Level[] {
  const panes = Object.entries(map.getPanes()).filter(([name]) => name !== "mapPane");
  const height = (pane: HTMLElement): number => Number(getComputedStyle(pane).zIndex) || 0;
  return panes
    .sort(([, a], [, b]) => height(a) - height(b))
    .flatMap(([name, pane]) => {
      const blend = getComputedStyle(pane).mixBlendMode;
      return [...pane.querySelectorAll("canvas")].map((canvas) => ({
        canvas,
        pane: name,
        blend: (blend === "normal" ? "source-over" : blend) as GlobalCompositeOperation,
        opacity: opacityOf(canvas, pane),
      }));
    })
    .filter(({ canvas, opacity }) => opacity > 0 && canvas.width > 0);
}

function opacityOf(canvas: HTMLElement, pane: HTMLElement): number {
  let found = 1;
  for (let at: HTMLElement | null = canvas; at && at !== pane.parentElement; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.visibility === "hidden" || style.display === "none") return 0;
    found *= Number(style.opacity);
  }
  return found;
}

/** Draws a level where it stands on the map. */
export function drawLevel(ctx: CanvasRenderingContext2D, { canvas, opacity, blend }: Level, frame: DOMRect): void {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  ctx.globalAlpha = opacity;
  ctx.globalCompositeOperation = blend;
  ctx.drawImage(canvas, left - frame.left, top - frame.top, width, height);
}
