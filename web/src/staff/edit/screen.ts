import type LeafletNamespace from "leaflet";
import { h } from "../../panels/dom";
import { action } from "../controls";
import { layerName, layerOf, type Desk, type Screen } from "../desk";
import { said } from "../frame";
import { FRESH, type Route } from "../route";
import { isReviewer } from "../states";
import { Features, type Held, type InView } from "./calls";
import { FeaturePanel } from "./feature";
import { ListPanel, LISTED } from "./list";
import { Neighbours } from "./neighbours";
import type { Kind } from "./shape";
import { Sketch } from "./sketch";
import { e, words } from "./words";

type EditRoute = Extract<Route, { view: "edit" }>;
const SETTLE_MS = 200;

/** Features one by one: chosen from a list or on the map, drawn, moved, changed, restored. */
export function editScreen(desk: Desk, route: EditRoute): Screen {
  const screen = new EditScreen(desk, route);
  screen.begin();
  return { element: screen.element, title: e("title"), leave: () => screen.leave(), unsaved: () => screen.unsaved() };
}

class EditScreen {
  readonly element: HTMLElement;
  private readonly panel = h("div", { class: "card edit-panel" });
  private readonly mapPlace = h("div", { class: "map-place edit-map" });
  private readonly tools = h("div", { class: "edit-tools", role: "toolbar", "aria-label": e("tools"), hidden: true });
  private readonly how = h("p", { class: "edit-how", role: "status", hidden: true });
  private readonly map: LeafletNamespace.Map;
  private readonly sketch: Sketch;
  private readonly neighbours: Neighbours;
  private layer: string | null;
  private feature: string | null;
  private features: Features | null = null;
  private list: ListPanel | null = null;
  private open: FeaturePanel | null = null;
  private shown: InView | null = null;
  private pending: AbortController | null = null;
  private settling: ReturnType<typeof setTimeout> | null = null;
  private left = false;

  constructor(
    private readonly desk: Desk,
    private readonly route: EditRoute,
  ) {
    this.layer = route.layer && layerOf(desk.config, route.layer)?.geometry !== "none" && layerOf(desk.config, route.layer) ? route.layer : null;
    this.feature = this.layer ? route.feature : null;
    this.map = desk.map.leaflet;
    this.mapPlace.append(this.tools, this.how);
    this.element = h("div", { class: "edit" }, this.panel, this.mapPlace);
    this.sketch = new Sketch(
      this.map,
      () => this.reshaped(),
      () => this.showTools(),
    );
    this.neighbours = new Neighbours(this.map, (id) => this.pick(id));
    document.addEventListener("keydown", this.keys);
    window.addEventListener("beforeunload", this.unloading);
  }

  begin(): void {
    const wanted = this.feature;
    this.showList(null, null);
    this.desk.activity.begin("edit");
    // The map has a size once the screen is in the page.
    requestAnimationFrame(() => {
      if (this.left) return;
      this.desk.map.enter(this.mapPlace);
      void this.look()
        .then(async () => {
          if (this.left) return;
          this.map.on("moveend", this.moved, this);
          if (!wanted) this.keep();
          await Promise.all([this.layer ? this.load() : null, wanted ? this.openOne(wanted) : null]);
        })
        .finally(() => this.desk.activity.end("edit"));
    });
  }

  unsaved(): boolean {
    return this.open?.unsaved() ?? false;
  }

  leave(): void {
    this.left = true;
    this.pending?.abort();
    if (this.settling) clearTimeout(this.settling);
    document.removeEventListener("keydown", this.keys);
    window.removeEventListener("beforeunload", this.unloading);
    this.map.off("moveend", this.moved, this);
    this.open?.leave();
    this.sketch.leave();
    this.neighbours.leave();
    for (const name of ["edit", "features"]) this.desk.activity.end(name);
    this.desk.map.leave();
  }

