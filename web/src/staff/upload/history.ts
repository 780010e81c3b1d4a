import { h } from "../../panels/dom";
import { moment } from "../format";
import type { Upload } from "../types";
import { w, words } from "../words";

/** The account under which the service itself works. */
const MACHINE = "operator";

/** What happened to the upload, the latest first. */
export function historySection({ events }: Upload): HTMLElement {
  const items = [...events]
    .reverse()
    .map(({ at, account, from_state, to_state, note }) =>
      h(
        "li",
        { class: "event" },
        h("time", { datetime: at, class: "muted" }, moment(at)),
        h(
          "div",
          {},
          h("strong", {}, from_state === to_state ? w("noted") : words.events[to_state]),
          account ? h("span", { class: "muted" }, ` · ${account === MACHINE ? w("machine") : account}`) : null,
          note ? h("p", { class: "event-note" }, noteWords(note)) : null,
        ),
      ),
    );
  return h(
    "details",
    { class: "card folded" },
    h("summary", {}, h("h2", {}, w("history")), h("span", { class: "muted" }, w("historyCount", { n: events.length }))),
    h("ol", { class: "events" }, ...items),
  );
}

/** The service notes where a row was put as "row 13: 104.1, 30.6"; everything else is a person's words. */
function noteWords(note: string): string {
  const placed = /^row (\d+): (-?[\d.]+), (-?[\d.]+)$/.exec(note);
  return placed ? w("placedNote", { row: placed[1] as string, lon: placed[2] as string, lat: placed[3] as string }) : note;
}
