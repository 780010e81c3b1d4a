/** Values from and up to, not including. */
export interface Band {
  from: number;
  to: number;
}

export const inBand = (band: Band | null, value: number): boolean => band === null || (value >= band.from && value < band.to);

/** The band after a press on a group: the group alone, nothing when it was that already, or up to it. */
export function pressed(band: Band | null, group: Band, extend: boolean): Band | null {
  if (extend && band) return { from: Math.min(band.from, group.from), to: Math.max(band.to, group.to) };
  return band && band.from === group.from && band.to === group.to ? null : group;
}

/** Whether a group lies wholly in a band. */
export const holds = (band: Band | null, group: Band): boolean => band === null || (group.from >= band.from - 1e-6 && group.to <= band.to + 1e-6);

/** "5-20" or "60-" of the address. */
export function bandOf(text: string | null): Band | null {
  const found = /^(\d{1,4}(?:\.\d{1,2})?)-(\d{1,4}(?:\.\d{1,2})?)?$/.exec(text ?? "");
  if (!found) return null;
  const band = { from: Number(found[1]), to: found[2] === undefined ? Infinity : Number(found[2]) };
  return band.from < band.to ? band : null;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);
export const bandKey = ({ from, to }: Band): string => `${short(from)}-${to === Infinity ? "" : short(to)}`;
