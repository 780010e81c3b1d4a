import { h } from "../../panels/dom";
import L from "../../leaflet";
import { action } from "../controls";
import type { Desk } from "../desk";
import type { Row } from "../types";
import { w } from "../words";

/**
 * Lets a person show on the map where a row lies: point, look, confirm. Nothing is guessed from an address.
 * Returns what ends it.
 */
export function placeRow(
  desk: Desk,
  bar: HTMLElement,
  map: HTMLElement,
  row: Row,
  name: string,
  use: (lon: number, lat: number) => Promise<void>,
): () => void {
  const told = h("p", { role: "status" }, w("placeHow", { row: row.row, name }));
  const address = row.values["address"];
  let at: { lng: number; lat: number } | null = null;
  const confirm = action(
    w("placeConfirm"),
    async () => {
      if (!at) return;
      await use(Number(at.lng.toFixed(6)), Number(at.lat.toFixed(6)));
      stop();
    },
    { look: "primary", icon: "ok", as: { disabled: true } },
  );
  const stop = (): void => {
    bar.hidden = true;
    bar.replaceChildren();
    desk.map.stopPlacing();
    document.removeEventListener("keydown", escape);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    stop();
    document.querySelector<HTMLElement>(`#row-${row.row} .row-head`)?.focus();
  };
  document.addEventListener("keydown", escape);
  const held = row.geometry?.type === "Point" ? L.latLng(row.geometry.coordinates[1] ?? 0, row.geometry.coordinates[0] ?? 0) : null;
  desk.map.pickPlace(held, (place) => {
    at = place;
    told.textContent = w("placeAt", { lon: place.lng.toFixed(6), lat: place.lat.toFixed(6) });
    confirm.disabled = false;
  });
  bar.setAttribute("aria-label", w("placeTitle", { row: row.row }));
  bar.replaceChildren(
    h(
      "div",
      {},
      h("strong", {}, w("placeTitle", { row: row.row })),
      told,
      typeof address === "string" && address !== "" ? h("p", { class: "muted" }, w("placeAddress", { address })) : null,
    ),
    h("div", { class: "row-acts" }, confirm, action(w("cancel"), stop)),
  );
  bar.hidden = false;
  map.scrollIntoView({ block: "nearest" });
  desk.map.focus();
  return stop;
}
