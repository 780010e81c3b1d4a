import { svg } from "../panels/dom";
import { symbolPath } from "../map/symbols";

/** Shapes of verdicts on the map: they are told apart without their colours. */
const VERDICTS: Record<string, string> = { ok: "circle", warning: "triangle", error: "square", skipped: "diamond" };

/** Shapes and colours of the readings of one file, in the order of the candidates. */
export const READINGS = [
  { symbol: "circle", color: "#0b5fa5" },
  { symbol: "triangle", color: "#b3261e" },
  { symbol: "square", color: "#6a3fa0" },
  { symbol: "diamond", color: "#7a5200" },
] as const;

export function readingMark(index: number): (typeof READINGS)[number] {
  return READINGS[index % READINGS.length] as (typeof READINGS)[number];
}

/** A small sign of one verdict, for the map and its legend. */
export function verdictSign(verdict: string, size = 18): SVGElement {
  return sign(VERDICTS[verdict] ?? "circle", `sign sign-${verdict}`, size);
}

export function readingSign(index: number, size = 16): SVGElement {
  const mark = readingMark(index);
  const made = sign(mark.symbol, "sign", size);
  made.querySelector("path")?.setAttribute("fill", mark.color);
  return made;
}

function sign(symbol: string, name: string, size: number): SVGElement {
  return svg(
    "svg",
    { viewBox: "-10 -10 20 20", width: size, height: size, class: name, "aria-hidden": "true" },
    svg("path", {
      d: symbolPath(symbol, 0, 0, 6.4),
      stroke: "#fff",
      "stroke-width": 2,
      "stroke-linejoin": "round",
      "paint-order": "stroke",
    }),
  );
}
