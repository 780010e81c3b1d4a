import type L from "leaflet";
import { ApiError } from "../api";
import type { PageConfig, ServiceConfig } from "../config";
import { fixed } from "../format/numbers";
import { heading, lang, nameOf, say } from "../i18n";
import { failure, h, part, svg } from "../panels/dom";
import { raiseSheet } from "../panels/sheet";
import type { PageStore } from "../state/page";
import { fetchReached, type Facility, type Missing, type Reached } from "./api";
import { paceChoice } from "./paces";
import type { WalkShapes } from "./shapes";
import { answerWords, missingWords, scoreWords, walkWords } from "./told";
import { w } from "./words";

const FIRST = 5;
/** When a wait is shown, and when it is called slow. */
const WAIT_MS = 400;
const SLOW_MS = 5000;

type Place = { lat: number; lon: number };

interface Ways {
  /** Shows a place on the map. */
  go: (place: Place) => void;
  /** Opens the pop-up of what lies at a place. */
  inspect: (place: Place) => void;
}

/** What can be reached from a place: the area on the map, facilities and what is missing in words. */
export class ReachPanel {
  private readonly place = part("reach");
  private pending: AbortController | null = null;
  private readonly title = h("h2", { id: "reach-title", tabindex: "-1" }, w("from"));
  private readonly status = h("p", { class: "visually-hidden", role: "status" });
  private readonly body = h("div", { class: "reach-body" });
  private failed = false;

  constructor(
    private readonly config: PageConfig,
    private readonly store: PageStore,
    private readonly shapes: WalkShapes,
    private readonly map: L.Map,
    private readonly ways: Ways,
  ) {
    const close = h("button", { type: "button", class: "close", "aria-label": w("close") }, "×");
    close.addEventListener("click", () => this.close());
    this.place.append(h("div", { class: "section-head" }, this.title, close), paceChoice(store), this.status, this.body);
    this.place.setAttribute("aria-labelledby", this.title.id);
    this.place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    store.on(["from", "pace", "when"], () => void this.update());
    store.on(["online"], ({ online }) => {
      if (online && this.failed) void this.update();
    });
    void this.update();
  }

  private close(): void {
    const keyboard = this.place.contains(document.activeElement);
    this.store.set({ from: null });
    if (keyboard) this.map.getContainer().focus();
  }

  private async update(): Promise<void> {
    const { from, pace, when } = this.store.get();
    this.pending?.abort();
    this.place.hidden = from === null;
    this.failed = false;
    if (!from) {
      this.body.replaceChildren();
      return this.shapes.clear();
    }
    const { signal } = (this.pending = new AbortController());
    this.shapes.start(from);
    this.title.textContent = w(from.located ? "fromLocated" : "from");
    this.show();
    if (from.keyboard) this.title.focus();
    const settled = this.wait(signal);
    try {
      const found = await fetchReached(from, pace, when, signal);
      if (signal.aborted) return;
      this.shapes.catchment(found.catchment);
      this.fill(found);
      if (found.synthetic) this.store.set({ synthetic: true });
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    } finally {
      settled();
    }
  }

  /** Says that it waits: first with a bar, then that it takes longer than usual. */
  private wait(signal: AbortSignal): () => void {
    this.place.setAttribute("aria-busy", "true");
    const words = h("p", { class: "muted" }, w("computing"));
    const soon = window.setTimeout(() => this.body.replaceChildren(words, h("progress", { class: "wait", "aria-label": w("computing") })), this.body.hasChildNodes() ? WAIT_MS : 0);
    const late = window.setTimeout(() => {
      words.textContent = this.status.textContent = w("slow");
    }, SLOW_MS);
    return () => {
      window.clearTimeout(soon);
      window.clearTimeout(late);
      if (!signal.aborted) this.place.setAttribute("aria-busy", "false");
    };
  }

  private fail(error: unknown): void {
    this.failed = true;
    const own = error instanceof ApiError && error.status < 500;
    if (own) {
      // Nothing is to be tried again: the place is outside the city.
      this.body.replaceChildren(h("p", { class: "failure", role: "alert" }, error.message));
      return;
    }
    const words = this.store.get().online ? w("failedFrom") : w("offline");
    this.body.replaceChildren(failure(words, w("retry"), () => void this.update()));
  }

