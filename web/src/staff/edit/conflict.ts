import { h } from "../../panels/dom";
import type { DeskLayer } from "../config";
import { action } from "../controls";
import { fieldName, shownValue, type Desk } from "../desk";
import { moment } from "../format";
import { icon } from "../icons";
import type { Held, Version } from "./calls";
import type { Texts } from "./form";
import { byWhom, movedWords, whyWords } from "./history";
import { isSame, type Shape } from "./shape";
import { e } from "./words";

export interface Mine {
  /** What the person has changed, as text. */
  texts: Texts;
  shape: Shape | null;
}

/** What differs between the state that was opened and the one that somebody else has saved meanwhile. */
export function theirChanges(before: Held, now: Held, layer: DeskLayer): string[] {
  return layer.fields
    .map(({ id }) => id)
    .filter((id) => JSON.stringify(before.values[id] ?? null) !== JSON.stringify(now.values[id] ?? null));
}

/** Two people changed one feature: what the other did, beside what one was about to do, and the two ways out. */
export function conflictBox(
  desk: Desk,
  layer: DeskLayer,
  before: Held,
  now: Held,
  newest: Version | undefined,
  mine: Mine,
  ways: { theirs: () => void; both: () => void },
): HTMLElement {
  const shown = (id: string, value: unknown): string => shownValue(desk.config, layer, id, value) || e("empty");
  const fields = new Set([...theirChanges(before, now, layer), ...Object.keys(mine.texts)]);
  const rows = layer.fields
    .map(({ id }) => id)
    .filter((id) => fields.has(id))
    .map((id) => {
      const theirs = theirChanges(before, now, layer).includes(id) ? shown(id, now.values[id]) : e("untouched");
      const own = id in mine.texts ? shown(id, mine.texts[id]) : e("untouched");
      return [fieldName(layer, id), shown(id, before.values[id]), theirs, own];
    });
  const [reshaped, redrawn] = [!isSame(before.shape, now.shape), !isSame(before.shape, mine.shape)];
  if (reshaped || redrawn) {
    const theirs = reshaped ? (newest?.geometry_changed ? movedWords(newest) : e("conflictShape")) : e("untouched");
    rows.push([e("conflictPlace"), "", theirs, redrawn ? e("conflictNew") : e("untouched")]);
  }
  const who = { who: byWhom(newest?.by ?? null), when: moment(newest?.from ?? new Date().toISOString()) };
  const heading = h("h2", { tabindex: "-1", id: "conflict-title" }, e("conflict"));
  const head = ["conflictField", "conflictBefore", "conflictTheirs", "conflictMine"] as const;
  return h(
    "section",
    { class: "card edit-conflict", "aria-labelledby": "conflict-title" },
    h("div", { class: "edit-conflict-head" }, icon("warning", 26), heading),
    h("p", {}, e("conflictBy", who)),
    newest?.why ? h("p", {}, e("conflictWhy", { why: whyWords(newest.why) })) : null,
    h(
      "div",
      { class: "table-scroll", tabindex: "0", role: "group", "aria-labelledby": "conflict-title" },
      h(
        "table",
        { class: "edit-conflict-table" },
        h("thead", {}, h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, e(name))))),
        h("tbody", {}, ...rows.map(([name, ...cells]) => h("tr", {}, h("th", { scope: "row" }, name ?? ""), ...cells.map((cell) => h("td", {}, cell))))),
      ),
    ),
    h("div", { class: "row-acts" }, action(e("keepMine"), ways.both, { look: "primary" }), action(e("takeTheirs"), ways.theirs)),
  );
}
