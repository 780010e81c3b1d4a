import { part } from "./dom";

const SHOWN_MS = 6000;
let leaving = 0;

/** Says for a moment that something was done; a live region, so that it is heard as well. */
export function toast(text: string): void {
  const place = part("toast");
  window.clearTimeout(leaving);
  place.textContent = text;
  place.dataset["shown"] = "true";
  leaving = window.setTimeout(() => {
    place.dataset["shown"] = "false";
    // Gone from the page, it would be read again by whoever comes upon it.
    place.textContent = "";
  }, SHOWN_MS);
}
