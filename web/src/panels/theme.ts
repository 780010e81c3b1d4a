import { findTheme, hasPlace, themeKey, type PageConfig, type Theme } from "../config";
import { say, t, words } from "../i18n";
import { STAGES, type PageStore, type Stage } from "../state/page";
import { h, part } from "./dom";
import { statusWord } from "./target";

/** What the hexagons show of the plan: sums of a layer, and a stage of it. */
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
  const stages = h("div", { class: "stages-choice", role: "group", "aria-label": t("stage") });
  const buttons = (Object.keys(STAGES) as Stage[]).map((stage) => {
    const button = h("button", { type: "button", class: "chip", "data-stage": stage }, stageWord(stage));
    button.addEventListener("click", () => store.set({ stage }));
    stages.append(button);
    return { stage, button };
  });
  part("theme").append(h("label", { for: "theme" }, t("hexagonsShow")), select, stages);

  const show = (): void => {
    const { theme, stage } = store.get();
    select.value = theme ? themeKey(theme.layer.id, theme.measure.id) : "";
    // What already exists has no stages to choose from.
    stages.hidden = theme?.layer.group !== "plan";
    for (const choice of buttons) choice.button.setAttribute("aria-pressed", String(choice.stage === stage));
  };
  select.addEventListener("change", () => {
    const theme = findTheme(config, select.value);
    const stage = theme?.layer.group === "plan" ? store.get().stage : "all";
    store.set({ theme, walk: null, stage, target: null });
  });
  store.on(["theme", "stage"], show);
  show();
}

export function optionGroup(label: string, options: HTMLOptionElement[]): HTMLOptGroupElement[] {
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
