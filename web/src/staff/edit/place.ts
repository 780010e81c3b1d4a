import { lang } from "../../i18n";
import { h } from "../../panels/dom";
import { action, labelled } from "../controls";
import type { Refused } from "../problem";
import { isUnread, read, write } from "./coordinates";
import { areaOf, lengthOf, moved, verticesOf, without, type Kind, type Shape } from "./shape";
import type { Sketch } from "./sketch";
import { e, words } from "./words";

/** Steps of one press, in metres. */
const STEPS = ["1", "10", "100"] as const;
const WAYS = {
  north: { arrow: "↑", key: "ArrowUp", east: 0, north: 1 },
  west: { arrow: "←", key: "ArrowLeft", east: -1, north: 0 },
  east: { arrow: "→", key: "ArrowRight", east: 1, north: 0 },
  south: { arrow: "↓", key: "ArrowDown", east: 0, north: -1 },
} as const;

/** Where a feature lies: told in words, and worked on without a pointer. */
export class PlaceSection {
  readonly element: HTMLElement;
  private readonly told = h("p", { class: "edit-place-told", role: "status" });
  private readonly fault = h("p", { class: "field-missing", id: "place-fault", role: "alert" });
  private readonly text: HTMLTextAreaElement;
  private readonly unread = h("p", { class: "field-missing", id: "coordinates-fault", role: "alert" });
  private readonly vertex = h("input", { class: "input", type: "number", min: 1, inputmode: "numeric" });
  private readonly step: HTMLSelectElement;

  constructor(
    private readonly kind: Kind,
    private readonly sketch: Sketch,
    editable: boolean,
    draw: () => void,
  ) {
    const point = kind === "point";
    this.text = h("textarea", {
      class: "text edit-coordinates",
      rows: point ? 1 : 6,
      spellcheck: "false",
      "aria-describedby": "coordinates-note coordinates-fault",
    });
    this.step = h("select", { class: "select" }, ...STEPS.map((step) => h("option", { value: step, selected: step === "10" }, step)));
    this.vertex.addEventListener("input", () => this.sketch.ringOf(this.chosen()));
    this.element = h(
      "fieldset",
      { class: "edit-place-section" },
      h("legend", {}, e("place")),
      this.told,
      this.fault,
      editable
        ? h(
            "div",
            { class: "row-acts" },
            action(words.draw[kind], draw, { icon: "pin", as: { "data-part": "draw" } }),
          )
        : null,
      editable ? this.byKeys(point) : null,
    );
    this.refresh();
  }

  /** Says the shape as it is now. */
  refresh(): void {
    const { shape } = this.sketch;
    this.told.textContent = saidOf(shape);
    if (document.activeElement !== this.text) this.text.value = write(shape);
    this.vertex.max = String(shape ? verticesOf(shape).length : 1);
    if (shape) this.fault.textContent = "";
  }

  show(issue: Refused): void {
    this.fault.textContent = `${issue.detail} ${issue.remedy}`;
  }

  clear(): void {
    this.fault.textContent = "";
  }

  focus(): void {
    this.element.querySelector<HTMLElement>("button, summary")?.focus();
  }

  private byKeys(point: boolean): HTMLElement {
    const apply = action(e("apply"), () => this.apply());
    return h(
      "details",
      { class: "more edit-by-keys" },
      h("summary", {}, e("byKeys")),
      h(
        "div",
        { class: "edit-keys" },
        h(
          "label",
          { class: "field" },
          h("span", { class: "field-label" }, e("coordinates")),
          this.text,
          h("span", { class: "field-note", id: "coordinates-note" }, e(point ? "coordinatesPoint" : "coordinatesMany")),
        ),
        this.unread,
        h("div", { class: "row-acts" }, apply),
        h(
          "div",
          { class: "edit-nudge" },
          point ? null : labelled(e("vertex"), this.vertex),
          labelled(e("step"), this.step),
          this.pad(),
          point ? null : action(e("dropVertex"), () => this.drop(), { look: "link" }),
        ),
      ),
    );
  }

  /** Four buttons in one group; the arrow keys press them wherever the focus is among them. */
  private pad(): HTMLElement {
    const buttons = Object.entries(WAYS).map(([name, way]) => {
      const button = h("button", { type: "button", class: `act edit-way way-${name}`, "aria-label": words[name as keyof typeof WAYS] }, way.arrow);
      button.addEventListener("click", () => this.nudge(way, 1));
      return button;
    });
    const pad = h("div", { class: "edit-pad", role: "group", "aria-label": e("nudge"), title: e("nudgeHow") }, ...buttons);
    pad.addEventListener("keydown", (event) => {
      const way = Object.values(WAYS).find(({ key }) => key === event.key);
      if (!way) return;
      event.preventDefault();
      this.nudge(way, event.shiftKey ? 10 : 1);
    });
    return h("div", { class: "edit-pad-box" }, pad, h("p", { class: "field-note" }, e("nudgeHow")));
  }

  private nudge({ east, north }: { east: number; north: number }, times: number): void {
    const { shape } = this.sketch;
    if (!shape) return;
    const step = Number(this.step.value) * times;
    const vertex = this.chosen();
    this.sketch.set(moved(shape, vertex, east * step, north * step));
    this.sketch.ringOf(vertex);
  }

  private drop(): void {
    const { shape } = this.sketch;
    const vertex = this.chosen();
    if (!shape || vertex === null) {
      this.vertex.focus();
      return;
    }
    this.sketch.set(without(shape, vertex));
  }

  private apply(): void {
    const found = read(this.kind, this.text.value);
    const wrong = isUnread(found);
    this.unread.textContent = wrong ? words.unread[found.why].replace("{line}", String(found.line)) : "";
    this.text.toggleAttribute("aria-invalid", wrong);
    if (wrong) {
      this.text.focus();
      return;
    }
    this.sketch.set(found);
    this.text.value = write(found);
  }

  /** The corner that is chosen, from 0; null: the whole. */
  private chosen(): number | null {
    const n = Number(this.vertex.value);
    const most = this.sketch.shape ? verticesOf(this.sketch.shape).length : 0;
    return this.vertex.value !== "" && Number.isInteger(n) && n >= 1 && n <= most ? n - 1 : null;
  }
}

/** A shape in words. */
export function saidOf(shape: Shape | null): string {
  if (!shape) return e("noPlace");
  if (shape.type === "Point") {
    const [lon = 0, lat = 0] = shape.coordinates;
    return e("isPoint", { lon: lon.toFixed(6), lat: lat.toFixed(6) });
  }
  const n = figure(verticesOf(shape).length, 0);
  return shape.type.endsWith("LineString") ? e("isLine", { n, length: lengthWords(lengthOf(shape)) }) : e("isPolygon", { n, area: areaWords(areaOf(shape)) });
}

const lengthWords = (metres: number): string => (metres < 1000 ? e("metres", { n: figure(metres, 0) }) : e("kilometres", { n: figure(metres / 1000, 2) }));
const areaWords = (area: number): string => (area < 10_000 ? e("squareMetres", { n: figure(area, 0) }) : e("hectares", { n: figure(area / 10_000, 2) }));
const figure = (n: number, digits: number): string => n.toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: digits });
