import { findWalk, walkKey } from "../config";
import { heading } from "../i18n";
import { h, part } from "../panels/dom";
import { standardWords } from "../reach/legend";
import { SPEEDS } from "../state/page";
import { CLASSINGS } from "./classing";
import { facilitiesOf, type PlanConfig } from "./config";
import { COMPARED, MEASURES, SHOWN, TABS, type Plan, type PlanStore } from "./state";
import { speedWords, w, words } from "./words";

type Option = readonly [value: string, text: string];

/** The bar of choices above the map; every one of them is a control of the browser's own. */
export function controls(config: PlanConfig, store: PlanStore): void {
  const place = part("controls");
  const shows: (() => void)[] = [];
  const pick = (id: string, label: string, options: () => HTMLElement[], value: (plan: Plan) => string, set: (value: string) => void): HTMLElement => {
    const select = h("select", { id: `plan-${id}`, class: "select" });
    select.addEventListener("change", () => set(select.value));
    let held = "";
    shows.push(() => {
      const made = options();
      const key = made.map(({ textContent }) => textContent).join("|");
      // Options are only written anew when they differ: an open list must not be closed.
      if (key !== held) select.replaceChildren(...made);
      held = key;
      select.value = value(store.get());
      select.disabled = made.length < 2 && made[0]?.tagName === "OPTION";
    });
    return h("div", { class: `choice choice-${id}` }, h("label", { for: select.id }, label), select);
  };
  const options = (list: readonly Option[]) => (): HTMLElement[] => list.map(([value, text]) => h("option", { value }, text));

  const about = pick(
    "about",
    w("about"),
    () => [
      group(w("services"), config.services.map((service) => [walkKey({ kind: "reach", service }), heading(service.title)])),
      group(w("circles"), config.circles.map((circle) => [walkKey({ kind: "circle", circle }), heading(circle.title)])),
    ],
    ({ walk }) => walkKey(walk),
    (value) => {
      const walk = findWalk(config, value);
      if (walk) store.set({ walk, tier: null, band: null });
    },
  );
  const standard = pick("standard", w("standard"), () => standards(store.get()), ({ tier, walk }) => tier ?? (walk.kind === "reach" ? (walk.service.standards[0]?.tier ?? "") : ""), (tier) => {
    const { walk } = store.get();
    store.set({ tier: walk.kind === "reach" && tier === walk.service.standards[0]?.tier ? null : tier });
  });
  const measure = pick(
    "measure",
    w("measure"),
    () => options(MEASURES.filter((each) => each === "network" || store.get().walk.kind === "reach").map((each) => [each, words.measures[each]] as const))(),
    ({ measure: chosen, walk }) => (walk.kind === "circle" ? "network" : chosen),
    (value) => store.set({ measure: value === "straight" ? "straight" : "network", band: null }),
  );
  const speed = pick("speed", w("speed"), options(SPEEDS.map((each) => [each, speedWords(each, config)] as const)), (plan) => plan.speed, (value) =>
    store.set({ speed: SPEEDS.find((each) => each === value) ?? "planning", band: null }),
  );
  const compared = pick(
    "compared",
    w("compared"),
    () => options(COMPARED.filter((each) => each !== "measure" || store.get().walk.kind === "reach").map((each) => [each, words.compareds[each]] as const))(),
    ({ compared: chosen, walk }) => (chosen === "measure" && walk.kind === "circle" ? "none" : chosen),
    (value) => store.set({ compared: COMPARED.find((each) => each === value) ?? "none" }),
  );
  const classing = pick("classing", w("classing"), options(CLASSINGS.map((each) => [each, words.classings[each]] as const)), (plan) => plan.classing, (value) =>
    store.set({ classing: CLASSINGS.find((each) => each === value) ?? "standard" }),
  );
  const shown = segments("shown", w("shown"), SHOWN, words.showns, (plan) => plan.shown, (value) => store.set({ shown: value }), store, shows);
  const facilities = h("input", { type: "checkbox", id: "plan-facilities" });
  facilities.addEventListener("change", () => store.set({ facilities: facilities.checked }));
  const places = h("label", { class: "choice-check", for: facilities.id }, facilities, w("facilities"));
  shows.push(() => {
    const { walk, facilities: on } = store.get();
    places.hidden = facilitiesOf(config, walk) === null;
    facilities.checked = on;
  });
  const narrow = matchMedia("(max-width: 900px)");
  const rest = h("details", { class: "choices-more" }, h("summary", {}, w("more")), h("div", { class: "choices" }, standard, measure, speed, compared, classing, places));
  const fold = (): void => {
    rest.open = !narrow.matches;
  };
  narrow.addEventListener("change", fold);
  fold();
  place.append(about, shown, rest);

  const tabs = segments("tab", w("tabs"), TABS, { reach: w("tabReach"), progress: w("tabProgress") }, (plan) => plan.tab, (tab) => store.set({ tab }), store, shows);
  part("tabs").append(tabs);

  const show = (): void => {
    for (const each of shows) each();
    const { tab } = store.get();
    place.hidden = tab !== "reach";
    for (const each of TABS) part(`tab-${each}`).hidden = each !== tab;
    document.documentElement.dataset["tab"] = tab;
  };
  store.on(["tab", "walk", "tier", "measure", "speed", "shown", "compared", "classing", "facilities"], show);
  show();
}

/** A tier of which there are two figures is listed once, with the figure that is used. */
function standards({ walk }: Plan): HTMLElement[] {
  if (walk.kind === "circle") return [h("option", { value: "" }, walk.circle.source)];
  const seen = new Set<string | null>();
  return walk.service.standards
    .filter(({ tier }) => !seen.has(tier) && seen.add(tier))
    .map((each) => h("option", { value: each.tier ?? "" }, standardWords(each)));
}

function group(label: string, list: readonly Option[]): HTMLOptGroupElement {
  const box = document.createElement("optgroup");
  box.label = label;
  box.append(...list.map(([value, text]) => h("option", { value }, text)));
  return box;
}

function segments<T extends string>(
  id: string,
  label: string,
  values: readonly T[],
  text: Record<T, string>,
  chosen: (plan: Plan) => T,
  set: (value: T) => void,
  store: PlanStore,
  shows: (() => void)[],
): HTMLElement {
  const buttons = values.map((value) => {
    const button = h("button", { type: "button", class: "segment", [`data-${id}`]: value }, text[value]);
    button.addEventListener("click", () => set(value));
    return { value, button };
  });
  shows.push(() => {
    for (const { value, button } of buttons) button.setAttribute("aria-pressed", String(value === chosen(store.get())));
  });
  return h("div", { class: `choice choice-${id}` }, h("span", { class: "choice-label", id: `plan-${id}-label` }, label), h("div", { class: "segments", role: "group", "aria-labelledby": `plan-${id}-label` }, ...buttons.map(({ button }) => button)));
}
