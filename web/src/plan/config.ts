import type { PageConfig, ServiceConfig, Walk } from "../config";
import type { SPEEDS } from "../state/page";

export type Speed = (typeof SPEEDS)[number];

/** Tiles of features, and how they look. */
export interface Shown {
  source: string;
  color: string;
  symbol: string;
  width: number;
}

/** A service, and the tiles of its facilities. */
export interface PlannedService extends ServiceConfig {
  facilities: Shown;
}

/** What geoplan.map.plan writes: the catalogue of the public page, and how fast people walk. */
export interface PlanConfig extends PageConfig {
  services: PlannedService[];
  /** Metres a second. */
  walking: Record<Speed, number>;
}

/** The tiles of the facilities that the shown minutes lead to. A circle has too many kinds of them. */
export function facilitiesOf(config: PlanConfig, walk: Walk): Shown | null {
  return walk.kind === "reach" ? (config.services.find(({ id }) => id === walk.service.id)?.facilities ?? null) : null;
}
