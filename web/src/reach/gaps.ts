import type { PageConfig, Walk } from "../config";
import { exact } from "../format/numbers";
import { lang, nameOf, say } from "../i18n";
import { failure, h, part } from "../panels/dom";
import type { PageStore } from "../state/page";
import { fetchGaps, halfOf, type Gap, type Gaps } from "./api";
import type { WalkShapes } from "./shapes";
import { w } from "./words";

const STEP = 10;
const LACKS_TOLD = 4;

/** Where people without the service live together, the largest groups first; each leads to its place. */
export class GapList {
  private readonly place = part("gaps");
  private readonly box = h("details", { class: "more" });
  private readonly list = h("ol", { class: "gaps" });
  private readonly status = h("p", { class: "muted", role: "status" });
  private readonly lead = h("p", { class: "muted" });
  private readonly more = h("button", { type: "button", class: "button" });
  private pending: AbortController | null = null;
  private shown = STEP;

  constructor(
    private readonly config: PageConfig,
    private readonly store: PageStore,
    private readonly shapes: WalkShapes,
    private readonly settled: (busy: boolean) => void,
  ) {
    this.box.append(h("summary", {}, w("gaps")), this.lead, this.list, this.status, this.more);
    this.place.append(this.box);
    this.place.setAttribute("aria-label", w("gaps"));
    this.box.addEventListener("toggle", () => void this.load());
    this.more.addEventListener("click", () => {
      this.shown += STEP;
      void this.load();
    });
    store.on(["walk", "when"], () => {
      this.shown = STEP;
      void this.load();
    });
    void this.load();
  }

  private async load(): Promise<void> {
    const { walk, when } = this.store.get();
    this.pending?.abort();
    this.place.hidden = walk === null;
    // Asked for when it is opened: most who come look for their own surroundings.
    if (!walk || !this.box.open) return;
    const { signal } = (this.pending = new AbortController());
    this.lead.textContent = leadOf(walk);
    this.status.textContent = w("loading");
    this.settled(true);
    try {
      const found = await fetchGaps(walk, when, this.shown, signal);
      if (!signal.aborted) this.fill(walk, found);
    } catch {
      if (signal.aborted) return;
      this.status.textContent = "";
      this.more.hidden = true;
      this.list.replaceChildren(h("li", {}, failure(w("failedGaps"), w("retry"), () => void this.load())));
    } finally {
      if (!signal.aborted) this.settled(false);
    }
  }

  private fill(walk: Walk, { gaps, matched }: Gaps): void {
    const before = this.list.childElementCount;
    const focused = document.activeElement === this.more;
    this.list.replaceChildren(...gaps.map((gap) => this.item(walk, gap)));
    this.status.textContent = gaps.length === 0 ? w("noGaps") : w("gapsShown", { count: exact(matched, 0, lang), shown: gaps.length });
    this.more.textContent = w("moreGaps", { n: Math.min(STEP, matched - gaps.length) });
    this.more.hidden = gaps.length >= matched;
    // The button that was pressed may be gone: go on with the first of the new ones.
    if (focused) this.list.children[before]?.querySelector("button")?.focus();
  }

  private item(walk: Walk, gap: Gap): HTMLElement {
    const button = h("button", { type: "button", class: "gap" }, h("strong", {}, this.placeOf(gap)), h("span", { class: "gap-people" }, peopleWords(gap.people)));
    button.addEventListener("click", () => this.shapes.gap(gap.geometry));
    return h("li", {}, button, h("p", { class: "muted" }, facts(walk, gap).join(lang === "zh" ? "；" : "; ")));
  }

  private placeOf(gap: Gap): string {
    const unit = this.config.units.find(({ code }) => code === gap.unit);
    const name = gap.place ? nameOf(gap.place) : "";
    const district = unit ? say(unit.name) : gap.unit;
    return name ? `${district} · ${w("near", { place: name })}` : district;
  }
}

function leadOf(walk: Walk): string {
  if (walk.kind === "reach") return w("gapsLead", { service: say(walk.service.title) });
  const n = walk.circle.categories.length;
  return w("gapsLeadCircle", { n, half: halfOf(n) });
}

const peopleWords = (people: number | null): string => (people === null ? w("fewPeople") : w("people", { n: exact(people, 0, lang) }));

function facts(walk: Walk, { missing, nearest_m }: Gap): string[] {
  const made: string[] = [];
  if (walk.kind === "circle" && missing.length > 0) {
    const told = missing.slice(0, LACKS_TOLD).map(({ title }) => say(title));
    const all = missing.length > told.length ? (lang === "zh" ? "" : " ") + w("moreKinds", { n: missing.length }) : "";
    made.push(w("lacks", { what: told.join(w("and")) }) + all);
  }
  if (walk.kind === "reach") made.push(nearest_m === null ? w("nearestNone") : w("nearestAt", { metres: exact(nearest_m, 0, lang) }));
  return made;
}
