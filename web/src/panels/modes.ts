import { findTheme, findWalk, type PageConfig, type Theme, type Walk } from "../config";
import { inOrder, modeOf, type Mode, type PageStore } from "../state/page";
import { part } from "./dom";

/**
 * The page's two questions: what can be walked to, and how far the plan is. Each has its own part of
 * the panel and its own map; going back to one shows what it showed before.
 */
export function modes(config: PageConfig, store: PageStore): void {
  const first = store.get();
  let walk: Walk | null = first.walk ?? findWalk(config, config.start.walk);
  let theme: Theme | null = first.theme ?? findTheme(config, config.start.theme);
  const layers: Record<Mode, string[]> = { walk: [], plan: inOrder(config, config.start.layers) };
  layers[modeOf(first)] = first.layers;

  const place = part("modes");
  const buttons = [...place.querySelectorAll<HTMLButtonElement>("[data-mode]")];
  place.hidden = walk === null || theme === null;
  const go = (mode: Mode): void => {
    if (mode === modeOf(store.get())) return;
    if (mode === "walk") store.set({ walk, theme: null, target: null, layers: layers.walk });
    else store.set({ walk: null, theme, layers: layers.plan });
  };
  for (const button of buttons) button.addEventListener("click", () => go(button.dataset["mode"] as Mode));

  const show = (): void => {
    const state = store.get();
    const mode = modeOf(state);
    walk = state.walk ?? walk;
    theme = state.theme ?? theme;
    layers[mode] = state.layers;
    document.documentElement.dataset["mode"] = mode;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset["mode"] === mode));
    for (const section of document.querySelectorAll<HTMLElement>("[data-of]")) section.hidden = section.dataset["of"] !== mode;
  };
  store.on(["walk", "theme", "layers"], show);
  show();
}
