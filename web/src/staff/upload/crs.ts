import { h } from "../../panels/dom";
import { labelled, option } from "../controls";
import type { Desk } from "../desk";
import { count } from "../format";
import { readingSign } from "../marks";
import type { Crs, CrsReading, Upload } from "../types";
import { named, w, words } from "../words";
import { offsetOf } from "./offsets";

/**
 * The coordinate system of a file: its readings side by side, on the map and in figures, and a person's
 * choice. The map is in this section while it is shown.
 */
export class CrsSection {
  readonly element: HTMLElement;
  readonly mapPlace = h("div", { class: "map-place" });
  private readonly crs: Crs;
  private chosen: string;

  constructor(
    private readonly desk: Desk,
    upload: Upload,
    private readonly may: boolean,
    private readonly use: (crs: string) => Promise<void>,
  ) {
    this.crs = upload.crs as Crs;
    this.chosen = this.crs.chosen ?? this.crs.candidates[0]?.crs ?? "";
    const undecided = this.crs.how === "undecided";
    this.element = h(
      "section",
      { class: `card crs${undecided ? " is-asking" : ""}`, id: "crs", "aria-labelledby": "crs-title", tabindex: "-1" },
      h("h2", { id: "crs-title" }, w(undecided ? "crsAsk" : "crsTitle")),
      h("p", {}, this.crs.detail),
      undecided ? h("p", { class: "muted" }, w("crsAskLead")) : null,
      h("div", { class: "beside" }, this.choice(), this.mapPlace),
    );
  }

  /** Draws the readings; the map must be in its place. */
  draw(): void {
    const { candidates } = this.crs;
    const at = Math.max(
      0,
      candidates.findIndex(({ crs }) => crs === this.chosen),
    );
    this.desk.map.readings(
      candidates.map(({ crs, first }) => ({ name: crsName(crs), places: first })),
      at,
    );
  }

  private choice(): HTMLElement {
    const { candidates } = this.crs;
    const other = this.others();
    const submit = h("button", { type: "submit", class: "act act-primary" }, w("crsUse"));
    const form = h(
      "form",
      { class: "crs-choice" },
      h(
        "fieldset",
        { class: "crs-readings" },
        h("legend", { class: "visually-hidden" }, w("crsReadings")),
        ...candidates.map((reading, i) => this.reading(reading, i, other)),
      ),
      this.may ? labelled(w("crsOther"), other, w("crsOtherNote")) : null,
      this.may ? submit : null,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (submit.getAttribute("aria-busy") === "true") return;
      submit.setAttribute("aria-busy", "true");
      void this.use(other.value || this.chosen).finally(() => submit.removeAttribute("aria-busy"));
    });
    return form;
  }

  private reading(reading: CrsReading, index: number, other: HTMLSelectElement): HTMLElement {
    const id = `crs-${index}`;
    const input = h("input", { type: "radio", name: "crs", id, value: reading.crs, checked: reading.crs === this.chosen });
    input.addEventListener("change", () => {
      this.chosen = reading.crs;
      other.value = "";
      this.draw();
    });
    const base = this.crs.candidates.find(({ crs }) => crs !== reading.crs);
    const offset = base ? offsetOf(base.first, reading.first) : null;
    const facts = [
      reading.outside > 0 ? w("crsOutside", { n: count(reading.outside) }) : w("crsInside"),
      reading.misfits > 0 ? w("crsMisfits", { n: count(reading.misfits) }) : w("crsFits"),
      reading.matched > 0 && reading.shift_m !== null
        ? w("crsShift", { n: count(reading.matched), metres: count(Math.round(reading.shift_m)) })
        : w("crsNoNames"),
      base && offset ? w("crsOffset", { other: crsName(base.crs), ...compass(offset) }) : "",
    ];
    return h(
      "div",
      { class: "crs-reading" },
      input,
      h(
        "label",
        { for: id },
        readingSign(index, 20),
        h("strong", {}, crsName(reading.crs)),
        h("span", { class: "muted" }, named(words.crsSources, reading.crs)),
      ),
      h("ul", {}, ...facts.filter(Boolean).map((fact) => h("li", {}, fact))),
    );
  }

  /** Systems that were not among the readings. */
  private others(): HTMLSelectElement {
    const known = new Set(this.crs.candidates.map(({ crs }) => crs));
    const select = h(
      "select",
      { class: "select", id: "crs-other" },
      option("", w("crsNoOther")),
      ...Object.keys(words.crsNames)
        .filter((crs) => !known.has(crs))
        .map((crs) => option(crs, crsName(crs))),
    );
    return select;
  }
}

export function crsName(crs: string): string {
  return named(words.crsNames, crs);
}

/** An offset in words: "520 m east, 280 m south". */
function compass({ east, north }: { east: number; north: number }): { x: string; y: string } {
  const metres = (value: number): string => count(Math.abs(Math.round(value)));
  return {
    x: w(east >= 0 ? "metresEast" : "metresWest", { n: metres(east) }),
    y: w(north >= 0 ? "metresNorth" : "metresSouth", { n: metres(north) }),
  };
}
