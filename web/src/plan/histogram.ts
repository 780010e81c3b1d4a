import { exact, percent } from "../format/numbers";
import { lang } from "../i18n";
import { failure, h, part, svg } from "../panels/dom";
import { holds, pressed, type Band } from "./brush";
import type { Group } from "./calls";
import type { PlanConfig } from "./config";
import type { Data, Loader } from "./data";
import { whenOf, type PlanStore } from "./state";
import type { Tip } from "./tip";
import { countWords, peopleWords, w } from "./words";

/** One bar: people in a band of minutes, or who lack so many categories. */
interface Bar extends Band {
  people: number | null;
  /** Bands of the usual width that it is as wide as. */
  width: number;
  words: string;
  tick: string;
}

const USUAL_M = 300;

/** People by minutes to the service, or by what their circle lacks. Its bars are the brush of the map. */
export function histogram(config: PlanConfig, store: PlanStore, loader: Loader, tip: Tip): void {
  const place = part("histogram");
  const title = h("h2", { id: "histogram-title" });
  const clear = h("button", { type: "button", class: "link" }, w("clear"));
  clear.addEventListener("click", () => store.set({ band: null }));
  const lead = h("p", { class: "muted" });
  const body = h("div", { class: "histogram" });
  place.append(h("div", { class: "section-head" }, title, clear), body, lead);

  const render = (): void => {
    const plan = store.get();
    const data = loader.data.get();
    const walked = plan.walk.kind === "reach";
    title.textContent = w(walked ? "histogram" : "histogramCircle");
    lead.textContent = w(walked ? "histogramLead" : "histogramCircleLead");
    clear.hidden = plan.band === null;
    const found = walked ? data.spread : data.districts;
    place.setAttribute("aria-busy", String(found.kind === "loading"));
    if (found.kind === "loading") return body.replaceChildren(h("p", { class: "muted", role: "status" }, w("loading")));
    if (found.kind === "failed") return body.replaceChildren(failure(w(walked ? "failedSpread" : "failedDistricts"), w("retry"), () => loader.load()));
    const bars = walked ? minutes(data, config.walking[plan.speed]) : lacking(data, plan.unit ?? "city", whenOf(plan));
    if (bars.length === 0) return body.replaceChildren(h("p", { class: "muted", role: "status" }, w("empty")));
    const focused = [...body.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    body.replaceChildren(...drawn(bars));
    if (focused >= 0) body.querySelectorAll("button")[focused]?.focus();
  };

  const drawn = (bars: Bar[]): HTMLElement[] => {
    const { band } = store.get();
    const high = Math.max(...bars.map(({ people, width }) => (people ?? 0) / width), 1);
    const total = bars.reduce((sum, { people }) => sum + (people ?? 0), 0);
    return bars.map((bar) => {
      const height = (100 * (bar.people ?? 0)) / bar.width / high;
      const told = w("groupWords", { group: bar.words, people: peopleWords(bar.people), share: bar.people === null || total === 0 ? "" : percent(bar.people / total, lang) });
      const button = h(
        "button",
        { type: "button", class: "histogram-bar", "aria-pressed": String(band !== null && holds(band, bar)), "aria-label": told, "data-dimmed": band !== null && !holds(band, bar) ? "true" : null },
        svg("svg", { viewBox: "0 0 10 100", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { x: 0.5, y: 100 - Math.max(height, bar.people ? 0.8 : 0), width: 9, height: Math.max(height, bar.people ? 0.8 : 0) })),
        h("span", { class: "histogram-tick", "aria-hidden": "true" }, bar.tick),
      );
      button.style.flexGrow = String(bar.width);
      button.addEventListener("click", (event) => store.set({ band: pressed(store.get().band, { from: bar.from, to: bar.to }, event.shiftKey) }));
      tip.tell(button, () => [bar.words, `${countWords(bar.people)}${bar.people === null || total === 0 ? "" : ` · ${percent(bar.people / total, lang)}`}`]);
      return button;
    });
  };

  loader.data.on(["spread", "districts"], render);
  store.on(["band", "walk", "unit", "shown", "speed"], render);
  render();
}

/** Bands of metres as minutes at a speed in metres a second. */
function minutes({ spread }: Pick<Data, "spread">, speed: number): Bar[] {
  if (spread.kind !== "shown" || !spread.value) return [];
  const minute = (metres: number): number => Math.round((metres / speed / 60) * 100) / 100;
  return spread.value.groups.map(({ from_m, to_m, people }: Group) => {
    const from = minute(from_m);
    const to = to_m === null ? Infinity : minute(to_m);
    const places = { from: exact(from, 1, lang), to: exact(to, 1, lang) };
    const words = to === Infinity ? w("groupOpen", places) : w("group", places);
    return { from, to, people, words, tick: to === Infinity ? `≥${places.from}` : places.from, width: to_m === null ? 1 : (to_m - from_m) / USUAL_M };
  });
}

function lacking({ districts }: Pick<Data, "districts">, unit: string, when: string): Bar[] {
  if (districts.kind !== "shown") return [];
  const rows = districts.value.rows.filter((row) => row.unit === unit && row.when === when && row.missing);
  const [first] = rows;
  return (first?.missing ?? []).map((_, n) => {
    const parts = rows.map((row) => row.missing?.[n] ?? null);
    const people = parts.some((each) => each === null) ? null : parts.reduce<number>((sum, each) => sum + (each ?? 0), 0);
    return { from: n, to: n + 1, people, words: w("lacks", { n }), tick: String(n), width: 1 };
  });
}
