import { fixed, percent } from "../format/numbers";
import { lang } from "../i18n";
import { failure, h, part, svg } from "../panels/dom";
import type { Equity } from "./calls";
import type { Loader } from "./data";
import { walkingAt, type Point } from "./lorenz";
import type { PlanStore } from "./state";
import type { Tip } from "./tip";
import { minuteWords, w } from "./words";

const SIZE = 100;
const STEP = 0.05;

/** The Lorenz curve of walking over people, with its Gini; a place on it is told by pointer and by keys. */
export function lorenzChart(store: PlanStore, loader: Loader, tip: Tip): void {
  const place = part("lorenz");
  const lead = h("p", { class: "muted" });
  const body = h("div", { class: "lorenz" });
  place.append(h("div", { class: "section-head" }, h("h2", {}, w("lorenz"))), body, lead);
  let at = 0.5;

  const drawn = (points: Point[]): HTMLElement => {
    const path = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${(x * SIZE).toFixed(2)} ${((1 - y) * SIZE).toFixed(2)}`).join("");
    const dot = svg("circle", { class: "lorenz-dot", r: 2.2 });
    const drop = svg("path", { class: "lorenz-drop" });
    const picture = svg(
      "svg",
      { class: "lorenz-chart", viewBox: `-2 -2 ${SIZE + 4} ${SIZE + 4}`, tabindex: 0, role: "slider", "aria-label": w("lorenzSlider"), "aria-valuemin": 0, "aria-valuemax": 100 },
      svg("rect", { class: "lorenz-ground", width: SIZE, height: SIZE }),
      svg("path", { class: "lorenz-even", d: `M0 ${SIZE}L${SIZE} 0` }),
      svg("path", { class: "lorenz-area", d: `${path}Z` }),
      svg("path", { class: "lorenz-curve", d: path }),
      drop,
      dot,
    );
    const told = (): string => w("lorenzAt", { people: percent(at, lang), walking: percent(walkingAt(points, at), lang) });
    const show = (): void => {
      const y = (1 - walkingAt(points, at)) * SIZE;
      dot.setAttribute("cx", String(at * SIZE));
      dot.setAttribute("cy", String(y));
      drop.setAttribute("d", `M${at * SIZE} ${SIZE}V${y}H0`);
      picture.setAttribute("aria-valuenow", String(Math.round(at * 100)));
      picture.setAttribute("aria-valuetext", told());
    };
    const beside = (): void => {
      const { left, top } = dot.getBoundingClientRect();
      tip.at(left, top, [told()]);
    };
    const move = (to: number): void => {
      at = Math.min(1, Math.max(0, to));
      show();
    };
    picture.addEventListener("pointermove", (event) => {
      const { left, width } = picture.getBoundingClientRect();
      move((((event as PointerEvent).clientX - left) / width) * ((SIZE + 4) / SIZE) - 2 / SIZE);
      beside();
    });
    picture.addEventListener("keydown", (event) => {
      const { key } = event as KeyboardEvent;
      const by = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP, Home: -1, End: 1 }[key];
      if (by === undefined) return;
      event.preventDefault();
      move(Math.round((at + by) * 20) / 20);
      beside();
    });
    picture.addEventListener("focus", () => picture.matches(":focus-visible") && beside());
    for (const kind of ["pointerleave", "blur"]) picture.addEventListener(kind, () => tip.hide());
    show();
    return h("div", { class: "lorenz-frame" }, h("span", { class: "lorenz-y muted", "aria-hidden": "true" }, w("walkingShare")), picture as unknown as HTMLElement, h("span", { class: "lorenz-x muted", "aria-hidden": "true" }, w("peopleShare")));
  };

  const words = ({ gini, mean_min, worst }: Equity): string =>
    w("lorenzLead", {
      gini: gini === null ? "–" : fixed(gini, 2, lang),
      mean: mean_min === null ? "–" : minuteWords(mean_min),
      worst: worst?.mean_min == null ? "–" : minuteWords(worst.mean_min),
    });

  const render = (): void => {
    const { equity } = loader.data.get();
    place.setAttribute("aria-busy", String(equity.kind === "loading"));
    lead.textContent = "";
    if (store.get().walk.kind === "circle") return body.replaceChildren(h("p", { class: "muted" }, w("lorenzNone")));
    if (equity.kind === "loading") return body.replaceChildren(h("p", { class: "muted", role: "status" }, w("loading")));
    if (equity.kind === "failed") return body.replaceChildren(failure(w("failedEquity"), w("retry"), () => loader.load()));
    if (!equity.value?.lorenz?.length) return body.replaceChildren(h("p", { class: "muted", role: "status" }, w("empty")));
    body.replaceChildren(drawn(equity.value.lorenz));
    lead.textContent = words(equity.value);
  };
  loader.data.on(["equity"], render);
  store.on(["walk"], render);
  render();
}
