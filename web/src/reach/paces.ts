import { h } from "../panels/dom";
import { MINUTES, SPEEDS, type Pace, type PageStore } from "../state/page";
import { w, words } from "./words";

/** How long and how fast people walk, as two lists. */
export function paceChoice(store: PageStore): HTMLElement {
  const choice = (name: "time" | "speed", options: [string, string][], chosen: (pace: Pace) => string, set: (value: string) => Pace): HTMLElement => {
    const select = h("select", { id: `reach-${name}`, class: "select" }, ...options.map(([value, text]) => h("option", { value }, text)));
    const show = (): void => {
      select.value = chosen(store.get().pace);
    };
    select.addEventListener("change", () => store.set({ pace: set(select.value) }));
    store.on(["pace"], show);
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
      (value) => ({ ...store.get().pace, minutes: Number(value) }),
    ),
    choice(
      "speed",
      SPEEDS.map((speed) => [speed, words.speeds[speed]]),
      ({ speed }) => speed,
      (value) => ({ ...store.get().pace, speed: SPEEDS.find((each) => each === value) ?? "planning" }),
    ),
  );
}
