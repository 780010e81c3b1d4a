import { lang, nameOf } from "../i18n";
import { h } from "../panels/dom";
import { action, failed } from "../staff/controls";
import { layerName, unitName, type Desk, type Screen } from "../staff/desk";
import { ask } from "../staff/dialogs";
import { moment } from "../staff/format";
import { said } from "../staff/frame";
import type { Route } from "../staff/route";
import "./desk.css";
import { words } from "./deskWords";
import { fill } from "./fill";
import { LISTS, type FeedbackList } from "./lists";
import { numberOf } from "./send";
import type { Kind } from "./words";

type State = "pending" | "accepted" | "declined" | "done";
type Step = Exclude<State, "pending">;

const STATES: Record<FeedbackList, string> = { open: "pending,accepted", pending: "pending", accepted: "accepted", done: "done", declined: "declined" };
const STEPS: Record<State, readonly Step[]> = { pending: ["accepted", "done", "declined"], accepted: ["done", "declined"], declined: ["accepted"], done: [] };
const TONES: Record<State, string> = { pending: "ask", accepted: "wait", done: "good", declined: "off" };
const ASKED: Record<Step, string> = { accepted: words.askAccepted, done: words.askDone, declined: words.askDeclined };

interface Event {
  at: string;
  account: string | null;
  from: State | null;
  to: State;
  note: string | null;
}

/** A remark, as GET /api/feedback tells it. */
interface Remark {
  id: string;
  layer: string;
  feature: string;
  name: string | null;
  name_en: string | null;
  unit: string | null;
  district: string | null;
  kind: Kind;
  text: string | null;
  point: { lon: number; lat: number } | null;
  place: { lon: number; lat: number } | null;
  state: State;
  version: number;
  created_at: string;
  may_settle: boolean;
  events: Event[];
}

interface Page {
  feedback: Remark[];
  counts: Record<State, number>;
  next: string | null;
}

/** What the public said of features, for those who settle it. */
export function feedbackScreen(desk: Desk, route: Extract<Route, { view: "feedback" }>): Screen {
  const list = new FeedbackDesk(desk, route.list ?? "open");
  return { element: list.element, title: words.title, leave: () => list.leave() };
}

class FeedbackDesk {
  readonly element: HTMLElement;
  private readonly body = h("div", { class: "remarks", role: "region", "aria-label": words.title });
  private readonly chips = new Map<FeedbackList, HTMLButtonElement>();
  private pending: AbortController | null = null;
  private remarks: Remark[] = [];

  constructor(
    private readonly desk: Desk,
    private list: FeedbackList,
  ) {
    for (const each of LISTS) {
      const chip = h("button", { type: "button", class: "chip" });
      chip.addEventListener("click", () => this.choose(each));
      this.chips.set(each, chip);
    }
    this.element = h(
      "div",
      { class: "home" },
      h("div", { class: "home-head" }, h("h1", {}, words.title), h("p", { class: "muted" }, words.lead)),
      h("section", { class: "card" }, h("div", { class: "chips", role: "group", "aria-label": words.show }, ...this.chips.values()), this.body),
    );
    this.count(null);
    this.body.replaceChildren(h("p", { class: "muted", role: "status" }, words.loading));
    this.choose(list, false);
  }

  leave(): void {
    this.pending?.abort();
  }

  private choose(list: FeedbackList, keep = true): void {
    this.list = list;
    for (const [each, chip] of this.chips) chip.setAttribute("aria-pressed", String(each === list));
    if (keep) this.desk.keep({ view: "feedback", list });
    void this.load(null);
  }

  private async load(after: string | null): Promise<void> {
    this.leave();
    const { signal } = (this.pending = new AbortController());
    this.desk.activity.begin("feedback");
    try {
      const page = await this.desk.calls.http.json<Page>("/api/feedback", { query: { state: STATES[this.list], after }, signal });
      this.remarks = after === null ? page.feedback : [...this.remarks, ...page.feedback];
      this.count(page.counts);
      this.render(page.next);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    } finally {
      if (!signal.aborted) this.desk.activity.end("feedback");
    }
  }

