import type LeafletNamespace from "leaflet";
import { say, t } from "../i18n";
import L from "../leaflet";
import { addControls } from "../map/controls";
import { Names } from "../map/names";
import { palette } from "../map/palette";
import { h, part } from "../panels/dom";
import type { Activity } from "../state/activity";
import type { DeskParts } from "./config";
import { readingMark, readingSign, verdictSign } from "./marks";
import type { Row, Verdict } from "./types";
import { w, words } from "./words";

const PANES = { shapes: 430, marks: 610 } as const;
/** Told at once, the map would glide into its bounds, and go on gliding after a screen has set its view. */
const SIZED = { pan: false, debounceMoveend: true };
const COLORS: Record<Verdict, string> = { ok: "#1d6b43", warning: "#9a6200", error: "#a8401c", skipped: "#5d6b70" };

export interface Reading {
  name: string;
  /** Row, longitude, latitude. */
  places: [row: number, lon: number, lat: number][];
}

/** The one map of the page. Screens take it in, fill it and give it back. */
export class DeskMap {
  private readonly element = part("map");
  private readonly store = part("map-store");
  private readonly legend = h("div", { class: "desk-legend", hidden: true });
  private readonly drawn = L.layerGroup();
  private readonly shapes = new Map<number, LeafletNamespace.Layer>();
  private readonly names: Names;
  private held: string | null = null;
  private heldShape: LeafletNamespace.Layer | null = null;
  private placing: LeafletNamespace.Marker | null = null;
  private pick: ((place: LeafletNamespace.LatLng) => void) | null = null;

  constructor(
    private readonly parts: DeskParts,
    activity: Activity,
  ) {
    const { map, page } = parts;
    const [west, south, east, north] = page.bounds;
    const bounds = L.latLngBounds([south, west], [north, east]);
    for (const [name, level] of Object.entries(PANES)) map.createPane(name).style.zIndex = String(level);
    map.getContainer().setAttribute("aria-label", t("map"));
    map.getContainer().setAttribute("role", "application");
    map.setView(bounds.getCenter(), 9, { animate: false });
    addControls(map, bounds, page.attributions.map(say));
    this.names = new Names({ units: parts.boundaries.source, base: parts.ground.source });
    for (const [name, layer] of [
      ["lines", parts.boundaries.lines],
      ["ground", parts.ground],
      ["names", this.names.layer],
    ] as const) {
      layer.on("loading", () => activity.begin(name));
      layer.on("load remove", () => activity.end(name));
    }
    parts.ground.over(parts.boundaries.land);
    this.element.append(this.legend);
    this.drawn.addTo(map);
    new ResizeObserver(() => {
      // Off the page it has no size; tiles would be asked for one that nobody sees.
      if (map.getContainer().clientWidth > 0) map.invalidateSize(SIZED);
    }).observe(map.getContainer());
    map.on("click", (event) => this.pick?.(event.latlng));
    this.keys();
  }

  /** The map itself, for the tools that draw on it. */
  get leaflet(): LeafletNamespace.Map {
    return this.parts.map;
  }

  /** Moves the map into a place of the screen; it is drawn from then on. */
  enter(place: HTMLElement): void {
    const { map, boundaries, ground, raster } = this.parts;
    if (this.element.parentElement === place) return;
    place.append(this.element);
    map.invalidateSize(SIZED);
    for (const layer of [raster, ground, boundaries.lines]) layer?.addTo(map);
    if (!map.hasLayer(this.names.layer)) {
      this.names.setGround(true);
      this.names.addTo(map);
    }
  }

  /** Takes the map off the screen, empty. */
  leave(): void {
    this.clear();
    this.hold(null);
    this.store.append(this.element);
  }

  /** Shows what is held already of one layer: quietly where new rows are to be seen beside it. */
  hold(layer: string | null, quiet = true): void {
    if (this.held === layer) return;
    if (this.held) this.parts.features[this.held]?.remove();
    this.held = layer;
    const shown = layer ? this.parts.features[layer] : undefined;
    if (!shown) return;
    // Circles that stand for many would hide the rows.
    shown.showAggregates(!quiet);
    shown.setOpacity(quiet ? 0.5 : 1);
    shown.addTo(this.parts.map);
  }

