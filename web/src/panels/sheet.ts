import { t } from "../i18n";
import { part } from "./dom";

const HEIGHTS = ["low", "half", "full"] as const;
type Height = (typeof HEIGHTS)[number];

/** A drag of fewer pixels is a tap. */
const TAP = 12;
/** One of more than this goes two steps where there are two. */
const LONG = 220;

/**
 * On a phone the panel is a sheet under the map: low, half or full, by its handle and by a drag. The
 * wide layout does not look at any of it.
 */
export function sheet(): void {
  const panel = part("panel");
  const handle = part("handle");
  const larger = part("larger");
  const show = (height: Height): void => {
    document.documentElement.dataset["sheet"] = height;
    handle.setAttribute("aria-expanded", String(height !== "low"));
    larger.setAttribute("aria-pressed", String(height === "full"));
    larger.setAttribute("aria-label", t(height === "full" ? "sheetSmaller" : "sheetLarger"));
  };
  const now = (): Height => HEIGHTS.find((each) => each === document.documentElement.dataset["sheet"]) ?? "half";
  const step = (by: number): void => show(HEIGHTS[Math.min(2, Math.max(0, HEIGHTS.indexOf(now()) + by))] as Height);

  let from: number | null = null;
  let dragged = false;
  handle.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    dragged = false;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", (event) => {
    const moved = from === null ? 0 : event.clientY - from;
    from = null;
    dragged = Math.abs(moved) > TAP;
    if (dragged) step(-Math.sign(moved) * (Math.abs(moved) > LONG ? 2 : 1));
  });
  handle.addEventListener("pointercancel", () => {
    from = null;
  });
  handle.addEventListener("click", () => {
    // A drag ends with a click of its own.
    if (dragged) dragged = false;
    else show(now() === "low" ? "half" : "low");
  });
  larger.addEventListener("click", () => show(now() === "full" ? "half" : "full"));
  show(now());

  // The address belongs to the map's state: the way past the map must not take its place.
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    raiseSheet();
    panel.focus();
  });
}

/** Brings the sheet up where it is low, so that an answer in it is seen. */
export function raiseSheet(): void {
  if (document.documentElement.dataset["sheet"] === "low") part("handle").click();
}
