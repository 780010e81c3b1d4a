import type { PageConfig, ServiceConfig, Walk } from "../config";
import type { SPEEDS } from "../state/page";

export type Speed = (typeof SPEEDS)[number];

/** A service, and the layers whose features supply it. */
export interface PlannedService extends ServiceConfig {
  layers: string[];
}

/** What geoplan.map.plan writes: the catalogue of the public page, and how fast people walk. */
export interface PlanConfig extends PageConfig {
  services: PlannedService[];
  /** Metres a second. */
  walking: Record<Speed, number>;
}

/** The layers that supply what is shown, where they are among the page's own. */
export function suppliers(config: PlanConfig, walk: Walk): string[] {
  const wanted = walk.kind === "reach" ? (config.services.find(({ id }) => id === walk.service.id)?.layers ?? []) : [];
  return wanted.filter((id) => config.layers.some((layer) => layer.id === id));
}
