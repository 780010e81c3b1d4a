import { svg } from "../panels/dom";

/** Outlines on a field of 24 by 24. */
const OUTLINES = {
  ok: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8 12.4l2.8 2.8L16.2 9.6",
  warning: "M12 4 2.8 20h18.4L12 4ZM12 10v4.6M12 17.4v.2",
  error: "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3L8.3 3ZM9.2 9.2l5.6 5.6M14.8 9.2l-5.6 5.6",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5.4M12 7.6v.2",
  skipped: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8 12h8",
  file: "M6 3h8l5 5v13H6V3ZM14 3v5h5M9 13h7M9 17h5",
  upload: "M12 16V5M7.5 9 12 4.5 16.5 9M4 16v4h16v-4",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M4 18v2h16v-2",
  back: "M19 12H5M11 6l-6 6 6 6",
  pin: "M12 21s-7-6.4-7-11.4A7 7 0 0 1 19 9.6C19 14.6 12 21 12 21ZM12 7.2a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2Z",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5.3l3.4 2",
  back_turn: "M9 7 4.5 11.5 9 16M5 11.5h9a5 5 0 0 1 0 10h-3",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6",
  close: "M6 6l12 12M18 6 6 18",
  right: "M9.5 6l6 6-6 6",
} as const;

export type IconName = keyof typeof OUTLINES;

/** A sign beside words; it says nothing that they do not. */
export function icon(name: IconName, size = 20): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: `icon icon-${name}`, "aria-hidden": "true" },
    svg("path", { d: OUTLINES[name] }),
  );
}
