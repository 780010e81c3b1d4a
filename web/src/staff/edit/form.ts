import { say } from "../../i18n";
import { h } from "../../panels/dom";
import type { DeskField, DeskLayer } from "../config";
import { option } from "../controls";
import { unitName, type Desk } from "../desk";
import { icon } from "../icons";
import type { Refused } from "../problem";
import { isReviewer } from "../states";
import { e } from "./words";

/** The place is drawn, not typed. */
const PLACES = new Set(["lon", "lat"]);
/** What is asked first, in this order; the layer's own fields follow, the others are folded away. */
const FIRST = ["status", "name", "unit", "started_on", "finished_on"];
const COMMON = ["project_no", "name_en", "town", "address", "investment_wan", "investment_year_wan", "investment_done_wan", "owner", "contact", "note"];

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
export type Texts = Record<string, string>;

/** The fields of a layer as a form; values are texts as a person types them, the service reads them. */
export class FieldsForm {
  readonly element: HTMLElement;
  private readonly controls = new Map<string, Control>();
  private readonly faults = new Map<string, HTMLElement>();
  private readonly more: HTMLDetailsElement;
  private base: Texts = {};

  constructor(
    private readonly desk: Desk,
    layer: DeskLayer,
    private readonly editable: boolean,
  ) {
    const known = new Map(layer.fields.filter(({ id }) => !PLACES.has(id)).map((field) => [field.id, field]));
    const first = FIRST.filter((id) => known.has(id));
    const others = COMMON.filter((id) => known.has(id));
    const own = [...known.keys()].filter((id) => !first.includes(id) && !others.includes(id));
    const line = (id: string): HTMLElement => this.field(known.get(id) as DeskField);
    this.more = h("details", { class: "more edit-more" }, h("summary", {}, e("moreValues")), h("div", { class: "edit-fields" }, ...others.map(line)));
    this.element = h(
      "fieldset",
      { class: "edit-values", disabled: !this.editable },
      h("legend", {}, e("values")),
      h("div", { class: "edit-fields" }, ...[...first, ...own].map(line)),
      this.more,
    );
  }

  /** Shows values as they are held; with `keep`, what a person has changed stays. */
  fill(values: Record<string, unknown>, keep = false): void {
    const kept = keep ? this.changed() : {};
    this.base = {};
    for (const [id, control] of this.controls) {
      this.base[id] = textOf(values[id]);
      control.value = kept[id] ?? this.base[id] ?? "";
      if (!(control instanceof HTMLSelectElement) || control.selectedIndex >= 0) continue;
      // A list of one unit has nothing to choose.
      control.selectedIndex = 0;
      this.base[id] = control.value;
    }
    this.clear();
  }

  /** What differs from what was held, as text; "" for what was taken away. */
  changed(): Texts {
    const found: Texts = {};
    for (const [id, control] of this.controls) {
      const text = control.value.trim();
      if (text !== (this.base[id] ?? "")) found[id] = text;
    }
    return found;
  }

  was(id: string): string {
    return this.base[id] ?? "";
  }

  /** Shows what is wrong at its field and takes the focus there; gives back what is about no field. */
  show(issues: readonly Refused[]): Refused[] {
    this.clear();
    const others: Refused[] = [];
    for (const issue of issues) {
      const id = issue.where?.column ?? "";
      const [control, place] = [this.controls.get(id), this.faults.get(id)];
      if (!control || !place) {
        others.push(issue);
        continue;
      }
      control.setAttribute("aria-invalid", "true");
      place.append(h("span", {}, h("strong", {}, issue.detail), h("span", { class: "edit-remedy" }, issue.remedy)));
      if (this.more.contains(control)) this.more.open = true;
    }
    return others;
  }

  /** The first field that is wrong. */
  firstFault(): Control | null {
    return [...this.controls.values()].find((control) => control.getAttribute("aria-invalid") === "true") ?? null;
  }

  private clear(): void {
    for (const [id, place] of this.faults) {
      place.replaceChildren();
      this.controls.get(id)?.removeAttribute("aria-invalid");
    }
  }

  private field(field: DeskField): HTMLElement {
    const id = `field-${field.id}`;
    const control = this.control(field, id);
    const fault = h("span", { class: "field-missing", id: `${id}-fault` });
    this.controls.set(field.id, control);
    this.faults.set(field.id, fault);
    const unit = field.unit ? h("span", { class: "edit-unit", "aria-hidden": "true" }, say(field.unit)) : null;
    const label = field.unit ? `${say(field.title)} (${say(field.unit)})` : say(field.title);
    control.addEventListener("input", () => {
      control.removeAttribute("aria-invalid");
      fault.replaceChildren();
    });
    return h(
      "div",
      { class: `field edit-field${field.id === "note" || field.id === "name" ? " is-wide" : ""}` },
      h(
        "label",
        { class: "field-label", for: id },
        h("span", { "aria-hidden": field.unit ? "true" : null }, say(field.title)),
        field.unit ? h("span", { class: "visually-hidden" }, label) : null,
        field.required ? h("span", { class: "edit-required" }, e("required")) : null,
      ),
      unit ? h("div", { class: "edit-figure" }, control, unit) : control,
      fault,
    );
  }

  private control(field: DeskField, id: string): Control {
    const as = { id, "aria-describedby": `${id}-fault`, required: field.required };
    const { config, me } = this.desk;
    if (field.id === "unit") {
      const codes = isReviewer(me) || !this.editable ? config.units.map(({ code }) => code) : me.units;
      const none = codes.length === 1 ? [] : [option("", e("ownUnit"))];
      return h("select", { ...as, class: "select" }, ...none, ...codes.map((code) => option(code, unitName(config, code))));
    }
    if (field.type === "enum" || field.type === "boolean") {
      const values: [string, string][] =
        field.type === "boolean"
          ? [
              ["true", e("yes")],
              ["false", e("no")],
            ]
          : Object.entries(field.values).map(([value, title]) => [value, say(title)]);
      return h("select", { ...as, class: "select" }, option("", e("choose")), ...values.map(([value, text]) => option(value, text)));
    }
    if (field.id === "note") return h("textarea", { ...as, class: "text", rows: 3, maxlength: 2000 });
    if (field.type === "date") return h("input", { ...as, class: "input", type: "date" });
    const mode = field.type === "integer" ? "numeric" : field.type === "number" ? "decimal" : null;
    return h("input", { ...as, class: "input", type: "text", inputmode: mode, maxlength: 500, autocomplete: "off" });
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

/** A sentence of what went wrong, beside a list of it. */
export function faultList(title: string, issues: readonly Refused[]): HTMLElement {
  return h(
    "div",
    { class: "edit-faults", role: "alert" },
    icon("error"),
    h("div", {}, h("strong", {}, title), issues.length > 0 ? h("ul", {}, ...issues.map(({ detail, remedy }) => h("li", {}, detail, h("p", {}, remedy)))) : null),
  );
}
