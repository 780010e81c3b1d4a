import type LeafletNamespace from "leaflet";
import L from "../../leaflet";
import { palette } from "../../map/palette";
import { svg } from "../../panels/dom";
import { copyOf, isSame, verticesOf, type Kind, type Shape } from "./shape";

/** How near a corner must come to be caught, in pixels. */
const SNAP_PX = 14;
/** Steps that can be taken back. */
const STEPS = 100;
const TOOL = { point: "Marker", line: "Line", polygon: "Polygon" } as const;

type Drawn = LeafletNamespace.Marker | LeafletNamespace.Polyline;
/** What the library's own toolbar calls, and its types leave out. */
interface Tool {
  _finishShape?: () => void;
  _removeLastVertex?: () => void;
}

/** The shape at work on the map: drawn, dragged by its corners, moved by keys, step by step taken back. */
export class Sketch {
  private drawn: Drawn | null = null;
  private current: Shape | null = null;
  private steps: (Shape | null)[] = [];
  private ring: LeafletNamespace.CircleMarker | null = null;
  private tools: Promise<typeof import("./geoman")> | null = null;
  private tool: string | null = null;
  private editable = false;

  /** `heard` is told of every change, whoever made it; `drawing` of the beginning and the end of drawing. */
  constructor(
    private readonly map: LeafletNamespace.Map,
    private readonly heard: (shape: Shape | null) => void,
    private readonly drawing: (tool: boolean) => void,
  ) {
    map.on("pm:create", this.created, this);
  }

  get shape(): Shape | null {
    return this.current;
  }

  get canUndo(): boolean {
    return this.steps.length > 0;
  }

  get isDrawing(): boolean {
    return this.tool !== null;
  }

  /** Shows a shape as it is held; what was done before can not be taken back any more. */
  show(shape: Shape | null, editable: boolean): void {
    this.cancel();
    this.steps = [];
    this.editable = editable;
    this.put(shape);
  }

  /** A change by words or keys. */
  set(shape: Shape | null): void {
    if (isSame(shape, this.current)) return;
    this.remember();
    this.put(shape);
    this.heard(this.current);
  }

  undo(): void {
    const before = this.steps.pop();
    if (before === undefined) return;
    this.put(before);
    this.heard(this.current);
  }

  /** Begins to draw a new shape in place of the one there is. */
  async draw(kind: Kind): Promise<void> {
    const { toolsOf } = await this.load();
    const tool = TOOL[kind];
    this.tool = tool;
    this.drawing(true);
    const line = { color: palette.selected, weight: 3 };
    toolsOf(this.map).enableDraw(tool, {
      snappable: true,
      snapDistance: SNAP_PX,
      continueDrawing: false,
      tooltips: true,
      templineStyle: line,
      hintlineStyle: { ...line, dashArray: "5 5" },
      pathOptions: line,
      ...(kind === "point" ? { markerStyle: { icon: placeIcon() } } : {}),
    });
  }

  /** Ends a line or an outline at its last corner. */
  finish(): void {
    this.toolNow()?._finishShape?.();
  }

  /** Takes back the corner that was drawn last. */
  back(): void {
    this.toolNow()?._removeLastVertex?.();
  }

  cancel(): void {
    if (this.tool === null) return;
    this.map.pm.disableDraw();
    this.tool = null;
    this.drawing(false);
  }

  /** Rings one corner, counted from 0; null: none. */
  ringOf(vertex: number | null): void {
    this.ring?.remove();
    this.ring = null;
    const at = vertex === null || !this.current ? undefined : verticesOf(this.current)[vertex]?.lonlat;
    if (!at) return;
    const style = { pane: "marks", radius: 13, color: palette.selected, weight: 3, fill: false, interactive: false };
    this.ring = L.circleMarker([at[1], at[0]], style).addTo(this.map);
    if (!this.map.getBounds().contains([at[1], at[0]])) this.map.panTo([at[1], at[0]], { animate: false });
  }

  bounds(): LeafletNamespace.LatLngBounds | null {
    const { drawn } = this;
    if (!drawn) return null;
    return drawn instanceof L.Marker ? L.latLngBounds([drawn.getLatLng()]) : drawn.getBounds();
  }

  leave(): void {
    this.cancel();
    this.put(null);
    this.map.off("pm:create", this.created, this);
  }

  private put(shape: Shape | null): void {
    this.ringOf(null);
    this.drawn?.remove();
    this.drawn = null;
    this.current = shape ? copyOf(shape) : null;
    if (!this.current) return;
    const options = { pane: "shapes", color: palette.selected, weight: 4, fillOpacity: 0.15, pmIgnore: false, snapIgnore: true };
    const marker = { icon: placeIcon(), pane: "marks", keyboard: false, pmIgnore: false, snapIgnore: true, zIndexOffset: 1000 };
    const feature = { type: "Feature", properties: {}, geometry: this.current } as const;
    this.drawn = L.GeoJSON.geometryToLayer(feature, {
      ...options,
      pointToLayer: (_: GeoJSON.Feature, place: LeafletNamespace.LatLng) => L.marker(place, marker),
    } as LeafletNamespace.GeoJSONOptions) as Drawn;
    this.drawn.addTo(this.map);
    if (this.editable) void this.open(this.drawn);
  }

  /** Lets a pointer move the shape's corners. */
  private async open(drawn: Drawn): Promise<void> {
    const { toolsOf, toolsFor } = await this.load();
    if (drawn !== this.drawn || this.tool !== null) return;
    toolsOf(this.map);
    const made = toolsFor(drawn);
    made.pm.enable({
      snappable: true,
      snapDistance: SNAP_PX,
      allowSelfIntersection: true,
      limitMarkersToViewport: true,
      ...(drawn instanceof L.Marker ? { draggable: true } : {}),
    });
    made.on("pm:edit", () => this.took(drawn));
  }

  /** What the pointer has made of the shape becomes the shape. */
  private took(drawn: Drawn): void {
    if (drawn !== this.drawn) return;
    this.remember();
    this.current = copyOf(drawn.toGeoJSON(6).geometry as Shape);
    this.ringOf(null);
    this.heard(this.current);
  }

  private created({ layer }: { layer: LeafletNamespace.Layer }): void {
    const shape = (layer as Drawn).toGeoJSON(6).geometry as Shape;
    layer.remove();
    this.tool = null;
    this.drawing(false);
    this.set(copyOf(shape));
  }

  private remember(): void {
    this.steps.push(this.current);
    if (this.steps.length > STEPS) this.steps.shift();
  }

  private toolNow(): Tool | undefined {
    const tools = this.map.pm?.Draw as unknown as Record<string, Tool> | undefined;
    return this.tool === null ? undefined : tools?.[this.tool];
  }

  private load(): Promise<typeof import("./geoman")> {
    this.tools ??= import("./geoman");
    return this.tools;
  }
}

/** A pin whose tip is the place. */
function placeIcon(): LeafletNamespace.DivIcon {
  const pin = svg(
    "svg",
    { viewBox: "0 0 24 32", width: 30, height: 40, class: "edit-pin", "aria-hidden": "true" },
    svg("path", { d: "M12 31C8 24 2 18 2 12a10 10 0 0 1 20 0c0 6-6 12-10 19Z" }),
    svg("circle", { cx: 12, cy: 12, r: 4 }),
  );
  return L.divIcon({ html: pin as unknown as HTMLElement, className: "edit-place", iconSize: [30, 40], iconAnchor: [15, 39] });
}
