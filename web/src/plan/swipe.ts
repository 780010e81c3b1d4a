import type LeafletNamespace from "leaflet";
import { h, part } from "../panels/dom";
import type { PlanConfig } from "./config";
import { panesOf, type PlanStore } from "./state";
import { sideWords, w } from "./words";

export const SECOND_PANE = "compared";
export const SIDE_PANES = ["hexagons", SECOND_PANE] as const;

/** Two panes of hexagons under a curtain that a range input moves: by hand, by arrow keys, by touch. */
export class Swipe {
  private readonly place = part("swipe");
  private readonly range = h("input", { type: "range", id: "swipe-at", min: 0, max: 100, step: 1, class: "swipe-range", "aria-label": w("swipe") });
  private readonly line = h("span", { class: "swipe-line", "aria-hidden": "true" });
  private readonly labels = [h("span", { class: "swipe-label", "data-side": "left" }), h("span", { class: "swipe-label", "data-side": "right" })] as const;
  private readonly panes: readonly HTMLElement[];

  constructor(
    private readonly map: LeafletNamespace.Map,
    private readonly store: PlanStore,
    private readonly config: PlanConfig,
  ) {
    this.panes = SIDE_PANES.map((name) => map.getPane(name) as HTMLElement);
    this.place.append(...this.labels, this.line, this.range);
    this.range.addEventListener("input", () => store.set({ at: Number(this.range.value) }));
    store.on(["at", "compared", "shown", "walk", "tab"], () => this.show());
    map.on("move zoom resize viewreset zoomend moveend", () => this.clip());
    this.show();
  }

  private get active(): boolean {
    const plan = this.store.get();
    return plan.tab === "reach" && panesOf(plan).kind === "swipe";
  }

  private show(): void {
    const plan = this.store.get();
    this.place.hidden = !this.active;
    const [left, right] = panesOf(plan).sides;
    if (this.active && right) {
      const words = [sideWords(plan, left, this.config), sideWords(plan, right, this.config)] as const;
      this.labels.forEach((label, i) => (label.textContent = words[i] as string));
      this.range.value = String(plan.at);
      this.range.setAttribute("aria-valuetext", w("swipeAt", { left: words[0], n: plan.at }));
      this.line.style.left = `${plan.at}%`;
    }
    this.clip();
  }

  /** Panes move with the map: the clip is in their own coordinates. */
  private clip(): void {
    const [left, right] = this.panes as [HTMLElement, HTMLElement];
    if (!this.active) {
      left.style.clip = "";
      right.style.clip = "";
      return;
    }
    const upper = this.map.containerPointToLayerPoint([0, 0]);
    const size = this.map.getSize();
    const middle = upper.x + (size.x * this.store.get().at) / 100;
    const rect = (from: number, to: number): string => `rect(${upper.y}px, ${to}px, ${upper.y + size.y}px, ${from}px)`;
    left.style.clip = rect(upper.x, middle);
    right.style.clip = rect(middle, upper.x + size.x);
  }
}
