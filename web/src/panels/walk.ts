import { findWalk, walkKey, type PageConfig, type Walk } from "../config";
import { heading, t } from "../i18n";
import type { PageStore } from "../state/page";
import { h, part } from "./dom";
import { optionGroup } from "./theme";

/** Which walk the hexagons tell of: a whole circle or the way to one service; now, or after the plan. */
export function walkPanel(config: PageConfig, store: PageStore): void {
  const options = (walks: Walk[]): HTMLOptionElement[] =>
    walks.map((walk) => h("option", { value: walkKey(walk) }, heading(walk.kind === "reach" ? walk.service.title : walk.circle.title)));
  const select = h(
    "select",
    { id: "walk", class: "select" },
    ...optionGroup(t("circleGroup"), options(config.circles.map((circle) => ({ kind: "circle", circle })))),
    ...optionGroup(t("reachGroup"), options(config.services.map((service) => ({ kind: "reach", service })))),
  );
  const whens = h("div", { class: "segments", role: "group", "aria-label": t("when") });
  const times = (["now", "planned"] as const).map((when) => {
    const button = h("button", { type: "button", class: "segment", "data-when": when }, t(when === "now" ? "whenNow" : "whenPlanned"));
    button.addEventListener("click", () => store.set({ when }));
    whens.append(button);
    return { when, button };
  });
  part("walk").append(h("label", { for: "walk" }, t("walkShows")), select, whens);

  const show = (): void => {
    const { walk, when } = store.get();
    if (walk) select.value = walkKey(walk);
    for (const choice of times) choice.button.setAttribute("aria-pressed", String(choice.when === when));
  };
  select.addEventListener("change", () => store.set({ walk: findWalk(config, select.value), theme: null }));
  store.on(["walk", "when"], show);
  show();
}
