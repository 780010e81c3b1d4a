import { h } from "../../panels/dom";
import type { Desk } from "../desk";
import { count } from "../format";
import { icon } from "../icons";
import { uploadRoute, writeRoute } from "../route";
import type { Changes, Upload } from "../types";
import { w } from "../words";

const LISTED = 50;

/** What a corrected file changed. Null when the upload corrects none. */
export function changesSection(desk: Desk, { corrects, changes }: Upload, go: (row: number) => void): HTMLElement | null {
  if (!corrects || !changes) return null;
  const before = h("a", { href: writeRoute(uploadRoute(corrects)), class: "act act-link" }, w("seeEarlier"));
  before.addEventListener("click", (event) => {
    event.preventDefault();
    desk.go(uploadRoute(corrects));
  });
  const { counts } = changes;
  const solved = total(changes.solved);
  const added = total(changes.new);
  return h(
    "section",
    { class: "card changes", "aria-labelledby": "changes-title" },
    h("div", { class: "card-head" }, h("h2", { id: "changes-title" }, w("changes")), before),
    h(
      "p",
      {},
      w("changesLead", { changed: count(counts.changed), added: count(counts.added), gone: count(counts.gone), same: count(counts.same) }),
    ),
    solved > 0 ? h("p", { class: "change-solved" }, icon("ok"), h("span", {}, w("changesSolved", { n: count(solved) }))) : null,
    added > 0 ? h("p", { class: "change-new" }, icon("warning"), h("span", {}, w("changesNew", { n: count(added) }))) : null,
    changes.rows.length > 0 ? table(changes, go) : null,
    changes.gone.length > 0
      ? h("p", { class: "muted" }, w("changesGone", { rows: changes.gone.slice(0, LISTED).map(count).join(w("and")) }))
      : null,
  );
}

function table({ rows, counts }: Changes, go: (row: number) => void): HTMLElement {
  const lines = rows.slice(0, LISTED).flatMap(({ row, cells }) =>
    cells.map(({ column, before, after }, i) => {
      const link = h("button", { type: "button", class: "link" }, w("rowNumber", { row }));
      link.addEventListener("click", () => go(row));
      return h(
        "tr",
        {},
        i === 0 ? h("th", { scope: "row", rowspan: cells.length }, link) : null,
        h("td", {}, column),
        h("td", { class: "was" }, cell(before)),
        h("td", { class: "is" }, cell(after)),
      );
    }),
  );
  const more = counts.changed > LISTED ? h("p", { class: "muted" }, w("changesMore", { n: count(counts.changed - LISTED) })) : null;
  const head = (["changeRow", "changeColumn", "changeBefore", "changeAfter"] as const).map((key) => h("th", { scope: "col" }, w(key)));
  return h(
    "details",
    { class: "more" },
    h("summary", {}, w("changesList")),
    h(
      "div",
      { class: "table-frame", tabindex: "0", role: "region", "aria-label": w("changesList") },
      h("table", { class: "plain-table" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...lines)),
    ),
    more,
  );
}

function cell(value: unknown): string {
  return value === null || value === undefined || value === "" ? w("emptyCell") : String(value);
}

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, n) => sum + n, 0);
