import { t } from "../i18n";
import type { Activity } from "../state/activity";
import type { PageStore } from "../state/page";
import { part } from "./dom";

/** A wait that is longer than this is shown, one that is longer still is explained. */
const SHOWN_MS = 1000;
const SLOW_MS = 8000;

/** What the page says while it waits: a bar over the map, after a while that the network is slow. */
export function waiting(activity: Activity): void {
  const bar = part("waiting");
  const words = part("waiting-words");
  let soon = 0;
  let late = 0;
  activity.onChange((busy) => {
    window.clearTimeout(soon);
    window.clearTimeout(late);
    if (!busy) {
      bar.hidden = true;
      words.textContent = "";
      words.hidden = true;
      return;
    }
    soon = window.setTimeout(() => {
      bar.hidden = false;
    }, SHOWN_MS);
    late = window.setTimeout(() => {
      words.hidden = false;
      words.textContent = t("slow");
    }, SLOW_MS);
  });
}

/** Says that the network is gone, and asks again for what is missing once it is back. */
export function offline(store: PageStore, again: () => void): void {
  const notice = part("offline");
  const show = (): void => {
    const { online } = store.get();
    notice.hidden = online;
  };
  store.on(["online"], show);
  for (const kind of ["online", "offline"]) {
    window.addEventListener(kind, () => {
      const before = store.get().online;
      store.set({ online: navigator.onLine });
      if (!before && navigator.onLine) {
        store.set({ tilesFailed: false });
        again();
      }
    });
  }
  store.set({ online: navigator.onLine });
  show();
}
