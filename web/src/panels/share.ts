import type L from "leaflet";
import { t } from "../i18n";
import { fragmentOf, viewOf } from "../state/address";
import type { PageStore } from "../state/page";
import { dialog } from "./dialog";
import { h, part } from "./dom";
import { toast } from "./toast";

/** The address of what is shown, given to others: by the phone's own means, or copied. */
export function shareButton(map: L.Map, store: PageStore, hasRaster: boolean): void {
  part("share").addEventListener("click", () => {
    const { from } = store.get();
    if (from?.located) askWhether(map, store, hasRaster);
    else void give(addressOf(map, store, hasRaster, true));
  });
}

/** The page's address with everything that is shown; `place`: where a walk begins, and the view around it. */
function addressOf(map: L.Map, store: PageStore, hasRaster: boolean, place: boolean): string {
  const page = store.get();
  const address = new URL(location.href);
  // Without the place the address stays as it is: it tells the view from before.
  if (place) address.hash = fragmentOf(page, viewOf(map), page.from, hasRaster);
  return address.href;
}

/** Where somebody is goes into a link only when they say so. */
function askWhether(map: L.Map, store: PageStore, hasRaster: boolean): void {
  const choice = (text: string, kind: string, place: boolean): HTMLElement => {
    const button = h("button", { type: "button", class: kind }, text);
    button.addEventListener("click", () => {
      box.close();
      void give(addressOf(map, store, hasRaster, place));
    });
    return button;
  };
  const box = dialog(
    t("share"),
    h("p", {}, t("shareLocated")),
    h("div", { class: "actions" }, choice(t("shareWithout"), "button button-main", false), choice(t("shareWith"), "button", true)),
  );
}

async function give(address: string): Promise<void> {
  if (matchMedia("(pointer: coarse)").matches && typeof navigator.share === "function") {
    try {
      await navigator.share({ title: document.title, url: address });
      return;
    } catch (error) {
      // Who closes the phone's own sheet has decided; any other refusal leaves the copy.
      if (error instanceof DOMException && error.name === "AbortError") return;
    }
  }
  try {
    await navigator.clipboard.writeText(address);
    toast(t("copied"));
  } catch {
    byHand(address);
  }
}

/** Where copying is forbidden, as over plain HTTP: the address to take by hand. */
function byHand(address: string): void {
  const field = h("input", { type: "text", class: "field", readonly: true, value: address, "aria-label": t("address") });
  dialog(t("share"), h("p", {}, t("copyByHand")), field);
  field.focus();
  field.select();
}
