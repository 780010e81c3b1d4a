import type LeafletNamespace from "leaflet";
import { dialog } from "../panels/dialog";
import { h } from "../panels/dom";
import "./feedback.css";
import { fill } from "./fill";
import { pickPlace } from "./pick";
import { isEnough, LONGEST, numberOf, Refused, send, type Remark } from "./send";
import { KINDS, words, type Kind } from "./words";

/** What a remark is on. */
export interface About {
  layer: string;
  feature: string;
  name: string;
}

/** Opens the form for a remark; `opener` gets the focus back. */
export function openForm(map: LeafletNamespace.Map, about: About, opener: HTMLElement): void {
  new Form(map, about, opener).open();
}

class Form {
  private readonly kinds = KINDS.map((kind) => h("input", { type: "radio", name: "kind", value: kind, required: true }));
  private readonly text = h("textarea", { id: "feedback-text", class: "field feedback-text", rows: 4, maxlength: LONGEST, "aria-describedby": "feedback-hint feedback-left" });
  private readonly label = h("label", { for: "feedback-text" }, words.text);
  private readonly left = h("span", { id: "feedback-left" });
  private readonly place = h("div", { class: "feedback-place" });
  private readonly website = h("input", { type: "text", name: "website", tabindex: "-1", autocomplete: "off" });
  private readonly told = h("p", { class: "feedback-told", role: "alert" });
  private readonly submit = h("button", { type: "submit", class: "button button-main" }, words.send);
  private readonly form: HTMLFormElement;
  private point: Remark["point"] = null;
  private box: HTMLDialogElement | null = null;

  constructor(
    private readonly map: LeafletNamespace.Map,
    private readonly about: About,
    private readonly opener: HTMLElement,
  ) {
    const choices = KINDS.map((kind, i) => h("label", { class: "feedback-kind" }, this.kinds[i] as HTMLInputElement, h("span", {}, words.kinds[kind])));
    this.form = h(
      "form",
      { class: "feedback", novalidate: true },
      h("p", { class: "muted" }, fill(words.about, { name: about.name })),
      h("fieldset", { class: "feedback-kinds" }, h("legend", {}, words.kind), ...choices),
      this.label,
      this.text,
      h("p", { class: "feedback-hints muted" }, h("span", { id: "feedback-hint" }, words.textHint), this.left),
      h("p", { class: "feedback-website", "aria-hidden": "true" }, h("label", {}, words.website, this.website)),
      this.place,
      this.told,
      h("div", { class: "actions" }, this.submit),
    );
    this.form.addEventListener("change", () => this.refresh());
    this.text.addEventListener("input", () => this.refresh());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
  }

  open(): void {
    this.refresh();
    this.showPlace();
    this.box = dialog(words.title, this.form);
    this.box.addEventListener("close", () => (this.opener.isConnected ? this.opener : this.map.getContainer()).focus());
    (this.kinds.find(({ checked }) => checked) ?? this.kinds[0])?.focus();
  }

  private kind(): Kind | null {
    return KINDS.find((_, i) => this.kinds[i]?.checked) ?? null;
  }

  private refresh(): void {
    this.label.textContent = this.kind() === "closed" || this.point ? words.textOptional : words.text;
    this.left.textContent = fill(words.left, { count: LONGEST - this.text.value.length });
    this.told.textContent = "";
  }

  private showPlace(): void {
    const { point } = this;
    const mark = h("button", { type: "button", class: "button" }, point ? words.markAgain : words.mark);
    mark.addEventListener("click", () => void this.pick());
    if (!point) {
      this.place.replaceChildren(mark);
      return;
    }
    const remove = h("button", { type: "button", class: "button" }, words.unmark);
    remove.addEventListener("click", () => {
      this.point = null;
      this.showPlace();
      this.refresh();
    });
    const said = fill(words.marked, { lat: point.lat.toFixed(5), lon: point.lon.toFixed(5) });
    this.place.replaceChildren(h("p", {}, said), mark, remove);
  }

  /** The form steps aside for the map, and comes back as it was. */
  private async pick(): Promise<void> {
    this.box?.close();
    this.map.closePopup();
    const place = await pickPlace(this.map);
    if (place) this.point = { lat: place.lat, lon: place.lng };
    this.open();
  }

  private async send(): Promise<void> {
    const kind = this.kind();
    const text = this.text.value.trim() || null;
    if (kind === null) {
      this.refuse(words.kindNeeded, this.kinds[0] as HTMLElement);
      return;
    }
    if (!isEnough({ kind, text, point: this.point })) {
      this.refuse(words.textNeeded, this.text);
      return;
    }
    if (!navigator.onLine) {
      this.told.textContent = words.offline;
      return;
    }
    this.submit.disabled = true;
    this.submit.textContent = words.sending;
    this.told.textContent = "";
    try {
      const { layer, feature } = this.about;
      this.thank(await send({ layer, feature, kind, text, point: this.point, website: this.website.value }));
    } catch (error) {
      this.told.textContent = error instanceof Refused ? `${error.message}${words.separator}${error.remedy}` : words.failed;
    } finally {
      this.submit.disabled = false;
      this.submit.textContent = words.send;
    }
  }

  private refuse(text: string, at: HTMLElement): void {
    this.told.textContent = text;
    at.focus();
  }

  private thank(id: string): void {
    const close = h("button", { type: "button", class: "button button-main" }, words.close);
    close.addEventListener("click", () => this.box?.close());
    const thanks = h("p", { class: "feedback-thanks", role: "status", tabindex: "-1" }, h("strong", {}, words.thanks));
    this.form.replaceWith(thanks, h("p", {}, words.next), h("p", { class: "muted" }, fill(words.number, { id: numberOf(id) })), h("div", { class: "actions" }, close));
    thanks.focus();
  }
}
