import { say } from "../../i18n";
import { h } from "../../panels/dom";
import type { DeskLayer } from "../config";
import { action, labelled, option } from "../controls";
import { unitName, type Desk } from "../desk";
import { count } from "../format";
import { isReviewer } from "../states";
import { words as deskWords } from "../words";
import type { InView } from "./calls";
import { layerSign, nameOf } from "./neighbours";
import { e } from "./words";

/** Features that one answer lists. */
export const LISTED = 200;

export interface ListActs {
  choose: (layer: string) => void;
  open: (id: string) => void;
  fresh: () => void;
  /** Another status is to be listed. */
  again: () => void;
}

/** The layers, and what of one lies in view: the map as a list. */
export class ListPanel {
  readonly element: HTMLElement;
  readonly note = h("div", { class: "edit-told" });
  private readonly heading = h("h1", { tabindex: "-1" }, e("title"));
  private readonly told = h("p", { class: "muted", role: "status" });
  private readonly list = h("ul", { class: "edit-list" });
  private readonly find = h("input", { class: "input", type: "search", autocomplete: "off" });
  private readonly status: HTMLSelectElement;
  private readonly found: HTMLElement;
  private held: InView | null = null;

  constructor(
    private readonly desk: Desk,
    private layer: DeskLayer | null,
    private readonly acts: ListActs,
  ) {
    const layers = h("select", { class: "select", id: "edit-layer" }, option("", e("chooseLayer")), ...groupsOf(desk, layer?.id ?? null));
    layers.addEventListener("change", () => acts.choose(layers.value));
    const statuses = Object.entries(desk.config.statuses).map(([id, title]) => option(id, say(title)));
    this.status = h("select", { class: "select" }, option("", e("anyStatus")), ...statuses);
    this.status.addEventListener("change", () => acts.again());
    this.find.addEventListener("input", () => this.render());
    this.found = h(
      "section",
      { class: "edit-found", hidden: layer === null, "aria-labelledby": "edit-list-title" },
      h("div", { class: "edit-filters" }, labelled(e("find"), this.find), labelled(e("status"), this.status)),
      h(
        "div",
        { class: "edit-list-head" },
        h("h2", { id: "edit-list-title" }, e("list")),
        action(e("fresh"), () => acts.fresh(), { look: "primary", as: { "data-part": "fresh" } }),
      ),
      this.told,
      this.list,
    );
    this.element = h(
      "div",
      { class: "edit-chooser" },
      h("div", { class: "edit-title" }, this.heading, h("p", { class: "muted" }, e("lead"))),
      this.note,
      labelled(e("layer"), layers),
      this.found,
    );
  }

  get statusChosen(): string {
    return this.status.value;
  }

  waiting(): void {
    if (!this.held) this.told.textContent = e("loading");
  }

  show(layer: DeskLayer, found: InView): void {
    this.layer = layer;
    this.held = found;
    this.found.hidden = false;
    this.render();
  }

  focus(): void {
    this.heading.focus({ preventScroll: true });
  }

  /** The focus comes back to the feature that was open. */
  focusOn(id: string | null): boolean {
    const line = id ? this.list.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) : null;
    line?.focus();
    return line !== null;
  }

  private render(): void {
    const { held, layer } = this;
    if (!held || !layer) return;
    const wanted = this.find.value.trim().toLowerCase();
    const says = (feature: GeoJSON.Feature): string =>
      ["name", "name_en", "project_no", "address"].map((name) => String(feature.properties?.[name] ?? "")).join(" ").toLowerCase();
    const shown = held.features.filter((feature) => wanted === "" || says(feature).includes(wanted));
    const [n, of] = [count(held.features.length), count(held.numberMatched)];
    if (wanted !== "") this.told.textContent = shown.length > 0 ? e("found", { n: count(shown.length) }) : e("nothingFound");
    else if (held.numberMatched === 0) this.told.textContent = e("nothing");
    else this.told.textContent = held.numberMatched > held.features.length ? e("inViewMore", { n, of }) : e("inView", { n });
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["id"] : undefined;
    this.list.replaceChildren(...shown.map((feature) => this.line(layer, feature)));
    if (focused) this.focusOn(focused);
  }

  private line(layer: DeskLayer, feature: GeoJSON.Feature): HTMLElement {
    const { config } = this.desk;
    const { status, unit } = feature.properties ?? {};
    const title = config.statuses[status as keyof typeof config.statuses];
    const facts = [title ? say(title) : "", typeof unit === "string" ? unitName(config, unit) : ""].filter(Boolean).join(" · ");
    const button = h(
      "button",
      { type: "button", class: "edit-line", "data-id": String(feature.id) },
      layerSign(layer, 22),
      h("span", { class: "edit-line-words" }, h("span", { class: "edit-line-name" }, nameOf(feature) || e("nameless")), h("span", { class: "muted" }, facts)),
    );
    button.addEventListener("click", () => this.acts.open(String(feature.id)));
    return h("li", {}, button);
  }
}

function groupsOf({ config, me }: Desk, chosen: string | null): (HTMLElement | null)[] {
  const layers = config.layers.filter(({ geometry, visibility }) => geometry !== "none" && (visibility !== "city" || isReviewer(me)));
  return (["plan", "inventory"] as const).map((group) => {
    const own = layers.filter((layer) => layer.group === group);
    return own.length === 0
      ? null
      : h("optgroup", { label: deskWords.groups[group] }, ...own.map(({ id, title }) => option(id, say(title), id === chosen)));
  });
}
