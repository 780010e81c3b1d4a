import { h } from "../../panels/dom";
import { action } from "../controls";
import { verdictChip } from "../counts";
import { fieldName, layerName, layerOf, shownValue, type Desk } from "../desk";
import { ask } from "../dialogs";
import { icon } from "../icons";
import type { Allowed } from "../states";
import type { Row, RowChange, Upload } from "../types";
import { named, w, words } from "../words";
import { cellName } from "./cells";
import { issueItem } from "./findings";

/** What a row's buttons ask of the list they stand in. */
export interface RowActs {
  open: (row: number) => void;
  change: (row: Row, change: RowChange) => Promise<void>;
  acceptAll: (code: string) => Promise<void>;
  place: (row: Row) => void;
  /** Shows a held feature on the map, and tells its name. */
  showHeld: (id: string, named: (name: string) => void) => void;
}

export interface RowContext {
  desk: Desk;
  upload: Upload;
  may: Allowed;
  acts: RowActs;
}

/** Warnings of a row that nobody has nodded to yet. Who a row is, is a question of its own. */
export function openWarnings({ warnings, accepted }: Row): string[] {
  return warnings.filter((code) => code !== "may_match_held" && !accepted.includes(code));
}

/** One row of the file: closed it says what is wrong, open it says all and lets it be worked on. */
export function rowItem(context: RowContext, row: Row, open: boolean): HTMLElement {
  const id = `row-${row.row}`;
  const name = rowName(row);
  const head = h(
    "button",
    { type: "button", class: "row-head", "aria-expanded": String(open), "aria-controls": `${id}-body`, "data-row": row.row },
    h("span", { class: "row-number" }, w("rowNumber", { row: row.row })),
    verdictChip(row.verdict),
    h("span", { class: "row-name" }, name || w("nameless")),
    h("span", { class: "row-brief" }, ...brief(row)),
  );
  head.addEventListener("click", () => context.acts.open(row.row));
  return h(
    "li",
    { class: `row is-${row.verdict}`, id, "data-decision": row.decision },
    h("h3", {}, head),
    open ? h("div", { class: "row-body", id: `${id}-body` }, ...body(context, row)) : h("div", { id: `${id}-body`, hidden: true }),
  );
}

export function rowName({ verdict, reason, values, raw }: Row): string {
  if (verdict === "skipped") return named(words.skips, reason ?? "");
  const name = values["name"] ?? Object.values(raw).find((cell) => typeof cell === "string" && cell.trim() !== "");
  return typeof name === "string" ? name : "";
}

function brief(row: Row): (Node | string)[] {
  const first = row.issues.find(({ severity }) => severity === row.verdict) ?? row.issues[0];
  const tags: Node[] = [];
  if (row.decision === "left_out") tags.push(h("span", { class: "tag" }, w("leftOut")));
  if (row.decision === "returned") tags.push(h("span", { class: "tag tag-bad" }, w("rowReturned")));
  if (row.verdict === "warning" && row.decision === "pending" && row.ready) tags.push(h("span", { class: "tag tag-good" }, w("accepted")));
  if (first) tags.push(h("span", { class: "row-first" }, first.detail));
  if (row.issues.length > 1) tags.push(h("span", { class: "muted" }, w("moreIssues", { n: row.issues.length })));
  return tags;
}

function body(context: RowContext, row: Row): (Node | null)[] {
  const { may } = context;
  if (row.verdict === "skipped") return [rawList(context, row)];
  return [
    row.reason
      ? h(
          "p",
          { class: "row-reason" },
          icon("back_turn"),
          h("span", {}, h("strong", {}, w(row.decision === "returned" ? "returnedBecause" : "wasReturnedBecause")), row.reason),
        )
      : null,
    row.issues.length > 0
      ? h(
          "ul",
          { class: "issues" },
          ...row.issues.map((issue) =>
            issueItem(issue, {
              cell: cellName(context.upload.headers, issue.column, row.row),
              action: acceptAll(context, row, issue.code),
            }),
          ),
        )
      : h("p", { class: "muted" }, w("noIssues")),
    matchLine(context, row),
    may.edit && row.feature_id === null ? editActs(context, row) : null,
    may.review ? reviewActs(context, row) : null,
    valuesList(context, row),
  ];
}

