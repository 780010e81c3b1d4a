import { say } from "../../i18n";
import { h } from "../../panels/dom";
import type { ReadChoices } from "../calls";
import { labelled, option } from "../controls";
import { layerOf, type Desk } from "../desk";
import type { DeskField } from "../config";
import type { HeaderUse, Upload } from "../types";
import { w, words } from "../words";
import { changedHeaders, doubled } from "./columnChoices";

const LEAVE_OUT = "";
const ENCODINGS = ["utf-8", "gb18030", "big5"] as const;

/** Which column was read as which field; a person's correction is kept for the next file of the unit. */
export function columnsSection(
  desk: Desk,
  upload: Upload,
  may: boolean,
  readAgain: (choices: ReadChoices) => Promise<void>,
): HTMLElement | null {
  if (upload.headers.length === 0) return null;
  const fields = layerOf(desk.config, upload.layer)?.fields ?? [];
  const selects = new Map<string, HTMLSelectElement>();
  const clash = h("p", { class: "field-missing", role: "alert" });
  const submit = h("button", { type: "submit", class: "act act-primary" }, w("readAgain"));
  const other = otherChoices(upload);
  const rows = upload.headers.map((use) => {
    const select = fieldSelect(use, fields, may);
    selects.set(use.header, select);
    return h(
      "tr",
      { class: use.field === null ? "is-unread" : null },
      h("th", { scope: "row" }, use.header),
      h("td", {}, select),
      h("td", { class: "muted" }, use.personal ? w("columnPersonal") : words.how[use.how]),
    );
  });
  const form = h(
    "form",
    { class: "columns" },
    h("p", { class: "muted" }, w("columnsLead")),
    h(
      "div",
      { class: "table-frame", tabindex: "0", role: "region", "aria-label": w("columns") },
      h(
        "table",
        { class: "columns-table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, w("columnInFile")),
            h("th", { scope: "col" }, w("columnReadAs")),
            h("th", { scope: "col" }, w("columnHow")),
          ),
        ),
        h("tbody", {}, ...rows),
      ),
    ),
    other.element,
    clash,
    may ? h("div", { class: "columns-end" }, submit, h("span", { class: "muted" }, w("columnsRemembered"))) : null,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit.getAttribute("aria-busy") === "true") return;
    const chosen = new Map([...selects].map(([header, select]) => [header, select.value]));
    const twice = doubled([...chosen.values()]);
    clash.textContent = twice ? w("columnTwice", { field: fieldTitle(fields, twice) }) : "";
    if (twice) return;
    const headers = changedHeaders(upload.headers, chosen);
    const choices: ReadChoices = { ...other.value(), ...(Object.keys(headers).length > 0 ? { headers } : {}) };
    if (Object.keys(choices).length === 0) {
      clash.textContent = w("nothingChanged");
      return;
    }
    submit.setAttribute("aria-busy", "true");
    void readAgain(choices).finally(() => submit.removeAttribute("aria-busy"));
  });
  const unread = upload.headers.filter(({ field }) => field === null).length;
  return h(
    "details",
    { class: "card folded" },
    h(
      "summary",
      {},
      h("h2", {}, w("columns")),
      h(
        "span",
        { class: "muted" },
        unread > 0 ? w("columnsUnread", { n: unread, of: upload.headers.length }) : w("columnsAll", { of: upload.headers.length }),
      ),
    ),
    form,
  );
}

/** Columns that say where a row is, and are no field of the layer. */
const PLACES = ["lonlat", "crs"] as const;

function fieldSelect(use: HeaderUse, fields: readonly DeskField[], may: boolean): HTMLSelectElement {
  const suggested = use.suggestions.filter((id) => fields.some((field) => field.id === id));
  const rest = fields.filter(({ id }) => !suggested.includes(id));
  const one = (id: string): HTMLOptionElement => option(id, fieldTitle(fields, id), id === use.field);
  const offered = use.field === null || isPlace(use.field) || fields.some(({ id }) => id === use.field);
  return h(
    "select",
    { class: "select", "aria-label": w("columnAs", { column: use.header }), disabled: !may },
    option(LEAVE_OUT, w("columnUnread"), use.field === null),
    // What it is read as must be among the choices, or leaving it alone would change it.
    offered ? null : one(use.field as string),
    suggested.length > 0 ? h("optgroup", { label: w("columnSuggested") }, ...suggested.map(one)) : null,
    h("optgroup", { label: w("columnFields") }, ...rest.map(({ id }) => one(id))),
    h("optgroup", { label: w("columnPlaces") }, ...PLACES.map(one)),
  );
}

const isPlace = (id: string): id is (typeof PLACES)[number] => PLACES.some((place) => place === id);

/** Sheet, header row, encoding: only what this file has. */
function otherChoices({ reading }: Upload): { element: HTMLElement; value: () => ReadChoices } {
  const sheets = reading?.sheets ?? [];
  const sheet =
    sheets.length > 1 ? h("select", { class: "select" }, ...sheets.map((name) => option(name, name, name === reading?.sheet))) : null;
  const header = reading?.header_row
    ? h("input", { class: "input", type: "number", min: 1, max: 100, step: 1, value: reading.header_row, inputmode: "numeric" })
    : null;
  const encoding = reading?.encoding
    ? h(
        "select",
        { class: "select" },
        ...[...new Set([reading.encoding, ...ENCODINGS])].map((name) => option(name, name.toUpperCase(), name === reading.encoding)),
      )
    : null;
  const element = h(
    "div",
    { class: "columns-other" },
    sheet ? labelled(w("sheet"), sheet) : null,
    header ? labelled(w("headerRow"), header) : null,
    encoding ? labelled(w("encoding"), encoding) : null,
  );
  return {
    element,
    value: () => ({
      ...(sheet && sheet.value !== reading?.sheet ? { sheet: sheet.value } : {}),
      ...(header && Number(header.value) !== reading?.header_row ? { header_row: Number(header.value) } : {}),
      ...(encoding && encoding.value !== reading?.encoding ? { encoding: encoding.value } : {}),
    }),
  };
}

function fieldTitle(fields: readonly DeskField[], id: string): string {
  if (isPlace(id)) return words.places[id];
  const field = fields.find((each) => each.id === id);
  if (!field) return w("columnPersonal");
  return field.required ? w("fieldRequired", { field: say(field.title) }) : say(field.title);
}
