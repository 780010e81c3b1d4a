/** What the server tells the page: the public part of the catalogue, written by geoplan.map. */

export interface Words {
  zh: string;
  en: string;
}

export type Lang = keyof Words;
export type Geometry = "point" | "line" | "polygon" | "none";
export type Status = "planned" | "building" | "finished" | "open" | "stopped";

export interface MeasureConfig {
  id: string;
  title: Words;
  unit: Words;
  decimals: number;
}

export interface FieldConfig {
  id: string;
  title: Words;
  unit: Words | null;
  values: Record<string, Words>;
}

/** A target of the plan; its layer need not be among the page's layers. */
export interface TargetConfig {
  layer: string;
  id: string;
  title: Words;
  featured: boolean;
  measure: string;
  decimals: number;
  value: number | null;
  unit: Words;
  op: string;
  period: string;
  phrase: Words;
  perUnit: boolean;
}

export interface LayerConfig {
  id: string;
  title: Words;
  summary: Words;
  group: "plan" | "inventory" | "indicator";
  geometry: Geometry;
  color: string;
  symbol: string;
  width: number;
  measures: MeasureConfig[];
  fields: FieldConfig[];
}

export interface UnitConfig {
  code: string;
  name: Words;
  kind: "district" | "zone";
}

/** A figure of a standard that a service is held to. */
export interface StandardConfig {
  standard: string;
  tier: string | null;
  radiusM: number | null;
  minutes: number | null;
  verified: boolean;
}

/** What people walk to: kindergartens, parks, markets. */
export interface ServiceConfig {
  id: string;
  title: Words;
  standards: StandardConfig[];
}

/** A life circle: what a standard wants within a walk. */
export interface CircleConfig {
  id: string;
  title: Words;
  source: string;
  categories: { id: string; title: Words }[];
}

export type Box = [west: number, south: number, east: number, north: number];

export interface PageConfig {
  title: Words;
  bounds: Box;
  /** The dense middle of the city. */
  core: Box;
  layers: LayerConfig[];
  targets: TargetConfig[];
  units: UnitConfig[];
  services: ServiceConfig[];
  circles: CircleConfig[];
  statuses: Record<Status, Words>;
  attributions: Words[];
  /** What each of the page's two questions opens with; `walk` is null where nobody can be asked to walk. */
  /** `walks`: life circles have been computed, so the page opens with `walk`. */
  start: { layers: string[]; theme: string | null; walk: string | null; walks: boolean };
}

/** One layer and one of its measures: what the hexagons show. */
export interface Theme {
  layer: LayerConfig;
  measure: MeasureConfig;
}

export function themeKey(layer: string, measure: string): string {
  return `${layer}.${measure}`;
}

export function findTheme(config: PageConfig, key: string | null): Theme | null {
  for (const layer of config.layers) {
    for (const measure of layer.measures) {
      if (hasPlace(layer) && themeKey(layer.id, measure.id) === key) return { layer, measure };
    }
  }
  return null;
}

export function hasPlace(layer: LayerConfig): boolean {
  return layer.geometry !== "none";
}

/** What is shown of walking: minutes to a service, or what is missing of a circle. */
export type Walk = { kind: "reach"; service: ServiceConfig } | { kind: "circle"; circle: CircleConfig };

export function walkKey(walk: Walk): string {
  return walk.kind === "reach" ? `reach.${walk.service.id}` : `circle.${walk.circle.id}`;
}

export function findWalk(config: PageConfig, key: string | null): Walk | null {
  const [kind, id] = (key ?? "").split(".");
  const service = config.services.find((each) => each.id === id);
  if (kind === "reach" && service) return { kind, service };
  const circle = config.circles.find((each) => each.id === id);
  return kind === "circle" && circle ? { kind, circle } : null;
}
