import type { Status } from "../config";

/** How a status looks: what is built is solid, what is planned only an outline. */
export interface Look {
  color: string;
  fill: number;
  dash: number[];
}

/** In panels and on canvas alike: readable by day and by night. */
const STOPPED = "#7b858a";

export function lookOf(status: unknown, color: string): Look {
  switch (status as Status) {
    case "planned":
      return { color, fill: 0, dash: [1.5, 4] };
    case "building":
      return { color, fill: 0.35, dash: [7, 4] };
    case "stopped":
      return { color: STOPPED, fill: 0.25, dash: [3, 3] };
    default:
      return { color, fill: 1, dash: [] };
  }
}

/** Fill of an area: what is built still lets the ground show through. */
export function areaFill(look: Look): number {
  return look.fill === 1 ? 0.5 : look.fill * 0.55;
}
