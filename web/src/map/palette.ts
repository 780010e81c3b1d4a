import { contrast, mixed } from "../styles/colours";

/**
 * The colours of canvas. Canvas knows no custom properties: they are read from styles/tokens.css, by
 * day or by night as the document stands. Symbolizers ask for them when they draw, so a change of the
 * palette needs nothing but drawing again.
 */
const known = new Map<string, string>();

/** The colour that `var(--name)` stands for now; any other text is a colour already. */
export function paintOf(colour: string): string {
  const name = /^var\((--[\w-]+)/.exec(colour)?.[1];
  return name === undefined ? colour : token(name);
}

function token(name: string): string {
  const kept = known.get(name);
  if (kept !== undefined) return kept;
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const pair = /^light-dark\((.+?), ?([^,]+)\)$/.exec(text);
  const found = pair ? (pair[isNight() ? 2 : 1] as string) : text;
  known.set(name, found);
  return found;
}

/** What the map's own parts are painted with. */
export const palette = {
  get land() { return token("--map-land"); },
  get green() { return token("--map-green"); },
  get campus() { return token("--map-campus"); },
  get built() { return token("--map-built"); },
  get water() { return token("--map-water"); },
  get building() { return token("--map-building"); },
  get road() { return token("--map-road"); },
  get roadCasing() { return token("--map-road-casing"); },
  get highway() { return token("--map-highway"); },
  get highwayCasing() { return token("--map-highway-casing"); },
  get path() { return token("--map-path"); },
  get rail() { return token("--map-rail"); },
  get metro() { return token("--map-metro"); },
  get boundary() { return token("--map-boundary"); },
  get halo() { return token("--map-halo"); },
  get name() { return token("--map-name"); },
  get quietName() { return token("--map-name-quiet"); },
  get waterName() { return token("--map-name-water"); },
  get edge() { return token("--map-edge"); },
  get selected() { return token("--selected"); },
};

export const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", system-ui, sans-serif';

/** Colours of the catalogue are made for paper: at night they are lifted until they can be told from the ground. */
const LIFTED_TO = 4.5;
const lifted = new Map<string, string>();

export function inkOf(colour: string): string {
  if (!isNight()) return colour;
  const kept = lifted.get(colour);
  if (kept !== undefined) return kept;
  let found = colour;
  for (let share = 0; share < 1 && contrast(found, palette.land) < LIFTED_TO; share += 0.08) found = mixed(colour, "#ffffff", share);
  lifted.set(colour, found);
  return found;
}

/** As `inkOf`, for panels: a custom property that follows the palette. */
const shown = new Set<string>();

export function cssOf(colour: string): string {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  if (!shown.has(colour)) {
    shown.add(colour);
    if (isNight()) document.documentElement.style.setProperty(property(colour), inkOf(colour));
  }
  return `var(${property(colour)}, ${colour})`;
}

const property = (colour: string): string => `--of-${colour.slice(1).toLowerCase()}`;

export type PaletteChoice = "auto" | "day" | "night";
const CHOICES: readonly string[] = ["auto", "day", "night"];
const KEPT = "geoplan-palette";
const listeners = new Set<() => void>();

/** Whether it is night for the document; one that knows of no night is always in the day. */
export function isNight(): boolean {
  const { palette: chosen } = document.documentElement.dataset;
  return chosen === "night" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
}

/** Runs when day turns to night or back: what is drawn on canvas must be drawn again. */
export function onPaletteChange(listener: () => void): void {
  listeners.add(listener);
}

/** Takes up the reader's choice, which only this browser keeps, and follows the system's. Once a page. */
export function beginPalette(): void {
  const kept = storage()?.getItem(KEPT);
  if (kept && CHOICES.includes(kept)) document.documentElement.dataset["palette"] = kept;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  changed();
}

export function choosePalette(choice: PaletteChoice): void {
  document.documentElement.dataset["palette"] = choice;
  if (choice === "auto") storage()?.removeItem(KEPT);
  else storage()?.setItem(KEPT, choice);
  changed();
}

function changed(): void {
  known.clear();
  const root = document.documentElement;
  root.dataset["time"] = isNight() ? "night" : "day";
  for (const colour of shown) {
    if (isNight()) root.style.setProperty(property(colour), inkOf(colour));
    else root.style.removeProperty(property(colour));
  }
  for (const listener of listeners) listener();
}

/** None where the browser forbids it: the choice then lasts as long as the page. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
