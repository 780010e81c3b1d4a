import { h } from "../panels/dom";
import { count } from "./format";
import { icon } from "./icons";
import { shares } from "./states";
import type { Counts, Severity, UploadState, Verdict } from "./types";
import { toneOf } from "./states";
import { w, words } from "./words";

/** What became of a file's rows, as a bar and in words. */
export function countBar(counts: Counts): HTMLElement {
  const parts = shares(counts);
  const bar = h("span", { class: "count-bar", "aria-hidden": "true" });
  for (const { verdict, count: n } of parts) {
    if (verdict === "skipped") continue; // Titles and totals are no part of the rows.
    const share = h("span", { class: `count-share is-${verdict}` });
    share.style.flexGrow = String(n);
    bar.append(share);
  }
  const said = parts.map(({ verdict, count: n }) =>
    h("span", { class: `count-word is-${verdict}` }, icon(verdict, 16), `${words.verdicts[verdict]} ${count(n)}`),
  );
  return h(
    "span",
    { class: "count" },
    bar,
    h("span", { class: "count-words" }, h("span", { class: "count-all" }, w("rowCount", { n: count(counts.rows) })), ...said),
  );
}

export function stateChip(state: UploadState): HTMLElement {
  return h("span", { class: `state state-${toneOf(state)}` }, words.states[state]);
}

export function verdictChip(verdict: Verdict | Severity): HTMLElement {
  const text = verdict === "info" ? words.severities.info : words.verdicts[verdict];
  return h("span", { class: `verdict is-${verdict}` }, icon(verdict, 18), h("span", {}, text));
}
