/** What the server tells the staff page of the catalogue, written by geoplan.map.staff. */
import type L from "leaflet";
import type { FieldConfig, Geometry, Status, UnitConfig, Words } from "../config";
import type { BoundaryLayers } from "../map/boundaries";
import type { FeatureLayer } from "../map/features";
import type { GroundLayer } from "../map/ground";

export interface DeskField extends FieldConfig {
  type: "text" | "enum" | "date" | "integer" | "number" | "boolean";
  required: boolean;
}

export interface DeskTarget {
  id: string;
  title: Words;
  unit: Words;
  decimals: number;
}

export interface DeskLayer {
  id: string;
  title: Words;
  summary: Words;
  group: "plan" | "inventory" | "indicator";
  geometry: Geometry;
  visibility: "public" | "staff" | "city";
  color: string;
  symbol: string;
  width: number;
  fields: DeskField[];
  targets: DeskTarget[];
}

export interface DeskConfig {
  title: Words;
  bounds: [west: number, south: number, east: number, north: number];
  layers: DeskLayer[];
  units: UnitConfig[];
  services: { id: string; title: Words }[];
  statuses: Record<Status, Words>;
  attributions: Words[];
}

/** What the script of the page hands over: the elements it has made, and the catalogue. */
export interface DeskParts {
  map: L.Map;
  boundaries: BoundaryLayers;
  ground: GroundLayer;
  features: Record<string, FeatureLayer>;
  raster: L.TileLayer | null;
  page: DeskConfig;
}