function acceptAll({ may, acts }: RowContext, row: Row, code: string): HTMLElement | null {
  if (!may.edit || row.decision !== "pending" || !openWarnings(row).includes(code)) return null;
  return action(w("acceptAllOf", { what: named(words.codes, code) }), () => acts.acceptAll(code), { look: "link" });
}

/** Which held feature the row is, or may be; its name is asked for, and it is shown on the map. */
function matchLine(context: RowContext, row: Row): HTMLElement | null {
  const { match } = row;
  if (!match) return null;
  const { desk, upload, may, acts } = context;
  const held = h("strong", {}, "…");
  acts.showHeld(match.feature_id, (name) => {
    held.textContent = name;
  });
  if (match.sure)
    return h("p", { class: "row-match" }, icon("info"), h("span", {}, w(match.how === "project_no" ? "matchNumber" : "matchSure"), held));
  const answer = match.confirmed;
  const said =
    answer === null ? w("matchAsk", { layer: layerName(desk.config, upload.layer) }) : w(answer ? "matchYesSaid" : "matchNoSaid");
  const choose = (same: boolean): HTMLElement =>
    action(w(same ? "matchYes" : "matchNo"), () => acts.change(row, { match: same }), { as: { "aria-pressed": String(answer === same) } });
  return h(
    "div",
    { class: "row-match", role: "group", "aria-label": w("matchLabel") },
    icon(answer === null ? "warning" : "info"),
    h("div", {}, h("p", {}, said, held), may.edit ? h("div", { class: "row-acts" }, choose(true), choose(false)) : null),
  );
}

function editActs({ desk, upload, acts }: RowContext, row: Row): HTMLElement {
  const out = row.decision === "left_out";
  const open = openWarnings(row);
  const point = layerOf(desk.config, upload.layer)?.geometry !== "none" && (row.geometry === null || row.geometry.type === "Point");
  return h(
    "div",
    { class: "row-acts" },
    !out && open.length > 0 ? action(w("accept"), () => acts.change(row, { accept: true }), { look: "primary", icon: "ok" }) : null,
    !out && point
      ? action(w(row.geometry ? "placeAgain" : "place"), () => acts.place(row), { icon: "pin", look: row.geometry ? "plain" : "primary" })
      : null,
    !out && row.accepted.length > 0 ? action(w("acceptNot"), () => acts.change(row, { accept: false })) : null,
    action(w(out ? "takeIn" : "leaveOut"), () => acts.change(row, { left_out: !out })),
  );
}

function reviewActs({ acts }: RowContext, row: Row): HTMLElement | null {
  if (row.feature_id !== null) return null;
  const returned = row.decision === "returned";
  const write = async (): Promise<void> => {
    const label = { label: w("returnReason"), ...(returned && row.reason ? { text: row.reason } : {}) };
    const reason = await ask({ title: w("returnRowTitle", { row: row.row }), reason: label, confirm: w("returnRow") });
    if (reason !== null) await acts.change(row, { returned: reason });
  };
  return h(
    "div",
    { class: "row-acts" },
    action(w(returned ? "returnRowOther" : "returnRow"), write, { icon: "back_turn" }),
    returned ? action(w("returnRowUndo"), () => acts.change(row, { returned: null })) : null,
  );
}

/** What was read of the row, in the order of the layer's fields, and below it what stands in the file. */
function valuesList(context: RowContext, row: Row): HTMLElement {
  const { desk, upload } = context;
  const layer = layerOf(desk.config, upload.layer);
  const known = layer?.fields.map(({ id }) => id).filter((id) => id in row.values) ?? [];
  const read = known.map((id): [string, string] => [fieldName(layer, id), shownValue(desk.config, layer, id, row.values[id])]);
  return h(
    "div",
    { class: "row-values" },
    facts(read),
    h("details", { class: "more" }, h("summary", {}, w("rawRow")), rawList(context, row)),
  );
}

function rawList({ upload }: RowContext, { raw }: Row): HTMLElement {
  const columns = upload.headers.map(({ header }) => header).filter((header) => header in raw);
  const others = Object.keys(raw).filter((header) => !columns.includes(header));
  const text = (cell: unknown): string => (cell === null || cell === undefined ? "" : String(cell));
  return facts([...columns, ...others].map((header): [string, string] => [header, text(raw[header])]));
}

function facts(lines: [string, string][]): HTMLElement {
  return h(
    "dl",
    { class: "facts" },
    ...lines.filter(([, value]) => value !== "").flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}