  /** The address's view; else one's own unit; else the whole city. */
  private async look(): Promise<void> {
    const { place } = this.route;
    const { me, config } = this.desk;
    if (place) {
      this.map.setView([place[1], place[2]], place[0], { animate: false });
      return;
    }
    const [only] = me.units;
    const own = isReviewer(me) || only === undefined ? null : await this.neighbours.boundsOf(only).catch(() => null);
    const [west, south, east, north] = config.bounds;
    if (!this.left) this.map.fitBounds(own ?? [[south, west], [north, east]], { animate: false });
  }

  private showList(note: HTMLElement | null, cameFrom: string | null): void {
    this.open?.leave();
    this.open = null;
    this.feature = null;
    this.sketch.show(null, false);
    const layer = this.layer ? (layerOf(this.desk.config, this.layer) ?? null) : null;
    const list = new ListPanel(this.desk, layer, {
      choose: (id) => this.choose(id),
      open: (id) => void this.openOne(id),
      fresh: () => this.openFresh(),
      again: () => void this.load(),
    });
    if (note) list.note.append(note);
    this.list = list;
    this.panel.replaceChildren(list.element);
    this.showTools();
    if (layer && this.shown) {
      list.show(layer, this.shown);
      this.neighbours.show(layer, this.shown.features, null);
    }
    if (cameFrom !== null && !list.focusOn(cameFrom)) list.focus();
  }

  private choose(id: string): void {
    this.layer = id === "" ? null : id;
    this.features = null;
    this.shown = null;
    this.showList(null, null);
    this.keep();
    this.panel.querySelector<HTMLElement>("#edit-layer")?.focus();
    if (this.layer) void this.load();
  }

  private calls(): Features {
    this.features ??= new Features(this.desk.calls.http, this.layer as string);
    return this.features;
  }

  private moved(): void {
    this.keep();
    if (this.settling) clearTimeout(this.settling);
    if (this.layer) this.settling = setTimeout(() => void this.load(), SETTLE_MS);
  }

  /** What of the layer lies in view, for the list, the map and to catch at. */
  private async load(): Promise<void> {
    const layer = this.layer ? layerOf(this.desk.config, this.layer) : undefined;
    if (!layer) return;
    this.pending?.abort();
    const { signal } = (this.pending = new AbortController());
    this.desk.activity.begin("features");
    this.list?.waiting();
    const bounds = this.map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const status = this.list?.statusChosen ?? "";
    try {
      const found = await this.calls().inView(box, LISTED, status === "" ? {} : { status }, signal);
      if (signal.aborted || this.left) return;
      this.shown = found;
      // Where not all are listed, the tiles show the others.
      this.desk.map.hold(found.numberMatched > found.features.length ? layer.id : null, false);
      this.neighbours.show(layer, found.features, this.feature);
      this.list?.show(layer, found);
    } catch (error) {
      if (!signal.aborted && !this.left) this.desk.frame.tell(error);
    } finally {
      if (!signal.aborted) this.desk.activity.end("features");
    }
  }

  /** A feature that was pressed on the map; not while one draws, nor over something unsaved. */
  private pick(id: string): void {
    if (this.sketch.isDrawing) return;
    if (this.open) void this.open.leaveFor(() => void this.openOne(id));
    else void this.openOne(id);
  }

  private async openOne(id: string): Promise<void> {
    if (id === FRESH) {
      this.openFresh();
      return;
    }
    this.desk.activity.begin("feature");
    try {
      const held = await this.calls().one(id);
      if (!this.left) this.showFeature(held);
    } catch (error) {
      if (this.left) return;
      const { detail, remedy } = said(error);
      this.showList(h("div", { class: "nothing", role: "alert" }, h("strong", {}, detail), h("p", {}, remedy)), id);
      this.keep();
    } finally {
      this.desk.activity.end("feature");
    }
  }

  private openFresh(): void {
    this.showFeature(null);
    void this.draw();
  }