  /** On a phone the sheet comes up; everywhere the panel is scrolled to the answer. */
  private show(): void {
    raiseSheet();
    this.place.scrollIntoView({ block: "start" });
  }

  private fill(found: Reached): void {
    const { met, of } = found.score;
    const told = scoreWords(this.config, found);
    this.status.textContent = `${w("asked")}${w("stop")} ${answerWords(this.config, found)}${w("stop")}`;
    const here = h("button", { type: "button", class: "link" }, w("whatIsHere"));
    here.addEventListener("click", () => {
      const { from } = this.store.get();
      if (from) this.ways.inspect(from);
    });
    this.body.replaceChildren(
      h(
        "div",
        { class: "reach-lead" },
        h("p", { class: "reach-figure", "aria-hidden": "true" }, h("strong", {}, String(met)), `/${of}`),
        h("p", { class: "reach-score" }, told),
      ),
      meter(met, of),
      h(
        "p",
        { class: "muted reach-how" },
        found.synthetic ? h("span", { class: "tag" }, w("synthetic")) : null,
        found.measure === "network" ? null : h("span", { class: "tag" }, w("estimated")),
        `${w("fromWithin", { minutes: found.minutes, speed: fixed(found.speed_m_s, 1, lang) })} · ${w(found.measure === "network" ? "measureNetwork" : "measureEstimated")} · ${w("scoreNote")}`,
      ),
      ...this.missing(found),
      h("h3", {}, w("facilities")),
      ...this.facilities(found),
      here,
    );
  }

  private missing({ missing, speed_m_s: speed }: Reached): Node[] {
    if (missing.length === 0) return [];
    const item = (each: Missing): HTMLElement => {
      const { nearest } = each;
      const title = h("strong", {}, heading(each.title));
      const words = h("span", {}, missingWords(each, speed));
      if (!nearest) return h("li", {}, title, words);
      const go = h("button", { type: "button", class: "link", "aria-label": w("showNearest", { what: say(each.title) }) }, title);
      go.addEventListener("click", () => this.ways.go(nearest));
      return h("li", {}, go, words);
    };
    return [h("h3", {}, w("missingTitle", { n: missing.length })), h("ul", { class: "reach-missing" }, ...missing.map(item))];
  }

  /** The categories that can be reached, the nearest first. */
  private facilities(found: Reached): HTMLElement[] {
    const nearest = (id: string): number => found.facilities[id]?.[0]?.minutes ?? Infinity;
    const some = this.config.services.filter(({ id }) => nearest(id) < Infinity).sort((a, b) => nearest(a.id) - nearest(b.id));
    if (some.length === 0) return [h("p", { class: "muted" }, w("noFacilities"))];
    return some.map((service) => this.service(service, found.facilities[service.id] ?? [], found.counts[service.id] ?? 0));
  }

  private service(service: ServiceConfig, found: Facility[], count: number): HTMLElement {
    const [nearest] = found;
    const items = found.slice(0, FIRST).map((facility) => {
      const name = h("button", { type: "button", class: "link" }, nameOf(facility) || w("nameless"));
      name.addEventListener("click", () => this.ways.go(facility));
      return h("li", {}, name, h("span", { class: "muted" }, walkWords(facility)));
    });
    const more = count - items.length;
    return h(
      "details",
      { class: "reach-service" },
      h(
        "summary",
        {},
        h("span", { class: "reach-name" }, heading(service.title), h("span", { class: "muted" }, ` ${count}`)),
        h("span", { class: "number" }, nearest ? w("minutes", { n: fixed(Math.max(1, nearest.minutes), 0, lang) }) : ""),
      ),
      h("ul", {}, ...items, more > 0 ? h("li", { class: "muted" }, w("more", { n: more })) : null),
    );
  }
}

/** As many parts as there are kinds, those that can be walked to filled. */
function meter(met: number, of: number): HTMLElement {
  const parts = Array.from({ length: of }, (_, i) => svg("rect", { x: i * 10, y: 0, width: 8, height: 8, class: i < met ? "is-met" : "is-missing" }));
  return h("div", { class: "reach-meter" }, svg("svg", { viewBox: `0 0 ${10 * of - 2} 8`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts));
}

