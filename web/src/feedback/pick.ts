import type LeafletNamespace from "leaflet";
import { h } from "../panels/dom";
import { words } from "./words";

/** A place chosen by moving the map under a cross, by hand or with the arrow keys; null: none after all. */
export function pickPlace(map: LeafletNamespace.Map): Promise<LeafletNamespace.LatLng | null> {
  return new Promise((resolve) => {
    const container = map.getContainer();
    const area = container.parentElement ?? document.body;
    const cross = h("div", { class: "pick-cross", "aria-hidden": "true" });
    const here = h("button", { type: "button", class: "button button-main" }, words.here);
    const cancel = h("button", { type: "button", class: "button" }, words.cancel);
    const bar = h("div", { class: "pick-bar", role: "group", "aria-label": words.pickTitle }, h("p", { role: "status" }, words.pickTitle, h("span", { class: "pick-keys" }, words.pickKeys)), h("div", { class: "pick-acts" }, here, cancel));

    const done = (place: LeafletNamespace.LatLng | null): void => {
      cross.remove();
      bar.remove();
      area.removeEventListener("click", tapped, true);
      document.removeEventListener("keydown", key, true);
      resolve(place);
    };
    // A tap brings its place under the cross; the page's own answer to a tap waits.
    const tapped = (event: MouseEvent): void => {
      if (!(event.target instanceof Element) || !container.contains(event.target) || event.target.closest(".leaflet-control")) return;
      event.stopPropagation();
      map.panTo(map.mouseEventToLatLng(event));
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key === "Escape") done(null);
      else if (event.key === "Enter" && event.target === container) done(map.getCenter().wrap());
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    here.addEventListener("click", () => done(map.getCenter().wrap()));
    cancel.addEventListener("click", () => done(null));
    area.addEventListener("click", tapped, true);
    document.addEventListener("keydown", key, true);
    area.append(cross);
    document.body.append(bar);
    container.focus({ preventScroll: true });
  });
}
