import type LeafletNamespace from "leaflet";
import L from "../leaflet";
import { drawLevel, levelsOf } from "./levels";
import { paintOf } from "./palette";
import { release, surfaceOf } from "./surface";

/** Leaflet's own layers place themselves by this; its types do not know it. */
interface Placing {
  _latLngToNewLayerPoint(place: LeafletNamespace.LatLng, zoom: number, centre: LeafletNamespace.LatLng): LeafletNamespace.Point;
}

/** What comes later than this after a zoom is seen to come. */
const LATEST_MS = 500;

/**
 * While the map zooms, one picture of it is scaled instead of a hundred tiles in five layers; it stands
 * until those of the new zoom are painted, which then appear together. Raster tiles stay as they are:
 * who draws them on a canvas may read it no more.
 */
export class StandIn {
  private canvas = L.DomUtil.create("canvas", "stand-in");
  private covered: HTMLElement[] = [];
  private corner: LeafletNamespace.LatLng | null = null;
  private zoom = 0;
  private waiting = 0;

  /** panes  by name: what the picture holds. `ground` lies under the raster, if there is one. */
  constructor(
    private readonly map: LeafletNamespace.Map,
    private readonly panes: readonly string[],
  ) {
    map.on("zoomanim", (event) => {
      this.take();
      this.put((map as unknown as Placing)._latLngToNewLayerPoint(this.corner as LeafletNamespace.LatLng, event.zoom, event.center), event.zoom);
    });
    map.on("zoom", (event) => {
      // Two fingers: no animation, the map follows them.
      if ((event as { pinch?: boolean }).pinch) this.take();
      this.follow();
    });
    map.on("zoomend", () => {
      this.follow();
      if (this.corner) this.wait(performance.now() + LATEST_MS);
    });
    // The map is elsewhere at once.
    map.on("viewreset unload", () => this.leave());
  }

  private take(): void {
    cancelAnimationFrame(this.waiting);
    if (this.corner) {
      for (const pane of this.covered) pane.classList.add("is-covered");
      return;
    }
    const { map } = this;
    const canvas = (this.canvas = L.DomUtil.create("canvas", "stand-in"));
    const { x: width, y: height } = map.getSize();
    const raster = map.getPane("raster")?.querySelector("img");
    const surface = surfaceOf(canvas, width, height, !raster);
    this.corner = map.containerPointToLatLng([0, 0]);
    this.zoom = map.getZoom();
    const names = this.panes.filter((name) => !(raster && name === "ground"));
    if (surface) {
      if (!raster) {
        surface.ctx.fillStyle = paintOf("var(--outside)");
        surface.ctx.fillRect(0, 0, width, height);
      }
      this.paint(surface.ctx, names);
      surface.show();
    }
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.put(map.containerPointToLayerPoint([0, 0]), this.zoom);
    (map.getPane("standIn") as HTMLElement).append(canvas);
    this.covered = names.flatMap((name) => map.getPane(name) ?? []);
    for (const pane of this.covered) pane.classList.add("is-covered");
    getComputedStyle(canvas).transform; // it is scaled from here
    canvas.classList.add("leaflet-zoom-animated");
  }

  private paint(ctx: CanvasRenderingContext2D, names: readonly string[]): void {
    const frame = this.map.getContainer().getBoundingClientRect();
    const origin = this.map.containerPointToLayerPoint([0, 0]);
    for (const level of levelsOf(this.map)) {
      if (!names.includes(level.pane)) continue;
      ctx.save();
      // A curtain over two panes: `rect(top, right, bottom, left)` in their own pixels.
      const [top, right, bottom, left] = (/^rect\((.+)\)$/.exec(this.map.getPane(level.pane)?.style.clip ?? "")?.[1] ?? "").split(/,? /).map(parseFloat);
      if (left !== undefined) {
        ctx.beginPath();
        ctx.rect(left - origin.x, (top as number) - origin.y, (right as number) - left, (bottom as number) - (top as number));
        ctx.clip();
      }
      drawLevel(ctx, level, frame);
      ctx.restore();
    }
  }

  private follow(): void {
    if (this.corner) this.put(this.map.latLngToLayerPoint(this.corner), this.map.getZoom());
  }

  private put(at: LeafletNamespace.Point, zoom: number): void {
    L.DomUtil.setTransform(this.canvas, at, this.map.getZoomScale(zoom, this.zoom));
  }

  /** Until the layers have what they want, or it takes too long. */
  private wait(latest: number): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame((now) => {
      let loading = false;
      this.map.eachLayer((layer) => (loading ||= layer instanceof L.GridLayer && (layer.isLoading() ?? false)));
      if (loading && now < latest) this.wait(latest);
      else this.uncover(0);
    });
  }

  /** One pane a frame, for each brings a score of new pictures; what lies under the names last, with them. */
  private uncover(done: number): void {
    if (done >= this.covered.length - 1) return this.leave();
    this.covered[done]?.classList.remove("is-covered");
    this.waiting = requestAnimationFrame(() => this.uncover(done + 1));
  }

  private leave(): void {
    cancelAnimationFrame(this.waiting);
    if (!this.corner) return;
    this.corner = null;
    for (const pane of this.covered) pane.classList.remove("is-covered");
    this.canvas.remove();
    release(this.canvas);
  }
}
