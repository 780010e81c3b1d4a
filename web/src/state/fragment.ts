/** What the address remembers: `#map=11/30.6600/104.0600&hex=charger.piles&on=greenway,park`. */
export interface PageState {
  view: { zoom: number; lat: number; lon: number } | null;
  /** Layer and measure of the hexagons; null: none; undefined: the page's own choice. */
  theme: string | null | undefined;
  layers: string[] | undefined;
  /** Grounds that are turned off. */
  off: string[];
  status: string | undefined;
  target: string | undefined;
  /** "planned": as it will be after the plan. */
  when: string | undefined;
  /** The place a walk begins at. It stays in the browser: fragments are not sent. */
  from: { lat: number; lon: number } | null;
  /** Minutes and speed of that walk. */
  walk: string | undefined;
}

const VIEW = /^(\d{1,2})\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;
const PLACE = /^(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;
const KEY = /^[a-z0-9_]+(?:\.[a-z0-9_]+)?$/;

export function parseFragment(fragment: string): PageState {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const view = VIEW.exec(parts.get("map") ?? "");
  const hex = parts.get("hex");
  const on = parts.get("on");
  const from = PLACE.exec(parts.get("from") ?? "");
  return {
    view: view && isPlace(Number(view[2]), Number(view[3]))
      ? { zoom: Number(view[1]), lat: Number(view[2]), lon: Number(view[3]) }
      : null,
    theme: hex === null ? undefined : hex === "" ? null : known(hex),
    layers: on === null ? undefined : on.split(",").filter((id) => KEY.test(id)),
    off: (parts.get("off") ?? "").split(",").filter((id) => KEY.test(id)),
    status: known(parts.get("status")),
    target: known(parts.get("target")),
    when: known(parts.get("when")),
    from: from && isPlace(Number(from[1]), Number(from[2])) ? { lat: Number(from[1]), lon: Number(from[2]) } : null,
    walk: known(parts.get("walk")),
  };
}

export function writeFragment(state: PageState): string {
  const parts: string[] = [];
  if (state.view) {
    const { zoom, lat, lon } = state.view;
    parts.push(`map=${zoom}/${lat.toFixed(4)}/${lon.toFixed(4)}`);
  }
  if (state.theme !== undefined) parts.push(`hex=${state.theme ?? ""}`);
  if (state.layers !== undefined) parts.push(`on=${state.layers.join(",")}`);
  if (state.off.length > 0) parts.push(`off=${state.off.join(",")}`);
  if (state.status) parts.push(`status=${state.status}`);
  if (state.target) parts.push(`target=${state.target}`);
  if (state.when) parts.push(`when=${state.when}`);
  if (state.from) parts.push(`from=${state.from.lat.toFixed(5)}/${state.from.lon.toFixed(5)}`);
  if (state.walk) parts.push(`walk=${state.walk}`);
  return `#${parts.join("&")}`;
}

const isPlace = (lat: number, lon: number): boolean => Math.abs(lat) <= 85 && Math.abs(lon) <= 180;

function known(value: string | null): string | undefined {
  return value !== null && KEY.test(value) ? value : undefined;
}