  clear(): void {
    this.stopPlacing();
    this.heldShape?.remove();
    this.drawn.clearLayers();
    this.shapes.clear();
    this.legend.hidden = true;
  }

  /** Draws the rows of a list; `chosen` hears which one is clicked. */
  rows(rows: readonly Row[], chosen: (row: number) => void): void {
    this.clear();
    for (const row of rows) {
      if (!row.geometry) continue;
      const layer = this.shapeOf(row);
      layer.on("click", (event: LeafletNamespace.LeafletEvent) => {
        L.DomEvent.stop((event as LeafletNamespace.LeafletMouseEvent).originalEvent);
        // While a place is being picked, the click belongs to it.
        if (this.pick) this.pick((event as LeafletNamespace.LeafletMouseEvent).latlng);
        else chosen(row.row);
      });
      this.shapes.set(row.row, layer);
      this.drawn.addLayer(layer);
    }
    const verdicts = (["error", "warning", "ok", "skipped"] as const).filter((verdict) =>
      rows.some((row) => row.geometry && row.verdict === verdict),
    );
    this.tell(verdicts.map((verdict) => [verdictSign(verdict), words.verdicts[verdict]]));
  }

  /** The view that holds all that is drawn; where nothing is, the map stays. */
  fit(): void {
    const bounds = this.bounds();
    if (bounds.isValid()) this.parts.map.fitBounds(bounds, { padding: [32, 32], maxZoom: 15, animate: false });
  }

  /** The middle of what is drawn; null where nothing is. */
  centre(): LeafletNamespace.LatLng | null {
    const bounds = this.bounds();
    return bounds.isValid() ? bounds.getCenter() : null;
  }

  private bounds(): LeafletNamespace.LatLngBounds {
    const bounds = L.latLngBounds([]);
    this.drawn.eachLayer((layer) => bounds.extend(boundsOf(layer)));
    return bounds;
  }

  /** Draws a held feature beside the rows: what one of them may be. */
  showHeld(feature: GeoJSON.Feature): void {
    this.heldShape?.remove();
    const style = { pane: "shapes", color: palette.selected, weight: 3, dashArray: "5 4", fillOpacity: 0.06, interactive: false };
    this.heldShape = L.geoJSON(feature, { style, pointToLayer: (_, place) => L.circleMarker(place, { ...style, radius: 16 }) }).addTo(
      this.parts.map,
    );
  }

  /** Marks one row and brings it into view. */
  choose(row: number | null, move: boolean): void {
    this.heldShape?.remove();
    for (const [each, layer] of this.shapes) mark(layer, each === row);
    const layer = row === null ? undefined : this.shapes.get(row);
    if (!layer || !move) return;
    const { map } = this.parts;
    const bounds = boundsOf(layer);
    if (!map.getBounds().contains(bounds) || map.getZoom() < 12)
      map.fitBounds(bounds, { maxZoom: Math.max(14, map.getZoom()), padding: [48, 48], animate: false });
  }

  /** One file read in several systems: each row's places, joined from the first reading to the others. */
  readings(readings: readonly Reading[], first: number): void {
    this.clear();
    const base = new Map((readings[first]?.places ?? []).map(([row, lon, lat]) => [row, L.latLng(lat, lon)]));
    readings.forEach((reading, index) => {
      const { color } = readingMark(index);
      for (const [row, lon, lat] of reading.places) {
        const place = L.latLng(lat, lon);
        const from = base.get(row);
        if (from && index !== first && from.distanceTo(place) > 1) {
          this.drawn.addLayer(L.polyline([from, place], { pane: "shapes", color, weight: 1.5, dashArray: "4 3", interactive: false }));
        }
        this.drawn.addLayer(
          L.marker(place, {
            pane: "marks",
            interactive: false,
            keyboard: false,
            opacity: index === first ? 1 : 0.75,
            icon: iconOf(readingSign(index, index === first ? 20 : 15)),
            zIndexOffset: index === first ? 500 : 0,
          }),
        );
      }
    });
    this.tell(readings.map((reading, index) => [readingSign(index), reading.name]));
  }

