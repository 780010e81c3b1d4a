import { h } from "../../panels/dom";
import type { DeskLayer } from "../config";
import { action } from "../controls";
import { fieldName, shownValue, type Desk } from "../desk";
import { ask } from "../dialogs";
import { count, moment } from "../format";
import type { Version } from "./calls";
import { e, words } from "./words";

/** The account under which the service itself works. */
const MACHINE = "operator";

export const byWhom = (name: string | null): string => (name === null || name === MACHINE ? e("machine") : name);

/** What the service writes when a file is its reason; everything else is a person's words. */
const FILES = [
  [/^import (.+)$/, "whyImport"],
  [/^(?:publish|upload) [0-9a-f-]{36} (.+)$/, "whyPublish"],
  [/^rollback [0-9a-f-]{36} (.+)$/, "whyRollback"],
] as const;

/** Why a state was made, in the page's language where the service gave the reason. */
export function whyWords(why: string): string {
  for (const [pattern, key] of FILES) {
    const file = pattern.exec(why)?.[1];
    if (file) return e(key, { file });
  }
  return why;
}

/** What became of one value, in words. */
export function changeWords(desk: Desk, layer: DeskLayer, { property, before, after }: { property: string; before: unknown; after: unknown }): string {
  const shown = (value: unknown): string => shownValue(desk.config, layer, property, value) || e("empty");
  return e("change", { field: fieldName(layer, property), before: shown(before), after: shown(after) });
}

/** Every state of a feature, the newest first; `restore` lets it be one of them again. */
export function historyList(
  desk: Desk,
  layer: DeskLayer,
  versions: readonly Version[],
  restore: ((version: number, reason: string) => Promise<void>) | null,
): HTMLElement {
  return h("ol", { class: "events edit-history" }, ...versions.map((version) => item(desk, layer, version, restore)));
}

function item(
  desk: Desk,
  layer: DeskLayer,
  version: Version,
  restore: ((version: number, reason: string) => Promise<void>) | null,
): HTMLElement {
  const when = moment(version.from);
  const lines = version.changed.map((change) => changeWords(desk, layer, change));
  if (version.geometry_changed && version.what !== "created") lines.push(movedWords(version));
  const back = async (): Promise<void> => {
    if (version.version === null || !restore) return;
    const label = { label: e("reason"), text: e("restoreReason", { when }), max: 200 };
    const reason = await ask({ title: e("restoreTitle", { when }), text: e("restoreText"), reason: label, confirm: e("restore") });
    if (reason !== null) await restore(version.version, reason);
  };
  return h(
    "li",
    { class: "event" },
    h("time", { datetime: version.from, class: "muted" }, when),
    h(
      "div",
      {},
      h("strong", {}, words.what[version.what]),
      h("span", { class: "muted" }, ` · ${byWhom(version.by)}`),
      version.present ? h("span", { class: "tag tag-good" }, e("present")) : null,
      version.why ? h("p", { class: "event-note" }, whyWords(version.why)) : null,
      lines.length > 0 ? h("ul", { class: "edit-changes" }, ...lines.map((line) => h("li", {}, line))) : null,
      version.removed ? h("p", {}, e("endedBy", { who: byWhom(version.removed.by), when: moment(version.removed.at) })) : null,
      version.version !== null && !version.present && restore ? action(e("restore"), back, { icon: "back_turn" }) : null,
    ),
  );
}

export function movedWords({ moved_m }: Pick<Version, "moved_m">): string {
  const metres = Math.round(moved_m ?? 0);
  return metres >= 1 ? e("changedShape", { n: count(metres) }) : e("changedOutline");
}
