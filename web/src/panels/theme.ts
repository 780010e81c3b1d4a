import { findTheme, findWalk, hasPlace, themeKey, walkKey, type PageConfig, type Theme } from "../config";
import { say, t, words } from "../i18n";
import { isStage, STAGES, type PageStore, type Stage } from "../state/page";
import { h, part } from "./dom";
import { statusWord } from "./target";

/** What the hexagons show: sums of a layer and a stage of it, minutes on foot, or what a circle lacks. */
export function themePanel(config: PageConfig, store: PageStore): void {
  const select = h("select", { id: "theme", class: "select" }, h("option", { value: "" }, t("none")));
  for (const group of ["plan", "inventory"] as const) {
    const options = config.layers
      .filter((layer) => layer.group === group && hasPlace(layer))
      .flatMap((layer) =>
        layer.measures.map((measure) =>
          h(
            "option",
            { value: themeKey(layer.id, measure.id) },
            themeTitle({ layer, measure }),
          ),
        ),
      );
    select.append(...optionGroup(words.groups[group], options));
  }
  select.append(
    ...optionGroup(t("reachGroup"), config.services.map((service) => h("option", { value: walkKey({ kind: "reach", service }) }, say(service.title)))),
    ...optionGroup(t("circleGroup"), config.circles.map((circle) => h("option", { value: walkKey({ kind: "circle", circle }) }, say(circle.title)))),
  );
  const stages = h("div", { class: "stages-choice", role: "group", "aria-label": t("stage") });
  const buttons = (Object.keys(STAGES) as Stage[]).map((stage) => {
    const button = h("button", { type: "button", class: "chip", "data-stage": stage }, stageWord(stage));
    button.addEventListener("click", () => store.set({ stage }));
    stages.append(button);
    return { stage, button };
  });
  const whens = h("div", { class: "stages-choice", role: "group", "aria-label": t("when") });
  const times = (["now", "planned"] as const).map((when) => {
    const button = h("button", { type: "button", class: "chip", "data-when": when }, t(when === "now" ? "whenNow" : "whenPlanned"));
    button.addEventListener("click", () => store.set({ when }));
    whens.append(button);
    return { when, button };
  });
  part("theme").append(h("label", { for: "theme" }, t("hexagonsShow")), select, stages, whens);

  const show = (): void => {
    const { theme, walk, when, stage } = store.get();
    select.value = theme ? themeKey(theme.layer.id, theme.measure.id) : walk ? walkKey(walk) : "";
    whens.hidden = walk === null;
    for (const choice of times) choice.button.setAttribute("aria-pressed", String(choice.when === when));
    // What already exists has no stages to choose from.
    stages.hidden = theme?.layer.group !== "plan";
    for (const choice of buttons) choice.button.setAttribute("aria-pressed", String(choice.stage === stage));
  };
  select.addEventListener("change", () => {
    const theme = findTheme(config, select.value);
    const stage = theme?.layer.group === "plan" ? store.get().stage : "all";
    store.set({ theme, walk: findWalk(config, select.value), stage, target: null });
  });
  store.on(["theme", "walk", "when", "stage"], show);
  show();
}

function optionGroup(label: string, options: HTMLOptionElement[]): HTMLOptGroupElement[] {
  if (options.length === 0) return [];
  const box = document.createElement("optgroup");
  box.label = label;
  box.append(...options);
  return [box];
}

/** The layer, and which of its measures where the layer's own title does not say it already. */
export function themeTitle({ layer, measure }: Theme): string {
  const [whole, measured] = [say(layer.title), say(measure.title)];
  const said = layer.measures.length === 1 || whole.toLowerCase().endsWith(measured.toLowerCase());
  return said ? whole : `${whole} · ${measured}`;
}

export function stageWord(stage: Stage): string {
  if (stage === "all") return t("stageAll");
  if (stage === "done") return t("stageDone");
  return statusWord(stage);
}

export const stageOf = (name: string | undefined): Stage => (isStage(name) ? name : "all");