  private showFeature(held: Held | null): void {
    const layer = this.layer ? layerOf(this.desk.config, this.layer) : undefined;
    if (!layer) return;
    this.desk.frame.hush();
    this.open?.leave();
    this.list = null;
    this.feature = held?.id ?? FRESH;
    this.neighbours.show(layer, this.shown?.features ?? [], this.feature);
    const panel = new FeaturePanel(
      {
        desk: this.desk,
        layer,
        features: this.calls(),
        sketch: this.sketch,
        draw: () => void this.draw(),
        back: (note) => this.back(note),
        kept: (now) => this.kept(now),
      },
      held,
    );
    this.open = panel;
    this.panel.replaceChildren(panel.element);
    this.panel.scrollTop = 0;
    this.keep();
    this.showTools();
    panel.focus();
    if (held) {
      this.bring();
      void this.neighbours.catchAtBorders().catch(() => undefined);
    }
  }

  /** Moves the map only where the feature is not in view. */
  private bring(): void {
    const bounds = this.sketch.bounds();
    if (bounds && (!this.map.getBounds().contains(bounds) || this.map.getZoom() < 13))
      this.map.fitBounds(bounds, { maxZoom: Math.max(16, this.map.getZoom()), padding: [60, 60], animate: false });
  }

  private back(note: HTMLElement | null): void {
    const from = this.feature;
    this.showList(note, from ?? "");
    this.keep();
    void this.load();
  }

  private kept(held: Held): void {
    this.feature = held.id;
    this.keep();
    this.showTools();
    void this.load();
  }

  private async draw(): Promise<void> {
    const kind = layerOf(this.desk.config, this.layer ?? "")?.geometry as Kind;
    this.mapPlace.scrollIntoView({ block: "nearest" });
    this.desk.activity.begin("tools");
    try {
      // Without borders one draws as well, only not along them.
      await this.neighbours.catchAtBorders().catch(() => undefined);
      await this.sketch.draw(kind);
    } finally {
      this.desk.activity.end("tools");
    }
  }

  private reshaped(): void {
    this.open?.refresh();
    this.showTools();
  }

  /** Buttons over the map, for what is being done on it. */
  private showTools(): void {
    const kind = layerOf(this.desk.config, this.layer ?? "")?.geometry as Kind | undefined;
    const drawing = this.sketch.isDrawing;
    const many = kind !== "point";
    // What is pressed while one draws is the map, whatever lies there.
    this.map.getContainer().classList.toggle("is-drawing", drawing);
    const buttons = [
      drawing && many ? action(e("finish"), () => this.sketch.finish(), { look: "primary", icon: "ok" }) : null,
      drawing && many ? action(e("backOne"), () => this.sketch.back(), { icon: "back_turn" }) : null,
      drawing ? action(e("cancel"), () => this.stopDrawing(), { icon: "close" }) : null,
      !drawing && this.open && this.sketch.canUndo ? action(e("undo"), () => this.sketch.undo(), { icon: "back_turn" }) : null,
    ].filter((button) => button !== null);
    const focused = this.tools.contains(document.activeElement);
    this.tools.replaceChildren(...buttons);
    this.tools.hidden = buttons.length === 0;
    if (focused && buttons.length === 0) this.desk.map.focus();
    const how = !kind || !this.open ? "" : drawing ? words.drawHow[kind] : this.sketch.shape && this.sketch.canUndo ? words.editHow[kind] : "";
    this.how.textContent = how;
    this.how.hidden = how === "";
  }

  private stopDrawing(): void {
    this.sketch.cancel();
    this.panel.querySelector<HTMLElement>('[data-part="draw"]')?.focus();
  }

  private readonly keys = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.sketch.isDrawing) {
      event.preventDefault();
      this.stopDrawing();
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey) && !isTyping(event.target) && this.open) {
      event.preventDefault();
      this.sketch.undo();
    }
  };

  private readonly unloading = (event: BeforeUnloadEvent): void => {
    if (this.unsaved()) event.preventDefault();
  };

  /** The address says what is shown, so that it can be kept, sent and read in the other language. */
  private keep(): void {
    if (this.left) return;
    const centre = this.map.getCenter();
    this.desk.keep({ view: "edit", layer: this.layer, feature: this.feature, place: [this.map.getZoom(), centre.lat, centre.lng] });
    this.desk.frame.name(this.layer ? `${layerName(this.desk.config, this.layer)} · ${e("title")}` : e("title"));
  }
}

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.matches("input, textarea, select");
