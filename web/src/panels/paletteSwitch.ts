import { t } from "../i18n";
import { choosePalette, isNight, onPaletteChange } from "../map/palette";
import { part } from "./dom";

/** Day and night by a button. The system's own choice is followed until it is pressed, and again once both agree. */
export function paletteSwitch(): void {
  const button = part("palette");
  const show = (): void => {
    const night = isNight();
    button.setAttribute("aria-pressed", String(night));
    button.setAttribute("title", t(night ? "toDay" : "toNight"));
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", night ? "#0d2a2a" : "#0e4a47");
  };
  button.addEventListener("click", () => {
    const wanted = !isNight();
    const system = matchMedia("(prefers-color-scheme: dark)").matches;
    choosePalette(wanted === system ? "auto" : wanted ? "night" : "day");
  });
  onPaletteChange(show);
  show();
}
