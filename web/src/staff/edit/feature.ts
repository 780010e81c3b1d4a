import { say } from "../../i18n";
import { h } from "../../panels/dom";
import type { DeskLayer } from "../config";
import { action, labelled } from "../controls";
import { fieldName, unitName, type Desk } from "../desk";
import { ask } from "../dialogs";
import { newKey } from "../http";
import { icon } from "../icons";
import { Problem, type Refused } from "../problem";
import { isReviewer } from "../states";
import { w } from "../words";
import type { Features, Held, Version } from "./calls";
import { conflictBox } from "./conflict";
import { EvidenceSection } from "./evidence";
import { faultList, FieldsForm, type Texts } from "./form";
import { historyList } from "./history";
import { PlaceSection } from "./place";
import { copyOf, isSame, type Kind, type Shape } from "./shape";
import type { Sketch } from "./sketch";
import { e } from "./words";

const LONGEST_REASON = 200;
const VERSIONS = 50;

/** What the panel asks of the screen that it stands in. */
export interface Around {
  desk: Desk;
  layer: DeskLayer;
  features: Features;
  sketch: Sketch;
  draw: () => void;
  /** The list again; `note` says there what was done. */
  back: (note: HTMLElement | null) => void;
  /** The feature is another one now, or has got its id. */
  kept: (held: Held) => void;
}

/** One feature: its place, its values, what is attached, what it was; a new one where `held` is null. */
export class FeaturePanel {
  readonly element = h("div", { class: "edit-feature" });
  private readonly form: FieldsForm;
  private readonly place: PlaceSection;
  private readonly reason = h("input", { class: "input", type: "text", maxlength: LONGEST_REASON, autocomplete: "off" });
  private readonly told = h("div", { class: "edit-told", role: "status" });
  private readonly wrong = h("div");
  private readonly heading = h("h1", { tabindex: "-1" });
  private readonly further = h("div", { class: "edit-further" });
  private readonly editable: boolean;
  private evidence: EvidenceSection | null = null;
  private key = newKey();

  constructor(
    private readonly around: Around,
    private held: Held | null,
  ) {
    const { desk, layer, sketch } = around;
    this.editable = held === null || owns(desk, held);
    this.form = new FieldsForm(desk, layer, this.editable);
    sketch.show(held ? held.shape : null, this.editable);
    this.place = new PlaceSection(layer.geometry as Kind, sketch, this.editable, around.draw);
    const back = h("button", { type: "button", class: "back" }, icon("back"), h("span", {}, e("back")));
    back.addEventListener("click", () => void this.leaveFor(() => around.back(null)));
    this.element.append(
      back,
      h("div", { class: "edit-title" }, this.heading, h("p", { class: "muted" }, say(layer.title))),
      ...(this.editable ? [] : [h("p", { class: "note" }, e("readOnly", { unit: unitName(desk.config, textOf(held?.values["unit"])) }))]),
      this.told,
      this.wrong,
      this.place.element,
      this.form.element,
      ...(this.editable ? [labelled(e("reason"), this.reason, e("reasonNote")), this.acts()] : []),
      this.further,
    );
    this.fill();
  }

  /** Something is not saved. */
  unsaved(): boolean {
    return this.editable && (this.reshaped() || Object.keys(this.form.changed()).length > 0);
  }

  /** The shape is another one; `shape` is what the map shows. */
  refresh(): void {
    this.place.refresh();
  }

  focus(): void {
    this.heading.focus({ preventScroll: true });
  }

  leave(): void {
    this.evidence?.leave();
  }

  /** Asks before something is lost, and then goes. */
  async leaveFor(go: () => void): Promise<void> {
    if (this.unsaved()) {
      const sure = await ask({ title: w("unsavedTitle"), text: w("unsavedText"), confirm: w("discard"), danger: true });
      if (sure === null) return;
    }
    go();
  }

  private acts(): HTMLElement {
    return h(
      "div",
      { class: "edit-acts" },
      action(e("save"), () => this.save(), { look: "primary", icon: "ok", as: { "data-part": "save" } }),
      this.held ? action(e("remove"), () => this.remove(), { look: "danger" }) : null,
    );
  }

  private fill(keep = false): void {
    const { held } = this;
    this.heading.textContent = held ? named(held) || e("nameless") : e("freshOf", { layer: say(this.around.layer.title) });
    this.form.fill(held?.values ?? {}, keep);
    this.place.refresh();
    this.showFurther();
  }

  /** Evidence and history: asked for when they are opened. */
  private showFurther(): void {
    const { held } = this;
    this.evidence?.leave();
    this.evidence = null;
    if (!held) {
      this.further.replaceChildren(h("p", { class: "muted" }, e("evidenceFirst")));
      return;
    }
    if (!this.editable && !isReviewer(this.around.desk.me)) {
      this.further.replaceChildren(this.folded("history", e("history"), () => this.history(held)));
      return;
    }
    this.further.replaceChildren(
      this.folded("evidence", e("evidence"), (count) => this.attached(held, count)),
      this.folded("history", e("history"), (count) => this.history(held, count)),
    );
  }

