import { part } from "./dom";

/** On a phone the panel is a sheet under the map; its handle opens and closes it. */
export function sheet(): void {
  const panel = part("panel");
  const handle = part("handle") as HTMLButtonElement;
  const show = (open: boolean): void => {
    panel.dataset["open"] = String(open);
    handle.setAttribute("aria-expanded", String(open));
  };
  const isOpen = (): boolean => panel.dataset["open"] === "true";
  handle.addEventListener("click", () => show(!isOpen()));

  // A drag up or down does what the hand expects; a short one stays a click.
  let from: number | null = null;
  handle.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", (event) => {
    const moved = from === null ? 0 : event.clientY - from;
    from = null;
    // The click that follows toggles: only set it up for the wanted end.
    if (Math.abs(moved) > 24) panel.dataset["open"] = String(moved > 0);
  });
  show(panel.dataset["open"] !== "false");

  // The address belongs to the map's state: the way past the map must not take its place.
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    show(true);
    panel.focus();
  });
}
