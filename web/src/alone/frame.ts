import type LeafletNamespace from "leaflet";
import type { Words } from "../config";
import { say } from "../i18n";
import L from "../leaflet";
import type { BoundaryLayers } from "../map/boundaries";
import { addControls } from "../map/controls";
import type { GroundLayer } from "../map/ground";
import { Names } from "../map/names";
import type { Source } from "../map/sources";
import { h } from "../panels/dom";
import { Activity } from "../state/activity";
import { featureAt } from "./hit";
import { worldOf } from "./localTiles";
import type { ShapesLayer } from "./shapes";
import { words } from "./words";

/** What geoplan.map.Frame gives: all that is around the layers of a map without the page. */
export interface FrameOptions {
  map: LeafletNamespace.Map;
  title: Words;
  bounds: [west: number, south: number, east: number, north: number];
  credits: Words[];
  /** Of a server: the address, and the sources whose credits are asked for. */
  server: string;
  credited: string[];
  boundaries: BoundaryLayers | null;
  ground: GroundLayer | null;
  layers: (LeafletNamespace.GridLayer & { source?: Source })[];
}

const NEAR = 7; // pixels beside a point or a line

export function frame(options: FrameOptions): void {
  const { map, bounds, boundaries, ground } = options;
  const [west, south, east, north] = bounds;
  const activity = new Activity(document.documentElement);
  addControls(map, L.latLngBounds([south, west], [north, east]), options.credits.map(say));
  map.getContainer().setAttribute("role", "application");
  map.getContainer().setAttribute("aria-label", say(options.title));
  title(map, say(options.title));
  const failed = notice(map, words.failed.replace("{url}", options.server));
  const drawn: LeafletNamespace.GridLayer[] = [...options.layers];
  if (boundaries) {
    boundaries.source.onFailure = failed;
    const names = new Names({ units: boundaries.source, base: ground?.source ?? boundaries.source });
    names.setGround(ground !== null);
    names.addTo(map);
    drawn.push(boundaries.land, boundaries.lines, names.layer);
  }
  if (ground) {
    ground.source.onFailure = failed;
    drawn.push(ground);
  }
  drawn.forEach((layer, i) => {
    if (layer.isLoading()) activity.begin(String(i));
    layer.on("loading", () => activity.begin(String(i)));
    layer.on("load remove", () => activity.end(String(i)));
    layer.on("failed", failed);
  });
  for (const { source } of options.layers) if (source) source.onFailure = failed;
  tell(map, options.layers);
  void credit(map, options);
}

function title(map: LeafletNamespace.Map, text: string): void {
  const control = Object.assign(new L.Control({ position: "topleft" }), {
    onAdd: () => h("h1", { class: "alone-title leaflet-control" }, text),
  });
  if (text) control.addTo(map);
}

function notice(map: LeafletNamespace.Map, text: string): () => void {
  const place = h("p", { class: "notice alone-notice", role: "alert", hidden: true }, text);
  map.getContainer().append(place);
  return () => {
    place.hidden = false;
  };
}

/** A click tells what the uppermost feature there says of itself. */
function tell(map: LeafletNamespace.Map, layers: readonly LeafletNamespace.Layer[]): void {
  map.on("click", ({ latlng }) => {
    const [x, y] = worldOf(latlng.lng, latlng.lat);
    for (const layer of [...layers].reverse() as (LeafletNamespace.Layer & Partial<ShapesLayer>)[]) {
      if (!layer.tiles || !map.hasLayer(layer)) continue;
      const found = featureAt(layer.tiles.placed, x, y, NEAR / (256 * 2 ** map.getZoom()));
      const details = JSON.parse(String(found?.properties["details"] ?? "[]")) as [string, string][];
      if (details.length === 0) continue;
      const list = h("dl", { class: "alone-details" }, ...details.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
      const popup = L.popup({ maxWidth: 320, maxHeight: 260 }).setLatLng(latlng).setContent(list).openOn(map);
      popup.getElement()?.setAttribute("role", "dialog");
      popup.getElement()?.setAttribute("aria-label", words.here);
      popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
      return;
    }
  });
}

/** The sources' own credits, as the server's TileJSON has them. */
async function credit(map: LeafletNamespace.Map, { server, credited, credits }: FrameOptions): Promise<void> {
  const said = new Set(credits.flatMap(({ zh, en }) => [zh, en]));
  const asked = credited.map(async (source) => {
    const answer = await fetch(`${server}/tiles/${source}.json`);
    return answer.ok ? (((await answer.json()) as { attribution?: string }).attribution ?? "") : "";
  });
  for (const answer of await Promise.allSettled(asked)) {
    if (answer.status !== "fulfilled") continue;
    for (const line of answer.value.split("; ")) {
      if (!line || said.has(line)) continue;
      said.add(line);
      map.attributionControl.addAttribution(line.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`));
    }
  }
}
