import { svg } from "../panels/dom";
import { symbolOf } from "../panels/symbol";
import type { Kind, Result, SearchConfig } from "./result";

const PATHS: Record<Exclude<Kind, "feature">, string> = {
  district: "M11 2.5 18.5 7v8L11 19.5 3.5 15V7Z",
  zone: "M11 2.5 18.5 7v8L11 19.5 3.5 15V7ZM11 7v8M7.5 11h7",
  street: "M7 3 4 19M15 3l3 16M11 4v3M11 10v3M11 16v3",
  metro: "M6 4h10v11H6ZM6 10h10M8.5 15 6.5 19M13.5 15l2 4",
  railway: "M7 2v18M15 2v18M7 6h8M7 11h8M7 16h8",
  water: "M2.5 8q3-3 6 0t6 0t5-1M2.5 14q3-3 6 0t6 0t5-1",
  locality: "M11 19s-5.5-5-5.5-9.5a5.5 5.5 0 0 1 11 0C16.500 14 11 19 11 19ZM11 7.500v4",
};

/** The sign of a result: the symbol of its layer, or one of its kind. */
export function markOf(result: Result, config: SearchConfig): SVGElement {
  const layer = config.layers.find(({ id }) => id === result.layer);
  if (layer) return symbolOf(layer);
  const path = PATHS[result.kind === "feature" ? "locality" : result.kind];
  return svg("svg", { viewBox: "0 0 22 22", width: 22, height: 22, class: "symbol icon", "aria-hidden": "true" }, svg("path", { d: path }));
}
