import { lang, say } from "../i18n";
import type { Activity } from "../state/activity";
import type { Calls } from "./calls";
import type { DeskConfig, DeskField, DeskLayer } from "./config";
import type { Frame } from "./frame";
import type { DeskMap } from "./map";
import type { Route } from "./route";
import type { Me } from "./types";
import { w } from "./words";

/** What every screen works with. */
export interface Desk {
  config: DeskConfig;
  calls: Calls;
  frame: Frame;
  map: DeskMap;
  activity: Activity;
  me: Me;
  /** Goes to another screen. */
  go: (route: Route) => void;
  /** Tells the address what the screen shows, without leaving it. */
  keep: (route: Route) => void;
}

/** One screen of the page. */
export interface Screen {
  element: HTMLElement;
  title: string;
  leave: () => void;
  /** Whether something would be lost by leaving. */
  unsaved?: () => boolean;
}

export function layerOf(config: DeskConfig, id: string): DeskLayer | undefined {
  return config.layers.find((layer) => layer.id === id);
}

export function layerName(config: DeskConfig, id: string): string {
  const layer = layerOf(config, id);
  return layer ? say(layer.title) : id;
}

export function unitName(config: DeskConfig, code: string | null): string {
  if (code === null) return w("wholeCity");
  const unit = config.units.find((each) => each.code === code);
  return unit ? say(unit.name) : code;
}

export function fieldName(layer: DeskLayer | undefined, id: string): string {
  const field = layer?.fields.find((each) => each.id === id);
  return field ? say(field.title) : id;
}

/** A value of a row as people read it: words of an enum, names of units, yes and no, figures with their unit. */
export function shownValue(config: DeskConfig, layer: DeskLayer | undefined, id: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  const field = layer?.fields.find((each) => each.id === id);
  if (id === "unit") return unitName(config, String(value));
  if (typeof value === "boolean") return w(value ? "yes" : "no");
  const word = field?.values[String(value)];
  if (word) return say(word);
  if (typeof value === "number") return figure(value, field);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function figure(value: number, field: DeskField | undefined): string {
  const text =
    field?.id === "lon" || field?.id === "lat"
      ? String(value)
      : value.toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 6 });
  if (!field?.unit) return text;
  return lang === "zh" ? `${text}${say(field.unit)}` : `${text} ${say(field.unit)}`;
}