  private folded(name: string, title: string, open: (count: HTMLElement) => Promise<HTMLElement>): HTMLElement {
    const count = h("span", { class: "muted" });
    const body = h("div", { class: "edit-folded" });
    const box = h("details", { class: "card folded", "data-part": name }, h("summary", {}, h("h2", {}, title), count), body);
    box.addEventListener("toggle", () => {
      if (!box.open || body.childElementCount > 0) return;
      body.replaceChildren(h("p", { class: "muted", role: "status" }, e("loading")));
      this.around.desk.activity.begin(name);
      void open(count)
        .then((content) => body.replaceChildren(content))
        .catch((error: unknown) => {
          body.replaceChildren();
          box.open = false;
          this.around.desk.frame.tell(error);
        })
        .finally(() => this.around.desk.activity.end(name));
    });
    return box;
  }

  private async attached(held: Held, count: HTMLElement): Promise<HTMLElement> {
    const { features, desk } = this.around;
    const counted = (n: number): void => {
      count.textContent = e("evidenceCount", { n });
    };
    const made = new EvidenceSection(features, held.id, this.editable, counted, (text) => desk.frame.announce(text));
    this.evidence = made;
    await made.load();
    return made.element;
  }

  private async history(held: Held, count?: HTMLElement): Promise<HTMLElement> {
    const { features, desk, layer } = this.around;
    const versions = await features.versions(held.id, VERSIONS);
    if (count) count.textContent = e("historyCount", { n: versions.length });
    return historyList(desk, layer, versions, this.editable ? (version, reason) => this.restore(version, reason, e("restored")) : null);
  }

