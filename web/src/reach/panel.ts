import type L from "leaflet";
import type { PageConfig, ServiceConfig } from "../config";
import { exact, fixed } from "../format/numbers";
import { lang, nameOf, say } from "../i18n";
import { failure, h, part } from "../panels/dom";
import { MINUTES, SPEEDS, type PageStore, type Pace } from "../state/page";
import { fetchReached, type Facility, type Missing, type Reached } from "./api";
import type { WalkShapes } from "./shapes";
import { w, words } from "./words";

const FIRST = 5;

interface Ways {
  /** Shows a facility on the map. */
  go: (facility: Facility) => void;
  /** Opens the pop-up of what lies at a place. */
  inspect: (place: { lat: number; lon: number }) => void;
}

/** What can be reached from a place: the area on the map, facilities and what is missing in words. */
export class ReachPanel {
  private readonly place = part("reach");
  private pending: AbortController | null = null;
  private readonly status = h("p", { class: "visually-hidden", role: "status" });
  private readonly body = h("div");

  constructor(
    private readonly config: PageConfig,
    private readonly store: PageStore,
    private readonly shapes: WalkShapes,
    private readonly map: L.Map,
    private readonly ways: Ways,
  ) {
    const title = h("h2", { id: "reach-title", tabindex: "-1" }, w("from"));
    const close = h("button", { type: "button", class: "close", "aria-label": w("close") }, "×");
    close.addEventListener("click", () => this.close());
    this.place.append(h("div", { class: "section-head" }, title, close), this.paces(), this.status, this.body);
    this.place.setAttribute("aria-labelledby", title.id);
    this.place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    store.on(["from", "pace", "when"], () => void this.update());
    void this.update();
  }

  private close(): void {
    const keyboard = this.place.contains(document.activeElement);
    this.store.set({ from: null });
    if (keyboard) this.map.getContainer().focus();
  }

  private paces(): HTMLElement {
    const choice = (name: "time" | "speed", options: [string, string][], chosen: (pace: Pace) => string, set: (value: string) => Pace): HTMLElement => {
      const select = h("select", { id: `reach-${name}`, class: "select" }, ...options.map(([value, text]) => h("option", { value }, text)));
      const show = (): void => {
        select.value = chosen(this.store.get().pace);
      };
      select.addEventListener("change", () => this.store.set({ pace: set(select.value) }));
      this.store.on(["pace"], show);
      show();
      return h("div", { class: "pace" }, h("label", { for: select.id }, w(name)), select);
    };
    return h(
      "div",
      { class: "paces", role: "group", "aria-label": w("pace") },
      choice(
        "time",
        MINUTES.map((minutes) => [String(minutes), w("minutes", { n: minutes })]),
        ({ minutes }) => String(minutes),
        (value) => ({ ...this.store.get().pace, minutes: Number(value) }),
      ),
      choice(
        "speed",
        SPEEDS.map((speed) => [speed, words.speeds[speed]]),
        ({ speed }) => speed,
        (value) => ({ ...this.store.get().pace, speed: SPEEDS.find((each) => each === value) ?? "planning" }),
      ),
    );
  }

  private async update(): Promise<void> {
    const { from, pace, when } = this.store.get();
    this.pending?.abort();
    this.place.hidden = from === null;
    if (!from) return this.shapes.clear();
    const { signal } = (this.pending = new AbortController());
    this.shapes.start(from);
    this.show();
    if (from.keyboard) this.place.querySelector<HTMLElement>("h2")?.focus();
    if (this.body.childElementCount === 0) this.body.replaceChildren(h("p", { class: "muted" }, w("loading")));
    this.place.setAttribute("aria-busy", "true");
    try {
      const found = await fetchReached(from, pace, when, signal);
      if (signal.aborted) return;
      this.shapes.catchment(found.catchment);
      this.fill(found);
      if (found.synthetic) this.store.set({ synthetic: true });
    } catch (error) {
      if (signal.aborted) return;
      const told = error instanceof Error && error.message ? error.message : w("failedFrom");
      this.body.replaceChildren(failure(told, w("retry"), () => void this.update()));
    } finally {
      if (!signal.aborted) this.place.setAttribute("aria-busy", "false");
    }
  }

  /** On a phone the sheet opens; everywhere the panel is scrolled to the answer. */
  private show(): void {
    const handle = part("handle");
    if (part("panel").dataset["open"] === "false") handle.click();
    this.place.scrollIntoView({ block: "start" });
  }

  private fill(found: Reached): void {
    const circle = this.config.circles.find(({ id }) => id === found.score.circle);
    const { met, of } = found.score;
    const score = w(met === of ? "scoreAll" : "score", { circle: circle ? say(circle.title) : found.score.circle, met, of });
    const here = h("button", { type: "button", class: "link" }, w("whatIsHere"));
    here.addEventListener("click", () => {
      const { from } = this.store.get();
      if (from) this.ways.inspect(from);
    });
    this.status.textContent = `${w("asked")}${w("stop")} ${score}`;
    this.body.replaceChildren(
      h(
        "p",
        { class: "muted" },
        found.synthetic ? h("span", { class: "tag" }, w("synthetic")) : null,
        ` ${w("fromWithin", { minutes: found.minutes, speed: fixed(found.speed_m_s, 1, lang) })} · ${w(found.measure === "network" ? "measureNetwork" : "measureEstimated")}`,
      ),
      h("p", { class: "reach-score" }, score),
      ...missingList(found.missing),
      h("h3", {}, w("facilities")),
      ...this.facilities(found),
      here,
    );
  }

  private facilities(found: Reached): HTMLElement[] {
    const some = this.config.services.filter(({ id }) => (found.facilities[id] ?? []).length > 0);
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
        h("span", { class: "reach-name" }, say(service.title), h("span", { class: "muted" }, ` ${count}`)),
        h("span", { class: "number" }, nearest ? w("minutes", { n: fixed(nearest.minutes, 0, lang) }) : ""),
      ),
      h("ul", {}, ...items, more > 0 ? h("li", { class: "muted" }, w("more", { n: more })) : null),
    );
  }
}

export const walkWords = ({ minutes, metres }: { minutes: number; metres: number }): string =>
  w("minutesMetres", { minutes: fixed(minutes, 0, lang), metres: exact(metres, 0, lang) });

function missingList(missing: Missing[]): Node[] {
  if (missing.length === 0) return [];
  return [
    h("h3", {}, w("missingTitle")),
    h("ul", { class: "reach-missing" }, ...missing.map((each) => h("li", {}, missingWords(each)))),
  ];
}

export function missingWords({ title, limit_m, nearest_m }: Missing): string {
  const places = { what: say(title), limit: exact(limit_m, 0, lang) };
  return nearest_m === null ? w("missingFar", places) : w("missingNear", { ...places, nearest: exact(nearest_m, 0, lang) });
}
