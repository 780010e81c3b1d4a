import type { Geometry, Status } from "../config";
import { areaFill, lookOf } from "../map/look";
import { cssOf } from "../map/palette";
import { symbolPath } from "../map/symbols";
import { svg } from "./dom";

interface Drawn {
  geometry: Geometry;
  color: string;
  symbol: string;
}

/** The symbol of a layer as the map draws it, for panels. */
export function symbolOf(layer: Drawn, status: Status = "finished"): SVGElement {
  const look = lookOf(status, cssOf(layer.color));
  const dash = look.dash.length > 0 ? look.dash.map((length) => length * 0.7).join(" ") : null;
  const stroke = { stroke: look.color, "stroke-dasharray": dash };
  const frame = { viewBox: "0 0 22 22", width: 22, height: 22, "aria-hidden": "true", class: "symbol" };
  if (layer.geometry === "line") {
    const path = "M2 16C7 16 7 6 12 6S17 10 20 6";
    return svg(
      "svg",
      frame,
      svg("path", { d: path, fill: "none", stroke: "var(--raised)", "stroke-width": 5 }),
      svg("path", { d: path, fill: "none", "stroke-width": 3, ...stroke }),
    );
  }
  if (layer.geometry === "polygon") {
    return svg(
      "svg",
      frame,
      svg("path", {
        d: "M4 6 13 3l6 7-3 8-10 1-3-6Z",
        fill: look.color,
        "fill-opacity": areaFill(look),
        "stroke-width": 1.8,
        "stroke-linejoin": "round",
        ...stroke,
      }),
    );
  }
  return svg(
    "svg",
    frame,
    svg("path", {
      d: symbolPath(layer.symbol, 11, 11, 7),
      fill: look.color,
      "fill-opacity": look.fill,
      stroke: look.fill === 1 ? "var(--raised)" : look.color,
      "stroke-width": look.fill === 1 ? 1.2 : 1.8,
      "stroke-linejoin": "round",
    }),
  );
}