  private async save(): Promise<void> {
    const { desk, features, sketch } = this.around;
    const { held } = this;
    this.wrong.replaceChildren();
    this.told.replaceChildren();
    this.place.clear();
    const texts = this.form.changed();
    const reshaped = this.reshaped();
    if (held && !reshaped && Object.keys(texts).length === 0) {
      this.tell(e("nothingToSave"));
      return;
    }
    const values = this.valuesOf(texts);
    const reason = this.reason.value.trim();
    try {
      const saved = held
        ? await features.update(
            held.id,
            held.etag,
            { ...(reshaped && sketch.shape ? { shape: sketch.shape } : {}), ...(Object.keys(values).length > 0 ? { values } : {}) },
            reason,
          )
        : await features.create({ shape: sketch.shape as Shape, values }, this.key, reason);
      this.took(saved, held !== null);
      desk.frame.announce(e("saved"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // What was refused was not done; the same name for another attempt would be one, too.
      this.key = newKey();
      if (held && (error.status === 412 || (error.status === 404 && error.code === "unknown_feature"))) await this.meet(held, error);
      else if (error.status === 422 || error.status === 409) this.refuse(error);
      else throw error;
    }
  }

  private valuesOf(texts: Texts): Record<string, unknown> {
    const types = new Map(this.around.layer.fields.map(({ id, type }) => [id, type]));
    const valueOf = (id: string, text: string): unknown => {
      if (text === "") return null;
      const type = types.get(id);
      if (type === "boolean") return text === "true";
      // A figure with its unit or in words is the service's to read.
      return (type === "integer" || type === "number") && /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text;
    };
    return Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, valueOf(id, text)]));
  }

  /** The state that the service has now is what is worked on. */
  private took(saved: Held, undoable: boolean): void {
    const fresh = this.held === null;
    this.held = saved;
    this.key = newKey();
    this.reason.value = "";
    this.around.sketch.show(saved.shape, this.editable);
    this.fill();
    this.around.kept(saved);
    if (fresh) this.element.querySelector(".edit-acts")?.replaceWith(this.acts());
    const odd = saved.issues.filter(({ severity }) => severity === "warning");
    const words = odd.length > 0 ? e("savedOdd", { n: odd.length }) : e("saved");
    const list = odd.length > 0 ? h("ul", {}, ...odd.map(({ detail, remedy }) => h("li", {}, h("strong", {}, detail), ` ${remedy}`))) : null;
    const back = undoable ? action(e("undoSave"), () => this.undoSave(), { look: "link", icon: "back_turn" }) : null;
    this.tell(words, odd.length > 0 ? "odd" : "good", list, back);
  }

  private tell(words: string, tone: "good" | "odd" | "plain" = "plain", ...more: (Node | null)[]): void {
    const sign = tone === "odd" ? "warning" : tone === "good" ? "ok" : "info";
    this.told.replaceChildren(h("div", { class: `edit-said is-${tone}` }, icon(sign), h("div", {}, h("strong", {}, words), ...more)));
    this.told.scrollIntoView({ block: "nearest" });
  }

  private async undoSave(): Promise<void> {
    const { held } = this;
    if (!held) return;
    const [, before] = await this.around.features.versions(held.id, 2);
    if (before?.version) await this.restore(before.version, e("undoSave"), e("undone"));
  }

  private async restore(version: number, reason: string, words: string): Promise<void> {
    const { held } = this;
    if (!held) return;
    try {
      this.took(await this.around.features.restore(held.id, version, held.etag, reason), false);
      this.tell(words, "good");
      this.around.desk.frame.announce(words);
      this.told.scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (error instanceof Problem && error.status === 412) await this.meet(held, error);
      else throw error;
    }
  }

  /** Says what is wrong where it is, and takes the focus to the first of it. */
  private refuse(problem: Problem): void {
    const own: Refused = { code: problem.code, detail: problem.message, remedy: problem.remedy, ...columnOf(problem) };
    const issues = (problem.body.issues ?? [own]).filter(({ severity }) => severity !== "warning" && severity !== "info");
    const others = this.form.show(issues.filter(({ where }) => where?.column !== "geometry"));
    const drawn = issues.find(({ where }) => where?.column === "geometry");
    if (drawn) this.place.show(drawn);
    const names = new Set(issues.map(({ where }) => where?.column).filter((id) => id !== undefined));
    const where = [...names].map((id) => (id === "geometry" ? e("place") : fieldName(this.around.layer, id))).join(w("and"));
    const title = e("faults", { n: issues.length });
    this.wrong.replaceChildren(faultList(where === "" ? title : `${title}${w("colon")}${where}`, others));
    const field = this.form.firstFault();
    if (drawn) this.place.focus();
    else if (field) field.focus();
    else this.wrong.scrollIntoView({ block: "nearest" });
  }

  /** Somebody else was first: what they did is shown, and nothing of one's own is lost. */
  private async meet(before: Held, problem: Problem): Promise<void> {
    const { desk, layer, features, sketch } = this.around;
    let now: Held;
    let newest: Version | undefined;
    try {
      [now, [newest]] = await Promise.all([features.one(before.id), features.versions(before.id, 1)]);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) {
        this.wrong.replaceChildren(faultList(e("gone"), []));
        return;
      }
      throw problem;
    }
    const mine = { texts: this.form.changed(), shape: sketch.shape };
    const theirs = (): void => {
      this.held = now;
      sketch.show(now.shape, this.editable);
      this.fill();
      this.solved();
    };
    const both = (): void => {
      const own = isSame(copyOf(before.shape), mine.shape) ? null : mine.shape;
      this.held = now;
      sketch.show(now.shape, this.editable);
      if (own) sketch.set(own);
      this.fill(true);
      this.solved();
      this.tell(e("merged"));
    };
    this.wrong.replaceChildren(conflictBox(desk, layer, { ...before, shape: copyOf(before.shape) }, { ...now, shape: copyOf(now.shape) }, newest, mine, { theirs, both }));
    this.wrong.querySelector("h2")?.focus();
    this.wrong.scrollIntoView({ block: "nearest" });
  }

  private solved(): void {
    this.wrong.replaceChildren();
    this.focus();
  }

  private async remove(): Promise<void> {
    const { held } = this;
    if (!held) return;
    const { desk, features, back } = this.around;
    const name = named(held) || e("nameless");
    const label = { label: e("reason"), max: LONGEST_REASON };
    const reason = await ask({ title: e("removeTitle", { name }), text: e("removeText"), reason: label, confirm: e("remove"), danger: true });
    if (reason === null) return;
    try {
      await features.remove(held.id, held.etag, reason);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412) throw error;
      await this.meet(held, error);
      return;
    }
    const undo = action(e("undoRemove"), async () => {
      const [last] = await features.versions(held.id, 1);
      if (!last?.version) return;
      await features.restore(held.id, last.version, null, e("undoRemove"));
      desk.frame.announce(e("restoredRemoved", { name }));
      back(h("div", { class: "edit-said is-good" }, icon("ok"), h("strong", {}, e("restoredRemoved", { name }))));
    }, { look: "link", icon: "back_turn" });
    desk.frame.announce(e("removed", { name }));
    back(h("div", { class: "edit-said is-plain" }, icon("info"), h("div", {}, h("strong", {}, e("removed", { name })), undo)));
  }

  private reshaped(): boolean {
    return !isSame(this.held ? copyOf(this.held.shape) : null, this.around.sketch.shape);
  }
}

/** Staff change what their units report, reviewers all. */
export function owns({ me }: Desk, { values }: Held): boolean {
  return isReviewer(me) || me.units.includes(textOf(values["unit"]));
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const columnOf = ({ code, body }: Problem): Pick<Refused, "where"> =>
  code === "project_no_taken" ? { where: { column: "project_no" } } : body.where ? { where: body.where } : {};

function named({ values }: Held): string {
  return say({ zh: textOf(values["name"]), en: textOf(values["name_en"]) });
}