  private count(counts: Page["counts"] | null): void {
    for (const [list, chip] of this.chips) {
      const of = counts && (list === "open" ? counts.pending + counts.accepted : counts[list]);
      chip.replaceChildren(words.lists[list], of === null ? "" : h("span", { class: "chip-count" }, ` ${of}`));
    }
  }

  private fail(error: unknown): void {
    if (this.remarks.length > 0) {
      failed(this.body, error);
      return;
    }
    const { detail, remedy } = said(error);
    this.body.replaceChildren(h("div", { class: "nothing", role: "alert" }, h("strong", {}, detail), h("p", {}, remedy), action(words.retry, () => this.load(null))));
  }

  private render(next: string | null): void {
    if (this.remarks.length === 0) {
      this.body.replaceChildren(h("div", { class: "nothing" }, h("p", {}, h("strong", {}, words.none)), h("p", { class: "muted" }, words.noneLead)));
      return;
    }
    const items = this.remarks.map((remark) => this.item(remark));
    this.body.replaceChildren(h("ul", { class: "remark-list" }, ...items), next === null ? "" : action(words.more, () => this.load(next)));
  }

  private item(remark: Remark): HTMLElement {
    const { config } = this.desk;
    const name = nameOf(remark) || layerName(config, remark.layer);
    const facts = [layerName(config, remark.layer), unitName(config, remark.unit ?? remark.district), moment(remark.created_at), fill(words.number, { id: numberOf(remark.id) })];
    return h(
      "li",
      { class: "remark", "data-state": remark.state, "data-id": remark.id },
      h("div", { class: "remark-head" }, h("h2", {}, name), h("span", { class: `state state-${TONES[remark.state]}` }, words.states[remark.state])),
      h("p", { class: "muted" }, facts.join(" · ")),
      h("p", { class: "remark-words" }, h("strong", {}, words.kinds[remark.kind]), " ", remark.text ? h("span", {}, remark.text) : h("span", { class: "muted" }, words.noWords)),
      this.links(remark),
      this.history(remark),
      this.steps(remark, name),
    );
  }

  private links({ point, place, layer }: Remark): HTMLElement {
    const link = (at: { lon: number; lat: number }, text: string): HTMLElement =>
      h("a", { class: "act act-link", href: `/?lang=${lang}#map=17/${at.lat.toFixed(5)}/${at.lon.toFixed(5)}&on=${layer}`, target: "_blank", rel: "noopener" }, text);
    return h(
      "p",
      { class: "remark-links" },
      place ? link(place, words.onMap) : h("span", { class: "muted" }, words.gone),
      point ? link(point, words.marked) : null,
    );
  }

  private history({ events }: Remark): HTMLElement | null {
    if (events.length < 2) return null;
    const lines = events.map(({ at, account, to, note }) =>
      h("li", {}, `${moment(at)} `, account === null ? words.made : fill(words.step, { account, state: words.states[to] }), note ? h("p", {}, note) : null),
    );
    return h("details", { class: "remark-history" }, h("summary", {}, words.history), h("ol", {}, ...lines));
  }

  private steps(remark: Remark, name: string): HTMLElement | null {
    const steps = STEPS[remark.state];
    if (steps.length === 0) return null;
    if (!remark.may_settle) return h("p", { class: "muted" }, fill(words.others, { unit: unitName(this.desk.config, remark.unit) }));
    const look = (step: Step): "primary" | "plain" | "danger" => (step === "declined" ? "danger" : step === steps[0] ? "primary" : "plain");
    return h(
      "div",
      { class: "remark-acts", role: "group", "aria-label": name },
      ...steps.map((step) => action(words.acts[step], () => this.settle(remark, step, name), { look: look(step) })),
    );
  }

  private async settle(remark: Remark, step: Step, name: string): Promise<void> {
    const declined = step === "declined";
    const note = await ask({
      title: ASKED[step],
      text: name,
      reason: { label: declined ? words.reason : words.noteOptional, max: 500, optional: !declined },
      confirm: words.acts[step],
      danger: declined,
    });
    if (note === null) return;
    await this.desk.calls.http.json(`/api/feedback/${remark.id}`, { method: "PATCH", body: { state: step, version: remark.version, note: note || null } });
    this.desk.frame.announce(fill(words.settled, { state: words.states[step] }));
    await this.load(null);
    this.chips.get(this.list)?.focus();
  }
}