  /** Lets a person point at a place: a click, or Enter for the middle. Hears every place until it stops. */
  pickPlace(start: LeafletNamespace.LatLng | null, heard: (place: LeafletNamespace.LatLng) => void): void {
    this.stopPlacing();
    const { map } = this.parts;
    map.getContainer().classList.add("is-placing");
    const show = (place: LeafletNamespace.LatLng): void => {
      this.placing?.remove();
      this.placing = L.marker(place, {
        pane: "marks",
        interactive: false,
        keyboard: false,
        icon: iconOf(placeSign()),
        zIndexOffset: 1000,
      }).addTo(map);
    };
    if (start) show(start);
    this.pick = (place) => {
      const at = place.wrap();
      show(at);
      heard(at);
    };
  }

  stopPlacing(): void {
    this.pick = null;
    this.placing?.remove();
    this.placing = null;
    this.parts.map.getContainer().classList.remove("is-placing");
  }

  focus(): void {
    this.parts.map.getContainer().focus();
  }

  private shapeOf(row: Row): LeafletNamespace.Layer {
    const geometry = row.geometry as GeoJSON.Geometry;
    const title = w("rowNumber", { row: row.row });
    if (geometry.type === "Point") {
      const [lon = 0, lat = 0] = geometry.coordinates;
      return L.marker([lat, lon], {
        pane: "marks",
        keyboard: false,
        title,
        icon: iconOf(verdictSign(row.verdict, 20)),
        zIndexOffset: row.verdict === "ok" ? 0 : 200,
      });
    }
    const color = COLORS[row.verdict];
    return L.geoJSON(geometry, {
      pane: "shapes",
      style: { color, weight: 4, fillOpacity: 0.18 },
      pointToLayer: (_, place) => L.circleMarker(place, { pane: "shapes", radius: 6, color, weight: 2 }),
    });
  }

  private tell(lines: [Node, string][]): void {
    this.legend.hidden = lines.length === 0;
    this.legend.replaceChildren(h("ul", {}, ...lines.map(([sign, text]) => h("li", {}, sign, h("span", {}, text)))));
  }

  /** The mark in the middle shows where Enter picks, while the map is worked by keyboard. */
  private keys(): void {
    const container = this.parts.map.getContainer();
    container.addEventListener("keyup", () =>
      container.classList.toggle("by-keyboard", this.pick !== null && document.activeElement === container),
    );
    for (const end of ["pointerdown", "focusout"]) container.addEventListener(end, () => container.classList.remove("by-keyboard"));
    container.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === container && this.pick) {
        event.preventDefault();
        this.pick(this.parts.map.getCenter());
      }
    });
  }
}

function iconOf(sign: Element): LeafletNamespace.DivIcon {
  const size = Number(sign.getAttribute("width"));
  return L.divIcon({ html: sign as HTMLElement, className: "mark", iconSize: [size + 8, size + 8] });
}

function placeSign(): Element {
  const made = readingSign(1, 30);
  made.classList.add("sign-place");
  return made;
}

function boundsOf(layer: LeafletNamespace.Layer): LeafletNamespace.LatLngBounds {
  if (layer instanceof L.Marker) return L.latLngBounds([layer.getLatLng(), layer.getLatLng()]);
  if (layer instanceof L.Polyline || layer instanceof L.FeatureGroup) return layer.getBounds();
  return L.latLngBounds([]);
}

function mark(layer: LeafletNamespace.Layer, chosen: boolean): void {
  if (layer instanceof L.Marker) {
    layer.getElement()?.classList.toggle("is-chosen", chosen);
    layer.setZIndexOffset(chosen ? 1000 : 0);
  } else if (layer instanceof L.GeoJSON) {
    layer.setStyle(chosen ? { weight: 7, color: palette.selected } : {});
    if (!chosen) layer.resetStyle();
    else layer.bringToFront();
  }
}
